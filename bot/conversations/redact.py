"""Takes secrets out of a text before it is stored, logged or sent on; marks what is personal.

Decides the classes of CONTRACTS, "Redaction classes": keys and coupons become a masked tail and a keyed hash, passwords
and tokens vanish, phones, e-mails, INN and cards stay and are marked (`mask_personal` hides them from managers).
Who sees which form is decided by the callers: conversations, tickets, reports, the outbox. Pure: text in, text out.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.conversations.keys import KeyFinder, Sure
from bot.kb.article import KeyFormat

PASSES: Final = 3
"""Masking may set free what was glued to a secret, so the result is read again until nothing is found."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Something taken out: what it was, what stands in its place, and for an exact key its HMAC-SHA256 in hex."""

    kind: str
    masked: str
    digest: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something personal left as written: `phone`, `email`, `inn` or `card` at `start:end` of the redacted text."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text that may be stored, the secrets it held, in order, and its personal parts."""

    text: str
    secrets: tuple[Secret, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Find:
    start: int
    end: int
    rank: int
    secret: Secret


class Redactor:
    """Redacts for one set of key formats and one hash key; a new snapshot of the knowledge base needs a new one."""

    def __init__(self, formats: Sequence[KeyFormat], hash_key: bytes) -> None:
        self._keys = KeyFinder(formats)
        self._hash_key = hash_key

    def redact(self, text: str) -> Redacted:
        """Return the text without its secrets; redacting the result again changes nothing."""
        secrets: list[Secret] = []
        for _ in range(PASSES):
            finds = _merge([*self._find_keys(text), *_find_labelled(text)])
            if not finds:
                break
            text = _replace(text, finds)
            secrets += [f.secret for f in finds]
        return Redacted(text, tuple(secrets), tuple(_marks(text)))

    def clean(self, text: str) -> str:
        """Return only the redacted text."""
        return self.redact(text).text

    def _find_keys(self, text: str) -> Iterator[_Find]:
        for key in self._keys.find(text):
            digest = None
            if key.canonical is not None:
                digest = hmac.new(self._hash_key, key.canonical.encode("ascii"), hashlib.sha256).hexdigest()
            secret = Secret(key.kind, f"{key.prefix}-…{key.tail}", digest)
            yield _Find(key.start, key.end, key.sure, secret)


def mask_personal(text: str) -> str:
    """Return the text with phones, e-mails, INN and cards hidden: the form for managers, exports and review."""
    out: list[str] = []
    at = 0
    for mark in _marks(text):
        out += [text[at : mark.start], f"‹{mark.kind}›"]
        at = mark.end
    return "".join([*out, text[at:]])


def _merge(finds: list[_Find]) -> list[_Find]:
    """Join finds that overlap; the surest (then the longest) of them says what was there."""
    merged: list[_Find] = []
    sizes: list[int] = []
    for find in sorted(finds, key=lambda f: (f.start, -f.end)):
        size = find.end - find.start
        if not merged or find.start >= merged[-1].end:
            merged.append(find)
            sizes.append(size)
            continue
        last = merged[-1]
        better = (find.rank, size, find.end) > (last.rank, sizes[-1], last.end)
        best = find if better else last
        sizes[-1] = size if better else sizes[-1]
        merged[-1] = _Find(last.start, max(last.end, find.end), best.rank, best.secret)
    return merged


def _replace(text: str, finds: list[_Find]) -> str:
    out: list[str] = []
    at = 0
    for find in finds:
        out += [text[at : find.start], find.secret.masked]
        # A letter glued to a masked key would make it look like another key.
        if find.rank >= Sure.BARE and text[find.end : find.end + 1].isalnum():
            out.append(" ")
        at = find.end
    return "".join([*out, text[at:]])


# Passwords, tokens, private keys: every repetition below is bounded or starts at a border that repeats only once.

_QUOTED = r"\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|`[^`\n]{1,200}`|«[^»\n]{1,200}»"
_DONE = r"(?!‹|[A-Z0-9]{2,12}-…[A-Z0-9]{4})"
_VALUE = rf"(?P<value>{_DONE}(?:{_QUOTED}|[^\s&<>\"'`«»]{{1,200}}))"
_LABEL = (
    r"(?<![^\W_])(?P<label>(?:п[ао]рол(?:ь|я|ю|ем|и|ей|ям)|пассворд|пин-?код|pin-?code|pass(?:word|wd|phrase)?|"
    r"pwd|psw|(?:client_|app_)?secret(?:_key)?))(?![^\W_])[\"'`*»)]{0,3}"
)
_OF = r"(?:[ \t]{1,3}(?:от|для|к|на|в|for|to|of|on)[ \t][^\n:=<>]{1,60}?)?"
_PASSWORD_SIGN = re.compile(rf"(?i){_LABEL}{_OF}[ \t]{{0,5}}(?P<sign>[:=]|:=|=>)[ \t*]{{0,5}}{_VALUE}")
_PASSWORD_DASH = re.compile(rf"(?i){_LABEL}{_OF}[ \t]{{1,5}}(?P<sign>[-–—]|is|это)[ \t]{{1,5}}{_VALUE}")
_PASSWORD_NEXT = re.compile(rf"(?i){_LABEL}[ \t]{{0,5}}(?P<sign>[:=]?\s{{1,5}}){_VALUE}")
_PASSWORD_TAG = re.compile(r"(?i)<(?P<label>password|passwd|pwd|secret)>(?P<value>(?!‹)[^<\n]{1,200})<")
_PASSWORD_PAIR = re.compile(
    r"(?i)(?:логин|login|user(?:name)?)[ \t]{0,3}(?:/|и|and|&|,)[ \t]{0,3}(?:пароль|password|pass)[ \t]{0,3}[:=-]"
    rf"[ \t]{{0,3}}[^\s‹]{{1,100}}[ \t,;/]{{1,3}}(?P<value>{_DONE}\S{{1,200}})"
)
_TOKEN = re.compile(
    r"(?i)(?<![^\W_])(?:токен\w{0,2}|(?:(?:access|refresh|auth|bot|api)[_-]?)?token|(?:x-)?api[_ -]?key|access[_-]?key)"
    rf"[\"'`*]{{0,3}}[ \t]{{0,5}}[:=][ \t]{{0,5}}{_VALUE}"
)
_TOKENS = (
    re.compile(r"(?i)(?<![^\W_])(?:bearer|basic)\s{1,5}(?P<value>(?=[^\s]{0,200}[0-9=])[A-Za-z0-9._~+/=-]{12,})"),
    re.compile(r"(?<!\d)(?P<value>\d{6,12}:[A-Za-z0-9_-]{30,})"),
    re.compile(r"(?<![\w-])(?P<value>eyJ[\w-]{5,}+\.[\w-]{5,}+(?:\.[\w-]*+)?)"),
    re.compile(r"(?<![\w-])(?P<value>(?:gh[opsur]_|github_pat_|glpat-|xox[abprs]-|sk-)[\w-]{16,}+|AKIA[0-9A-Z]{16})"),
    re.compile(
        r"(?i)authorization[\"']?[ \t]{0,3}[:=][ \t\"']{0,4}(?:(?:basic|bearer|digest|token)[ \t])?"
        r"(?P<value>(?!‹)[^\s\"']{8,})"
    ),
)
_IN_URL = re.compile(r"(?<=://)(?:[^\s/:@]{0,100}):(?P<value>(?!‹)[^\s@]{1,200})@")
_OPTION = re.compile(r"(?i)(?<!\S)--?(?:password|passwd|pass|pwd)[ \t]{1,3}(?P<value>(?![-‹])\S{1,200})")
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----|PuTTY-User-Key-File-\d:")
_PEM_END = re.compile(r"-----END [A-Z ]{0,30}PRIVATE KEY-----|Private-MAC: ?[0-9a-f]{1,128}")

_PLAIN_WORD = re.compile(r"[А-Яа-яЁё]{1,40}[.,!?;:)]{0,3}")
_NO_VALUE = re.compile(
    r"(?i)(?:(?:не|нет|как|где|что|кто|какой|почему|тот|есть|введите|введен|верный|правильный|старый|прежний|пустой|"
    r"can|cannot|can't|not|no|none|null|wrong|invalid|incorrect|reset|lost|expired|required|missing|empty|is|the|my|how|"
    r"where|what|why|yes|true|false|(?:забы|неверн|неправильн|потеря|утеря|сброс|смен|указ|обязател|отсутств|ист[её]к|"
    r"устарел|forg[eo]t)[^\W\d_]*)(?![\w@#$%^&*+=-])|[*xх•●.…?]+$)"
)
_SHORTEST_TOKEN = 8


def _find_labelled(text: str) -> Iterator[_Find]:
    """Yield passwords, tokens and private keys: what a label, a sign or a shape of their own gives away."""
    password, token = Secret("password", "‹password›", None), Secret("token", "‹token›", None)
    for pattern in (_PASSWORD_SIGN, _PASSWORD_DASH, _PASSWORD_NEXT):
        for match in pattern.finditer(text):
            if _is_password(text, match):
                yield _Find(*_trimmed(match), 0, password)
    for pattern in (_PASSWORD_TAG, _PASSWORD_PAIR, _IN_URL, _OPTION):
        for match in pattern.finditer(text):
            yield _Find(*match.span("value"), 0, password)
    for match in _TOKEN.finditer(text):
        value = match["value"]
        if len(value) >= _SHORTEST_TOKEN and _is_odd(value) and not _NO_VALUE.match(value):
            yield _Find(*_trimmed(match), 0, token)
    for pattern in _TOKENS:
        for match in pattern.finditer(text):
            yield _Find(*match.span("value"), 0, token)
    yield from _find_private_keys(text)


def _find_private_keys(text: str) -> Iterator[_Find]:
    at = 0
    while begin := _PEM_BEGIN.search(text, at):
        end = _PEM_END.search(text, begin.end())
        at = end.end() if end else len(text)  # a key cut off by the message's limit is still a key
        yield _Find(begin.start(), at, 0, Secret("private_key", "‹private key›", None))


def _is_odd(value: str) -> bool:
    """Tell whether a value looks chosen by a machine or a careful person, not like a word of the sentence."""
    bare = value.strip(".,;:!?()\"'`«»*")
    return any(c.isdigit() for c in bare) or any(not c.isalnum() and c not in "-./" for c in bare)


def _is_password(text: str, match: re.Match[str]) -> bool:
    value, sign = match["value"], match["sign"].strip()
    bare = value.strip(".,;:!?()\"'`«»*")
    if not bare or _NO_VALUE.match(bare):
        return False
    if match["label"].lower() == "pass" and text[match.end("label")] not in ":=":
        return False  # the verb
    quoted = value[0] in "\"'`«"
    ends_line = text[match.end() : match.end() + 1] in {"", "\n", "\r"}
    match sign:
        case ":" | "=" | ":=" | "=>":
            if "\n" not in match["sign"]:
                return True
            return quoted or _is_odd(value) or (ends_line and not _PLAIN_WORD.fullmatch(value))
        case "-" | "–" | "—" | "is" | "это":
            return quoted or _is_odd(value) or (ends_line and match["label"].lower() != "pass")
        case _:
            return any(c.isdigit() for c in bare) and any(c.isalpha() for c in bare) and len(bare) >= 6  # noqa: PLR2004 - shorter ones are names such as 1C


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """Return the place of a value without the one mark that ends the clause around it."""
    start, end = match.span("value")
    return (start, end - 1) if end - start > 1 and match["value"][-1] in ",;." else (start, end)


_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}+@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w+.-])(?:(?:\+7|8|7)[\s(-]{0,3}\d{3}[\s)-]{0,3}\d{3}[\s-]{0,2}\d{2}[\s-]{0,2}\d{2}"
    r"|\+\d(?:[\s()-]{0,2}\d){8,14}|\(\d{3,5}\)[\s-]{0,2}\d{1,3}[\s-]\d{2}[\s-]\d{2}|9\d{9})(?![\w-])"
)
_CARD = re.compile(
    r"(?<![\w-])(?:[2-6]\d{3}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}"
    r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5}|[2-6]\d{15,18})(?![\w-])"
)
_INN = re.compile(r"(?i)(?:(?<!\w)инн|(?<!\w)inn)(?:\s?/\s?кпп)?[\s:=№-]{0,4}(?P<value>\d{12}|\d{10})(?!\d)")
_INN_ALONE = re.compile(r"(?<![\w.+-])\d{12}(?![\w-])")


