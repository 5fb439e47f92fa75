"""The table of routes: what handlers ask for is known, every callback is answered, every command has a route."""

import pytest
from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from bot.telegram.menu import CUSTOMER_COMMANDS
from bot.telegram.talk import Talk
from handlers import check_parameters
from tests.handlers.stand import Stand


async def asks_for_nothing_new(message: Message, talk: Talk) -> None:
    del message, talk


async def asks_for_a_stranger(message: Message, kitt: object) -> None:
    del message, kitt


async def asks_for_a_command(message: Message, command: CommandObject) -> None:
    del message, command


async def asks_by_keyword(query: CallbackQuery, *, whatever: object) -> None:
    del query, whatever


def test_known_parameters_pass() -> None:
    root, branch = Router(), Router()
    branch.message.register(asks_for_nothing_new)
    branch.message.register(asks_for_a_command, CommandStart())
    branch.message.register(asks_for_a_command, Command("x"))
    root.include_router(branch)
    check_parameters(root)


def test_an_unknown_parameter_is_named_with_its_handler() -> None:
    root, branch = Router(), Router()
    branch.message.register(asks_for_a_stranger)
    branch.callback_query.register(asks_by_keyword)
    root.include_router(branch)
    with pytest.raises(TypeError) as caught:
        check_parameters(root)
    assert str(caught.value) == (
        "nobody provides: kitt (tests.handlers.test_routes.asks_for_a_stranger), "
        "whatever (tests.handlers.test_routes.asks_by_keyword)"
    )


def test_a_command_is_known_behind_a_command_filter_only() -> None:
    root = Router()
    root.message.register(asks_for_a_command)
    with pytest.raises(TypeError, match=r"^nobody provides: command \(tests"):
        check_parameters(root)


def test_a_parameter_with_a_default_may_be_missing() -> None:
    async def handler(message: Message, extra: int = 5) -> None:
        del message, extra

    root = Router()
    root.message.register(handler)
    check_parameters(root)


async def test_the_bots_own_table_passes_and_has_every_command(stand: Stand) -> None:
    dispatcher = stand.running._dispatcher
    check_parameters(dispatcher)
    named: set[str] = set()
    for router in dispatcher.chain_tail:
        for handler in router.message.handlers:
            for each in handler.filters or ():
                if isinstance(each.callback, Command):
                    named |= {str(command) for command in each.callback.commands}
    assert set(CUSTOMER_COMMANDS) <= named
