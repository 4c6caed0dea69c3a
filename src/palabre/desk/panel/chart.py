"""Small bar charts as plain SVG attributes (the page allows no inline style). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 120


@dataclass(frozen=True, slots=True)
class Bar:
    """Sizes as text with a point, whatever the reader's language; day_ms, n: what it stands for."""

    x: str
    y: str
    width: str
    height: str
    day_ms: int
    n: int


def bars(days: Sequence[tuple[int, int]], width: int = WIDTH, height: int = HEIGHT) -> list[Bar]:
    """One bar a day; days: (start of the day in ms, posts)."""
    most = max((n for _, n in days), default=0) or 1
    step = width / max(1, len(days))
    return [bar(i * step, step * 0.8, height * n / most, height, day, n) for i, (day, n) in enumerate(days)]


def bar(x: float, width: float, size: float, height: int, day_ms: int, n: int) -> Bar:
    """A bar that stands on the ground."""
    return Bar(f"{x:.2f}", f"{height - size:.2f}", f"{width:.2f}", f"{size:.2f}", day_ms, n)
