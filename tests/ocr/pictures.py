"""Screenshots as customers send them, drawn here: dialogs, consoles, phones, web pages, and what is none of that."""

import io
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = "/usr/share/fonts/truetype/dejavu"
SANS, MONO, SERIF, BOLD = "DejaVuSans", "DejaVuSansMono", "DejaVuSerif", "DejaVuSans-Bold"


class Screen:
    """A screen to draw on."""

    def __init__(self, width: int, height: int, colour: str) -> None:
        self.image = Image.new("RGB", (width, height), colour)
        self._draw = ImageDraw.Draw(self.image)

    def box(self, left: int, top: int, right: int, bottom: int, fill: str, outline: str | None = None) -> None:
        self._draw.rectangle((left, top, right, bottom), fill=fill, outline=outline)

    def text(
        self, x: int, y: int, lines: str | Sequence[str], size: int, colour: str, step: int = 0, font: str = SANS
    ) -> None:
        face = ImageFont.truetype(f"{FONTS}/{font}.ttf", size)
        for number, line in enumerate([lines] if isinstance(lines, str) else lines):
            self._draw.text((x, y + number * step), line, font=face, fill=colour)


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def jpeg(image: Image.Image, quality: int, orientation: int = 1) -> bytes:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(file, "JPEG", quality=quality, exif=exif)
    return file.getvalue()


def dialog() -> Image.Image:
    screen = Screen(520, 210, "#f4f4f4")
    screen.box(0, 0, 520, 28, "#fbe79b")
    screen.text(10, 6, "1С:Предприятие", 13, "#333")
    screen.text(80, 50, ["Ошибка 2011: срок действия лицензии", "на модуль истек."], 13, "#222", 20)
    screen.box(390, 160, 490, 190, "#e1e1e1", "#999")
    screen.text(428, 166, "ОК", 13, "#222")
    return screen.image


def dark_console() -> bytes:
    screen = Screen(860, 150, "#0c0c0c")
    told = ["root@mikopbx:~# licdiag check", "Connecting to lic.miko.ru:443 ... ok"]
    screen.text(8, 8, [*told, "2026-11-22 10:58:14 [info] request sent"], 14, "#cccccc", 22, MONO)
    screen.text(8, 74, "ERROR: license server returned code 2041", 14, "#ff4040", 22, MONO)
    return png(screen.image)


def phone() -> bytes:
    screen = Screen(360, 420, "#ffffff")
    screen.text(12, 4, "10:58", 11, "black")
    screen.box(0, 24, 360, 70, "#2e7d32")
    screen.text(16, 38, "Mobile SMARTS", 15, "white")
    screen.text(20, 250, ["Ошибка обмена. Код 2051:", "подписка закончилась"], 10, "#333", 16)
    return png(screen.image)


def noisy_jpeg() -> bytes:
    image = dialog()
    dice = random.Random(1)
    for _ in range(9000):
        at = dice.randrange(image.width), dice.randrange(image.height)
        image.putpixel(at, tuple(dice.randrange(256) for _ in range(3)) if dice.random() < 0.1 else (200, 200, 200))
    return jpeg(image.filter(ImageFilter.GaussianBlur(0.6)), 30)


def turned_by_exif() -> bytes:
    return jpeg(dialog().transpose(Image.Transpose.ROTATE_90), 90, orientation=6)


def message_box() -> bytes:
    screen = Screen(430, 170, "white")
    screen.box(0, 0, 430, 30, "#0078d7")
    screen.text(10, 8, "Ошибка", 12, "white")
    screen.text(74, 52, ["Не удалось проверить лицензию (2022).", "Повторите попытку позже."], 12, "black", 20)
    return png(screen.image)


def web_page() -> bytes:
    """Return a page with a menu on the dark, an alert of small letters, ports, years and a clock; shrunk on its way."""
    screen = Screen(1280, 720, "#ffffff")
    screen.box(0, 0, 1280, 40, "#dfe3e8")
    screen.text(60, 12, "https://192.168.1.20:8443/admin-cabinet/licensing/modify/", 13, "#444")
    screen.box(0, 40, 220, 720, "#1b1c1d")
    screen.text(20, 60, ["MikoPBX 2024.1.114", "Телефония", "Модули", "Обслуживание"], 13, "#e0e0e0", 34)
    screen.text(260, 70, "Управление лицензией", 24, "#111")
    screen.box(260, 130, 1240, 200, "#fff6f6", "#e0b4b4")
    screen.text(280, 142, ["Ошибка активации купона (2040)", "Купон уже был использован"], 14, "#9f3a38", 24)
    told = ["Порт SIP: 5060    Порт веб-сервера: 8443", "Дата установки: 14.03.2023", "Обновлено 22.11.2026 20:26"]
    screen.text(260, 240, told, 14, "#222", 28)
    screen.text(260, 690, "© 2026 МИКО. Все права защищены. 2018–2026", 11, "#888")
    return png(screen.image.resize((768, 432), Image.Resampling.BILINEAR))


