"""Small charts as SVG: curves or bars with labelled axes. The same numbers give the same bytes."""

from collections.abc import Callable, Sequence
from html import escape
from math import ceil, floor, log10
from typing import NamedTuple

WIDTH, LEFT, RIGHT, TOP, PLOT = 560, 56, 172, 40, 190
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#7b4ea3", "#5a5a5a")
"""Told apart by the colour-blind too (Okabe & Ito 2008, darkened); and each curve has dashes and a label of its own."""
DASHES = ("", "8 4", "2 3", "10 3 2 3", "5 2")
INK, FAINT = "#333333", "#dddddd"
Point = tuple[float, float]


class Curve(NamedTuple):
    """One line, by its label; `points` from left to right."""

    label: str
    points: Sequence[Point]


class Picture(NamedTuple):
    """A chart: curves over a number, or bars. `ticks` names places on the x axis; `low` and `high` widen the y axis to them."""

    x: str
    y: str
    curves: Sequence[Curve] = ()
    bars: Sequence[tuple[str, float]] = ()
    ticks: Sequence[str] = ()
    low: float = 0.0
    high: float = 0.0


def over(low: float, high: float, effect: Callable[[float], float], steps: int = 120) -> list[Point]:
    """The points of a function from `low` to `high`."""
    places = [low + (high - low) * step / steps for step in range(steps + 1)]
    return [(place, effect(place)) for place in places]


def svg(picture: Picture, title: str, note: Sequence[str]) -> str:
    """The chart as SVG; `note` are the lines below it."""
    values = [value for _, value in picture.bars] + [y for curve in picture.curves for _, y in curve.points]
    y_marks = marks(min(picture.low, *values), max(picture.high, *values))
    height = TOP + PLOT + (26 * len(picture.bars) - PLOT if picture.bars else 0) + 46 + 14 * len(note)
    body = _bars(picture, y_marks) if picture.bars else _curves(picture, y_marks)
    body += [_text(8, height - 14 * (len(note) - line) + 4, told, size=10, colour="#666666") for line, told in enumerate(note)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'font-family="Helvetica, Arial, sans-serif">\n<title>{escape(title)}</title>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def marks(low: float, high: float) -> list[float]:
    """Round numbers, four to seven of them, from at most `low` to at least `high`."""
    rough = (high - low or 1.0) / 5
    unit = 10.0 ** floor(log10(rough))
    step = next(factor * unit for factor in (1, 2, 2.5, 5, 10) if factor * unit >= rough * 0.999999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _curves(picture: Picture, y_marks: Sequence[float]) -> list[str]:
    points = [point for curve in picture.curves for point in curve.points]
    x_marks = [float(number) for number in range(len(picture.ticks))] or marks(min(x for x, _ in points), max(x for x, _ in points))
    across = _scale(x_marks[0], max(x_marks[-1], *(x for x, _ in points)), LEFT, WIDTH - RIGHT)
    down = _scale(y_marks[0], y_marks[-1], TOP + PLOT, TOP)
    drawn = [_text(8, 18, picture.y)]
    for mark in y_marks:
        drawn += [_line(LEFT, down(mark), WIDTH - RIGHT, down(mark), FAINT), _text(LEFT - 6, down(mark) + 4, f"{mark:g}", "end", 11)]
    for number, mark in enumerate(x_marks):
        told = picture.ticks[number] if picture.ticks else f"{mark:g}"
        drawn += [
            _line(across(mark), TOP + PLOT, across(mark), TOP + PLOT + 4, INK),
            _text(across(mark), TOP + PLOT + 17, told, "middle", 11),
        ]
    drawn.append(_line(LEFT, down(max(0.0, y_marks[0])), WIDTH - RIGHT, down(max(0.0, y_marks[0])), INK))
    drawn.append(_text((LEFT + WIDTH - RIGHT) / 2, TOP + PLOT + 35, picture.x, "middle"))
    places = _apart([down(curve.points[-1][1]) for curve in picture.curves])
    for number, (curve, place) in enumerate(zip(picture.curves, places, strict=True)):
        path = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in curve.points)
        dash = f' stroke-dasharray="{DASHES[number]}"' if DASHES[number] else ""
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[number]}" stroke-width="2.2"{dash}/>')
        drawn.append(_line(WIDTH - RIGHT + 8, place, WIDTH - RIGHT + 34, place, COLOURS[number], width=2.2, dash=dash))
        drawn.append(_text(WIDTH - RIGHT + 40, place + 4, curve.label, size=11, colour=COLOURS[number]))
    return drawn


def _bars(picture: Picture, y_marks: Sequence[float]) -> list[str]:
    left, bottom = 170, TOP + 26 * len(picture.bars)
    across = _scale(y_marks[0], y_marks[-1], left, WIDTH - 60)
    drawn = [_text(8, 18, picture.x)]
    for mark in y_marks:
        drawn += [_line(across(mark), TOP - 6, across(mark), bottom, FAINT), _text(across(mark), bottom + 15, f"{mark:g}", "middle", 11)]
    for number, (label, value) in enumerate(picture.bars):
        top, start, end = TOP + 26 * number, min(across(0.0), across(value)), max(across(0.0), across(value))
        drawn.append(f'<rect x="{start:.1f}" y="{top}" width="{end - start:.1f}" height="18" fill="{COLOURS[value < 0.0]}"/>')
        drawn.append(_text(left - 8, top + 13, label, "end", 11))
        drawn.append(_text(end + 5, top + 13, f"{value:.3g}", size=11))
    drawn.append(_line(across(0.0), TOP - 6, across(0.0), bottom, INK))
    drawn.append(_text((left + WIDTH - 60) / 2, bottom + 33, picture.y, "middle"))
    return drawn


def _scale(low: float, high: float, first: float, last: float) -> Callable[[float], float]:
    return lambda value: first + (value - low) / (high - low) * (last - first)


def _apart(places: Sequence[float]) -> list[float]:
    """The places of labels, moved apart where they would lie over one another."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved = [places[number] for number in order]
    for number in range(1, len(moved)):
        moved[number] = max(moved[number], moved[number - 1] + 15)
    bound = float(TOP + PLOT)
    for number in reversed(range(len(moved))):
        moved[number] = min(moved[number], bound)
        bound = moved[number] - 15
    back = dict(zip(order, moved, strict=True))
    return [back[number] for number in range(len(places))]


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, *, width: float = 1, dash: str = "") -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}" stroke-width="{width:g}"{dash}/>'


def _text(x: float, y: float, told: str, anchor: str = "start", size: int = 12, colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(told)}</text>'
