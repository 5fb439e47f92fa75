"""Image files of every kind become dark letters on white."""

import io

import pytest
from PIL import Image, ImageDraw

from bot.ocr.prepare import (
    LONGEST_SIDE,
    MOST_ENLARGED,
    PAGE_PIXELS,
    NoImageError,
    Style,
    TooLargeError,
    fitting,
    is_blank,
    is_dark,
    opened,
    page,
)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def with_bar(mode: str, ground: object, bar: object) -> Image.Image:
    image = Image.new(mode, (80, 40), ground)  # type: ignore[arg-type]  # a colour of that mode
    ImageDraw.Draw(image).rectangle((10, 10, 40, 20), fill=bar)  # type: ignore[arg-type]
    return image


def level(grey: Image.Image, x: int, y: int) -> int:
    return grey.tobytes()[y * grey.width + x]


FILES = {
    "RGB": saved(with_bar("RGB", "white", "black"), "PNG"),
    "transparent": saved(with_bar("RGBA", (0, 0, 0, 0), (0, 0, 0, 255)), "PNG"),
    "palette": saved(with_bar("RGB", "white", "black").convert("P"), "PNG"),
    "one bit": saved(with_bar("1", 1, 0), "BMP"),
    "sixteen bits": saved(with_bar("I;16", 65535, 0), "PNG"),
    "CMYK": saved(with_bar("CMYK", (0, 0, 0, 0), (0, 0, 0, 255)), "JPEG", quality=95),
    "animated": saved(
        with_bar("RGB", "white", "black"), "GIF", save_all=True, append_images=[Image.new("RGB", (80, 40), "red")]
    ),
    "WebP": saved(with_bar("RGBA", (0, 0, 0, 0), (0, 0, 0, 255)), "WEBP", lossless=True),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_every_kind_of_file_becomes_dark_on_white(content: bytes) -> None:
    image = opened(content)
    assert image.mode == "RGB"
    grey = page(image, enlarge=1.0)
    assert grey.mode == "L"
    # Twelve pixels of margin stand around the page.
    assert level(grey, 12 + 25, 12 + 15) < 40
    assert level(grey, 12 + 70, 12 + 30) > 215


@pytest.mark.parametrize("style", list(Style))
def test_a_dark_theme_is_turned_over(style: Style) -> None:
    image = with_bar("RGB", "#101010", "#e02020")
    assert is_dark(image)
    grey = page(image, style, enlarge=1.0)
    assert level(grey, 12 + 25, 12 + 15) < level(grey, 12 + 75, 12 + 36) - 100


def test_light_themes_stay() -> None:
    assert not is_dark(with_bar("RGB", "#ffb300", "black"))
    assert not is_dark(with_bar("RGB", "#f0f0f0", "#0078d7"))


def test_small_pictures_are_enlarged_and_large_ones_shrunk() -> None:
    assert fitting((300, 200)) == MOST_ENLARGED
    assert fitting((2000, 2500)) == 1.0
    assert fitting((6000, 5000)) ** 2 * 30_000_000 == pytest.approx(PAGE_PIXELS)
    assert fitting((100, 20_000)) * 20_000 == pytest.approx(LONGEST_SIDE)


def test_what_is_too_large_is_not_unpacked() -> None:
    with pytest.raises(TooLargeError):
        opened(saved(Image.new("1", (8000, 3300)), "PNG"))


def test_a_large_picture_is_halved_and_turned_as_its_file_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(saved(Image.new("L", (5000, 4000)), "JPEG", exif=exif)).size == (2000, 2500)


def test_only_pictures_are_opened() -> None:
    for content in (b"", b"%PDF-1.7\n", b"%!PS-Adobe-3.0 EPSF-3.0\n", saved(Image.new("L", (40, 40)), "TIFF")):
        with pytest.raises(NoImageError):
            opened(content)


def test_there_is_nothing_to_read_on_a_blank_page() -> None:
    assert is_blank(Image.new("RGB", (100, 100), "#123456"))
    assert is_blank(Image.new("RGB", (8, 500), "white"))
    assert not is_blank(with_bar("RGB", "white", "black"))
