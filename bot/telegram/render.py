"""Articles and cards as Telegram HTML, within one message's length. Pure."""

import html
import re
from collections.abc import Sequence
from itertools import accumulate

from bot.conversations.events import Line, Story, Unsure
from bot.diagnostics import plan
from bot.diagnostics.record.store import Evidence
from bot.diagnostics.verdict import Light, light
from bot.guides.run import Result, Tried
from bot.i18n import Html, label, say
from bot.kb.article import Article, Step
from bot.kb.library import Library
from bot.kb.markdown import to_html, utf16_length, visible_text
from bot.kb.steps import in_button
from bot.tickets.ticket import State, Ticket, square_of

MESSAGE_UNITS = 4096
"""Telegram's longest text, in UTF-16 units after the entities are parsed."""

CARD_LINE = 300
HISTORY_LINE = 1500
CARD_QUESTION = 1200

INTRO = 240

STEP_MARKS = {Result.HELPED: "🎉", Result.DONE: "✅", Result.FAILED: "❌", None: "⏸"}
"""How staff read the way a step went: it solved it, done without success, could not be done, stopped there."""

CHECK_MARKS = {Light.GOOD: "✅", Light.WARN: "⚠️", Light.BAD: "❌", Light.UNKNOWN: "❔"}

CARD_CHECKS = 12
"""Failed checks, and outputs of the customer's, that a card names; the last ones."""

CARD_GUIDES = 4
"""Articles whose steps a card tells of; the last ones."""

MEDIA = frozenset({"voice", "picture", "file", "sticker", "place", "other"})
"""Kinds of messages that are named on a card by a word, for they have no text of their own."""


def article_html(article: Article, entry: str | None, language: str, default: str) -> Html:
    """Return the article as one message; the row that was asked for comes first and stands for the whole table."""
    title = article.text_in(article.title, language, default)
    row = next((each for each in article.entries if each.key == entry), None)
    if row is not None:
        body = to_html(article.text_in(row.text, language, default))
    else:
        body = to_html(article.text_in(article.answer, language, default))
        if article.entries and not body:
            body = "\n".join(to_html(article.text_in(each.text, language, default)) for each in article.entries)
    return shorten(Html(f"<b>{html.escape(title, quote=False)}</b>\n\n{body}"))


def step_html(article: Article, step: Step, number: int, language: str, default: str, *, first: bool) -> Html:
    """Return one step as a message; `first` introduces the guide with the first sentence of the article's answer.

    Commands that are longer than a copy button holds stand below the text, where a tap copies them too.
    """
    title = article.text_in(article.title, language, default)
    count = len(article.steps)
    if first:
        sentence = first_sentence(article.text_in(article.answer, language, default))
        head = say(language, "guide-first", title=title, sentence=sentence, number=number, count=count)
    else:
        head = say(language, "guide-step", title=title, number=number, count=count)
    parts = [head, to_html(article.text_in(step.text, language, default))]
    parts += [f"<pre>{html.escape(command, quote=False)}</pre>" for command in step.copy_ if not in_button(command)]
    return shorten(Html("\n\n".join(parts)))


def first_sentence(answer: str) -> str:
    """Return the first sentence of an answer as plain text, short enough to introduce its steps."""
    paragraph = visible_text(to_html(answer)).partition("\n")[0]
    return cut(re.split(r"(?<=[.!?])\s", paragraph, maxsplit=1)[0], INTRO)


def fits(text: str) -> bool:
    """Return whether Telegram takes this HTML as one message."""
    return utf16_length(visible_text(text)) <= MESSAGE_UNITS


