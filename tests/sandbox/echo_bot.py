"""A bot small enough to be understood at a glance, run as a process by the tests of launcher, script and terminal.

It speaks to the Bot API with urllib and keeps its offset in DATABASE_PATH. It answers a text with the text and two
buttons, a press with a toast and an edit, `call` with a card in the staff chat, `html` with styles, and is silent to
`silence`.
"""

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.request import Request, urlopen

BASE = f"{os.environ['TELEGRAM_API_BASE']}/bot{os.environ['BOT_TOKEN']}/"
BUTTONS = {"inline_keyboard": [[{"text": "Помогло", "callback_data": "h"}], [{"text": "Нет", "callback_data": "n"}]]}


def call(method: str, **params: Any) -> Any:
    body = json.dumps(params).encode()
    request = Request(BASE + method, data=body, headers={"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)["result"]


def answer(update: dict[str, Any]) -> None:
    if press := update.get("callback_query"):
        call("answerCallbackQuery", callback_query_id=press["id"], text="Записал")
        place = press["message"]
        call(
            "editMessageText",
            chat_id=place["chat"]["id"],
            message_id=place["message_id"],
            text=f"Нажато {press['data']}",
        )
        return
    message = update.get("message")
    if message is None or message["from"]["is_bot"]:
        return
    chat, text = message["chat"]["id"], message.get("text") or "без текста"
    match text:
        case "silence":
            pass
        case "call":
            call("sendMessage", chat_id=os.environ["STAFF_CHAT_ID"], text="Карточка")
            call("sendMessage", chat_id=chat, text="Передал")
        case "html":
            call("sendMessage", chat_id=chat, text="<b>жирно</b> 😀 <code>код</code>", parse_mode="HTML")
        case _:
            call("sendMessage", chat_id=chat, text=f"Вы сказали: {text}", reply_markup=BUTTONS)


def stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    if "--broken" in sys.argv:
        sys.exit("this bot does not start")
    signal.signal(signal.SIGTERM, stop)
    kept = Path(os.environ["DATABASE_PATH"])
    offset = int(kept.read_text()) if kept.exists() else 0
    while True:
        for update in call("getUpdates", timeout=20, offset=offset):
            answer(update)
            offset = update["update_id"] + 1
            kept.write_text(str(offset))


if __name__ == "__main__":
    main()
