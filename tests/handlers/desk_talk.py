"""The desk as a test speaks of it: what stands in a customer's topic, what staff write there, what the customer heard.

Ира and Олег are members of the staff's group. `opens`, `writes` and the like wait until all is handled and sent.
"""

from dataclasses import dataclass, replace

from bot.sandbox import Chat, Message, Person, Pressed, Sandbox
from tests.handlers.stand import Staff, Stand

TAKEN = "Вашим вопросом занялся специалист. Пишите сюда, он всё увидит."
CLOSED = "Специалист закрыл обращение. Если что-то осталось, просто напишите: отвечу или снова позову человека."
REOPENED = "Специалист вернулся к вашему вопросу. Пишите сюда, он всё увидит."
DONE = (
    "Передал специалисту ваш вопрос и всё, что мы уже проверили. Повторять ничего не придётся. Ответят здесь, "
    "в Telegram."
)
KEY = "ACME-AB1CD-EF2GH-JK3LM-NP4QR"


@dataclass(slots=True)
class Desk:
    stand: Stand
    ira: Person
    oleg: Person

    def __post_init__(self) -> None:
        self._let_in()

    def _let_in(self) -> None:
        for person in (self.ira, self.oleg):
            self.sandbox.join(self.chat, person)

    @property
    def sandbox(self) -> Sandbox:
        return self.stand.sandbox

    @property
    def chat(self) -> Chat:
        return self.stand.staff.chat

    async def moves_to(self, chat: Chat) -> None:
        """Start the bot anew with another group as the staff's."""
        self.stand.plan = replace(self.stand.plan, staff_chat=chat.id)
        self.stand.staff = Staff(self.sandbox, chat)
        self._let_in()
        await self.stand.restart()

    async def opens(self, customer: Person, question: str = "касса не печатает") -> int:
        """Let a customer ask for a person, and return the topic."""
        await customer.says(f"/human {question}")
        await self.stand.quiet()
        return self.topic(customer)

    def topic(self, customer: Person) -> int:
        """Return the newest living topic of a customer."""
        return max(topic.id for topic in self.chat.topics.values() if topic.name.endswith(customer.user.first_name))

    def name(self, topic: int) -> str:
        return self.chat.topics[topic].name

    def written(self, topic: int | None = None) -> list[Message]:
        """Return what was written in a topic, or in the group outside all topics: the card first, no service lines."""
        found = [message for message in self.sandbox.messages(self.chat) if not message.service]
        return [message for message in found if message.thread_id == topic]

    def card(self, topic: int | None = None) -> Message:
        return next(message for message in self.written(topic) if message.text[:3] in {"🟪 #", "⬛ #"})

    def lines(self, topic: int | None = None) -> list[str]:
        """Return what the bot wrote there below the card."""
        card = self.card(topic)
        return [shown(message) for message in self.written(topic) if message.by_bot and message is not card]

    async def writes(
        self, who: Person, text: str, topic: int | None = None, *, reply_to: Message | None = None
    ) -> Message:
        message = self.sandbox.says(who, text, chat=self.chat, topic=topic, reply_to=reply_to)
        await self.stand.quiet()
        return message

    async def presses(self, who: Person, button: str, topic: int | None = None) -> str:
        """Press a button of the card and return the toast."""
        return await self.stand.toast(self.pressed(who, button, topic))

    def pressed(self, who: Person, button: str, topic: int | None = None) -> Pressed:
        return self.sandbox.presses(who, self.card(topic), button)

    async def refusals(self) -> dict[str, str]:
        """Return the calls that the server refused: the last description of each method."""
        return {call.method: call.description for call in self.sandbox.calls if call.outcome in {"400", "403"}}


def shown(message: Message) -> str:
    if message.attachment is None:
        return message.text
    return f"[{message.attachment.kind}] {message.text}".strip()


def heard(customer: Person) -> list[str]:
    """Return what the customer got after asking for a person."""
    texts = [shown(reply) for reply in customer.replies]
    return texts[texts.index(DONE) + 1 :]
