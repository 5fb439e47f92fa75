# ruff: noqa: E501 - a row of the table is read in one line
"""Steps that `kb check` refuses: circles, dead ends, steps nobody reaches, what no message can show."""

from pathlib import Path

import pytest

from bot.kb import DEFAULT_KB
from bot.kb.loader import load
from bot.kb.steps import exits
from tests.kb.kb_folder import KbFolder

TEXT = "text: {ru: а, en: a}"


def steps(*lines: str) -> str:
    return "steps:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ((f"id: a, {TEXT}", f"id: b, {TEXT}"), []),
        ((f"id: a, {TEXT}, on_success: a",), ["16:5: no way leads out of the step `a`: let one of its loop end, or go to a person"]),
        ((f"id: a, {TEXT}, on_success: a, on_failure: person",), []),
        ((f"id: a, {TEXT}, on_success: end, on_failure: b", f"id: b, {TEXT}, on_failure: a"), []),
        ((f"id: a, {TEXT}, on_success: c", f"id: b, {TEXT}", f"id: c, {TEXT}"), ["17:5: no way leads to the step `b`: no step before it names it or comes right before it"]),
        ((f"id: a, {TEXT}, on_success: end, on_failure: person", f"id: b, {TEXT}"), ["17:5: no way leads to the step `b`: no step before it names it or comes right before it"]),
        ((f"id: a, {TEXT}, on_failure: end",), ["16:47: `end` here would leave the customer with nothing; name a step, an article or `person`"]),
        ((f"id: a, {TEXT}, on_failure: acme-2",), []),
        ((f"id: a, {TEXT}, on_failure: acme-3",), ["16:47: the article `acme-3` is for the staff only; a step of this article cannot lead to it"]),
        ((f"id: a, {TEXT}, on_failure: acme-4",), ["16:47: the article `acme-4` is not shown (status: shadow)"]),
        ((f"id: person, {TEXT}",), ["16:10: `person` is a word of its own; call the step otherwise"]),
        ((f"id: a, {TEXT}, check: nothing",), ["16:42: the check `nothing` is not declared in acme/_checks.yaml"]),
        (("id: a, text: {ru: а}",), ["16:13: the language `en` is missing in item 1 of `steps`"]),
        (("id: a, text: {ru: а, en: <br>}",), ["16:31: HTML (<br>) is not supported; write `\\<` for the character itself"]),
        ((f"id: a, {TEXT}, copy: [{', '.join('x' * 9)}]",), ["16:41: 9 commands in one step; 8 buttons can be shown, make it two steps"]),
        ((f"id: a, {TEXT}, copy: [{'x' * 256}]",), []),
        ((f"id: a, {TEXT}, copy: [{'x' * 3397}]",), []),
        ((f"id: a, {TEXT}, copy: [{'x' * 3398}]",), ["16:41: the text and the commands of this step have 3401 characters; one message holds 3400 of them"]),
        ((f"id: a, text: {{ru: {'я' * 3401}, en: a}}",), ["16:24: the text of this step has 3401 characters; one message holds 3400 of them"]),
    ],
)  # fmt: skip
def test_steps(kb: KbFolder, lines: tuple[str, ...], faults: list[str]) -> None:
    kb.article("acme-1", more=steps(*lines))
    kb.article("acme-2")
    kb.article("acme-3", more="audience: staff\n")
    kb.article("acme-4", more="status: shadow\n")
    assert kb.faults() == [f"acme/acme-1.yaml:{fault}" for fault in faults]


def test_what_is_shipped_has_steps_with_checks_and_commands() -> None:
    library = load(Path(DEFAULT_KB))
    guides = [article for article in library.articles.values() if article.steps]
    assert len(guides) >= 22
    assert all(len(article.steps) >= 3 for article in guides)
    assert sum(any(step.copy_ for step in article.steps) for article in guides) >= 15
    assert sum(any(step.check for step in article.steps) for article in guides) >= 8
    assert {"miko-1011-1014", "miko-no-free-seat", "miko-reset-binding", "clv-terminal-offline"} <= {
        article.id for article in guides
    }


BUTTONS = {"«Дальше»": "next", "“Next”": "next", "«Не получилось»": "failed", "“Did not work”": "failed"}


def test_shipped_steps_name_only_buttons_that_they_have() -> None:
    for article in load(Path(DEFAULT_KB)).articles.values():
        for step in article.steps:
            ways = {"next": exits(article, step).next, "failed": exits(article, step).failed}
            for text in step.text.values():
                named = {button: way for button, way in BUTTONS.items() if button in text}
                lost = [button for button, way in named.items() if ways[way] is None]
                assert lost == [], f"{article.id}, {step.id}"
