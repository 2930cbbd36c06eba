"""画图: a figure as SVG by hand – both sides against the size, both axes logarithmic, the ratio at every size.

The same results give the same bytes. Bars show the extremes over the rounds.
"""

from collections.abc import Callable, Sequence
from html import escape
from math import ceil, floor, log10
from typing import Any

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 84, 52
SIDES = (("ours", "#1f5fa8", 0), ("theirs", "#b4531f", 4))
"""Each side's colour, and how far it is moved aside so that the bars don't lie on one another."""

OPENING = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"
 font-family="sans-serif" font-size="11" fill="#222">"""

Point = dict[str, Any]
"""A result as it is kept: ours, theirs, ratio, size."""
Scale = Callable[[float], float]


def draw(points: Sequence[Point]) -> str:
    """一图: all the results of one figure."""
    points = sorted(points, key=lambda point: float(point["size"]))
    figure, unit = points[0]["figure"], points[0]["unit"]
    sizes = [float(point["size"]) for point in points]
    ends = [float(point[side][end]) for point in points for side, *_ in SIDES for end in ("min", "max")]
    across, up = (
        _scale(sizes, LEFT + 24, WIDTH - RIGHT - 30),
        _scale(ends, HEIGHT - BOTTOM, TOP, decades=True),
    )
    return "\n".join(
        (
            OPENING,
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            _text(LEFT, 20, figure["title"], "start", size=14),
            *_legend(figure),
            *_grid(ends, up, unit),
            *_foot(sizes, across, figure["sizes"]),
            *(
                line
                for side, colour, aside in SIDES
                for line in _side(points, side, colour, aside, across, up)
            ),
            *_ratios(points, across),
            "</svg>\n",
        )
    )


def _legend(figure: Point) -> list[str]:
    lines = []
    for number, (side, colour, _) in enumerate(SIDES):
        at = LEFT + 270 * number
        lines.append(f'<rect x="{at}" y="31" width="10" height="10" fill="{colour}"/>')
        lines.append(_text(at + 15, 40, figure[side], "start"))
    return lines


def _grid(ends: Sequence[float], up: Scale, unit: str) -> list[str]:
    lines = [_text(LEFT - 8, TOP - 12, unit, "end")]
    for power in range(floor(log10(min(ends))), ceil(log10(max(ends))) + 1):
        at = up(10.0**power)
        lines.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        lines.append(_text(LEFT - 8, at + 4, f"{10.0**power:,.10g}", "end"))
    return lines


def _foot(sizes: Sequence[float], across: Scale, counted: str) -> list[str]:
    lines = [_text(across(size), HEIGHT - BOTTOM + 18, f"{size:,.10g}") for size in sizes]
    return [*lines, _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, counted)]


def _side(points: Sequence[Point], side: str, colour: str, aside: int, across: Scale, up: Scale) -> list[str]:
    marks, line = [], []
    for point in points:
        at, spread = across(float(point["size"])) + aside, point[side]
        middle, least, most = (up(float(spread[end])) for end in ("median", "min", "max"))
        line.append(f"{at:.1f},{middle:.1f}")
        marks.append(f'<path d="M{at:.1f} {least:.1f}V{most:.1f}" stroke="{colour}"/>')
        marks.append(f'<circle cx="{at:.1f}" cy="{middle:.1f}" r="3.5" fill="{colour}"/>')
    return [f'<polyline points="{" ".join(line)}" fill="none" stroke="{colour}" stroke-width="1.5"/>', *marks]


def _ratios(points: Sequence[Point], across: Scale) -> list[str]:
    last = points[-1]
    promised = "" if last["goal"] is None else f", goal {'≤' if last['at_most'] else '≥'} {last['goal']:g}"
    heading = f"ratio ({'cost' if last['at_most'] else 'speed'}{promised})"
    lines = [_text(LEFT, 58, heading, "start")]
    for point in points:
        ratio = float(point["ratio"]["median"])
        lines.append(
            _text(across(float(point["size"])), 73, f"{ratio:,.0f}×" if ratio >= 100 else f"{ratio:.2g}×")
        )
    return lines


def _scale(values: Sequence[float], first: float, last: float, *, decades: bool = False) -> Scale:
    least, most = log10(min(values)), log10(max(values))
    if decades:
        least, most = floor(least), max(ceil(most), floor(least) + 1)
    if most == least:
        return lambda _: (first + last) / 2
    return lambda value: first + (log10(value) - least) / (most - least) * (last - first)


def _text(x: float, y: float, words: str, anchor: str = "middle", size: int = 11) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'
