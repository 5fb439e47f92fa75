"""Dialogues as scripts: YAML read into steps, steps played on a stage, the first unmet expectation told as a diff.

Decides the grammar of a script (CONTRACTS: `diagnost chat --script`) and what meets an expectation: the text stands,
letter case and spacing aside, in anything the side saw since anyone last acted: a message, its buttons, a toast, a
reaction. Called by `bot/cli_chat.py` and by the tests that play the README's dialogues.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, assert_never

import yaml

from bot.sandbox.stage import REPLY_SECONDS, Side, Stage
from bot.sandbox.transcript import Transcript

ACTIONS: Final = ("say", "press", "photo", "expect", "expect_not", "restart")
EXTRAS: Final = {"as", "topic", "caption"}


class ScriptError(Exception):
    """A script that cannot be played; the text begins with file:line."""


@dataclass(frozen=True, slots=True)
class _Step:
    side: Side
    line: int


@dataclass(frozen=True, slots=True)
class Say(_Step):
    """Write a text, into the named topic where one is named."""

    text: str
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Press(_Step):
    """Press a button."""

    button: str


@dataclass(frozen=True, slots=True)
class Photo(_Step):
    """Send a picture."""

    path: Path
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Expect(_Step):
    """Wait for a text, or, `absent`, see the bot reply without it."""

    text: str
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Restart(_Step):
    """Kill the bot and start it again."""


Step: TypeAlias = Say | Press | Photo | Expect | Restart


@dataclass(frozen=True, slots=True)
class Unmet:
    """The step that failed and what to tell."""

    line: int
    told: str


def read_script(path: Path) -> list[Step]:
    """Return the steps of a script; raise ScriptError with file:line for the first fault."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ScriptError(f"{path}:1: not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScriptError(f"{path}:{line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ScriptError(f"{path}:1: {error}") from error
    if not isinstance(root, yaml.SequenceNode) or not root.value:
        raise ScriptError(f"{path}:1: a script is a list of steps, such as `- {{as: customer, say: …}}`")
    return list(_steps(path, root))


def _steps(path: Path, root: yaml.SequenceNode) -> Iterator[Step]:
    side = Side.CUSTOMER
    for node in root.value:
        where = f"{path}:{node.start_mark.line + 1}"
        fields = _fields(where, node)
        if "as" in fields:
            if fields["as"] not in set(Side):
                raise ScriptError(f"{where}: `as` is customer, staff or manager, not {fields['as']!r}")
            side = Side(fields["as"])
        found = [name for name in ACTIONS if name in fields]
        if not found and set(fields) == {"as"}:
            continue
        if len(found) != 1:
            raise ScriptError(
                f"{where}: a step has exactly one of {', '.join(ACTIONS)}; this one has {found or 'none'}"
            )
        yield _step(where, node.start_mark.line + 1, side, found[0], fields, path.parent)


def _fields(where: str, node: yaml.Node) -> dict[str, str]:
    if not isinstance(node, yaml.MappingNode):
        raise ScriptError(f"{where}: a step is a mapping, such as `{{as: customer, say: …}}`")
    fields: dict[str, str] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            raise ScriptError(f"{where}: keys and values of a step are plain texts")
        if key.value not in EXTRAS and key.value not in ACTIONS:
            raise ScriptError(f"{where}: unknown key {key.value!r}; known: {', '.join([*ACTIONS, *sorted(EXTRAS)])}")
        if key.value in fields:
            raise ScriptError(f"{where}: {key.value!r} stands twice")
        if not value.value:
            raise ScriptError(f"{where}: {key.value!r} is empty")
        fields[key.value] = value.value
    return fields


def _step(where: str, line: int, side: Side, action: str, fields: dict[str, str], folder: Path) -> Step:
    value = fields[action]
    match action:
        case "say":
            return Say(side, line, value, fields.get("topic"))
        case "press":
            return Press(side, line, value)
        case "photo":
            picture = folder / value
            if not picture.is_file():
                raise ScriptError(f"{where}: no file {value!r} beside the script")
            return Photo(side, line, picture, fields.get("caption", ""))
        case "restart":
            return Restart(side, line)
        case _:
            return Expect(side, line, value, absent=action == "expect_not")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


class Player:
    """Plays the steps of one script and keeps the transcript."""

    def __init__(self, stage: Stage, transcript: Transcript, deadline: float = REPLY_SECONDS) -> None:
        self._stage = stage
        self._transcript = transcript
        self._deadline = deadline

    async def play(self, steps: list[Step]) -> Unmet | None:
        """Play all steps; return the first that failed, None where all went well."""
        for place, step in enumerate(steps):
            told = await self._play(step)
            if told is not None:
                return Unmet(step.line, told)
            following = steps[place + 1] if place + 1 < len(steps) else None
            if isinstance(step, Say | Press | Photo) and not isinstance(following, Expect):
                await self._stage.settle(step.side, self._deadline if step.side is not Side.STAFF else 3.0)
            self._transcript.catch_up()
        await self._stage.until_quiet()
        self._transcript.catch_up()
        return None

    async def _play(self, step: Step) -> str | None:
        stage = self._stage
        match step:
            case Say():
                return self._say(step)
            case Press():
                return await self._press(step)
            case Photo():
                stage.send_photo(step.side, step.path, step.caption)
            case Restart():
                await stage.bot.restart()
                self._transcript.restarted()
            case Expect():
                return await self._expect(step)
            case _:
                assert_never(step)
        return None

    def _say(self, step: Say) -> str | None:
        if step.topic is not None:
            wanted = step.topic
            topics = self._stage.forum.topics.values()
            found = next((t for t in topics if wanted.casefold() in t.name.casefold()), None)
            if found is None:
                return f"no topic whose name holds {wanted!r}; there are {[t.name for t in topics]}"
            self._stage.topic = found.id
        self._stage.say(step.side, step.text)
        return None

    async def _press(self, step: Press) -> str | None:
        stage = self._stage

        try:
            label = await stage.sandbox.bell.wait_for(lambda: stage.button_text(step.side, step.button), self._deadline)
            self._transcript.pressed(step.side, label)
            stage.press(step.side, label)
        except TimeoutError:
            newest = stage.with_buttons(step.side)
            return _diff(f"a button {step.button!r}", ["\n".join(newest.button_texts)] if newest else [])
        except ValueError as error:
            return str(error)
        return None

    async def _expect(self, step: Expect) -> str | None:
        stage = self._stage
        wanted = _plain(step.text)
        if step.absent:
            await stage.settle(step.side, self._deadline)
            seen = stage.visible(step.side)
            if not seen:
                return _diff(f"a reply without {step.text!r}", [])
            return _diff(f"nothing that holds {step.text!r}", seen) if wanted in _plain("\n".join(seen)) else None
        try:
            await stage.sandbox.bell.wait_for(
                lambda: wanted in _plain("\n".join(stage.visible(step.side))), self._deadline
            )
        except TimeoutError:
            return _diff(step.text, stage.visible(step.side))
        return None


def _diff(expected: str, came: list[str]) -> str:
    """Return what was expected and what came, line by line; nothing came is said so."""
    got = "\n\n".join(came).splitlines() or ["(nothing came)"]
    lines = difflib.unified_diff(expected.splitlines(), got, "expected", "came", lineterm="", n=99)
    return "\n".join(lines)
