"""The report of `kb eval` as a page: figures, plots, confusions, articles, and every question that went wrong. Pure.

Decides what is shown in which order. Called by `bot/cli_kb_eval.py`, which writes the file.
"""

from collections.abc import Mapping, Sequence

from bot.authoring.evaluate import Evaluation, Scores
from bot.authoring.figures import Share
from bot.authoring.grading import Mark, fault_of
from bot.authoring.markup import Safe, el, join
from bot.authoring.page import Column, Tile, figures, page, quoted, section, table, tiles
from bot.authoring.plots import bar, calibration_plot, legend, settings_plot
from bot.matching.thresholds import ANSWER_SCORE

MAX_ERRORS = 500
"""Questions listed one by one; a page of more is slow to open on a phone."""

EXAMPLE = 160
"""Characters of an example beside a confusion."""

_SHARES = (
    Column("", cls="nowrap"),
    Column("in scope", number=True, told="questions that have an article or a decision"),
    Column("right@1", number=True, told="a right one stood first"),
    Column("", told="right@1, with its 95 % interval"),
    Column("right@3", number=True, told="a right one among the first three"),
    Column("answered", number=True, told="the right article shown without asking"),
    Column("wrong", number=True, told="something else done without asking"),
    Column("choice holds it", number=True, told="clarifications that offer a right article"),
    Column("with code", number=True, told="answered rightly of those that name a code of their article"),
    Column("out of scope", number=True, told="questions without an article"),
    Column("rejected", number=True, told="of those, no article shown without asking"),
)


def eval_page(found: Evaluation, errors: Sequence[Mark], name: str) -> str:
    """Return the page; `errors` are the marks that went wrong, `name` is what was asked."""
    return page(
        f"Questions of {name}",
        (
            f"{found.questions} questions; knowledge base {short(found.kb)}; weights {short(found.weights)}",
            "Shares in per cent; in brackets the 95 % interval (Wilson): what so few questions can tell.",
        ),
        _tiles(found),
        section("By kind", "The kinds are those of the file.", _groups(found.kinds, found.total)),
        section("By language", "", _groups(found.languages, found.total)),
        _plots(found),
        _confusions(found),
        _articles(found),
        _errors(errors),
    )


def short(digest: str) -> str:
    """Return as much of a digest as people compare."""
    return digest[:19]


def percent(share: Share) -> str:
    """Return a share in per cent, or a dash of no case."""
    return "–" if share.percent is None else f"{share.percent:.1f}"


def spread(share: Share) -> str:
    """Return count, cases and interval of a share."""
    if share.interval is None:
        return "no question"
    low, high = share.interval
    return f"{share.count} of {share.of} ({low:.1f}–{high:.1f})"


def _tiles(found: Evaluation) -> Safe:
    total = found.total
    shares = (
        ("right first", total.first),
        ("right among three", total.third),
        ("answered right without asking", total.answered),
        ("wrong with confidence", total.wrong),
        ("in-scope accuracy", total.accuracy),
        ("code named, answered right", total.codes),
        ("out of scope rejected", total.rejected),
    )
    given = [Tile(name, f"{percent(share)} %" if share.of else "–", spread(share)) for name, share in shares]
    pace = Tile("one question", f"{found.time_at(0.5):.1f} ms", f"p99 {found.time_at(0.99):.1f} ms")
    return tiles([*given, pace])


def _groups(groups: Mapping[str, Scores], total: Scores) -> Safe:
    rows = [_row(name, scores) for name, scores in groups.items()]
    return table(_SHARES, [*rows, _row("all", total)], last_is_total=True)


def _row(name: str, scores: Scores) -> tuple[str, ...]:
    return (
        name,
        str(scores.first.of),
        percent(scores.first),
        bar(scores.first),
        percent(scores.third),
        percent(scores.answered),
        percent(scores.wrong),
        percent(scores.offered),
        percent(scores.codes),
        str(scores.rejected.of),
        percent(scores.rejected),
    )


