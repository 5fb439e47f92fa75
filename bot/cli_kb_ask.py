"""`diagnost kb ask`: a question to the matcher, the decision as JSON or as a page that tells why.

Decides how questions are read from JSON lines and how a decision is shown; what is answered is `bot.matching`'s to
say. Called by `cli_kb.py` only, which imports it late.
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from bot.kb.library import Library
from bot.matching.decision import Decision
from bot.matching.matcher import Turn
from bot.weights.ready import ready

Answer: TypeAlias = dict[str, object]
_KEYS = ("text", "product", "language", "conversation")


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what is known around it."""

    text: str
    product: str | None = None
    language: str | None = None
    conversation: tuple[Turn, ...] = ()


class Malformed(Exception):  # noqa: N818 - a line of input is malformed; the message says how
    """A line of input that is no question; the message is for its writer."""


class Asker:
    """Asks one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._matcher = ready(library)

    def answer(self, question: Question) -> Answer:
        """Return the decision in the shape of CONTRACTS, "kb ask"."""
        decision, elapsed_ms = self._decide(question)
        return decision.to_json(elapsed_ms)

    def lines(self, lines: Iterable[bytes], product: str | None, language: str | None) -> Iterator[Answer]:
        """Yield one answer for each line, in order; for a malformed line `{"error": "line 3: …"}`.

        `product` and `language` stand in where a line names none.
        """
        for number, line in enumerate(lines, start=1):
            try:
                question = read_question(line, product, language)
            except Malformed as error:
                yield {"error": f"line {number}: {error}"}
            else:
                yield self.answer(question)

    def show(self, question: Question) -> None:
        """Print the decision and everything it rests on."""
        decision, elapsed_ms = self._decide(question)
        show_decision(self._library, decision, elapsed_ms)

    def _decide(self, question: Question) -> tuple[Decision, float]:
        start = time.perf_counter()
        decision = self._matcher.ask(
            question.text,
            product=question.product,
            language=question.language,
            conversation=question.conversation,
        )
        return decision, round((time.perf_counter() - start) * 1000, 3)


def show_decision(library: Library, decision: Decision, elapsed_ms: float) -> None:
    """Print a decision and everything it rests on."""
    from bot import cli_kb_why  # noqa: PLC0415 - machines that ask for JSON do not wait for pretty tables

    cli_kb_why.show(decision, library, elapsed_ms)


def read_question(line: bytes, product: str | None = None, language: str | None = None) -> Question:
    """Return the question of a JSON line; raise `Malformed`."""
    try:
        fields: object = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"not JSON: {error.msg} at column {error.colno}") from None
    except (RecursionError, ValueError):
        raise Malformed("not JSON: nested too deeply or a number too long") from None
    if not isinstance(fields, dict):
        raise Malformed('expected an object such as {"text": "…"}')
    if unknown := next((key for key in fields if key not in _KEYS), None):
        raise Malformed(f"unknown key {unknown!r}; known are {', '.join(_KEYS)}")
    if "text" not in fields:
        raise Malformed("the key 'text' is missing")
    turns = fields.get("conversation") or []
    if not isinstance(turns, list):
        raise Malformed("'conversation' is a list of earlier messages")
    return Question(
        text=_string(fields, "text"),
        product=_optional(fields, "product") or product,
        language=_optional(fields, "language") or language,
        conversation=tuple(_turn(turn) for turn in turns),
    )


def dumps(answer: Answer) -> str:
    """Return an answer as one line of JSON."""
    return json.dumps(answer, ensure_ascii=False)


def _turn(turn: object) -> Turn:
    if isinstance(turn, str):
        return Turn(_whole(turn, "conversation"), None)
    if not isinstance(turn, dict):
        raise Malformed("an item of 'conversation' is a text or an object with 'text' and 'article'")
    return Turn(_string(turn, "text"), _optional(turn, "article"))


def _string(fields: dict[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str):
        raise Malformed(f"{key!r} is a text")
    return _whole(value, key)


def _optional(fields: dict[str, object], key: str) -> str | None:
    return None if fields.get(key) is None else _string(fields, key)


def _whole(text: str, key: str) -> str:
    # JSON can spell half of a surrogate pair, which is no character and cannot be written out again.
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Malformed(f"{key!r} holds half a character (a lone surrogate)")
    return text
