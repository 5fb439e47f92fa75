"""The transcript of a dialogue: who wrote what to whom, as plain readable text.

Decides its wording; collects from the journal of the sandbox. Called by `script.py` and `terminal.py`.
"""

from dataclasses import dataclass, field

from bot.sandbox.messages import Message
from bot.sandbox.stage import Side, Stage
from bot.sandbox.world import Event, EventKind

LABELS = {
    "ru": {Side.CUSTOMER: "Клиент", Side.STAFF: "Сотрудник", Side.MANAGER: "Менеджер"},
    "en": {Side.CUSTOMER: "Customer", Side.STAFF: "Staff", Side.MANAGER: "Manager"},
}
BOT = {"ru": "Бот", "en": "Bot"}
PRESSES = {"ru": "нажимает", "en": "presses"}
RESTARTED = {"ru": "— бот убит и запущен снова —", "en": "— the bot was killed and started again —"}
EDITED = {"ru": "изменил", "en": "edited"}
_ATTACHED = {"ru": "вложение", "en": "attached"}


def shown_text(message: Message, text: str, language: str) -> str:
    """Return a message as text: what it carries, what it says."""
    carried = f"[{_ATTACHED[language]}: {message.attachment.kind}] " if message.attachment else ""
    if message.service:
        carried = f"[{', '.join(message.service)}] "
    return f"{carried}{text}".strip()


@dataclass(slots=True)
class Transcript:
    """The lines of one dialogue so far."""

    stage: Stage
    language: str = "ru"
    _lines: list[str] = field(default_factory=list)
    _seen: int = 0

    def catch_up(self) -> None:
        """Add what happened since the last time."""
        for event in self.stage.sandbox.journal[self._seen :]:
            self._add(event)
        self._seen = len(self.stage.sandbox.journal)

    def pressed(self, side: Side, button: str) -> None:
        """Note that a side pressed a button."""
        self.catch_up()
        self._lines.append(f"{LABELS[self.language][side]} {PRESSES[self.language]}: [{button}]")

    def toast(self) -> None:
        """Note what the bot answered to the last press, if it said anything."""
        pressed = self.stage.last_press
        if pressed is not None and pressed.answer:
            self._lines.append(f"{BOT[self.language]} (!): {pressed.answer}")

    def restarted(self) -> None:
        """Note that the bot was killed and started again."""
        self.catch_up()
        self._lines.append(RESTARTED[self.language])

    def _add(self, event: Event) -> None:
        if event.kind is EventKind.DELETED:
            return
        message = event.message
        side = self.stage.side_of(event.chat_id)
        who = BOT[self.language] if message.by_bot else message.sender.first_name
        if not message.by_bot and side is not None:
            speaker = next((s for s in Side if self.stage.person(s).id == message.sender.id), side)
            who = LABELS[self.language][speaker]
        if event.kind is EventKind.EDITED:
            who = f"{who} ({EDITED[self.language]})"
        if side is not None and (message.by_bot and side is not Side.CUSTOMER):
            who = f"{who} → {LABELS[self.language][side]}"
        topic = message.chat.topics.get(message.thread_id or 0)
        if topic is not None:
            who = f"{who} «{topic.name}»"
        body = shown_text(message, event.styled.text, self.language).replace("\n", "\n  ")
        self._lines.append(f"{who}: {body}")
        if message.button_texts:
            self._lines.append("  " + "  ".join(f"[{text}]" for text in message.button_texts))

    def text(self) -> str:
        """Return the transcript."""
        self.catch_up()
        return "\n".join([*self._lines, ""])
