"""The plots of the reports, as inline SVG drawn by hand. Pure.

Decides how figures look, not what they are. Colours are classes that the page's style sheet fills, so that one picture
serves light and dark. A charting library was weighed: vl-convert is 84 MB installed and needs 0.8 s and 90 MB of memory
for its first chart, whose colours are fixed; four small pictures are not worth that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.authoring.figures import Calibration, Setting, Share
from bot.authoring.markup import Safe, el, join

WIDTH: Final = 360
HEIGHT: Final = 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 40
_TICKS: Final = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot: (x, y) in per cent, and the class that colours it."""

    points: Sequence[tuple[float, float]]
    name: str
    cls: str


def calibration_plot(found: Calibration) -> Safe:
    """Return the curve of predicted against observed shares; a dot for each decile, larger where it has more cases."""
    most = max((each.observed.of for each in found.deciles), default=1)
    marks = [el("line", x1=_x(0), y1=_y(0), x2=_x(100), y2=_y(100), cls="ideal")]
    points = [(100 * each.predicted, each.observed.percent or 0.0) for each in found.deciles]
    marks.append(el("path", d=_path(points), cls="line a"))
    for each, (x, y) in zip(found.deciles, points, strict=True):
        low, high = each.observed.interval or (0.0, 100.0)
        told = f"score {each.low:.1f} to {each.high:.1f}: {each.observed.count} of {each.observed.of} right"
        marks.append(el("line", x1=_x(x), y1=_y(low), x2=_x(x), y2=_y(high), cls="whisker a"))
        radius = 3 + 5 * (each.observed.of / most) ** 0.5
        marks.append(el("circle", el("title", told), cx=_x(x), cy=_y(y), r=radius, cls="dot a"))
    return _frame(marks, "score", "right, %", "Calibration: share that is right against the score")


def settings_plot(found: Sequence[Setting], now: float) -> Safe:
    """Return what each threshold would answer, and how rightly; `now` is the threshold in use, 0 to 1."""
    lines = [
        Line(_points(found, lambda each: each.covered), "answered", "a"),
        Line(_points(found, lambda each: each.right), "of those right", "b"),
        Line(_points(found, lambda each: each.foreign), "out of scope answered", "c"),
    ]
    marks = [
        el("line", x1=_x(100 * now), y1=_y(0), x2=_x(100 * now), y2=_y(100), cls="ideal"),
        *(el("path", d=_path(line.points), cls=f"line {line.cls}") for line in lines if line.points),
    ]
    return _frame(marks, "threshold", "%", "What each threshold would answer, and how rightly")


def bar(found: Share, cls: str = "a") -> Safe:
    """Return a small bar of a share with its interval, for a cell of a table."""
    if found.percent is None or found.interval is None:
        return Safe("")
    low, high = found.interval
    return el(
        "svg",
        el("rect", x=0, y=3, width=100, height=8, cls="rail"),
        el("rect", x=0, y=3, width=found.percent, height=8, cls=f"fill {cls}"),
        el("line", x1=low, y1=7, x2=high, y2=7, cls="whisker"),
        viewBox="0 0 100 14",
        width=100,
        height=14,
        cls="bar",
        aria_hidden="true",
    )


def histogram(counts: Sequence[tuple[str, int]], label: str, cls: str = "a") -> Safe:
    """Return upright bars, one for each (name, count), the count above each."""
    most = max((count for _, count in counts), default=0) or 1
    step = 100 / max(len(counts), 1)
    marks: list[Safe] = []
    for at, (name, count) in enumerate(counts):
        left, right, top = _x(at * step + step * 0.12), _x((at + 1) * step - step * 0.12), _y(92 * count / most)
        marks.append(el("rect", x=left, y=top, width=right - left, height=_y(0) - top, cls=f"fill {cls}"))
        middle = (left + right) / 2
        if count:
            marks.append(el("text", str(count), x=middle, y=top - 4, cls="tick", text_anchor="middle"))
        marks.append(el("text", name, x=middle, y=_y(0) + 15, cls="tick", text_anchor="middle"))
    marks.append(el("line", x1=_x(0), y1=_y(0), x2=_x(100), y2=_y(0), cls="axis"))
    marks.append(el("text", label, x=_x(50), y=HEIGHT - 6, cls="name", text_anchor="middle"))
    return _picture(marks, label)


def legend(names: Sequence[tuple[str, str]]) -> Safe:
    """Return a legend of (class, name)."""
    return el("p", *(join(el("span", cls=f"key {cls}"), f" {name} ") for cls, name in names), cls="legend")


def _points(found: Sequence[Setting], of: Callable[[Setting], Share]) -> list[tuple[float, float]]:
    shares = [(100 * each.threshold, of(each).percent) for each in found]
    return [(x, y) for x, y in shares if y is not None]


def _frame(marks: Sequence[Safe], across: str, upwards: str, told: str) -> Safe:
    axes: list[Safe] = []
    for tick in _TICKS:
        axes.append(el("line", x1=_x(0), y1=_y(tick), x2=_x(100), y2=_y(tick), cls="grid"))
        axes.append(el("text", str(tick), x=_x(0) - 6, y=_y(tick) + 4, cls="tick", text_anchor="end"))
        axes.append(el("text", f"{tick / 100:g}", x=_x(tick), y=_y(0) + 15, cls="tick", text_anchor="middle"))
    axes.append(el("text", across, x=_x(50), y=HEIGHT - 6, cls="name", text_anchor="middle"))
    turned = f"rotate(-90 11 {_y(50):.0f})"
    axes.append(el("text", upwards, x=11, y=_y(50), cls="name", text_anchor="middle", transform=turned))
    return _picture([*axes, *marks], told)


def _picture(marks: Sequence[Safe], told: str) -> Safe:
    return el("svg", el("title", told), *marks, viewBox=f"0 0 {WIDTH} {HEIGHT}", cls="plot", role="img")


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if at else 'M'}{_x(x):.1f} {_y(y):.1f}" for at, (x, y) in enumerate(points))


def _x(percent: float) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * percent / 100


def _y(percent: float) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * percent / 100