def _plots(found: Evaluation) -> Safe:
    error = found.calibration.error
    told = "no question was decided by its score" if error is None else f"expected calibration error {error:.3f}"
    calibration = join(
        calibration_plot(found.calibration),
        el("p", f"{told}, over {found.calibration.cases} questions; larger dots have more of them.", cls="soft small"),
    )
    lines = legend([("a", "answered"), ("b", "of those right"), ("c", "out of scope answered")])
    dashed = el("p", f"Dashed: the threshold in use, {ANSWER_SCORE}.", cls="soft small")
    thresholds = join(settings_plot(found.settings, ANSWER_SCORE), lines, dashed)
    return section(
        "Scores",
        "A score is meant to be the probability that the article is right: then the dots lie on the dashed line. "
        "Greetings, requests for a person and questions that expect a decision have no score and are left out.",
        figures(("Calibration", calibration), ("Thresholds", thresholds)),
    )


def _confusions(found: Evaluation) -> Safe:
    columns = (
        Column("asked", cls="nowrap"),
        Column("got", cls="nowrap"),
        Column("questions", number=True),
        Column("with confidence", number=True),
        Column("for example", cls="wide"),
    )
    rows = [
        (
            each.asked or "out of scope",
            each.got or "nothing",
            str(each.count),
            str(each.sure),
            join(*(el("div", quoted(example, EXAMPLE)) for example in each.examples)),
        )
        for each in found.confusions
    ]
    if not rows:
        return section("Confusions", "Every question had a right article first, and no foreign one was answered.")
    return section("Confusions", "Whose questions went to which article, most often first.", table(columns, rows))


def _articles(found: Evaluation) -> Safe:
    columns = (
        Column("article", cls="nowrap"),
        Column("questions", number=True),
        Column("found", number=True, told="of its questions, it stood first (recall)"),
        Column(""),
        Column("answered", number=True, told="times it was shown without asking"),
        Column("rightly", number=True, told="of those, right (precision)"),
        Column(""),
    )
    ordered = sorted(found.articles, key=lambda each: (_worst(each.recall), _worst(each.precision), each.id))
    rows = [
        (
            each.id,
            str(each.recall.of),
            percent(each.recall),
            bar(each.recall),
            str(each.precision.of),
            percent(each.precision),
            bar(each.precision, "b"),
        )
        for each in ordered
    ]
    told = "Those that are found least stand first. Few questions make wide intervals (the thin line over each bar)."
    return section("Articles", told, table(columns, rows))


def _worst(share: Share) -> float:
    return 101.0 if share.percent is None else share.percent


def _errors(errors: Sequence[Mark]) -> Safe:
    if not errors:
        return section("Not answered rightly", "None.")
    shown = [_error(mark) for mark in errors[:MAX_ERRORS]]
    more = f" The first {MAX_ERRORS} are listed." if len(errors) > MAX_ERRORS else ""
    told = f"{len(errors)} questions that did not get the right article at once, or got one although none fits.{more}"
    return section("Not answered rightly", told, el("details", el("summary", "All of them"), *shown))


def _error(mark: Mark) -> Safe:
    decision = mark.decision
    tops = ", ".join(f"{each.id} {each.score:.2f}" for each in decision.candidates[:3]) or "none"
    wanted = ", ".join(mark.question.expected) or "nothing"
    badge = el("span", fault_of(mark), cls=f"badge {'fault' if mark.wrong or mark.foreign else 'warning'}")
    lines = [
        el("div", quoted(mark.question.text), " ", badge),
        el("div", f"line {mark.question.line}, {mark.question.kind}; wanted {wanted}; candidates {tops}", cls="small"),
        el("div", f"{decision.form}; {'; '.join((*decision.repairs, *decision.reasons))}", cls="soft small"),
    ]
    return el("article", *lines)
