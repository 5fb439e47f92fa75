"""The sandbox as Python sees it: start the server, let people act, look at what the bot did, make things go wrong.

Decides the vocabulary of tests (`await ann.says("…")`, `await ann.presses("Помогло")`); what acts cause is `acts.py`,
what calls do is in the methods. Called by tests, the terminal chat, the script player, and `control.py` over HTTP.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Self, TypeAlias, TypeVar

from aiohttp import web

from bot.sandbox import acts
from bot.sandbox.bell import Bell
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.flood import FloodControl, Limits
from bot.sandbox.messages import Message
from bot.sandbox.people import DESK_RIGHTS, Chat, ChatKind, Member, Status, User
from bot.sandbox.person import DEADLINE, Person
from bot.sandbox.server import MAX_BODY, BotApi, Call
from bot.sandbox.wire import JsonObject
from bot.sandbox.world import Event, EventKind, Pressed, World

TOKEN = "4242424242:SANDBOX-token-that-opens-nothing-else"  # noqa: S105 - invented, good for this server only
Found = TypeVar("Found")


Who: TypeAlias = Person | User | int
Where: TypeAlias = Chat | int | None


class Sandbox:
    """A local Bot API server with its people. Start it inside a running event loop."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        bot_name: str = "Diagnost",
        bot_username: str = "diagnost_sandbox_bot",
        limits: Limits | None = None,
    ) -> None:
        self.bell = Bell()
        bot = User(int(token.partition(":")[0]), bot_name, username=bot_username, is_bot=True)
        self.world = World(bot, self.bell)
        self.api = BotApi(self.world, token, self.bell)
        self.token = token
        self.base_url = ""
        self.limit(limits)
        self._last_act = 0
        self._runner: web.AppRunner | None = None
        self._delivery: asyncio.Task[None] | None = None

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> str:
        """Listen, on a free port unless one is given, and return the address for TELEGRAM_API_BASE."""
        from bot.sandbox.control import control_routes  # noqa: PLC0415 - control speaks for this class

        app = web.Application(client_max_size=MAX_BODY)
        app.add_routes([*self.api.routes(), *control_routes(self)])
        # A call whose caller died goes on, as at Telegram: aiohttp's default, stated because tests of loss rest on it.
        runner = web.AppRunner(app, handler_cancellation=False, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        await site.start()
        self._runner = runner
        self.base_url = f"http://{host}:{runner.addresses[0][1]}"
        # The sandbox is a program of its own beside the bot, so the bot's TaskGroup cannot own this.
        self._delivery = asyncio.get_running_loop().create_task(self.api.webhook.run())
        return self.base_url

    async def stop(self) -> None:
        """Stop listening; long polls end at once."""
        self.api.closing = True
        self.bell.ring()
        if self._delivery is not None:
            self._delivery.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._delivery
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # Who is there

    def user(
        self,
        first_name: str = "Анна",
        *,
        user_id: int | None = None,
        username: str = "",
        language: str = "ru",
        started: bool = False,
    ) -> Person:
        """Add a person. `started`: the bot may write first, as to one who pressed Start long ago."""
        user = self.world.add_user(first_name, user_id=user_id, username=username, language_code=language)
        user.wrote = started
        return Person(self, user)

    def forum(
        self,
        title: str = "Поддержка",
        members: Iterable[Who] = (),
        *,
        chat_id: int | None = None,
        rights: Iterable[str] | None = DESK_RIGHTS,
        topics: bool = True,
    ) -> Chat:
        """Add a supergroup with topics. The bot is an administrator with those rights, a plain member with None."""
        bot = self.world.bot
        return self.world.add_group(
            title,
            chat_id=chat_id,
            is_forum=topics,
            members=[self._user(who) for who in members],
            bot=Member(bot) if rights is None else Member(bot, Status.ADMINISTRATOR, frozenset(rights)),
        )

    def group(self, title: str = "Группа", members: Iterable[Who] = (), *, bot: bool = True) -> Chat:
        """Add a basic group, in which the bot is a plain member or a stranger."""
        return self.world.add_group(
            title,
            kind=ChatKind.GROUP,
            members=[self._user(who) for who in members],
            bot=Member(self.world.bot) if bot else None,
        )

    def join(self, chat: Chat, who: Who, status: Status = Status.MEMBER, rights: Iterable[str] = ()) -> None:
        """Make a person a member of a group, quietly."""
        user = self._user(who)
        chat.members[user.id] = Member(user, status, frozenset(rights))

    def _user(self, who: Who) -> User:
        match who:
            case Person():
                return who.user
            case User():
                return who
            case int():
                if who not in self.world.users:
                    raise ValueError(f"no user {who}")
                return self.world.users[who]

    def chat(self, where: Where, who: Who | None = None) -> Chat:
        """Return a chat by id, or the private chat of a person."""
        if isinstance(where, Chat):
            return where
        number = where if where is not None else (self._user(who).id if who is not None else 0)
        found = self.world.chats.get(number)
        if found is None:
            raise ValueError(f"no chat {number}")
        return found

    # What people do

    def _acted(self) -> None:
        self._last_act = len(self.world.journal)

    def says(
        self, who: Who, text: str, *, chat: Where = None, topic: int | None = None, reply_to: Message | None = None
    ) -> Message:
        """Let a person write to the bot, or into a group and topic."""
        message = acts.post(self.world, self._user(who), self.chat(chat, who), text, thread_id=topic, reply_to=reply_to)
        self._acted()
        return message

    def sends_file(
        self,
        who: Who,
        kind: str,
        content: bytes = b"\x00\x01",
        *,
        name: str = "file.bin",
        mime: str = "application/octet-stream",
        caption: str = "",
        chat: Where = None,
        topic: int | None = None,
    ) -> Message:
        """Let a person send a photo, document, voice, video, audio, sticker, animation or video_note."""
        attachment = acts.file_of(self.world, kind, content, name, mime)
        message = acts.post(
            self.world, self._user(who), self.chat(chat, who), caption, attachment=attachment, thread_id=topic
        )
        self._acted()
        return message

    def sends_photo(
        self,
        who: Who,
        content: bytes = b"\xff\xd8\xff",
        *,
        caption: str = "",
        chat: Where = None,
        topic: int | None = None,
    ) -> Message:
        """Let a person send a photo."""
        return self.sends_file(
            who, "photo", content, name="photo.jpg", mime="image/jpeg", caption=caption, chat=chat, topic=topic
        )

    def sends_voice(self, who: Who, content: bytes = b"OggS", *, caption: str = "") -> Message:
        """Let a person send a voice message."""
        return self.sends_file(who, "voice", content, name="voice.oga", mime="audio/ogg", caption=caption)

    def sends_sticker(self, who: Who) -> Message:
        """Let a person send a sticker."""
        return self.sends_file(who, "sticker", b"RIFF", name="sticker.webp", mime="image/webp")

    def sends_location(self, who: Who, latitude: float = 55.75, longitude: float = 37.62) -> Message:
        """Let a person send a point on the map."""
        attachment = acts.point(latitude, longitude)
        message = acts.post(self.world, self._user(who), self.chat(None, who), attachment=attachment)
        self._acted()
        return message

    def sends_contact(self, who: Who, phone: str = "+70000000000") -> Message:
        """Let a person send their contact."""
        user = self._user(who)
        message = acts.post(self.world, user, self.chat(None, who), attachment=acts.card(phone, user))
        self._acted()
        return message

    def sends_album(self, who: Who, pictures: Sequence[bytes] = (b"1", b"2"), *, caption: str = "") -> list[Message]:
        """Let a person send an album: separate messages of one media_group_id, the caption on the first."""
        messages = acts.album(self.world, self._user(who), self.chat(None, who), pictures, caption)
        self._acted()
        return messages

    def edits(self, message: Message, text: str) -> Message:
        """Let a person edit a message of theirs."""
        acts.edit(self.world, message, text)
        self._acted()
        return message

    def deletes(self, message: Message) -> None:
        """Let a person delete a message; the bot is not told."""
        self.world.delete(message)

    def presses(self, who: Who, message: Message, button: str | int) -> Pressed:
        """Let a person press a button: its text, a part of it, its callback data, or its number from 1."""
        pressed = acts.press(self.world, self._user(who), message, button)
        self._acted()
        return pressed

    def sends_callback(self, who: Who, message: Message, payload: str) -> Pressed:
        """Send callback data that stands on no button, as a tampering client may."""
        pressed = self.world.press(self._user(who), message, payload)
        self._acted()
        return pressed

    def blocks(self, who: Who, *, blocked: bool = True) -> None:
        """Let a person block the bot, or unblock it."""
        acts.set_blocked(self.world, self._user(who), blocked=blocked)

    def set_bot(self, chat: Chat, status: Status, by: Who, rights: Iterable[str] = DESK_RIGHTS) -> None:
        """Add the bot to a group, promote it, change its rights or throw it out."""
        acts.set_bot_status(self.world, chat, self._user(by), status, frozenset(rights))

    def set_forum(self, chat: Chat, *, on: bool) -> None:
        """Switch the topics of a group on or off."""
        acts.set_forum(self.world, chat, on=on)

    def deletes_topic(self, chat: Chat, topic: int) -> None:
        """Let an administrator delete a topic; the bot is not told."""
        self.world.drop_topic(chat, chat.topics[topic])

    def upgrade(self, chat: Chat, by: Who) -> Chat:
        """Turn a basic group into a supergroup and return the new chat."""
        return acts.upgrade(self.world, chat, self._user(by))

    def expires(self, pressed: Pressed) -> None:
        """Make a press too old to be answered."""
        pressed.expired = True

    # Updates

    def push_update(self, body: JsonObject) -> int:
        """Queue an update of any shape, for example one that aiogram cannot parse; return its id."""
        update_id = self.world.queue.put_raw(body)
        self.bell.ring()
        return update_id

    def repeat_update(self, update_id: int) -> None:
        """Hand an update out once more, confirmed or not."""
        self.world.queue.repeat(update_id)
        self.bell.ring()

    # What the bot did

    @property
    def calls(self) -> list[Call]:
        """All calls that came in, oldest first, getUpdates included."""
        return self.api.calls

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    def messages(self, chat: Where, topic: int | None = None, *, deleted: bool = False) -> list[Message]:
        """Return the messages of a chat or of one topic, oldest first."""
        found = self.world.messages(self.chat(chat).id, deleted=deleted)
        return found if topic is None else [message for message in found if message.thread_id == topic]

    @property
    def journal(self) -> list[Event]:
        """All that happened to messages, oldest first."""
        return self.world.journal

    @property
    def last_act(self) -> int:
        """The number of the newest event when a person last acted."""
        return self._last_act

    @property
    def polls(self) -> int:
        """How many getUpdates calls came in; the bot is ready once it asked."""
        return self.api.polling.count

    # Faults

    def fail(
        self,
        method: str,
        kind: FaultKind = FaultKind.ERROR,
        *,
        chat: Chat | Person | int | None = None,
        times: int | None = 1,
        code: int = 500,
        description: str = "Internal Server Error",
        parameters: JsonObject | None = None,
        delay: float = 0.0,
    ) -> Fault:
        """Let the next calls of a method (a glob such as `send*`) go wrong; `times` None: until cleared."""
        chat_id = chat if chat is None or isinstance(chat, int) else chat.id
        fault = Fault(method, kind, chat_id, times, code, description, parameters or {}, delay)
        return self.api.faults.add(fault)

    def flood(self, method: str, retry_after: int, *, chat: Chat | Person | int | None = None, times: int = 1) -> Fault:
        """Let the next calls be answered 429."""
        description = f"Too Many Requests: retry after {retry_after}"
        parameters: JsonObject = {"retry_after": retry_after}
        return self.fail(method, chat=chat, times=times, code=429, description=description, parameters=parameters)

    def clear_faults(self) -> None:
        """Forget all faults that wait."""
        self.api.faults.clear()

    def limit(self, limits: Limits | None) -> None:
        """Switch flood control on with those limits, or off with None."""
        self.api.flood = None if limits is None else FloodControl(limits)

    # Waiting

    async def wait_for(self, look: Callable[[], Found | None], timeout: float = DEADLINE, what: str = "") -> Found:
        """Return the first true value of `look`, tried at each change; raise AssertionError after `timeout` seconds."""
        try:
            return await self.bell.wait_for(look, timeout)
        except TimeoutError:
            newest = [f"  {'bot' if m.by_bot else m.sender.first_name}: {m.text[:200]}" for m in self._newest()]
            said = "\n".join([what or "what was waited for did not happen", "newest messages:", *newest])
            raise AssertionError(f"{said}\nafter {timeout} s") from None

    def _newest(self) -> list[Message]:
        return [event.message for event in self.world.journal[-8:]]

    def answers(self, chat: Where, since: int | None = None) -> list[Event]:
        """Return what the bot wrote or edited in a chat after the event `since` (None: after the last act)."""
        number, chat_id = self._last_act if since is None else since, self.chat(chat).id
        return [
            event
            for event in self.world.journal[number:]
            if event.chat_id == chat_id and event.message.by_bot and event.kind is not EventKind.DELETED
        ]

    async def reply(self, chat: Where, text: str = "", timeout: float = DEADLINE) -> Message:
        """Wait until the bot wrote or edited something that holds the text, after the last act of anyone."""

        def look() -> Message | None:
            return next((e.message for e in self.answers(chat) if text.casefold() in e.styled.text.casefold()), None)

        return await self.wait_for(look, timeout, f"no reply that holds {text!r}")

    async def polled(self, timeout: float = DEADLINE, more_than: int = 0) -> None:
        """Wait until the bot has asked for updates more than that many times."""
        await self.wait_for(lambda: self.polls > more_than, timeout, "the bot did not ask for updates")
