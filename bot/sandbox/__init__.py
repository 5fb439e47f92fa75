"""A local Bot API server with people in it, for the demo, the terminal chat and the end-to-end tests, over HTTP.

It decides nothing about the bot under test and imports nothing of it. `Sandbox` is the door; `python -m bot.sandbox`
runs it alone; `control.py` lists its HTTP control calls. Limits, stated: one bot, no Markdown parse modes, no inline
queries, no payments, polls or stories; webhook deliveries one at a time; dates are the machine's.
"""

from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.flood import Limits
from bot.sandbox.messages import Message
from bot.sandbox.people import Chat, ChatKind, Status, User
from bot.sandbox.person import Person
from bot.sandbox.sandbox import TOKEN, Sandbox
from bot.sandbox.server import Call
from bot.sandbox.world import Event, EventKind, Pressed

__all__ = [
    "TOKEN",
    "Call",
    "Chat",
    "ChatKind",
    "Event",
    "EventKind",
    "Fault",
    "FaultKind",
    "Limits",
    "Message",
    "Person",
    "Pressed",
    "Sandbox",
    "Status",
    "User",
]
