"""The talk with one customer while one update is handled: what is heard, said, shown and asked becomes effects.

Nothing here sends or writes: `say` and the others add changes to the update's effects, which commit together. Handlers
receive a `Talk` made for the update by the middleware, with the customer and the conversation already looked up.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot import i18n
from bot.conversations import store
from bot.conversations.events import Button, Conversation, Person, Screen
from bot.conversations.redact import Redacted
from bot.conversations.screens import store as screens
from bot.i18n import Html
from bot.kb.markdown import visible_text
from bot.outbox import store as outbox
from bot.outbox.store import Call
from bot.storage.effects import Effects
from bot.storage.ids import new_id
from bot.storage.vault import Vault
from bot.telegram import documents
from bot.telegram.render import cut, shorten
from bot.tickets.ticket import Ticket
from bot.triage import Prepared

if TYPE_CHECKING:
    from bot.diagnostics.key_setup import ReadyCheck
    from bot.telegram.diagnosing import Diagnosing

CALLBACK_PREFIX = "b:"

EDIT = "edit"
"""Purpose of a call that edits a message which has to be sent anew where it cannot be edited."""

LIVE = "live"
"""Purpose of a call that edits a message which is edited again soon: the newest such call is the only one wanted."""

BUTTON_CHARACTERS = 60
"""A longer label is cut by Telegram's clients in the middle of a word."""

COPY = "copy"
"""A button that does this puts its value into the clipboard: the app does that by itself, and we do not hear of it."""

Keyboard = Sequence[tuple[str, Button]]
"""Buttons from top to bottom, one a row: the label and what it does."""


@dataclass(frozen=True, slots=True)
class StepCheck:
    """A wish for a check from a step of a guide: the check's id, and the run and place that its verdict belongs to."""

    check: str
    run_id: str
    article: str
    step: str


StartCheck = Callable[["Talk", StepCheck], Awaitable[bool]]
"""Starts a check for this customer, to be shown in a message of its own; False where one is under way already."""


KeyChecks = Callable[[str], "ReadyCheck | None"]
"""Gives a product's check of licence keys, or None where it has none or the operator has not set it up."""


def no_key_check(_product: str) -> None:
    """Say of every product that its keys cannot be checked."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What a talk needs beside its update; made anew for each update."""

    effects: Effects
    vault: Vault
    prepared: Prepared
    now: float
    staff_chat: int | None
    manager_ids: tuple[int, ...]
    start_check: StartCheck | None = None
    """None where this program has no checks of its own: then no button offers one."""
    key_check: KeyChecks = no_key_check
    checks: "Diagnosing | None" = None
    """Checks of connections; None where nothing runs them."""


