"""How well the labelled questions on the shipped articles are answered, and what damage to them costs in Russian.

The questions are those of `tests/questions/test.tsv` and `held_out.tsv`; the matcher was not fitted to them. Our
figures are those of `diagnost kb eval`; the rivals rank the same phrases, without codes and without being able to be
silent, so that they have a share only in what is ranked.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from bot.authoring.evaluate import ask_all, evaluate
from bot.authoring.figures import Share
from bot.authoring.questions_file import MEANINGS, Question, read
from bot.kb.loader import load
from bot.matching.matcher import Matcher
from bot.weights.learner import wait_for
from tests.bench import robust
from tests.bench.processes import ROOT
from tests.bench.reach_table import PER_CENT, POINTS, Row, Values
from tests.bench.rivals import RIVALS, Rival

FILES = ("test.tsv", "held_out.tsv")
DAMAGES = ("one edit", "layout", "translit")


def run(cache: Path, kb: Path, most: int | None) -> list[Row]:
    """Measure all, or the first `most` questions of each file. Raises `LearningError`."""
    library = load(kb)
    begun = perf_counter()
    matcher = Matcher(library)
    built = perf_counter()
    matcher = matcher.with_learned(wait_for(matcher.corpus, cache))
    learned = perf_counter()
    corpus = matcher.corpus
    pairs = [(phrase.text, corpus.ids[phrase.owner]) for phrase in corpus.phrases]
    rivals: list[Rival] = [each(pairs) for each in RIVALS]
    questions = [each for name in FILES for each in read(ROOT / "tests" / "questions" / name, library)[:most]]
    scores = evaluate(ask_all(matcher, library, questions)).total
    asked = [question for question in questions if question.expected]
    firsts = {rival.name: (_right(rival, asked, [question.text for question in asked]),) for rival in rivals}

    def row(what: str, target: str, beyond: str, value: float, others: Mapping[str, Values] | None = None) -> Row:
        return Row(f"shipped articles: {what}", PER_CENT, target, beyond, (value,), others or {})

    told = _percent(scores.rejected)
    return [
        _losses(matcher, rivals, asked),
        row("right first", "92", "96", _percent(scores.first), firsts),
        row("answered right without asking", "72", "85", _percent(scores.answered)),
        row("wrong with confidence", "≤ 4", "≤ 2", _percent(scores.wrong)),
        row("out of scope, answered with confidence", "≤ 5", "≤ 2", 100 - told),
        row("messages with a code of their article", "98", "99.5", _percent(scores.codes)),
        Row("shipped articles: built / learned once", "s", "–", "–", (built - begun, learned - built)),
    ]


def _losses(matcher: Matcher, rivals: Sequence[Rival], questions: Sequence[Question]) -> Row:
    asked = [
        question
        for question in questions
        if robust.is_russian(question) and question.kind not in {"layout", "translit", "typo"}
    ]
    clean = [question.text for question in asked]
    damages = dict(robust.DAMAGES)
    texts = [robust.damaged(asked, damages[name]) for name in DAMAGES]

    def losses(right: Callable[[list[str]], float]) -> Values:
        before = right(clean)
        return tuple(right(damaged) - before for damaged in texts)

    return Row(
        f"right@1 by one edit a word / layout / translit, Russian ({len(asked)})",
        POINTS,
        "−2 / 0 / −1",
        "−1 / 0 / 0",
        losses(lambda given: robust.right(matcher, asked, given)),
        {rival.name: losses(_by(rival, asked)) for rival in rivals},
    )


def _by(rival: Rival, asked: Sequence[Question]) -> Callable[[list[str]], float]:
    return lambda texts: _right(rival, asked, texts)


def _right(rival: Rival, asked: Sequence[Question], texts: Sequence[str]) -> float:
    """Return right@1 in per cent; questions that want a decision rather than an article are not asked of rivals."""
    pairs = [(each, text) for each, text in zip(asked, texts, strict=True) if not set(each.expected) & set(MEANINGS)]
    return 100 * sum(rival.first(text) in each.expected for each, text in pairs) / max(len(pairs), 1)


def _percent(share: Share) -> float:
    return math.nan if share.percent is None else share.percent
