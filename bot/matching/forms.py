"""Chooses the form of a message: as typed, typed in the other keyboard layout, or in transliteration.

Decides, for the whole message and then word by word, which reading gives words that the knowledge base or the language
knows (MATCHING, point 2). It does not mend spelling: `repair.py` does, afterwards. Called by `matcher.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, product

from bot.matching.normalize import fold, words

TYPED = "typed"
LAYOUT = "layout"
TRANSLIT = "translit"

TYPED_BONUS = 0.15
"""What the other forms must win by: MATCHING, point 2."""

UNKNOWN = 0.5
"""A chunk known no better than this may be read in another form than the rest."""

WELL_KNOWN = 0.85
"""A message each chunk of which is known as well as this is read as typed: no other reading could win."""

MIN_MIXED = 3
"""Letters of a word that may be."""

MAX_PRODUCT = 6
"""Doubtful letters of a word up to which all readings are made, beyond it those with two second choices."""

MAX_READINGS = 64
"""Readings of one transliterated word that are tried; the commonest scheme comes first."""

DOUBTFUL = 0.85
"""Below this knowledge of a text as typed its words may be misspelled rather than written in another form."""

MENDED = 0.75
"""How well a word is known that is a slip of a known one."""

MAX_TRANSLITERATED = 150
"""Different words of a message that are read as transliteration."""

MAX_CHUNKS = 600
MAX_WORDS = 350
"""Pieces of a message that are read, and words of it that are used: its beginning."""

MAX_FORGIVEN = 12
"""Unknown words of one message that are looked up for that."""

Mends = Callable[[str], bool]
"""Whether a word is a slip of a known one."""

Knows = Callable[[str], float]
"""How well a folded word is known, from 0 (never seen) to 1 (a word of the knowledge base)."""

LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,." + '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>'
RUSSIAN_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю" + "ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
_TO_RU = str.maketrans(LATIN_KEYS + "?&", RUSSIAN_KEYS + ",?")
_TO_EN = str.maketrans(RUSSIAN_KEYS, LATIN_KEYS)

_NEEDED = {TYPED: 0.8, LAYOUT: 0.9, TRANSLIT: 1.0}
"""Knowledge that a lone word needs to be read otherwise than its neighbours: foreign names stay as they are."""

_LATIN = re.compile(r"[a-z]")
_RUSSIAN_WORD = re.compile(r"[а-я]{3}")
_CYRILLIC = re.compile(r"[а-яё]")
_EDGE_KEYS = ",.;:'\"?!<>()[]{}&`~"

_SCHEMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("shch", ("щ",)),
    ("iya", ("ия", "ья")),
    ("iyu", ("ию", "ью")),
    ("iye", ("ие", "ье")),
    ("sch", ("щ", "сч", "ш")),
    ("shh", ("щ",)),
    ("zh", ("ж",)),
    ("kh", ("х", "кх")),
    ("ts", ("ц", "тс")),
    ("tz", ("ц",)),
    ("ch", ("ч",)),
    ("sh", ("ш", "щ", "сх")),
    ("yo", ("е", "йо")),
    ("jo", ("е", "йо")),
    ("yu", ("ю",)),
    ("ju", ("ю",)),
    ("iu", ("ю", "иу")),
    ("ya", ("я",)),
    ("ja", ("я",)),
    ("ia", ("ия", "я", "иа")),
    ("ye", ("е", "ье", "ые")),
    ("je", ("е", "ье", "же")),
    ("yi", ("ый", "ы", "ии")),
    ("iy", ("ий",)),
    ("ij", ("ий",)),
    ("yj", ("ый",)),
    ("ii", ("ий", "ии")),
    ("ck", ("к",)),
    ("ph", ("ф",)),
    ("a", ("а",)),
    ("b", ("б",)),
    ("c", ("ц", "к", "с")),
    ("d", ("д",)),
    ("e", ("е", "э")),
    ("f", ("ф",)),
    ("g", ("г", "ж")),
    ("h", ("х", "")),
    ("i", ("и", "й", "ы")),
    ("j", ("й", "ж")),
    ("k", ("к",)),
    ("l", ("л", "ль")),
    ("m", ("м",)),
    ("n", ("н",)),
    ("o", ("о",)),
    ("p", ("п",)),
    ("q", ("к", "щ")),
    ("r", ("р",)),
    ("s", ("с",)),
    ("t", ("т", "ть")),
    ("u", ("у",)),
    ("v", ("в",)),
    ("w", ("в", "ш", "щ")),
    ("x", ("х", "кс")),
    ("y", ("ы", "й", "и")),
    ("z", ("з",)),
    ("'", ("ь", "ъ", "")),
    ("4", ("ч",)),
    ("6", ("ш",)),
)
_SEGMENT = re.compile("|".join(re.escape(latin) for latin, _ in _SCHEMES))
_READINGS = dict(_SCHEMES)
_TRANSLIT_TOKEN = re.compile(r"[a-z'46]*[a-z][a-z'46]*")


@dataclass(frozen=True, slots=True)
class Form:
    """The chosen reading: its name, its words in order, and the words that were read differently from the rest."""

    name: str
    words: tuple[str, ...]
    reasons: tuple[str, ...]


def choose(text: str, knows: Knows, mends: Mends | None = None) -> Form:
    """Return the reading of cleaned `text` whose words are known best; ties go to the text as typed.

    `mends` says of an unknown word whether it is a slip of a known one; it is asked where no reading is known well.
    """
    chunks = fold(text).split()[:MAX_CHUNKS]
    typed = [words(chunk) for chunk in chunks]
    if chunks and all(reading and _knowledge(reading, knows) >= WELL_KNOWN for reading in typed):
        return Form(TYPED, tuple(word for reading in typed for word in reading), ())
    relaid = {chunk: _relaid(chunk, knows) for chunk in dict.fromkeys(chunks)}
    latin = {chunk: _untransliterated(chunk, knows) for chunk in list(dict.fromkeys(chunks))[:MAX_TRANSLITERATED]}
    readings = {
        TYPED: typed,
        LAYOUT: [relaid[chunk] for chunk in chunks],
        TRANSLIT: [latin.get(chunk) or words(chunk) for chunk in chunks],
    }
    worth = {name: _worth(reading, knows) for name, reading in readings.items()}
    if mends is not None and worth[TYPED] < DOUBTFUL:
        known = _forgiving(knows, mends)
        worth |= {name: _worth(readings[name], known) for name in (TYPED, LAYOUT)}
    worth[TYPED] += TYPED_BONUS
    if _RUSSIAN_WORD.search(fold(text)):
        worth[TRANSLIT] = 0.0  # who writes Russian letters does not transliterate; a lone word may still be read so
    best = max((TYPED, LAYOUT, TRANSLIT), key=lambda name: worth[name])
    mixed = _mixed(best, readings, knows)
    name = best
    if best == TYPED and mixed:
        name = max((LAYOUT, TRANSLIT), key=lambda other: sum(1 for _, form in mixed if form == other))
    chosen = dict(mixed)
    result = [word for index in range(len(chunks)) for word in readings[chosen.get(index, best)][index]]
    result = result[:MAX_WORDS]
    reasons = () if name == TYPED else (f"read as {name}: {' '.join(result)[:120]}",)
    return Form(name, tuple(result), reasons)


def _forgiving(knows: Knows, mends: Mends) -> Knows:
    looked_up: dict[str, float] = {}

    def known(word: str) -> float:
        found = knows(word)
        if found > 0 or len(word) < MIN_MIXED:
            return found
        if word not in looked_up and len(looked_up) < MAX_FORGIVEN:
            looked_up[word] = MENDED if mends(word) else 0.0
        return looked_up.get(word, 0.0)

    return known


def _mixed(best: str, readings: dict[str, list[list[str]]], knows: Knows) -> list[tuple[int, str]]:
    """Return the chunks that only another form makes words of, with that form."""
    found = []
    for index, reading in enumerate(readings[best]):
        if not reading or _knowledge(reading, knows) > UNKNOWN or max(map(len, reading)) < MIN_MIXED:
            continue
        for other in (TYPED, LAYOUT, TRANSLIT):
            rival = readings[other][index]
            if other != best and rival and rival != reading and _knowledge(rival, knows) >= _NEEDED[other]:
                found.append((index, other))
                break
    return found


def _knowledge(reading: list[str], knows: Knows) -> float:
    counted = [word for word in reading if not word.isdigit()]
    if not counted:
        return 0.0
    return sum(knows(word) * len(word) for word in counted) / sum(map(len, counted))


def _worth(reading: list[list[str]], knows: Knows) -> float:
    return _knowledge([word for part in reading for word in part], knows)


def _relaid(chunk: str, knows: Knows) -> list[str]:
    """Return the words of a chunk as the other layout's keys would have given them.

    A comma or a full stop at the edge is a letter of the Russian layout or a stop: whichever gives a known word.
    """
    if _CYRILLIC.search(chunk):
        return words(fold(chunk.translate(_TO_EN)))
    if not _LATIN.search(chunk):
        return words(chunk)
    core = chunk.strip(_EDGE_KEYS)
    start = chunk.find(core)
    lead, trail = chunk[:start], chunk[start + len(core) :]
    tries = [core, lead + core, core + trail, lead + core + trail, core + trail[:1]]
    options = [words(fold(option.translate(_TO_RU))) for option in dict.fromkeys(tries)]
    return max(options, key=lambda option: _knowledge(option, knows))


def _untransliterated(chunk: str, knows: Knows) -> list[str]:
    if _CYRILLIC.search(chunk) or not _LATIN.search(chunk):
        return words(chunk)
    found: list[str] = []
    for piece in re.findall(r"[a-z'0-9]+", chunk):
        if _TRANSLIT_TOKEN.fullmatch(piece):
            found.append(_read_word(piece, knows))
        else:
            found.extend(words(piece))
    return found


def _read_word(word: str, knows: Knows) -> str:
    segments = [_READINGS[segment] for segment in _SEGMENT.findall(word[:24])]
    best, best_worth = "", -1.0
    for letters in islice(_by_oddity(segments), MAX_READINGS):
        reading = "".join(letters)
        worth = knows(reading)
        if worth > best_worth:
            best, best_worth = reading, worth
        if worth >= 1.0:
            break
    return best or word


def _by_oddity(segments: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return readings, those with the fewest second choices first; a bounded number of them."""
    plain = tuple(options[0] for options in segments)
    odd = [index for index, options in enumerate(segments) if len(options) > 1]
    found = [plain]
    for index in odd:
        found.extend((*plain[:index], option, *plain[index + 1 :]) for option in segments[index][1:])
    if len(odd) <= MAX_PRODUCT:
        every = product(*segments)
        found.extend(islice(every, MAX_READINGS * 4))
    else:
        for first in odd:
            for second in odd:
                if first < second:
                    changed = list(plain)
                    changed[first], changed[second] = segments[first][1], segments[second][1]
                    found.append(tuple(changed))
    return list(dict.fromkeys(found))