def _marks(text: str) -> list[Mark]:
    """Return the personal parts of a text in order, none overlapping another; a labelled INN is no phone."""
    found = [Mark("email", m.start(), m.end()) for m in _EMAIL.finditer(text)]
    found += [Mark("inn", *m.span("value")) for m in _INN.finditer(text)]
    found += [Mark("inn", m.start(), m.end()) for m in _INN_ALONE.finditer(text) if _is_inn(m.group())]
    found += [Mark("phone", m.start(), m.end()) for m in _PHONE.finditer(text)]
    found += [Mark("card", m.start(), m.end()) for m in _CARD.finditer(text) if _is_card(m.group())]
    marks: list[Mark] = []
    for mark in sorted(found, key=lambda m: m.start):
        if not marks or mark.start >= marks[-1].end:
            marks.append(mark)
    return marks


def _is_card(written: str) -> bool:
    """Tell whether the digits satisfy Luhn's check (ISO/IEC 7812-1)."""
    digits = [int(c) for c in written if c.isdigit()]
    doubled = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_inn(digits: str) -> bool:
    """Tell whether the two check digits of a person's INN are right (order of the Federal Tax Service on INN)."""
    numbers = [int(c) for c in digits]
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    first = sum(w * n for w, n in zip(weights[1:], numbers[:10], strict=True)) % 11 % 10
    second = sum(w * n for w, n in zip(weights, numbers[:11], strict=True)) % 11 % 10
    return numbers[10:] == [first, second] and len(set(numbers)) > 1
