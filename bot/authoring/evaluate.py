"""What the matcher is worth on labelled questions: every figure of `kb eval`, each over a stated number of cases. Pure.

Decides which marks a figure counts; what a mark is stands in `grading.py`. `ask_all` runs the questions; everything
else takes marks. Called by `bot/cli_kb_eval.py` and `tests/bench/evaluate.py`.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.authoring.figures import Calibration, Setting, Share, calibrate, settings, share
from bot.authoring.grading import Mark, grade
from bot.authoring.questions_file import Question
from bot.kb.library import Library, expand_code
from bot.matching.decision import Kind
from bot.matching.matcher import Matcher

MAX_EXAMPLES = 3
"""Questions named with each confusion."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The shares of one group of questions.

    In scope, over questions that have an article or a decision: `first` and `third` (right@1, right@3), `answered`
    rightly without asking, `wrong` with confidence, `accuracy` (right first and not turned away), `offered`
    (clarifications that hold the right one), `codes` (answered rightly of those that name a code of their article).
    Out of scope: `rejected` (no article shown without asking) and `told_unsure` (said that nothing fits).
    """

    first: Share
    third: Share
    answered: Share
    wrong: Share
    accuracy: Share
    offered: Share
    codes: Share
    rejected: Share
    told_unsure: Share


@dataclass(frozen=True, slots=True)
class ArticleScores:
    """One article. `recall`: of its questions, it stood first; `precision`: of its answers without asking, right."""

    id: str
    recall: Share
    precision: Share


@dataclass(frozen=True, slots=True)
class Confusion:
    """Questions of `asked` (None: of no article) for which `got` stood first; `sure` of them were shown it at once."""

    asked: str | None
    got: str | None
    count: int
    sure: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one run. `times` are milliseconds in rising order."""

    questions: int
    total: Scores
    kinds: Mapping[str, Scores]
    languages: Mapping[str, Scores]
    articles: tuple[ArticleScores, ...]
    confusions: tuple[Confusion, ...]
    calibration: Calibration
    settings: tuple[Setting, ...]
    times: tuple[float, ...]
    kb: str
    weights: str

    def time_at(self, part: float) -> float:
        """Return the time in milliseconds that this part (0 to 1) of the questions stayed within."""
        return self.times[min(int(len(self.times) * part), len(self.times) - 1)] if self.times else 0.0


def ask_all(matcher: Matcher, library: Library, questions: Iterable[Question]) -> tuple[Mark, ...]:
    """Ask every question by itself, and return the marks in order."""
    codes = codes_of(library)
    marks = []
    for question in questions:
        begun = time.perf_counter()
        decision = matcher.ask(question.text, product=question.product, language=question.language)
        marks.append(grade(question, decision, 1000 * (time.perf_counter() - begun), codes))
    return tuple(marks)


def codes_of(library: Library) -> Mapping[str, frozenset[str]]:
    """Return the single codes of every article."""
    return {
        article.id: frozenset(code.upper() for written in article.codes for code in expand_code(written))
        for article in library.articles.values()
    }


def evaluate(marks: Sequence[Mark]) -> Evaluation:
    """Return the figures of all marks."""
    inside = [(mark.score, mark.first) for mark in marks if not mark.foreign and mark.score is not None]
    outside = [mark.score for mark in marks if mark.foreign and mark.score is not None]
    return Evaluation(
        questions=len(marks),
        total=scores(marks),
        kinds=_grouped(marks, lambda mark: mark.question.kind),
        languages=_grouped(marks, lambda mark: mark.language),
        articles=_articles(marks),
        confusions=_confusions(marks),
        calibration=calibrate([*inside, *((score, False) for score in outside)]),
        settings=settings(inside, outside),
        times=tuple(sorted(mark.elapsed_ms for mark in marks)),
        kb=marks[0].decision.kb if marks else "",
        weights=marks[0].decision.weights if marks else "",
    )


def scores(marks: Iterable[Mark]) -> Scores:
    """Return the shares of a group of marks."""
    given = list(marks)
    inside = [mark for mark in given if not mark.foreign]
    outside = [mark for mark in given if mark.foreign]
    return Scores(
        first=share(mark.first for mark in inside),
        third=share(mark.third for mark in inside),
        answered=share(mark.answered for mark in inside),
        wrong=share(mark.wrong for mark in inside),
        accuracy=share(mark.first and not mark.turned_away for mark in inside),
        offered=share(mark.offered for mark in inside if mark.offered is not None),
        codes=share(mark.answered for mark in inside if mark.code),
        rejected=share(mark.told is None for mark in outside),
        told_unsure=share(mark.decision.kind in {Kind.UNSURE, Kind.UNKNOWN_CODE} for mark in outside),
    )


def _grouped(marks: Iterable[Mark], name: Callable[[Mark], str]) -> dict[str, Scores]:
    groups: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        groups[name(mark)].append(mark)
    return {group: scores(found) for group, found in sorted(groups.items())}


def _meant(mark: Mark) -> str:
    """Return the article a question counts for: of several right ones the one that was found."""
    for found in (mark.decision.article, mark.top):
        if found in mark.question.expected and found is not None:
            return found
    return mark.question.expected[0]


def _articles(marks: Iterable[Mark]) -> tuple[ArticleScores, ...]:
    asked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    told: Counter[str] = Counter()
    rightly: Counter[str] = Counter()
    for mark in marks:
        if not mark.foreign:
            article = _meant(mark)
            asked[article] += 1
            found[article] += mark.first
        if mark.told is not None:
            told[mark.told] += 1
            rightly[mark.told] += mark.answered
    return tuple(
        ArticleScores(article, Share(found[article], asked[article]), Share(rightly[article], told[article]))
        for article in sorted({*asked, *told})
    )


def _confusions(marks: Iterable[Mark]) -> tuple[Confusion, ...]:
    """Return what was taken for what, most often first: questions whose first article is wrong, foreign ones answered.

    A greeting or a call for a person that should have been an article is named by the decision.
    """
    groups: defaultdict[tuple[str | None, str | None], list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.foreign and mark.told is not None:
            groups[None, mark.told].append(mark)
        elif not mark.foreign and not mark.first:
            got = mark.top if mark.top is not None else mark.decision.kind.value
            groups[_meant(mark), got].append(mark)
    found = [
        Confusion(
            asked,
            got,
            len(group),
            sum(mark.told is not None or mark.wrong for mark in group),
            tuple(mark.question.text for mark in group[:MAX_EXAMPLES]),
        )
        for (asked, got), group in groups.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.count, each.asked or "", each.got or "")))
