"""❓ Почему on a ticket's card: the decisions of the conversation, for the staff."""

from dataclasses import replace
from pathlib import Path

from bot.conversations.decisions import Decided
from bot.kb.loader import load
from bot.kb.markdown import utf16_length, visible_text
from bot.matching.decision import Candidate, FoundCode
from bot.matching.thresholds import ANSWER_SCORE, CLARIFY_SCORE
from bot.sandbox import Person
from bot.telegram.why import why_html
from tests.handlers.desk_talk import Desk
from tests.handlers.stand import Stand


async def test_the_staff_see_what_every_answer_rests_on(stand: Stand, ann: Person, desk: Desk) -> None:
    await ann.says("ошибка 7001")
    await ann.says(",tklfz gtxfnm")
    await ann.says("/human")
    await stand.quiet()
    topic = desk.topic(ann)
    assert await desk.presses(desk.oleg, "❓ Почему", topic) == ""
    (told,) = desk.lines(topic)
    lines = told.splitlines()
    assert lines[:4] == [
        "❓ Почему бот так отвечал",
        "",
        "1. 👤 ошибка 7001",
        "Ответил: acme-paper",
    ]
    assert lines[4] == "• 0.97 Кончилась бумага (acme-paper) 📄 — code 7001"
    assert "Код 7001 → 7001: есть в базе" in lines
    assert "2. 👤 ,tklfz gtxfnm" in lines
    assert "Прочитал как: набранное в другой раскладке" in lines
    revision = stand.holder.current.library.revision.removeprefix("sha256:")[:12]
    assert lines[-1].startswith(f"База {revision}, веса ")
    assert ann.replies[-1].text != told
    assert await desk.refusals() == {}


async def test_a_closed_ticket_can_be_asked_about_and_strangers_cannot(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann, "")
    assert await desk.presses(stand.sandbox.user("Чужой"), "❓ Почему", topic) == "Это могут только сотрудники."
    assert desk.lines(topic) == []
    await desk.presses(desk.ira, "✅ Закрыть", topic)
    before = len(desk.lines(topic))
    await desk.presses(desk.ira, "❓ Почему", topic)
    assert desk.lines(topic)[before:] == ["❓ Бот в этом разговоре ещё ничего не решал: клиент сразу позвал человека."]


DECIDED = Decided(
    question="a <b>bold</b> & long question",
    kind="clarify",
    article=None,
    entry=None,
    also=(),
    options=("acme-ink", "gone-article"),
    candidates=(Candidate("acme-ink", 0.5, "«pale <print>»"), Candidate("gone-article", 0.25, "x")),
    codes=(FoundCode("l058", "1058", known=False, kind="error"),),
    reasons=("close: at least 0.3",),
    repairs=("prnt→print",),
    form="translit",
    kb="sha256:0123456789abcdef",
    weights="sha256:fedcba9876543210",
    shown=("acme-ink",),
)


def test_everything_is_told_and_escaped(kb_template: Path) -> None:
    text = why_html([DECIDED], load(kb_template), "en")
    assert "1.</b> 👤 a &lt;b&gt;bold&lt;/b&gt; &amp; long question" in text
    assert visible_text(text).splitlines() == [
        "❓ Why the bot answered so",
        "",
        "1. 👤 a <b>bold</b> & long question",
        "Asked back: acme-ink, gone-article",
        "• 0.50 Pale print (acme-ink) 📄 – «pale <print>»",
        "• 0.25 gone-article (gone-article) – x",
        "Read as: Russian in Latin letters",
        "Repaired: prnt→print",
        "Code l058 → 1058: no article has it",
        "Grounds: close: at least 0.3",
        "",
        f"Borders now: answers from {ANSWER_SCORE}, asks back from {CLARIFY_SCORE}. 📄: the customer saw it.",
        "Knowledge base 0123456789ab, weights fedcba987654",
    ]


def test_of_too_much_the_oldest_is_left_out(kb_template: Path) -> None:
    long = replace(DECIDED, question="щ" * 5000, reasons=("ы" * 5000,), repairs=("ъ" * 5000,))
    text = why_html([long] * 8, load(kb_template), "ru")
    assert utf16_length(visible_text(text)) <= 4096
    assert "8.</b> 👤 щщщ" in text
    assert "1.</b> 👤 щщщ" not in text
