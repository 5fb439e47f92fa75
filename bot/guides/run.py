"""One run through an article's steps: where the customer stands, and where each press leads. Pure.

Decides which presses a step offers, what each leads to, and what becomes of a run whose article was edited, switched
off or shortened meanwhile. It knows neither texts nor buttons (`handlers/guide.py`) nor rows (`store.py`). The ways
out of a step are `bot.kb.steps.exits`, by which `kb check` also refuses steps that run in circles.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.kb.article import Article, Step
from bot.kb.steps import END, PERSON, exits

VISITS_PER_STEP = 3
"""A step that is reached more often does not help: a person is better than another round."""

VISITS = 40
"""Steps of one run, all articles together; far above every guide there is."""


class Press(StrEnum):
    """What a customer can say to a step."""

    HELPED = "helped"
    NEXT = "next"
    FAILED = "failed"
    BACK = "back"
    PERSON = "person"


class Result(StrEnum):
    """How a step went: the problem is gone; done, and the problem still there; it could not be done."""

    HELPED = "helped"
    DONE = "done"
    FAILED = "failed"


class Stop(StrEnum):
    """Why a run goes to a person: asked for, the last step did not help, or the steps have been tried in circles."""

    ASKED = "asked"
    NOTHING_LEFT = "nothing_left"
    CIRCLES = "circles"


@dataclass(frozen=True, slots=True)
class Visit:
    """One step that was shown, and how it went; None while it has not been answered, or was gone back on."""

    article: str
    step: str
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """One step as staff read it: its number, and how it went last; `result` None is where the customer stopped."""

    article: str
    number: int
    result: Result | None


@dataclass(frozen=True, slots=True)
class Run:
    """The steps shown so far, oldest first; the last one is where the customer stands. `moves` numbers the screens."""

    visits: tuple[Visit, ...]
    moves: int = 0

    @property
    def here(self) -> Visit:
        """Where the customer stands."""
        return self.visits[-1]

    @property
    def has_back(self) -> bool:
        """Whether there is a step to go back to."""
        return len(self.visits) > 1


@dataclass(frozen=True, slots=True)
class At:
    """A step is shown. `changed`: the article was edited meanwhile, so that this is not where the press led."""

    run: Run
    article: Article
    step: Step
    number: int
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Solved:
    """The customer is helped."""

    run: Run


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A person goes on."""

    run: Run
    why: Stop


@dataclass(frozen=True, slots=True)
class ToArticle:
    """An article that has no steps of its own goes on: it is shown whole, and the run waits at its step."""

    run: Run
    article: Article


@dataclass(frozen=True, slots=True)
class Gone:
    """The article, or its steps, are no longer there."""

    run: Run


Move = At | Solved | ToPerson | ToArticle | Gone
Look = Callable[[str], Article | None]
"""Returns an article that the customer may see now, or None."""


def begin(article: Article) -> Run:
    """Return a run at the first step. The article must have steps."""
    return Run((Visit(article.id, article.steps[0].id),))


def offers(article: Article, step: Step) -> tuple[Press, ...]:
    """Return the presses a step has besides going back and calling a person, in the order of their buttons."""
    ways = exits(article, step)
    found = [Press.HELPED]
    if ways.next is not None:
        found.append(Press.NEXT)
    if ways.failed is not None:
        found.append(Press.FAILED)
    return tuple(found)


def resume(run: Run, look: Look) -> Move:
    """Return where a run stands now: at its step, at the nearest there is, or nowhere where the article is gone."""
    article = look(run.here.article)
    if article is None or not article.steps:
        return Gone(run)
    number = _number(article, run.here.step)
    if number:
        return At(run, article, article.steps[number - 1], number)
    tried = {visit.step for visit in run.visits if visit.article == article.id}
    number = next((n for n, step in enumerate(article.steps, 1) if step.id not in tried), 1)
    step = article.steps[number - 1]
    kept = tuple(visit for visit in run.visits[:-1] if visit.article != article.id or _number(article, visit.step))
    moved = Run((*kept, Visit(article.id, step.id)), run.moves + 1)
    return At(moved, article, step, number, changed=True)


def press(run: Run, pressed: Press, look: Look) -> Move:
    """Return what a press leads to. Helped and a person work whatever has become of the article."""
    if pressed is Press.HELPED:
        return Solved(_answered(run, Result.HELPED))
    if pressed is Press.PERSON:
        return ToPerson(_moved(run), Stop.ASKED)
    if pressed is Press.BACK:
        return _back(run, look)
    now = resume(run, look)
    if not isinstance(now, At) or now.changed:
        return now
    ways = exits(now.article, now.step)
    target = ways.next if pressed is Press.NEXT else ways.failed
    if target is None:
        # The step was edited and has this way out no longer: the other one is what is left.
        target = ways.failed or ways.next or PERSON
    answered = _answered(run, Result.DONE if pressed is Press.NEXT else Result.FAILED)
    return _go(answered, target, now.article, look)


def _go(run: Run, target: str, article: Article, look: Look) -> Move:
    if target == END:
        return Solved(run)
    if target == PERSON:
        return ToPerson(run, Stop.NOTHING_LEFT)
    number = _number(article, target)
    if not number:
        other = look(target)
        if other is None:
            return ToPerson(run, Stop.NOTHING_LEFT)
        if not other.steps:
            return ToArticle(run, other)
        article, number = other, 1
    step = article.steps[number - 1]
    visit = Visit(article.id, step.id)
    before = sum((each.article, each.step) == (visit.article, visit.step) for each in run.visits)
    if before >= VISITS_PER_STEP or len(run.visits) >= VISITS:
        return ToPerson(run, Stop.CIRCLES)
    return At(replace(run, visits=(*run.visits, visit)), article, step, number)


def _back(run: Run, look: Look) -> Move:
    visits = run.visits[:-1]
    while visits:
        article = look(visits[-1].article)
        number = _number(article, visits[-1].step) if article is not None else 0
        if article is not None and number:
            again = Run((*visits[:-1], replace(visits[-1], result=None)), run.moves + 1)
            return At(again, article, article.steps[number - 1], number)
        visits = visits[:-1]
    return resume(run, look)


def _answered(run: Run, result: Result) -> Run:
    return Run((*run.visits[:-1], replace(run.here, result=result)), run.moves + 1)


def _moved(run: Run) -> Run:
    return replace(run, moves=run.moves + 1)


def _number(article: Article, step_id: str) -> int:
    """Return the place of a step, from 1, or 0 where the article has it no longer."""
    return next((number for number, step in enumerate(article.steps, 1) if step.id == step_id), 0)
