"""Takes a long message apart: the customer's own words, what was pasted (logs, stack traces), what was quoted.

Decides which lines are whose. Greetings and signatures go, a quoted mail counts only where the customer wrote nothing
beside it (then it was forwarded), a log is read for codes before its words are. It does not say which sentence carries
the problem: `problems.py` and `matcher.py` do. Called by `matcher.py` with a cleaned text; short messages pass through.
"""

import re
from dataclasses import dataclass

MIN_OWN_LETTERS = 12
"""Letters that the customer's own lines need, beside a greeting, to be what the message is about."""

MAX_SIGNATURE_LINES = 8

_I = re.IGNORECASE
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_ORIGINAL = re.compile(
    r"\s*(?:-{2,}|_{2,}|={2,})\s*(?:original message|исходное сообщение|пересылаемое сообщение|пересланное сообщение"
    r"|forwarded message|конец пересылаемого сообщения|begin forwarded)|\s*begin forwarded message",
    _I,
)
_FORWARDED = re.compile(r"\W*(?:пересылаемое|пересланное|begin\s+forwarded|forwarded)\b", _I)
_WROTE = re.compile(
    r"(?=.{8,200}$).*(?:\d{1,2}[:.]\d{2}|<\S{3,60}@\S{3,60}>|\d{4}).{0,120}(?:пиш[еу]т?|написал[аи]?|wrote)\s*:\s*\Z",
    _I,
)
_HEADER = re.compile(
    r"\s*\**(?:от|кому|копия|отправлено|дата|from|to|cc|sent|date|reply-to|when)\**\s*:\s*\**\s*\S", _I
)
_FROM = re.compile(r"\s*\**(?:от|from)\**\s*:", _I)
_SUBJECT = re.compile(r"\s*\**(?:тема|subject)\**\s*:\s*\**\s*(?:(?:re|fwd?|на|ha)\s*:\s*)*", _I)
_SIGNATURE = re.compile(
    r"\s*(?:--+\s*\Z|_{3,}\s*\Z|с\s+уважением\b|с\s+наилучшими\b|с\s+благодарностью\b|всего\s+доброго\b|хорошего\s+дня\b"
    r"|(?:best|kind|warm|many)?\s*regards\b|sincerely\b|yours\s+(?:truly|faithfully)|best\s+wishes|many\s+thanks,?\s*\Z"
    r"|cheers,\s*\Z|sent\s+from\s+my\b|отправлено\s+(?:с|из)\b|get\s+outlook|это\s+сообщение\s+(?:и\s+любые|содержит)"
    r"|this\s+(?:e-?mail|message)\s+(?:and|is)\b)",
    _I,
)
_CONTACT = re.compile(
    r"\s*(?:(?:моб|тел|тлф|факс|раб|phone|tel|mob|mobile|fax|e-?mail|сайт|web|www|skype|telegram|адрес)\b\W{0,3}.{0,80}"
    r"|\S{2,40}@\S{2,40}|https?://\S{1,100}|[+\d][\d\s()-]{8,20})\s*\Z",
    _I,
)
_LOG = re.compile(
    r"""
      \s*\[?\d{1,4}[-./:]\d{1,2}[-./:]\d{1,4}[\sT,]              # 2026-11-22 10:11
    | \s*\[?\d{1,2}:\d{2}:\d{2}                                  # 10:11:12.345#ERR:
    | \s*\[?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\s+\d{1,2}\s+\d{1,2}:\d{2}
    | \s*(?:at\s+[\w.$<>]{3,200}[(\s]|file\s+"|traceback\s|caused\s+by:|\.{3}\s\d+\smore|в\s+[\w.]{3,100}\()
    | \s*(?:\[?(?:info|warn|warning|error|debug|trace|fatal|err|inf)\]?\s*[:\]|#])
    | \s*[{}\[\]]\s*\Z | \s*"[\w-]{1,60}"\s*:
    """,
    re.VERBOSE | _I,
)


@dataclass(frozen=True, slots=True)
class Segments:
    """A message taken apart, each part in its order; `own` is the whole where there is nothing to take apart."""

    own: str
    pasted: str = ""
    quoted: str = ""

    @property
    def numbers(self) -> str:
        """The text that codes are looked for in: what the customer wrote and pasted."""
        return f"{self.own}\n{self.pasted}" if self.pasted else self.own


def segment(text: str) -> Segments:
    """Return the parts of a cleaned text. Nothing is lost but headers, signatures and contact lines below them."""
    if "\n" not in text:
        return Segments(text)
    lines = text.split("\n")
    cut, forwarded = _where_a_mail_begins(lines)
    own, pasted, quoted = _sorted_lines(lines[:cut])
    parts = Segments("\n".join(own).strip(), "\n".join(pasted), _body(quoted + lines[cut:]))
    if _letters(parts.own) >= MIN_OWN_LETTERS and not forwarded:
        return parts
    if parts.pasted:
        return Segments(f"{parts.own}\n{parts.pasted}".strip(), "", parts.quoted)
    return Segments(f"{parts.own}\n{parts.quoted}".strip() or text) if parts.quoted else Segments(parts.own or text)


def _where_a_mail_begins(lines: list[str]) -> tuple[int, bool]:
    """Return the line from which on everything is an earlier mail, and whether it is said to be forwarded."""
    mail = sum(1 for line in lines if _HEADER.match(line) or _SUBJECT.match(line)) > 1
    for at, line in enumerate(lines):
        if _ORIGINAL.match(line) or _WROTE.match(line) or (mail and _FROM.match(line)):
            return at, _FORWARDED.match(line) is not None
    return len(lines), False


def _sorted_lines(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the customer's own lines, the pasted ones, and those marked as quoted; signatures are left out."""
    own: list[str] = []
    pasted: list[str] = []
    quoted: list[str] = []
    signature = 0
    for line in lines:
        if _QUOTE.match(line):
            quoted.append(_QUOTE.sub("", line, count=1))
        elif _SIGNATURE.match(line) and (own or pasted):
            signature = MAX_SIGNATURE_LINES
        elif signature:
            signature -= 1
        elif _LOG.match(line):
            pasted.append(line)
        elif not (own and _CONTACT.match(line)):
            own.append(line)
    return own, pasted, quoted


def _body(lines: list[str]) -> str:
    """Return a quoted mail without headers and signature; its subject is kept, for it names the problem."""
    kept: list[str] = []
    for line in lines:
        if _SIGNATURE.match(line) and kept:
            break
        if any(pattern.match(line) for pattern in (_HEADER, _ORIGINAL, _CONTACT, _WROTE)):
            continue
        kept.append(_SUBJECT.sub("", line))
    return "\n".join(kept).strip()


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)
