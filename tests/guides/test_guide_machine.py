"""A run under anything that customers and editors do: it always stands at a step that is there, and it always ends."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.guides.run import VISITS, VISITS_PER_STEP, At, Gone, Press, Run, Solved, ToPerson, begin, offers, press, resume
from bot.kb.article import Article
from tests.guides.guide_articles import article

STEPS = [f"s{number}" for number in range(5)]
ARTICLES = ["one", "two", "three"]
targets = st.sampled_from([*STEPS, *ARTICLES, "person", "end", None])


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, object]]:
    made = draw(st.lists(st.sampled_from(STEPS), unique=True, max_size=len(STEPS)))
    return [{"id": each, "on_success": draw(targets), "on_failure": draw(targets)} for each in made]


class Customer(RuleBasedStateMachine):
    """The library may be edited between any two presses, and holds loops that `kb check` would refuse."""

    @initialize(first=steps().filter(len), second=steps(), third=steps())
    def opens(
        self, first: list[dict[str, object]], second: list[dict[str, object]], third: list[dict[str, object]]
    ) -> None:
        self.library: dict[str, Article | None] = {
            name: article(name, *made) for name, made in zip(ARTICLES, (first, second, third), strict=True)
        }
        start = self.library["one"]
        assert start is not None
        self.run: Run = begin(start)
        self.over = False

    def look(self, article_id: str) -> Article | None:
        return self.library.get(article_id)

    @precondition(lambda self: self.over)
    @rule(made=steps().filter(len))
    def begins_anew(self, made: list[dict[str, object]]) -> None:
        start = article("one", *made)
        self.library["one"] = start
        self.run = begin(start)
        self.over = False

    @precondition(lambda self: not self.over)
    @rule(pressed=st.sampled_from(Press))
    def presses(self, pressed: Press) -> None:
        before = self.run
        move = press(before, pressed, self.look)
        assert move.run.moves == before.moves + 1 or isinstance(move, Gone) or pressed is Press.BACK
        if pressed is Press.HELPED:
            assert isinstance(move, Solved)
        if pressed is Press.PERSON:
            assert isinstance(move, ToPerson)
        self.over = not isinstance(move, At)
        self.run = move.run

    @precondition(lambda self: not self.over)
    @rule(name=st.sampled_from(ARTICLES), made=steps())
    def is_edited(self, name: str, made: list[dict[str, object]]) -> None:
        self.library[name] = article(name, *made)

    @precondition(lambda self: not self.over)
    @rule(name=st.sampled_from(ARTICLES))
    def is_taken_back(self, name: str) -> None:
        self.library[name] = None

    @precondition(lambda self: not self.over)
    @rule()
    def presses_on_until_the_end(self) -> None:
        run = self.run
        for _ in range(VISITS + 1):
            now = resume(run, self.look)
            if not isinstance(now, At):
                return
            move = press(now.run, offers(now.article, now.step)[-1], self.look)
            if not isinstance(move, At):
                return
            run = move.run
        raise AssertionError("the steps never end")

    @invariant()
    def stands_at_a_step_that_is_there(self) -> None:
        if self.over:
            return
        now = resume(self.run, self.look)
        if isinstance(now, At):
            assert now.article.steps[now.number - 1] is now.step
            assert now.run.here.step == now.step.id
            assert offers(now.article, now.step)[0] is Press.HELPED
            assert len(offers(now.article, now.step)) >= 2
        else:
            assert isinstance(now, Gone)

    @invariant()
    def stays_bounded(self) -> None:
        assert 1 <= len(self.run.visits) <= VISITS + 1
        forward = [(visit.article, visit.step) for visit in self.run.visits[:-1]]
        assert max((forward.count(each) for each in forward), default=0) <= VISITS_PER_STEP


Customer.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestCustomer = Customer.TestCase
