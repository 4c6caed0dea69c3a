"""What a chart is: series of points, what they count, and the form that shows it. Values: equal ones draw once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# lines: over time, with the band of their interval. stacked: bars over time. ranked: horizontal bars with whiskers.
# parts: horizontal bars of parts of a whole. scatter: named points on two scales. heat: a grid of labels.
Kind = Literal["lines", "stacked", "ranked", "parts", "scatter", "heat"]
Side = Literal["after", "before", ""]
Unit = Literal["posts", "share", "score", "accounts", "number"]


@dataclass(frozen=True, slots=True)
class Point:
    """x: epoch ms, a label, or a number (scatter); y: a number, or a label (heat) whose value is ``size``.

    low, high: the interval; n: posts it rests on; href: the address that lists them; label: the name of a point;
    side: of its point on which the name is drawn; "": nowhere (others stand there), it is only told and listed.
    """

    x: float | str
    y: float | str
    low: float | None = None
    high: float | None = None
    n: int | None = None
    href: str = ""
    label: str = ""
    size: float | None = None
    side: Side = "after"


@dataclass(frozen=True, slots=True)
class Series:
    """ours: drawn in the first colour and on top. tone: negative, neutral or positive take the colours of tones."""

    name: str
    points: tuple[Point, ...]
    ours: bool = False
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """unit: of y; x_title, y_title: only where an axis needs a word; marks: moments (epoch ms, words) to point out."""

    kind: Kind
    series: tuple[Series, ...]
    unit: Unit = "posts"
    title: str = ""
    x_title: str = ""
    y_title: str = ""
    marks: tuple[tuple[int, str], ...] = ()

    @property
    def empty(self) -> bool:
        return not any(series.points for series in self.series)