class Talk:
    """A customer, their conversation, and everything this update adds to it."""

    def __init__(
        self,
        kit: Kit,
        chat_id: int,
        person: Person,
        conversation: Conversation | None,
        ticket: Ticket | None = None,
    ) -> None:
        self._kit = kit
        self.chat_id = chat_id
        self.person = person
        self.ticket = ticket
        self.is_new = conversation is None
        self.conversation = conversation or Conversation(new_id())
        self.reply_language: str | None = None
        self._begun = False

    @property
    def kit(self) -> Kit:
        """What this update is handled with."""
        return self._kit

    @property
    def prepared(self) -> Prepared:
        """The one snapshot of the knowledge base that this update sees."""
        return self._kit.prepared

    @property
    def effects(self) -> Effects:
        """The effects of this update."""
        return self._kit.effects

    @property
    def now(self) -> float:
        """When this update is handled, epoch seconds."""
        return self._kit.now

    @property
    def staff_chat(self) -> int | None:
        """The staff's chat, or None where the operator has set none."""
        return self._kit.staff_chat

    @property
    def language(self) -> str:
        """The language of this reply: the customer's, or the one this question was asked in."""
        return self.reply_language or self.person.language

    def text(self, key: str, /, **arguments: str | float) -> Html:
        """Return a text in the customer's language as HTML."""
        return i18n.say(self.language, key, **arguments)

    def label(self, key: str, /, **arguments: str | float) -> str:
        """Return a text in the customer's language for a button or a toast."""
        return i18n.label(self.language, key, **arguments)

    def know(self, **changes: Any) -> None:
        """Remember a change of the customer: name, language, and so on."""
        self.person = replace(self.person, **changes)
        self.effects.add(store.save_person(self.person, self.now))

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self.effects.add(store.save_person(self.person, self.now))
            self.effects.add(store.touch_conversation(self.conversation.id, self.person.id, self.now))

    def hear(
        self,
        kind: str,
        redacted: Redacted,
        telegram_id: int | None,
        *,
        edit_of: str | None = None,
        file_id: str | None = None,
    ) -> str:
        """Record what the customer sent and return the record's id."""
        self._begin()
        message_id = new_id()
        self.effects.add(
            store.save_message(
                message_id,
                self.conversation.id,
                "in",
                kind,
                redacted.text,
                self.now,
                telegram_id=telegram_id,
                edit_of=edit_of,
                file_id=file_id,
                secrets=redacted.secrets,
            )
        )
        return message_id

    def say(
        self, text: Html, keyboard: Keyboard = (), *, decision_id: str | None = None, reply_to: int | None = None
    ) -> str:
        """Send the customer a message, record it, and return the record's id."""
        message_id, parameters = self._written(text, keyboard, decision_id)
        if reply_to is not None:
            parameters["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
        self._post(Call(self.chat_id, "sendMessage", parameters, message_id=message_id))
        return message_id

    def hand(self, file_name: str, content: str, text: Html, keyboard: Keyboard = ()) -> str:
        """Send the customer a text file made here, and return the record's id; `text` has 1024 characters at most."""
        message_id, parameters = self._written(text, keyboard, None)
        parameters["caption"] = parameters.pop("text")
        del parameters["link_preview_options"]
        parameters["document"] = documents.written(file_name, content)
        self._post(Call(self.chat_id, "sendDocument", parameters, message_id=message_id))
        return message_id

    def edit(
        self,
        telegram_id: int,
        text: Html,
        keyboard: Keyboard = (),
        *,
        decision_id: str | None = None,
        again_as: str | None = None,
    ) -> None:
        """Put this in place of one of our messages and its buttons, and record it as said.

        `again_as` is the record that stands for the message: where it cannot be edited any more, the same is sent anew
        under it (`bot/telegram/edits.py`).
        """
        _, parameters = self._written(text, keyboard, decision_id)
        parameters["message_id"] = telegram_id
        purpose = EDIT if again_as is not None else ""
        self._post(Call(self.chat_id, "editMessageText", parameters, message_id=again_as, purpose=purpose))

    def revise(self, message_id: str, text: Html, keyboard: Keyboard = ()) -> None:
        """Put this in place of the message that is on record as `message_id`, which may not have been sent yet.

        Telegram's id is filled in when the call goes out; where the message is lost, the same is sent anew
        (`bot/telegram/edits.py`).
        """
        _, parameters = self._written(text, keyboard, None)
        self._post(Call(self.chat_id, "editMessageText", parameters, message_id=message_id, purpose=EDIT))

    def _written(self, text: Html, keyboard: Keyboard, decision_id: str | None) -> tuple[str, dict[str, Any]]:
        self._begin()
        message_id = new_id()
        clean = shorten(Html(self.prepared.clean(text)))
        self.effects.add(
            store.save_message(message_id, self.conversation.id, "out", "text", visible_text(clean), self.now)
        )
        parameters: dict[str, Any] = {
            "chat_id": self.chat_id,
            "text": clean,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if keyboard:
            parameters["reply_markup"] = self.screen(keyboard, decision_id)
        return message_id, parameters

    def screen(self, keyboard: Keyboard, decision_id: str | None = None) -> dict[str, Any]:
        """Store what the buttons do and return the markup that shows them."""
        # A reply in another language than the customer's own goes on in it when its buttons are pressed.
        buttons = tuple(replace(button, value=button.value or self.reply_language) for _, button in keyboard)
        screen = Screen(new_id(), self.person.id, self.conversation.id, decision_id, buttons)
        self._begin()
        self.effects.add(screens.save_screen(screen, self.now))
        rows = [[_button(label, button, f"{screen.id}:{n}")] for n, (label, button) in enumerate(keyboard)]
        return InlineKeyboardMarkup(inline_keyboard=rows).model_dump(exclude_none=True)

    def drop_buttons(self, telegram_id: int) -> None:
        """Take the buttons off one of our messages."""
        parameters = {"chat_id": self.chat_id, "message_id": telegram_id}
        self._post(Call(self.chat_id, "editMessageReplyMarkup", parameters))

    def toast(self, query_id: str, text: str = "") -> None:
        """Answer a button press; every press must be answered, with words or without."""
        parameters: dict[str, Any] = {"callback_query_id": query_id}
        if text:
            parameters["text"] = cut(text, 200)
        self._post(Call(self.chat_id, "answerCallbackQuery", parameters, express=True))

    def _post(self, call: Call) -> None:
        self.effects.add(outbox.post(call, self._kit.vault, self.now))


def _button(label: str, button: Button, named: str) -> InlineKeyboardButton:
    text = cut(label, BUTTON_CHARACTERS)
    if button.do == COPY:
        return InlineKeyboardButton(text=text, copy_text=CopyTextButton(text=button.value or ""))
    return InlineKeyboardButton(text=text, callback_data=f"{CALLBACK_PREFIX}{named}")


def tell(kit: Kit, chat_id: int, text: Html, *, topic: int | None = None) -> None:
    """Add a message to any chat that is not the customer's: staff, managers, a group being left."""
    clean = shorten(Html(kit.prepared.clean(text)))
    parameters: dict[str, Any] = {
        "chat_id": chat_id,
        "text": clean,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if topic is not None:
        parameters["message_thread_id"] = topic
    kit.effects.add(outbox.post(Call(chat_id, "sendMessage", parameters), kit.vault, kit.now))


def alarm(kit: Kit, text: Html) -> None:
    """Tell the operator's people: the staff's chat, or else every manager."""
    for chat_id in [kit.staff_chat] if kit.staff_chat is not None else kit.manager_ids:
        tell(kit, chat_id, text)
