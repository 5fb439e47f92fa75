from rich.text import Text

from bot.sandbox.html_text import parse_html
from bot.sandbox.keyboards import Button
from bot.sandbox.render import drawn, drawn_message, printable, unwrapped


def test_entities_become_styles_in_the_right_places() -> None:
    text = drawn(parse_html('😀 <b>жирно</b> <a href="https://a.example">тут</a>'))
    assert text.plain == "😀 жирно тут (https://a.example)"
    assert [(s.start, s.end, s.style) for s in text.spans] == [
        (2, 7, "bold"),
        (8, 11, "underline blue"),
        (11, 31, "dim"),
    ]


def test_foreign_text_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[2Jb\r\tc\n👨‍💻") == "a\ufffd[2Jb\ufffd\tc\n👨‍💻"


def test_a_message_is_indented_with_numbered_buttons() -> None:
    buttons = (Button("Помогло", "h"), Button("Сайт", url="https://a.example"))
    shown = unwrapped(drawn_message(Text("Бот"), parse_html("раз\nдва"), buttons))
    assert str(shown) == "Бот\n  раз\n  два\n  [1] Помогло\n  [2] Сайт → https://a.example"