def window_on_a_light_desktop() -> bytes:
    screen = Screen(1000, 420, "#e8eef4")
    screen.text(20, 20, "Файл  Правка  Вид  Сервис  Окна  Справка", 13, "#222")
    screen.box(200, 100, 900, 300, "#101418")
    told = ["12:44:02 Запуск службы…", "12:44:05 Сбой: код 1011, нет связи", "12:44:05 Повтор через 30 с"]
    screen.text(216, 116, told, 13, "#d7dde3", 26, MONO)
    screen.text(900, 395, "20:22  22.11.2026", 11, "#222")
    return png(screen.image)


def yellow_card() -> bytes:
    screen = Screen(520, 220, "#ffb300")
    screen.text(30, 30, ["Внимание!", "Код ошибки", "2026", "Обратитесь в техподдержку"], 20, "#5d2f00", 44, BOLD)
    return png(screen.image)


def english_dialog() -> bytes:
    screen = Screen(480, 130, "#ececec")
    told = ["License error", "Error code: 2009", "The license is captured by another process."]
    screen.text(30, 20, told, 13, "#111", 26)
    file = io.BytesIO()
    screen.image.save(file, "WEBP", quality=60)
    return file.getvalue()


def letter() -> bytes:
    screen = Screen(700, 160, "#fffdf5")
    told = ["Уважаемый администратор!", "При обновлении модуля возникла ошибка № 2023.", "С уважением, сервер АТС"]
    screen.text(20, 20, told, 18, "#000", 40, SERIF)
    file = io.BytesIO()
    screen.image.save(file, "BMP")
    return file.getvalue()


def json_on_the_dark() -> bytes:
    screen = Screen(620, 130, "#1e1e1e")
    told = ['{"result": false,', '  "error": {"code": 2037,', '    "message": "License key not found"},']
    screen.text(10, 10, [*told, '  "ts": 1732280000, "port": 8222}'], 15, "#9cdcfe", 26, MONO)
    clear = screen.image.convert("RGBA")
    return png(clear)


def words_only() -> bytes:
    screen = Screen(520, 110, "#f7f7f7")
    screen.text(24, 20, ["Нет свободных лицензий.", "Завершите один из сеансов."], 14, "#222", 28)
    return png(screen.image)


def faint() -> bytes:
    screen = Screen(560, 100, "#e8e8e8")
    screen.text(24, 20, ["Ошибка лицензирования", "Код: 1051. Нет свободных мест."], 13, "#a0a0a0", 28)
    return png(screen.image)


def photographed() -> bytes:
    image = dialog().resize((1040, 420)).rotate(2.0, Image.Resampling.BICUBIC, expand=True, fillcolor="#777")
    return jpeg(image.filter(ImageFilter.GaussianBlur(1.0)), 70)


def key_with_its_error() -> bytes:
    screen = Screen(640, 130, "white")
    told = ["Лицензионный ключ: MIKO-AB1CD-EF2GH-JK3LM-NP4QR", "Ошибка 2037: лицензия не найдена"]
    screen.text(24, 30, told, 14, "#111", 34)
    return png(screen.image)


def traps() -> bytes:
    screen = Screen(760, 360, "white")
    told = ["Заказ № 2011 от 20.08.2022", "Сумма: 1058 руб.", "Тел. 8 (495) 229-30-42, доб. 1011"]
    told += ["Версия 8.3.2022.1058", "Порт 1058", "IP 192.168.20.11:2041", "© 2009–2026 ООО «Ромашка»"]
    screen.text(20, 14, [*told, "Время 20:11   2026 год"], 16, "#222", 42)
    return png(screen.image)


def clock() -> bytes:
    screen = Screen(400, 120, "#1a1a1a")
    screen.text(20, 20, "20:11", 48, "white")
    screen.text(200, 40, "22.11.2026", 20, "#ccc")
    return png(screen.image)


def landscape() -> bytes:
    sky = Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    return jpeg(sky.filter(ImageFilter.GaussianBlur(3)), 80)


def random_noise() -> bytes:
    dice = random.Random(3)
    return png(Image.frombytes("RGB", (120, 80), bytes(dice.randrange(256) for _ in range(120 * 80 * 3))))


READABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "dialog": (lambda: png(dialog()), "miko-2011"),
    "dark_console": (dark_console, "miko-2041"),
    "phone": (phone, "miko-2051"),
    "noisy_jpeg": (noisy_jpeg, "miko-2011"),
    "turned_by_exif": (turned_by_exif, "miko-2011"),
    "message_box": (message_box, "miko-2022"),
    "web_page": (web_page, "miko-2040"),
    "window_on_a_light_desktop": (window_on_a_light_desktop, "miko-1011-1014"),
    "yellow_card": (yellow_card, "miko-2026"),
    "english_dialog": (english_dialog, "miko-2009"),
    "letter": (letter, "miko-2023"),
    "json_on_the_dark": (json_on_the_dark, "miko-2037"),
    "words_only": (words_only, "miko-no-free-seat"),
    "faint": (faint, "miko-no-free-seat"),
    "photographed": (photographed, "miko-2011"),
    "key_with_its_error": (key_with_its_error, "miko-2037"),
}
"""Each with the article that it asks for."""

TRAPS: dict[str, Callable[[], bytes]] = {
    "traps": traps,
    "clock": clock,
    "landscape": landscape,
    "random_noise": random_noise,
}
