"""What each answer of the Bot API means, with the sentences Telegram really says."""

import pytest

from bot.outbox.answer import Answer, Verdict, judge, plain


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(ok=True, result={"message_id": 5}), Verdict.DONE),
        (Answer(ok=True, result=True), Verdict.DONE),
        (Answer(ok=False, code=429, description="Too Many Requests: retry after 3", retry_after=3), Verdict.WAIT),
        (Answer(ok=False, code=429, description="Too Many Requests"), Verdict.WAIT),
        (Answer(ok=False, code=500, description="Internal Server Error"), Verdict.AGAIN),
        (Answer(ok=False, code=502, description="Bad Gateway"), Verdict.AGAIN),
        (Answer(ok=False, code=401, description="Unauthorized"), Verdict.TOKEN),
        (Answer(ok=False, code=403, description="Forbidden: bot was blocked by the user"), Verdict.UNREACHABLE),
        (Answer(ok=False, code=403, description="Forbidden: user is deactivated"), Verdict.UNREACHABLE),
        (
            Answer(ok=False, code=403, description="Forbidden: bot was kicked from the supergroup chat"),
            Verdict.UNREACHABLE,
        ),
        (Answer(ok=False, code=400, description="Bad Request: chat not found"), Verdict.UNREACHABLE),
        (
            Answer(
                ok=False,
                code=400,
                description="Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to=-1009,
            ),
            Verdict.MOVED,
        ),
        (
            Answer(
                ok=False,
                code=400,
                description='Bad Request: can\'t parse entities: Unsupported start tag "config" at byte offset 4',
            ),
            Verdict.PLAIN,
        ),
        (
            Answer(
                ok=False,
                code=400,
                description="Bad Request: message is not modified: specified new message content and reply markup are"
                " exactly the same as a current content and reply markup of the message",
            ),
            Verdict.POINTLESS,
        ),
        (
            Answer(
                ok=False,
                code=400,
                description="Bad Request: query is too old and response timeout expired or query ID is invalid",
            ),
            Verdict.POINTLESS,
        ),
        (Answer(ok=False, code=400, description="Bad Request: message is too long"), Verdict.REFUSED),
        (Answer(ok=False, code=400, description="Bad Request: message text is empty"), Verdict.REFUSED),
        (Answer(ok=False, code=413, description="Request Entity Too Large"), Verdict.REFUSED),
    ],
)
def test_every_answer_has_its_meaning(answer: Answer, verdict: Verdict) -> None:
    assert judge(answer) is verdict


def test_plain_takes_telegrams_tags_off_and_keeps_what_the_reader_needs() -> None:
    parameters = {
        "chat_id": 42,
        "parse_mode": "HTML",
        "text": '<b>Ключ</b> в <a href="https://miko.ru/?a=1&amp;b=2">кабинете</a>: <config> &lt;key&gt; &amp; <3'
        '\n<pre><code class="language-sh">cat a</code></pre>',
        "link_preview_options": {"is_disabled": True},
    }
    assert plain(parameters) == {
        "chat_id": 42,
        "text": "Ключ в кабинете: <config> <key> & <3\ncat a",
        "link_preview_options": {"is_disabled": True},
    }
    assert parameters["parse_mode"] == "HTML"


def test_plain_serves_captions_too_and_leaves_the_rest_alone() -> None:
    assert plain({"caption": "<i>a</i>", "parse_mode": "HTML"}) == {"caption": "a"}
    assert plain({"text": None, "chat_id": 1}) == {"text": None, "chat_id": 1}
