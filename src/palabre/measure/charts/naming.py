"""Where the names of a scatter stand: beside their points, inside the drawing, over no other name and no other point.
Pure.

The places are reckoned as the drawing will have them, a little wide: a name too few is in the table, a name over
another is read by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from palabre.measure.charts.types import Chart, Point, Side

SCATTER_HIGH = 320  # pixels of the whole drawing
AXES_WIDE, AXES_HIGH = 56, 48  # what the axes take of it
LETTER, NAME_HIGH, NAME_WIDE_MAX, APART, DOT = 6.4, 13.0, 140.0, 8.0, 5.0
Box = tuple[float, float, float, float]  # left, top, right, bottom


def named(chart: Chart, width: int) -> Chart:
    """The chart, each point with the side its name stands on; "" where there is no room. The first keep theirs."""
    points = [point for series in chart.series for point in series.points]
    dots = [around(*place, DOT) for place in places(points, width)]
    taken: list[Box] = []
    sides = {}
    for at, point in enumerate(points):
        others = [*taken, *dots[:at], *dots[at + 1 :]]
        found = next(((side, box) for side, box in boxes(point, dots[at], width) if is_free(box, others)), None)
        sides[id(point)] = found[0] if found else ""
        taken += [found[1]] if found else []
    return replace(chart, series=tuple(
        replace(series, points=tuple(replace(one, side=sides[id(one)]) for one in series.points))
        for series in chart.series
    ))  # fmt: skip


def places(points: Sequence[Point], width: int) -> list[tuple[float, float]]:
    """Pixels of each point in the drawing; both scales begin at nought or below."""
    across, up = (
        [float(value) for value in values] for values in zip(*((one.x, one.y) for one in points), strict=True)
    )
    wide, high = width - AXES_WIDE, SCATTER_HIGH - AXES_HIGH
    return [(scaled(x, across) * wide, high - scaled(y, up) * high) for x, y in zip(across, up, strict=True)]


def scaled(value: float, among: Sequence[float]) -> float:
    """0 to 1."""
    low, high = min(0.0, *among), max(0.0, *among)
    return (value - low) / (high - low) if high > low else 0.0


def boxes(point: Point, dot: Box, width: int) -> Iterator[tuple[Side, Box]]:
    """Where its name can stand inside the drawing: after its point, or else before it."""
    wide = min(NAME_WIDE_MAX, LETTER * len(point.label))
    x, y = (dot[0] + dot[2]) / 2, (dot[1] + dot[3]) / 2
    after: Box = (x + APART, y - NAME_HIGH / 2, x + APART + wide, y + NAME_HIGH / 2)
    before: Box = (x - APART - wide, after[1], x - APART, after[3])
    if after[2] <= width - AXES_WIDE:
        yield "after", after
    if before[0] >= 0:
        yield "before", before


def around(x: float, y: float, by: float) -> Box:
    return x - by, y - by, x + by, y + by


def is_free(box: Box, others: Sequence[Box]) -> bool:
    return not any(box[0] < one[2] and one[0] < box[2] and box[1] < one[3] and one[1] < box[3] for one in others)
