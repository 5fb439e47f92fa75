"""What the key doctor says to a customer: its advice in sentences of their language.

Decides the order of the sentences and which of them are worth saying; the words stand in `locales/*/keys.ftl`, what is
wrong is found by `key_doctor.py`. Nothing that goes through here shows more of a key than its masked tail and the
single letters that were foreign to it. Called by `handlers/keys.py`.
"""

from collections.abc import Iterator, Sequence
from typing import assert_never

from bot.conversations.key_doctor import KeyAdvice, KeyNote, State
from bot.conversations.key_spelling import Mend
from bot.i18n import Html, say
from bot.kb.article import KeyFormat


def sentences(advice: KeyAdvice, language: str) -> Html:
    """Return what is to be said of the keys in a message, one paragraph a key."""
    paragraphs = [" ".join(_about(note, advice, language)) for note in advice.notes]
    if advice.more:
        paragraphs.append(say(language, "key-more", count=advice.more))
    return Html("\n\n".join(paragraphs))


def _about(note: KeyNote, advice: KeyAdvice, language: str) -> Iterator[Html]:
    match note.state:
        case State.RIGHT:
            yield say(language, "key-right", kind=note.kind, masked=note.masked or "", count=note.wanted)
            if note.mended:
                yield _mended(note, language)
                yield say(language, "key-mended-advice")
        case State.WRONG | State.CUT_OFF:
            yield from _wrong(note, advice, language)
        case State.PREFIX:
            yield say(language, "key-unknown-prefix", prefix=note.prefix, known=_known(advice.known, language))
        case State.SLIPPED_PREFIX:
            yield say(language, "key-slipped-prefix", kind=note.kind, prefix=note.prefix)
        case State.NO_PREFIX:
            fits = "yes" if any(note.groups in {1, len(each.groups)} for each in advice.known) else "no"
            known = _known(advice.known, language)
            yield say(language, "key-no-prefix", fits=fits, groups=note.groups, known=known)
        case State.PLACEHOLDER:
            known_format = _format_of(note, advice)
            yield say(language, "key-placeholder", sample=sample(known_format) if known_format else "XXXXX")
        case _:
            assert_never(note.state)
    yield from _mixed_up(note, advice, language)


def _wrong(note: KeyNote, advice: KeyAdvice, language: str) -> Iterator[Html]:
    known = _format_of(note, advice)
    wanted_groups = len(known.groups) if known else note.groups
    if note.got != note.wanted or not note.foreign:
        over = "yes" if note.got > note.wanted else "no"
        counts = {"got": note.got, "wanted": note.wanted}
        yield say(language, "key-counted", kind=note.kind, prefix=note.prefix, over=over, **counts)
    else:
        yield say(language, "key-wrong-letters", kind=note.kind, prefix=note.prefix)
    if note.foreign:
        yield say(language, "key-foreign", count=len(note.foreign), letters=", ".join(note.foreign))
    for bad in note.bad_groups:
        yield say(language, "key-group", number=bad.number, size=bad.size, wanted=bad.wanted)
    if note.groups > wanted_groups:
        yield say(language, "key-groups-extra", groups=note.groups, wanted=wanted_groups)
    elif 0 < note.groups < wanted_groups:
        yield say(language, "key-groups-missing", groups=note.groups, wanted=wanted_groups)
    if note.state is State.CUT_OFF:
        yield say(language, "key-cut-off")
    elif not note.foreign and not note.bad_groups and note.got == note.wanted:
        yield say(language, "key-groups-right")
    if note.mended:
        yield _mended(note, language)


def _mended(note: KeyNote, language: str) -> Html:
    said = []
    for mend in note.mended:
        match mend:
            case Mend.CYRILLIC | Mend.GREEK:
                said.append(
                    say(language, f"key-mend-{mend.value}", count=len(note.letters), letters=", ".join(note.letters))
                )
            case _:
                said.append(say(language, f"key-mend-{mend.value}"))
    return say(language, "key-mended", mends=Html(", ".join(said)))


def _mixed_up(note: KeyNote, advice: KeyAdvice, language: str) -> Iterator[Html]:
    """Yield what a coupon is where a key is spoken of, the other way round, and where it is entered."""
    if note.state in {State.PREFIX, State.NO_PREFIX}:
        return
    context = advice.context
    mixed_up = (note.kind == "coupon" and context.says_key and not context.says_coupon) or (
        note.kind == "key" and context.says_coupon and not context.says_key
    )
    if mixed_up:
        yield say(language, "key-is-coupon" if note.kind == "coupon" else "key-is-key")
    known = _format_of(note, advice)
    if known is not None and known.where and (mixed_up or context.asks_where):
        where = known.where.get(language) or next(iter(known.where.values()))
        yield say(language, "key-where", kind=note.kind, where=where)


def sample(known: KeyFormat) -> str:
    """Return how a key of this format looks, with X in place of its characters."""
    return "-".join([known.prefix, *("X" * size for size in known.groups)])


def _known(formats: Sequence[KeyFormat], language: str) -> Html:
    return Html(", ".join(say(language, "key-known-format", kind=each.kind, sample=sample(each)) for each in formats))


def _format_of(note: KeyNote, advice: KeyAdvice) -> KeyFormat | None:
    return next((each for each in advice.known if each.prefix == note.prefix), None)
