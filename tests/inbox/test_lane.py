"""Which updates share a lane: shapes as Telegram sends them, and shapes it should never send."""

from typing import Any

import pytest

from bot.inbox.lane import lane_of

CUSTOMER = {"id": 42, "is_bot": False, "first_name": "Анна"}
PRIVATE = {"id": 42, "type": "private"}
GROUP = {"id": -1001234567890, "type": "supergroup"}


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        ({"update_id": 1, "message": {"chat": PRIVATE, "from": CUSTOMER}}, 42),
        ({"update_id": 1, "edited_message": {"chat": GROUP, "from": CUSTOMER}}, -1001234567890),
        ({"update_id": 1, "callback_query": {"from": CUSTOMER, "message": {"chat": GROUP}}}, -1001234567890),
        ({"update_id": 1, "callback_query": {"from": CUSTOMER, "inline_message_id": "x"}}, 42),
        ({"update_id": 1, "inline_query": {"from": CUSTOMER, "query": "1058"}}, 42),
        ({"update_id": 1, "my_chat_member": {"chat": PRIVATE, "from": {"id": 7}}}, 42),
        ({"message": {"chat": PRIVATE, "from": CUSTOMER}, "update_id": 1}, 42),
        ({"update_id": 1, "poll": {"id": "5"}}, 0),
        ({"update_id": 1}, 0),
        ({"update_id": 1, "message": None}, 0),
        ({"update_id": 1, "message": {"chat": {"id": "42"}, "from": []}}, 0),
        ({"update_id": 1, "message": {"chat": {"id": 2**63}, "from": CUSTOMER}}, 42),
    ],
)
def test_the_lane_is_the_chat_else_the_sender_else_one_for_all(update: dict[str, Any], lane: int) -> None:
    assert lane_of(update) == lane
