"""What damage costs: `python -m tests.bench.robust [--kb kb] [FILE.tsv …]`.

Damages every question of labelled files (seeded) and prints right@1 in per cent, clean and damaged, and the loss, for
Russian and English apart: one edit in every word of four letters or more, two edits, the other keyboard layout,
transliteration, doubled letters, glued and split words. Only questions that have an article count. The second part
reads sentences misspelled by people, with corrections (`--spelled SOURCES CORRECTIONS`), and prints how often the
speller breaks a word that was right. Numbers are left alone: a digit mistyped is another code.
"""

import argparse
import random
import re
from collections.abc import Callable
from pathlib import Path

from bot.authoring.grading import grade
from bot.authoring.questions_file import Question, read
from bot.kb.library import Library
from bot.kb.loader import load
from bot.matching.forms import LATIN_KEYS, RUSSIAN_KEYS
from bot.matching.matcher import Matcher
from bot.matching.normalize import clean, fold, words
from bot.weights.ready import ready

_WORD = re.compile(r"[^\W\d_]+")
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
_NEIGHBOURS = {
    False: ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    True: ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}
_TRANSLIT = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f h c ch sh sch ' y ' e yu ya".split(),  # noqa: SIM905 - readable
        strict=True,
    )
)
MIN_LETTERS = 4
SEED = 20261122

Damage = Callable[[str, random.Random], str]


def one_edit(word: str, chance: random.Random) -> str:
    """Return the word with a letter dropped, doubled, swapped or replaced by its neighbour on the keyboard."""
    if len(word) < MIN_LETTERS:
        return word
    at = chance.randrange(len(word) - 1)
    match chance.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + _neighbour(word[at], chance) + word[at + 1 :]


def _neighbour(letter: str, chance: random.Random) -> str:
    for row in _NEIGHBOURS[_RUSSIAN.match(letter) is not None]:
        place = row.find(letter.lower())
        if place >= 0:
            return row[min(max(place + chance.choice((-1, 1)), 0), len(row) - 1)]
    return letter


def by_word(edit: Damage, times: int = 1) -> Damage:
    """Return a damage of every word."""

    def damage(text: str, chance: random.Random) -> str:
        for _ in range(times):
            text = _WORD.sub(lambda match: edit(match.group(), chance), text)
        return text

    return damage


def other_layout(text: str, _chance: random.Random) -> str:
    """Return what the same keys give in the other layout."""
    if _RUSSIAN.search(text):
        return text.translate(str.maketrans(RUSSIAN_KEYS, LATIN_KEYS))
    return text.translate(str.maketrans(LATIN_KEYS, RUSSIAN_KEYS))


def transliterated(text: str, _chance: random.Random) -> str:
    """Return Russian in Latin letters; English is left as it is."""
    return "".join(_TRANSLIT.get(char, char) for char in text.lower())


def doubled(word: str, chance: random.Random) -> str:
    """Return the word with one letter doubled."""
    at = chance.randrange(len(word))
    return word[:at] + word[at] * 2 + word[at + 1 :]


def glued(text: str, chance: random.Random) -> str:
    """Return the text with one space between words lost."""
    places = [match.start() for match in re.finditer(r"(?<=[^\W\d_]{3}) (?=[^\W\d_]{3})", text)]
    at = chance.choice(places) if places else None
    return text if at is None else text[:at] + text[at + 1 :]


def split(text: str, chance: random.Random) -> str:
    """Return the text with one long word parted."""
    places = [match for match in _WORD.finditer(text) if len(match.group()) >= 2 * MIN_LETTERS]
    if not places:
        return text
    word = chance.choice(places)
    at = word.start() + chance.randrange(3, len(word.group()) - 2)
    return f"{text[:at]} {text[at:]}"


DAMAGES: tuple[tuple[str, Damage], ...] = (
    ("one edit", by_word(one_edit)),
    ("two edits", by_word(one_edit, 2)),
    ("layout", other_layout),
    ("translit", transliterated),
    ("doubled", by_word(doubled)),
    ("glued", glued),
    ("split", split),
)


def questions(paths: list[Path], library: Library) -> list[Question]:
    """Return the questions that have an article, without those that test a form already."""
    found = [question for path in paths for question in read(path, library)]
    return [question for question in found if question.expected and question.kind not in {"layout", "translit", "typo"}]


def is_russian(question: Question) -> bool:
    """Say whether a question holds Russian letters."""
    return _RUSSIAN.search(question.text) is not None


def damaged(asked: list[Question], damage: Damage) -> list[str]:
    """Return the questions' texts, damaged by the one seed."""
    chance = random.Random(SEED)
    return [damage(question.text, chance) for question in asked]


def right(matcher: Matcher, asked: list[Question], texts: list[str]) -> float:
    """Return right@1 in per cent."""
    marks = [grade(question, matcher.ask(text), 0.0, {}) for question, text in zip(asked, texts, strict=True)]
    return 100 * sum(mark.first for mark in marks) / max(len(asked), 1)


def report(matcher: Matcher, asked: list[Question], name: str) -> None:
    """Print the losses of one language."""
    clean_share = right(matcher, asked, [question.text for question in asked])
    print(f"{name}: {len(asked)} questions, right@1 clean {clean_share:.1f}")
    for label, damage in DAMAGES:
        share = right(matcher, asked, damaged(asked, damage))
        print(f"  {label:10} {share:6.1f}  {share - clean_share:+6.1f}")


def broken(matcher: Matcher, sources: Path, corrections: Path) -> None:
    """Print how often the speller changes a word that people had spelled right, and how often it mends a wrong one."""
    kept = changed = mended = wrong = 0
    reader = matcher._reader
    for said, meant in zip(
        sources.read_text(encoding="utf-8").splitlines(),
        corrections.read_text(encoding="utf-8").splitlines(),
        strict=False,
    ):
        typed, intended = words(fold(clean(said))), words(fold(clean(meant)))
        if len(typed) != len(intended):
            continue
        for before, after in zip(typed, intended, strict=True):
            found = " ".join(reader.repaired((before,))[0])
            if before == after:
                kept += found == before
                changed += found != before
            else:
                mended += found == after
                wrong += found not in {before, after}
    total = max(kept + changed, 1)
    print(
        f"right words changed {changed} of {total} ({100 * changed / total:.2f} %); wrong ones mended {mended}, ",
        end="",
    )
    print(f"changed to something else {wrong}")


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--spelled", type=Path, nargs=2)
    options = parser.parse_args()
    library = load(options.kb)
    matcher = ready(library)
    asked = questions(options.files or [Path("tests/questions/dev.tsv"), Path("tests/questions/test.tsv")], library)
    report(matcher, [question for question in asked if is_russian(question)], "ru")
    report(matcher, [question for question in asked if not is_russian(question)], "en")
    if options.spelled:
        broken(matcher, *options.spelled)


if __name__ == "__main__":
    main()
