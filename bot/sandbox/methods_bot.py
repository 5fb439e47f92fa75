"""Methods about the bot itself and its files: getMe, names, descriptions, commands, getFile.

Decides what the profile of the bot holds per language and scope. Called by `methods.py`.
"""

import json
import re
from collections.abc import Callable, Mapping

from bot.sandbox.params import Params
from bot.sandbox.wire import Json, JsonObject, bad_request
from bot.sandbox.world import Profile, World

DOWNLOAD_LIMIT = 20 * 1024 * 1024
COMMAND_NAME = re.compile(r"^[a-z0-9_]{1,32}$")
COMMAND_DESCRIPTION_LIMIT = 256
COMMANDS_LIMIT = 100
SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
"""Kinds of scopes and the fields each needs (core.telegram.org/bots/api#botcommandscope)."""


def get_me(world: World, _params: Params) -> Json:
    """Return who the bot is."""
    return world.bot.to_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy_mode,
        "supports_guest_queries": False,
        "supports_inline_queries": world.supports_inline,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


def get_file(world: World, params: Params) -> Json:
    """Return where to download a file from."""
    file = world.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id" if params.has("file_id") else "file_id not specified")
    if len(file.content) > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return file.to_json()


def _scope(world: World, params: Params) -> str:
    raw = params.mapping("scope") or {"type": "default"}
    needed = SCOPES.get(str(raw.get("type")))
    if needed is None:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    kept: JsonObject = {"type": raw["type"]}
    for name in needed:
        if raw.get(name) in (None, ""):
            raise bad_request(f"can't parse BotCommandScope: Can't find field \"{name}\"")
        kept[name] = raw[name]
    if "chat_id" in kept and int(str(kept["chat_id"])) not in world.chats:
        raise bad_request("chat not found")
    return json.dumps(kept, sort_keys=True)


def _commands(params: Params) -> list[Json]:
    commands: list[Json] = []
    for item in params.listing("commands"):
        if not isinstance(item, Mapping):
            raise bad_request("can't parse BotCommand: expected an Object")
        name, told = item.get("command"), item.get("description")
        if not isinstance(name, str) or not COMMAND_NAME.match(name.removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not isinstance(told, str) or not 0 < len(told) <= COMMAND_DESCRIPTION_LIMIT:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        commands.append({"command": name.removeprefix("/"), "description": told})
    if len(commands) > COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return commands


def _language(params: Params) -> str:
    language = params.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return language


def set_my_commands(world: World, params: Params) -> Json:
    """Keep the commands of a scope and language."""
    world.profile.commands[_scope(world, params), _language(params)] = _commands(params)
    world.bell.ring()
    return True


def get_my_commands(world: World, params: Params) -> Json:
    """Return the commands of a scope and language, empty where none were set."""
    return world.profile.commands.get((_scope(world, params), _language(params)), [])


def delete_my_commands(world: World, params: Params) -> Json:
    """Forget the commands of a scope and language."""
    world.profile.commands.pop((_scope(world, params), _language(params)), None)
    return True


def _setter(pick: Callable[[Profile], dict[str, str]], name: str, limit: int) -> Callable[[World, Params], Json]:
    def set_text(world: World, params: Params) -> Json:
        text = params.text(name)
        if len(text) > limit:
            raise bad_request(f"{name.replace('_', ' ')} is too long")
        pick(world.profile)[_language(params)] = text
        return True

    return set_text


def _getter(pick: Callable[[Profile], dict[str, str]], name: str) -> Callable[[World, Params], Json]:
    def get_text(world: World, params: Params) -> Json:
        texts = pick(world.profile)
        fallback = world.bot.first_name if name == "name" else ""
        return {name: texts.get(_language(params)) or texts.get("") or fallback}

    return get_text


def _names(profile: Profile) -> dict[str, str]:
    return profile.names


def _descriptions(profile: Profile) -> dict[str, str]:
    return profile.descriptions


def _short_descriptions(profile: Profile) -> dict[str, str]:
    return profile.short_descriptions


def answer_inline_query(world: World, params: Params) -> Json:
    """Take results of an inline query; there are no inline queries here to answer."""
    if not world.supports_inline or not params.has("inline_query_id"):
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    return True


def accept(_world: World, _params: Params) -> Json:
    """Carry out nothing and say yes (close, logOut)."""
    return True


METHODS = {
    "getMe": get_me,
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter(_names, "name", 64),
    "getMyName": _getter(_names, "name"),
    "setMyDescription": _setter(_descriptions, "description", 512),
    "getMyDescription": _getter(_descriptions, "description"),
    "setMyShortDescription": _setter(_short_descriptions, "short_description", 120),
    "getMyShortDescription": _getter(_short_descriptions, "short_description"),
    "answerInlineQuery": answer_inline_query,
    "close": accept,
    "logOut": accept,
}
