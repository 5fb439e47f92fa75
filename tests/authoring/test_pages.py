"""The HTML reports: whole, self-contained, and showing whatever a customer wrote as words."""

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.doctor.examine import Examination, Health
from bot.authoring.doctor.finding import Finding, Severity
from bot.authoring.doctor_page import doctor_page
from bot.authoring.eval_page import eval_page
from bot.authoring.evaluate import evaluate
from bot.authoring.figures import Share
from bot.authoring.grading import Mark, grade, is_error
from bot.authoring.markup import Safe, el, join, text
from bot.authoring.questions_file import Question
from bot.matching.decision import Candidate, Decision, Kind

EVIL = '</td><script>alert(1)</script><img src=x onerror="y"> & "q" \x00\x1b \u202e'
VOID = {"meta", "br"}


class Balance(HTMLParser):
    """Reads a page and notes what is opened, what is closed, and the words."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(page: str) -> Balance:
    reader = Balance()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def marked(asked: str, expected: str, *ranked: tuple[str, float]) -> Mark:
    kind = Kind.ANSWER if ranked[0][1] > 0.6 else Kind.CLARIFY
    decision = Decision(
        kind=kind,
        article=ranked[0][0] if kind is Kind.ANSWER else None,
        entry=None,
        also=(),
        candidates=tuple(Candidate(name, score, EVIL) for name, score in ranked),
        codes=(),
        options=(),
        language="ru",
        form="typed",
        repairs=(EVIL,),
        reasons=(EVIL,),
        kb="sha256:0123456789abcdef",
        weights="sha256:w",
        smalltalk=None,
    )
    return grade(Question(asked, (expected,) if expected else (), EVIL), decision, 2.0, {})


def whole(page: str) -> Balance:
    """Read a page and check that it needs nothing from outside."""
    found = parsed(page)
    assert page.encode("utf-8").startswith(b"<!doctype html>")
    assert found.seen.isdisjoint({"script", "img", "link", "iframe", "object", "a"})
    assert found.attributes.isdisjoint({"src", "href", "onerror", "onclick", "style"})
    assert re.findall(r"url\(|@import|https?:", page) == []
    assert "prefers-color-scheme:dark" in page
    assert "width=device-width" in page
    return found


def test_the_report_of_questions_holds_everything_as_words() -> None:
    marks = [marked(EVIL, "b", ("a", 0.9), ("b", 0.2)), marked("x", "", ("a", 0.8)), marked("y", "a", ("a", 0.5))]
    page = eval_page(evaluate(marks), [each for each in marks if is_error(each)], EVIL)
    found = whole(page)
    words = "".join(found.words)
    assert '</td><script>alert(1)</script><img src=x onerror="y"> & "q" \ufffd\ufffd \u202e' in words
    assert "3 questions; knowledge base sha256:0123456789ab" in words
    assert "1 of 2 (9.5–90.5)" in words
    assert "0 of 2 (0.0–65.8)" in words
    assert {"svg", "path", "circle", "rect"} <= found.seen


def test_a_report_of_nothing_is_still_a_page() -> None:
    words = "".join(whole(eval_page(evaluate([]), [], "empty.tsv")).words)
    assert "no question was decided by its score" in words
    assert "no question" in words


def test_the_report_of_a_knowledge_base() -> None:
    finding = Finding("near-twin", Severity.WARNING, "a/b.yaml", (), "b", f"`code` {EVIL}", "mend `this`", 7, 3)
    health = Health("b", {"ru": 12, "en": 0}, 3, Share(1, 4), Share(4, 4), "c")
    found = whole(doctor_page(Examination((finding,), (health,), 12, "sha256:k"), EVIL))
    words = "".join(found.words)
    assert "a/b.yaml:7" in words
    assert "→ mend this" in words
    assert "Phrases too close to another article's (1)" in words
    assert "script" not in found.seen
    clean = whole(doctor_page(Examination((), (), 0, "sha256:k"), "kb"))
    assert "None: every check came out clean." in "".join(clean.words)


@given(st.text())
def test_words_come_through_and_markup_does_not(words: str) -> None:
    page = el("p", words, title=words)
    assert page.count("<") == 2
    assert parsed(page).attributes <= {"title"}
    assert text(page) is page
    assert join("<", Safe("<b>")) == "&lt;<b>"
