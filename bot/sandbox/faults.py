"""Injected faults: what goes wrong with which call, and how often.

Decides which rule a call meets; `server.py` makes it happen. Rules are tried in the order they were added, each as
many times as it says.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.sandbox.wire import JsonObject


class FaultKind(StrEnum):
    """What goes wrong."""

    ERROR = "error"
    """The call is refused with a code of the Bot API."""
    HTML_502 = "html_502"
    """A proxy answers with a page instead of JSON; the call is not carried out."""
    DROP_BEFORE = "drop_before"
    """The connection closes and the call is not carried out."""
    DROP_AFTER = "drop_after"
    """The call is carried out and its answer is lost."""
    DELAY = "delay"
    """The call is carried out, `delay` seconds later."""


@dataclass(slots=True)
class Fault:
    """One rule. `method` is a glob over method names, letter case ignored; `times` None means always."""

    method: str
    kind: FaultKind = FaultKind.ERROR
    chat_id: int | None = None
    times: int | None = 1
    code: int = 500
    description: str = "Internal Server Error"
    parameters: JsonObject = field(default_factory=dict)
    delay: float = 0.0

    def meets(self, method: str, chat_id: int | None) -> bool:
        """Return whether the rule is for that call."""
        if self.times is not None and self.times <= 0:
            return False
        return fnmatchcase(method.lower(), self.method.lower()) and self.chat_id in (None, chat_id)


class FaultQueue:
    """The rules that wait for calls."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Append a rule and return it."""
        self._rules.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all rules."""
        self._rules.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """Return the first rule the call meets, counted as used."""
        for rule in self._rules:
            if rule.meets(method, chat_id):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        self._rules = [rule for rule in self._rules if rule.times is None or rule.times > 0]
        return None
