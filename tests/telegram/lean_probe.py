"""Tells as JSON what aiogram's models are and do in this process: `lean` after our hook, `ordinary` without it."""

import importlib
import json
import pickle
import re
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

WHOLE = {
    "message_id": 7,
    "date": 1763800000,
    "chat": {"id": 1, "type": "private", "first_name": "Ann"},
    "from": {"id": 1, "is_bot": False, "first_name": "Ann", "language_code": "ru"},
}
UPDATES: dict[str, dict[str, Any]] = {
    "text": {"message": WHOLE | {"text": "/start", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}},
    "reply": {"message": WHOLE | {"text": "да", "reply_to_message": WHOLE | {"text": "?"}, "new_in_api": [1]}},
    "photo": {
        "message": WHOLE
        | {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], "caption": "снимок"}
    },
    "forwarded": {
        "message": WHOLE | {"forward_origin": {"type": "hidden_user", "sender_user_name": "x", "date": 1}, "text": "f"}
    },
    "button": {
        "callback_query": {
            "id": "1",
            "from": WHOLE["from"],
            "chat_instance": "1",
            "data": "x",
            "message": {"chat": WHOLE["chat"], "message_id": 3, "date": 0},
        }
    },
    "member": {
        "my_chat_member": {
            "chat": {"id": -100, "type": "supergroup", "title": "Staff"},
            "from": WHOLE["from"],
            "date": 1,
            "old_chat_member": {"status": "member", "user": WHOLE["from"]},
            "new_chat_member": {"status": "kicked", "user": WHOLE["from"], "until_date": 0},
        }
    },
    "migrated": {"message": WHOLE | {"migrate_to_chat_id": -1001}},
    "wrong kind of id": {"message": WHOLE | {"message_id": "seven"}},
    "nothing of a chat": {"message": {"message_id": 1}},
}


def main() -> None:
    if sys.argv[1] == "lean":
        importlib.import_module("bot.app")
    aiogram = importlib.import_module("aiogram")
    built = sorted(model.__name__ for model in models(aiogram) if model.__pydantic_complete__)
    said = {
        "built": built,
        "fields": {model.__name__: fields(model) for model in models(aiogram)},
        "config": {model.__name__: config(model) for model in models(aiogram)},
        "behaviour": behaviour(aiogram),
        "schema": schema(models(aiogram)),
        "signatures": {model.__name__: str(model.__signature__) for model in rebuilt(aiogram)},
    }
    json.dump(said, sys.stdout)


def models(aiogram: Any) -> list[Any]:
    named = [getattr(place, name) for place in (aiogram.types, aiogram.methods) for name in sorted(place.__all__)]
    return [each for each in named if hasattr(each, "model_rebuild")]


def rebuilt(aiogram: Any) -> list[Any]:
    chosen = [aiogram.types.User, aiogram.types.InlineKeyboardButton, aiogram.methods.SendMessage]
    for model in chosen:
        model.model_rebuild()
    return chosen


def fields(model: Any) -> dict[str, str]:
    return {name: without_addresses(repr(field)) for name, field in model.model_fields.items()}


def config(model: Any) -> dict[str, str]:
    """Return the settings of a model; pydantic adds two itself, as late as it builds the model."""
    late = {"validate_by_alias", "validate_by_name"}
    return {name: repr(value) for name, value in model.model_config.items() if name not in late}


def without_addresses(text: str) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def schema(every: list[Any]) -> Any:
    from pydantic import TypeAdapter  # noqa: PLC0415 - after the hook or after aiogram
    from pydantic.json_schema import GenerateJsonSchema  # noqa: PLC0415

    class Generate(GenerateJsonSchema):
        """Marks what JSON has no word for, such as a `Default`, where the ordinary generator would give up."""

        ignored_warning_kinds = {"non-serializable-default", "skipped-choice"}  # noqa: RUF012 - as its base has it

        def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:
            return {"not in JSON": error_info, "kind": schema["type"]}

    adapter: TypeAdapter[Any] = TypeAdapter(tuple[tuple(every)])  # type: ignore[misc]
    return adapter.json_schema(schema_generator=Generate)["$defs"]


def behaviour(aiogram: Any) -> dict[str, Any]:
    types, methods = aiogram.types, aiogram.methods
    bot = aiogram.Bot("123456789:AAE-an-invented-token-of-a-test")
    seen: dict[str, Any] = {name: outcome(partial(read, types, bot, u)) for name, u in UPDATES.items()}
    message = types.Update.model_validate({"update_id": 1} | UPDATES["text"], context={"bot": bot}).message
    plain = types.Update.model_validate({"update_id": 1} | UPDATES["reply"])
    row = types.InlineKeyboardButton(text="x", callback_data="y")
    keys = types.InlineKeyboardMarkup(inline_keyboard=[[row]])
    call = message.answer("*", reply_markup=keys)
    chat_member = importlib.import_module("aiogram.utils.chat_member")
    response = importlib.import_module("aiogram.methods.base").Response
    return seen | {
        "call": outcome(lambda: repr(call) + repr(call.model_dump(exclude_unset=True)) + repr(call.bot is bot)),
        "default": outcome(lambda: repr(call.parse_mode)),
        "unset": outcome(lambda: repr(methods.SendMessage(chat_id=1, text="x", parse_mode=types.base.UNSET))),
        "no such parameter": outcome(lambda: repr(methods.SendMessage(chat_id=1))),
        "frozen": outcome(lambda: setattr(message, "text", "other")),
        "assigned": outcome(lambda: setattr(keys, "inline_keyboard", 5)),
        "copied": outcome(lambda: repr(message.model_copy(update={"text": "z"}).text)),
        "hash": outcome(lambda: repr(hash(row) == hash(row.model_copy()))),
        "pickled": outcome(lambda: repr(pickle.loads(pickle.dumps(plain)) == plain)),
        "a kind of": outcome(lambda: repr([isinstance(call, methods.TelegramMethod), isinstance(call, types.Message)])),
        "adapter": outcome(
            lambda: repr(
                chat_member.ChatMemberAdapter.validate_python(
                    {"status": "left", "user": UPDATES["text"]["message"]["from"]}
                )
            )
        ),
        "response": outcome(
            lambda: repr(
                response[types.User].model_validate({"ok": True, "result": WHOLE["from"]}, context={"bot": bot})
            )
        ),
        "own model": outcome(lambda: own_models(types)),
    }


def read(types: Any, bot: Any, update: dict[str, Any]) -> str:
    seen = types.Update.model_validate({"update_id": 1} | update, context={"bot": bot})
    return f"{seen!r} {seen.model_dump_json()} {seen.bot is bot} {seen.event.bot is bot}"


def own_models(types: Any) -> str:
    from aiogram.filters.callback_data import CallbackData  # noqa: PLC0415 - see `schema`
    from pydantic import BaseModel  # noqa: PLC0415

    class Pressed(CallbackData, prefix="p"):
        number: int

    class Marked(types.Message):  # type: ignore[misc]  # known at run time only
        mark: int

    class Held(BaseModel):
        message: types.Message

    marked = Marked.model_validate(WHOLE | {"mark": "5"})
    held = Held.model_validate({"message": WHOLE})
    done = [each.__pydantic_complete__ for each in (Pressed, Held)]
    return repr([Pressed(number=5).pack(), Pressed.unpack("p:6"), marked, held, done])


def outcome(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - how it fails is what is compared
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