def shorten(text: Html) -> Html:
    """Return the text, cut at the last paragraph or line that fits one message; a single long line goes out plain."""
    if fits(text):
        return text
    for border in ("\n\n", "\n"):
        parts = text.split(border)
        # Tags open and close within few parts, so each part's own length is near enough to begin from.
        lengths = accumulate(utf16_length(visible_text(part)) + len(border) for part in parts)
        room = sum(length <= MESSAGE_UNITS for length in lengths)
        for count in range(min(room, len(parts) - 1), 0, -1):
            shorter = border.join(parts[:count]) + "\n…"
            if fits(shorter) and _balanced(shorter):
                return Html(shorter)
    plain = visible_text(text)
    while utf16_length(plain) > MESSAGE_UNITS - 1:
        plain = plain[: len(plain) - max(1, (utf16_length(plain) - MESSAGE_UNITS) // 2)]
    return Html(html.escape(plain, quote=False) + "…")


def _balanced(text: str) -> bool:
    return all(
        text.count(f"<{tag}>") + text.count(f"<{tag} ") == text.count(f"</{tag}>")
        for tag in ("b", "i", "code", "pre", "a", "blockquote")
    )


def cut(text: str, units: int) -> str:
    """Return plain text of at most so many characters, with an ellipsis where something was taken off."""
    return text if len(text) <= units else text[: units - 1].rstrip() + "…"


def ticket_card(
    ticket: Ticket,
    story: Story,
    library: Library,
    tried: Sequence[Tried] = (),
    evidence: Sequence[Evidence] = (),
) -> Html:
    """Return the card at the head of a ticket's topic: who, why, the question, what was shown, tried, found and said.

    Written in the knowledge base's default language, which is the staff's.
    """
    staff = library.default_language
    square = square_of(ticket.state)
    parts: list[str] = [say(staff, "card-number", square=square, number=str(ticket.id), name=ticket.name or "—")]
    parts.append(say(staff, "card-reason", reason=ticket.reason))
    parts.append(say(staff, "card-language", language=ticket.language))
    if ticket.state is State.TAKEN:
        parts.append(say(staff, "card-taken", name=ticket.taken_name or "—"))
    if ticket.state is State.CLOSED:
        parts.append(say(staff, "card-closed"))
    if story.codes:
        parts.append(say(staff, "card-codes", codes=", ".join(story.codes)))
    if story.keys:
        parts.append(say(staff, "card-keys", keys=", ".join(story.keys)))
    question = ticket.question
    parts += (
        ["", say(staff, "card-question", question=cut(question, CARD_QUESTION))]
        if question
        else [
            "",
            say(staff, "card-no-question"),
        ]
    )
    if story.shown:
        parts += ["", say(staff, "card-shown")]
        parts += [_shown_row(article_id, story, library) for article_id in story.shown]
    parts += _steps_rows(tried, staff)
    parts += _evidence_rows(evidence, library)
    if story.unsure:
        parts += ["", say(staff, "card-unsure")]
        parts += [_unsure_row(unsure, staff) for unsure in story.unsure]
    head = "\n".join(parts)
    lines = [_story_line(line, staff, CARD_LINE) for line in story.lines]
    # The last lines tell most: the oldest go first where the card would be too long.
    while lines:
        card = Html(head + "\n\n" + say(staff, "card-story") + "\n" + "\n".join(lines))
        if fits(card):
            return card
        lines.pop(0)
    return shorten(Html(head))


def history_chunks(lines: Sequence[Line], language: str) -> list[Html]:
    """Return a conversation as messages that fit, oldest line first; a long line is cut."""
    chunks: list[Html] = []
    for line in lines:
        text = _story_line(line, language, HISTORY_LINE)
        if chunks and fits(f"{chunks[-1]}\n{text}"):
            chunks[-1] = Html(f"{chunks[-1]}\n{text}")
        else:
            chunks.append(text)
    return chunks


def _story_line(line: Line, language: str, limit: int) -> Html:
    by_staff = line.kind == "staff" or line.kind in MEDIA  # the bot itself sends nothing but texts
    who = "card-customer" if line.direction == "in" else "card-staff" if by_staff else "card-bot"
    return say(language, who, text=cut(named(line.kind, _one_line(line.text), language), limit))


def named(kind: str, words: str, language: str) -> str:
    """Return a message's words, behind a word for what it is where it is not a text."""
    return f"{label(language, f'media-{kind}')} {words}".strip() if kind in MEDIA else words


def pieces(text: str, units: int) -> list[str]:
    """Return plain text in pieces of at most so many UTF-16 units, cut at lines or blanks where there are any."""
    found: list[str] = []
    while utf16_length(text) > units:
        head = text[:units]
        while utf16_length(head) > units:
            head = head[:-1]
        border = max(head.rfind("\n"), head.rfind(" "))
        end = border + 1 if border > len(head) // 2 else len(head)
        found.append(text[:end])
        text = text[end:]
    return [*found, text]


def _shown_row(article_id: str, story: Story, library: Library) -> Html:
    staff = library.default_language
    article = library.article(article_id)
    title = article.text_in(article.title, staff, staff) if article else article_id
    score = f"{story.scores[article_id]:.2f}" if article_id in story.scores else "none"
    verdict = story.verdicts.get(article_id, "none")
    return say(staff, "card-shown-row", title=title, id=article_id, score=score, verdict=verdict)


def _steps_rows(tried: Sequence[Tried], staff: str) -> list[str]:
    articles = list(dict.fromkeys(each.article for each in tried))[-CARD_GUIDES:]
    return [
        say(
            staff,
            "card-steps",
            id=article,
            steps=" ".join(f"{each.number} {STEP_MARKS[each.result]}" for each in tried if each.article == article),
        )
        for article in articles
    ]


def _evidence_rows(evidence: Sequence[Evidence], library: Library) -> list[str]:
    staff = library.default_language
    ours = [each for each in evidence if each.ours]
    theirs = [each for each in evidence if not each.ours][-CARD_CHECKS:]
    rows: list[str] = []
    if ours:
        wrong = [each for each in ours if light(each.verdict) in {Light.BAD, Light.WARN}]
        marked = [
            label(staff, "card-checks-row", mark=CHECK_MARKS[light(each.verdict)], check=_check_name(each, library))
            for each in wrong[-CARD_CHECKS:]
        ]
        # Of those that say nothing wrong the number is enough.
        for shown in (Light.GOOD, Light.UNKNOWN):
            count = sum(light(each.verdict) is shown for each in ours)
            if count:
                marked.append(label(staff, "card-checks-row", mark=CHECK_MARKS[shown], check=str(count)))
        rows.append(say(staff, "card-checks", rows="; ".join(marked)))
    if theirs:
        told = [
            label(staff, "card-side-row", tool=each.what, host=each.about or "—", verdict=each.verdict.value)
            for each in theirs
        ]
        rows.append(say(staff, "card-side", rows="; ".join(dict.fromkeys(told))))
    return rows


def _check_name(evidence: Evidence, library: Library) -> str:
    check = plan.find(library.checks_of(evidence.about), evidence.what)
    titles = check.title if check is not None else {}
    return titles.get(library.default_language) or evidence.what


def _unsure_row(unsure: Unsure, staff: str) -> Html:
    nearest = ", ".join(f"{article_id} {score:.2f}" for article_id, score in unsure.nearest)
    return say(staff, "card-unsure-row", kind=unsure.kind, nearest=nearest or "—")


def _one_line(text: str) -> str:
    return " ".join(text.split())
