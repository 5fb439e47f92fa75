"""The page of `diagnost kb ask`: a decision and all that it rests on, for a person who asks why.

Decides what is shown and in which order; the JSON of the same decision is `cli_kb_ask.py`'s. Called by that only, which
imports it late: a program that asks for JSON does not wait for pretty output.
"""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.kb.library import Library
from bot.matching.decision import Candidate, Decision
from bot.matching.thresholds import ANSWER_SCORE, CLARIFY_SCORE, CODE_SCORE, MIX, PERSON_SCORE, PHRASE_WEIGHTS

_FORMS = {"typed": "as typed", "layout": "typed in the other layout", "translit": "Russian in Latin letters"}


def show(decision: Decision, library: Library, elapsed_ms: float) -> None:
    """Print the page."""
    console = Console(highlight=False)
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(decision, library, elapsed_ms):
        facts.add_row(name, Text(value))
    console.print(facts)
    if not decision.candidates:
        return
    console.print("\nCandidates", style="bold")
    ranking = Table.grid(padding=(0, 2))
    ranking.add_column(justify="right", no_wrap=True)
    ranking.add_column(overflow="fold")
    for candidate in decision.candidates:
        ranking.add_row(f"{candidate.score:.2f}", Text(_candidate(candidate, library, decision.language)))
    console.print(ranking)


def _facts(decision: Decision, library: Library, elapsed_ms: float) -> Iterator[tuple[str, str]]:
    """Yield name and value of everything worth a line."""
    yield "decision", decision.kind.value
    if decision.article is not None:
        entry = f", entry {decision.entry}" if decision.entry is not None else ""
        yield "article", f"{decision.article}{entry}: {_title(library, decision.article, decision.language)}"
    for name, values in (("also", decision.also), ("options", decision.options)):
        if values:
            yield name, ", ".join(values)
    yield "language", decision.language
    yield "form", _FORMS.get(decision.form, decision.form)
    yield "repairs", ", ".join(decision.repairs) or "none"
    for code in decision.codes:
        known = "an article has it" if code.known else "no article has it"
        yield "code", f"{code.text} read as {code.value} ({code.kind}, {known})"
    for reason in decision.reasons:
        yield "because", reason
    for name, candidate in zip(("best", "runner-up"), decision.candidates, strict=False):
        yield name, f"{candidate.id} {candidate.score:.2f}, {candidate.why}"
    borders = f"answered from {ANSWER_SCORE}, asked from {CLARIFY_SCORE}, a person from {PERSON_SCORE}"
    yield "thresholds", f"{borders}; a code gives {CODE_SCORE}"
    yield "took", f"{elapsed_ms:.1f} ms"
    yield "kb", decision.kb
    yield "weights", decision.weights


def _candidate(candidate: Candidate, library: Library, language: str) -> str:
    lines = [f"{candidate.id}: {_title(library, candidate.id, language)}", candidate.why]
    views = dict(candidate.views)
    if shares := _shares(views, MIX):
        lines.append(f"views: {shares}")
        if parts := _shares(views, PHRASE_WEIGHTS):
            lines.append(f"of the phrase: {parts}")
    return "\n".join(lines)


def _shares(views: Mapping[str, float], weights: Mapping[str, float]) -> str:
    """Return what each view gave of the whole, in per cent, and its own value from 0 to 1; empty where none gave any.

    A view may be below 0 for an article that the question speaks against; it gives nothing then.
    """
    given = {name: max(views[name], 0.0) * weight for name, weight in weights.items() if name in views}
    whole = sum(given.values())
    if whole <= 0:
        return ""
    return ", ".join(f"{name} {100 * part / whole:.0f} % ({views[name]:.2f})" for name, part in given.items())


def _title(library: Library, article_id: str, language: str) -> str:
    article = library.article(article_id)
    return article.text_in(article.title, language, library.default_language) if article else ""
