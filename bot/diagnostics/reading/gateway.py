"""Replies of a licence gateway, and `aprotect license.getinfo` on the PBX: JSON around URL-encoded XML, or the XML.

Decides from the attributes of domain-facts 1.6: a term that is over, seats that are all taken, an error code. Facts:
`company`, `products`, `expired`, `trial`, `feature`, `captured`, `limit`, `code`, `method`.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Output, Tool, sign
from bot.diagnostics.reading.values import whole
from bot.diagnostics.reading.verdicts import code_verdict
from bot.diagnostics.verdict import Fact, Finding, Verdict

LONGEST: Final = 100_000
"""Characters of one reply that are read."""
MOST: Final = 400
"""Products and features of one reply that are read."""
PER_HOST: Final = frozenset((31, 32, 33, 41, 42, 43, 45, 52))
"""Features that one PBX occupies for good: their only seat is taken where all is well (domain-facts 1.1, 1.2)."""

_SIGNS: Final = (
    sign(
        COMMAND,
        r"license\.api/(?P<method>getlicenseinfo|gettrial|addtrial|activatecoupon|changekey|capturefeature"
        r"|featureavailable|releasefeature|sendmetrics)",
        "license.api",
    ),
    sign(COMMAND, r"aprotect\s+license\.(?P<method>\w{3,30})", "aprotect", head=True),
    sign(
        "reply",
        rf"\{{?\s*\"?result\"?\s*:\s*\"(?P<result>(?:%3C|<|\\u003c)[^\n]{{10,{LONGEST}}})",
        "result",
        reach=LONGEST,
    ),
    sign("yes", r"\{\s*\"result\"\s*:\s*(?P<yes>true|\"true\"|\"\")\s*\}", "result"),
    sign("session", r"\{\s*\"(?:result\"\s*:\s*\{\s*\")?session\"\s*:\s*\"[\w-]{4,64}\"", "session"),
    sign(
        "error",
        r"\{\s*[^{}\n]{0,200}?\"error\"\s*:\s*\[?\s*\"\s*\\?\"?\(?(?P<code>\d{4})\)?[\s:]\s*(?P<said>[^\"\n]{0,200})",
        "error",
    ),
    sign("error", r"\"error\"\s*:\s*\[?\s*\"(?P<said>[^\"\n]{3,300})\"", "error"),
    sign("xml", r"<product\s+[^<>]{0,400}>", "<product", "<product\n"),
    sign("encoded", r"%3Cproduct(?:%20|\+)[\w%+.-]{10,600}", "%3cproduct"),
    sign("features", r"<feature\s+[^<>]{0,300}>", "<feature"),
    sign("bare", r"(?:error|ошибка)\s*:?\s*\((?P<code>\d{4})\)\s*(?P<said>[^\n]{0,200})", "error", "ошибка"),
)
_TAG: Final = re.compile(r"<(?P<name>product|feature|[a-z]{3,20})(?P<attributes>\s[^<>]{0,600})>?", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    r"([a-z]{2,20})\s*=\s*(?:\"([^\"<>]{0,200})\"|'([^'<>]{0,200})'|\\\"([^\"\\]{0,200})\\\")", re.IGNORECASE
)
_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MENTIONS: Final = re.compile(r"license\.api|aprotect|127\.0\.0\.1:822[23]|gnatsd", re.IGNORECASE)
_UNANSWERED: Final = (
    "timeout",
    "timed out",
    "empty response",
    "не вернул ответ",
    "нет ответа",
    "нет доступа к серверу",
)
_LICENSING: Final = re.compile(
    r"сервер\w{0,3} лицензирования|систем\w{1,2} лицензирования|licen[cs]e server", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Feature:
    """Seats of one feature: `limit` in all, `captured` of them taken."""

    number: int
    name: str
    limit: int
    captured: int

    @property
    def full(self) -> bool:
        """Tell whether nobody else finds a seat."""
        lone = self.limit == 1 and self.number in PER_HOST
        return self.limit > 0 and self.captured >= self.limit and not lone


@dataclass(frozen=True, slots=True)
class LicensedProduct:
    """One product inside a key; `expires` is an ISO date or empty, which is over for a trial and for ever otherwise."""

    number: int
    name: str
    trial: bool
    expires: str
    features: tuple[Feature, ...]

    def over(self, today: str) -> bool:
        """Tell whether the term is over on an ISO date; with no date known, only what never has a term can be."""
        if not self.expires:
            return self.trial
        return bool(today) and self.expires < today


def products_of(text: str) -> tuple[LicensedProduct, ...]:
    """Return the products in licence XML, whole or cut, plain, URL-encoded or escaped for JSON. Never raises."""
    plain = text[:LONGEST]
    for _ in range(2):
        if "%3c" in plain.lower():
            plain = unquote_plus(plain)
    plain = (
        plain.replace('\\"', '"')
        .replace("\\u003c", "<")
        .replace("\\u003e", ">")
        .replace("\\n", "\n")
        .replace("\\/", "/")
    )
    products: list[LicensedProduct] = []
    features: list[Feature] = []
    head: dict[str, str] | None = None

    def done() -> None:
        if head is not None:
            products.append(_product(head, tuple(features)))
        features.clear()

    for count, tag in enumerate(_TAG.finditer(plain)):
        if count >= MOST:
            break
        attributes = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(tag["attributes"])}
        if tag["name"].lower() == "product":
            done()
            head = attributes
        elif tag["name"].lower() == "feature":
            features.append(_feature(attributes))
    if head is None and features:
        head = {}
    done()
    return tuple(products)


def judge(output: Output, book: Book) -> Judged | None:
    """Return what the reply says without looking at the day: see `judge_on`."""
    return judge_on(output, book, "")


def judge_on(output: Output, book: Book, today: str) -> Judged | None:
    """Return what the reply says on a day (ISO, or empty where it is not known)."""
    del book
    method = output.value("method")
    spoken = " ".join(mark.text.lower() for mark in output.marks if mark.kind == COMMAND)
    tool = "aprotect" if "aprotect" in spoken else "gateway"
    facts: dict[str, Fact] = {}
    if method is not None:
        facts["method"] = method.lower()
    known = method is not None or _MENTIONS.search(output.whole) is not None
    code = output.value("code", "error") or (output.value("code", "bare") if known else None)
    products = _products(output)
    if products:
        return tool, Finding(_licences(products, facts, today), facts)
    if code is not None and (known or output.value("said")):
        if not known and not 1000 <= int(code) <= 2999:  # noqa: PLR2004 - domain-facts 1.3: two ranges
            return None
        facts["code"] = code
        return tool, Finding(code_verdict(code), facts)
    verdict = _unnumbered(output, facts) if known or _LICENSING.search(output.value("said", "error") or "") else None
    return None if verdict is None else (tool, Finding(verdict, facts))


def _unnumbered(output: Output, facts: dict[str, Fact]) -> Verdict | None:
    """Return the verdict of a reply that holds neither products nor a code."""
    said = output.value("said", "error")
    if said is not None:
        facts["why"] = said[:160]
        return _words(said)
    if output.has("yes", "session"):
        return Verdict.OK
    return Verdict.INCONCLUSIVE if output.has("reply", "encoded") else None


def _products(output: Output) -> tuple[LicensedProduct, ...]:
    result = output.value("result")
    if result is not None:
        found = products_of(result)
        if found:
            return found
    marks = output.all("xml", "encoded", "features")
    if not marks:
        return ()
    found = products_of(output.whole[marks[0].start : min(output.end + 4000, marks[0].start + LONGEST)])
    # Other programs' XML has products too; ours have numbers, seats or a term.
    ours = [each for each in found if each.features or each.expires or each.trial]
    return found if ours and any(each.number or each.features for each in ours) and _licence_like(output) else ()


def _licence_like(output: Output) -> bool:
    around = output.whole[max(0, output.start - 600) : output.end + 2000].lower()
    return "captured" in around or ("expired" in around and ("trial" in around or "companyname" in around))


def _licences(products: tuple[LicensedProduct, ...], facts: dict[str, Fact], today: str) -> Verdict:
    facts["products"] = tuple(each.name or str(each.number) for each in products)[:20]
    over = next((each for each in products if each.over(today)), None)
    if over is not None:
        facts |= {"expired": over.expires or "trial", "product": over.name or str(over.number), "trial": over.trial}
        return Verdict.LICENCE_EXPIRED
    features = [feature for each in products for feature in each.features]
    full = next((feature for feature in features if feature.full), None)
    shown = full or (features[0] if features else None)
    if shown is not None:
        facts |= {"feature": shown.number, "captured": shown.captured, "limit": shown.limit}
    soonest = min((each.expires for each in products if each.expires), default="")
    if soonest:
        facts["expires"] = soonest
    return Verdict.NO_SEAT if full is not None else Verdict.OK


def _words(said: str) -> Verdict:
    low = said.lower()
    if "no free" in low or "нет свободн" in low:
        return Verdict.NO_SEAT
    if "invalid" in low and "key" in low:
        return Verdict.KEY_INVALID
    if "проблема с dns" in low:
        return Verdict.DNS_SERVER_FAULT
    if any(words in low for words in _UNANSWERED):
        return Verdict.PORT_FILTERED
    if "no such host" in low:
        return Verdict.DNS_NO_NAME
    return Verdict.PORT_REFUSED if "refused" in low else Verdict.SERVER_CODE


def _product(attributes: dict[str, str], features: tuple[Feature, ...]) -> LicensedProduct:
    date = _DATE.search(attributes.get("expired", ""))
    return LicensedProduct(
        number=whole(attributes.get("id")) or 0,
        name=attributes.get("name", "")[:80],
        trial=attributes.get("trial", "") in ("1", "true"),
        expires=date.group() if date else "",
        features=features,
    )


def _feature(attributes: dict[str, str]) -> Feature:
    return Feature(
        number=whole(attributes.get("id")) or 0,
        name=attributes.get("name", "")[:80],
        limit=whole(attributes.get("count")) or 0,
        captured=whole(attributes.get("captured")) or 0,
    )


GATEWAY: Final = Tool("gateway", _SIGNS, judge)
