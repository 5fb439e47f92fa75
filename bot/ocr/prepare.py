"""From a stranger's image file to a page that tesseract reads well: dark letters on white, large enough, grey.

Decides which formats are opened, how large a picture may be, when a theme counts as dark, how far small text is
enlarged. It reads no letters (`worker.py` has tesseract do that) and runs inside the worker's process only, whose
limits bound what a hostile file can cost. Needs Pillow and nothing else, for every import is paid for by each picture.
"""

import io
import math
import warnings
from enum import Enum, auto

from PIL import Image, ImageChops, ImageFilter, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MOST_PIXELS = 26_000_000
"""Three 4K screens side by side are 25 million; a bomb of a few kilobytes unpacks to billions."""

LARGE_PIXELS = 12_000_000
"""More than this is halved at once: measured, 40 million with transparency took 790 MB on their way to a page."""

SMALLEST_SIDE = 16
PAGE_PIXELS = 5_000_000
"""What is read is brought near this size: measured, tesseract takes 1 to 3 seconds of one core for a full one."""

MOST_ENLARGED = 3.0
LONGEST_SIDE = 6000
DARK_MEDIAN = 115
"""Grey level below which the middle pixel of a picture makes it a dark theme; text covers far less than half."""

BACKGROUND_CELL = 24
"""Pixels of the page whose mean is taken for the background behind them: about two lines of text."""


_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError)
"""What broken files make Pillow's decoders raise; its documentation names the first two."""


class TooLargeError(Exception):
    """The picture has more pixels than we are ready to unpack."""


class NoImageError(Exception):
    """These bytes are no image of the formats that we open, or a broken one."""


class Style(Enum):
    """How a page is made of a picture."""

    PLAIN = auto()
    """The whole page has one background."""
    RELIEF = auto()
    """What differs from its surroundings is ink: for pages with light and dark parts."""


def opened(content: bytes) -> Image.Image:
    """Return the first frame of an image, upright, with transparent parts white. Raises the two errors above."""
    # Pillow's own limit only warns, and counts differently; ours is looked at before anything is unpacked.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                raise TooLargeError
            image.load()
            if image.width * image.height > LARGE_PIXELS and image.mode in {"RGB", "RGBA", "L", "LA", "CMYK"}:
                small = image.reduce(2)
                small.info = image.info
                image = small
            return _flat(ImageOps.exif_transpose(image))
    except MemoryError:
        raise
    except _BROKEN as error:
        raise NoImageError from error


def _flat(image: Image.Image) -> Image.Image:
    if image.mode in {"I;16", "I", "F"}:
        return ImageOps.autocontrast(image.convert("F").point(lambda level: level / 257).convert("L")).convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return image.convert("RGB")


def is_blank(image: Image.Image) -> bool:
    """Return whether there is nothing to read: too small for a letter, or all of one colour."""
    if min(image.size) < SMALLEST_SIDE:
        return True
    low, high = image.convert("L").getextrema()
    return high - low < 12  # type: ignore[operator]  # noqa: PLR2004 - a grey image has one pair of extremes; less is no text


def page(image: Image.Image, style: Style = Style.PLAIN, enlarge: float | None = None) -> Image.Image:
    """Return a grey page with dark letters on white. `enlarge`: factor to use instead of the one the size suggests."""
    grey = _grey(image)
    factor = fitting(image.size) if enlarge is None else enlarge
    if abs(factor - 1) > 0.05:  # noqa: PLR2004 - not worth the blur
        size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
        grey = grey.resize(size, Image.Resampling.LANCZOS if factor > 1 else Image.Resampling.BOX)
    if style is Style.RELIEF:
        grey = _relief(grey)
    return ImageOps.expand(ImageOps.autocontrast(grey, cutoff=(0.5, 0.5)), border=12, fill=255)


def fitting(size: tuple[int, int], pixels: int = PAGE_PIXELS) -> float:
    """Return the factor that brings a picture near the size of a page."""
    width, height = size
    factor = min(MOST_ENLARGED, math.sqrt(pixels / (width * height)))
    return min(factor, LONGEST_SIDE / max(width, height))


def is_dark(image: Image.Image) -> bool:
    """Return whether a picture shows a dark theme."""
    small = image.convert("L").resize((64, 64), Image.Resampling.BOX)
    levels = sorted(small.tobytes())
    return levels[len(levels) // 2] < DARK_MEDIAN


def _grey(image: Image.Image) -> Image.Image:
    if not is_dark(image):
        return image.convert("L")
    red, green, blue = image.split()
    # Red on black is dark in grey and bright in red: half of each keeps coloured letters of consoles legible.
    brightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return ImageOps.invert(Image.blend(image.convert("L"), brightest, 0.5))


def _relief(grey: Image.Image) -> Image.Image:
    """Return how far each pixel stands out from its surroundings, dark where it does."""
    cells = max(1, grey.width // BACKGROUND_CELL), max(1, grey.height // BACKGROUND_CELL)
    background = grey.resize(cells, Image.Resampling.BOX).filter(ImageFilter.MedianFilter(3))
    around = background.resize(grey.size, Image.Resampling.BILINEAR)
    return ImageOps.invert(ImageChops.difference(grey, around))
