"""Points of charts from figures: a value with its interval, its n and the address of its posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from palabre.desk.insight.evidence import address
from palabre.desk.workspaces.access import Seat
from palabre.measure.charts import Point, Series
from palabre.model import Evidence, Figure

DAY_MS = 86_400_000
LABEL_CHARS = 44
Steps = Iterable[tuple[int, int]]  # (start, posts)


def bar(seat: Seat, label: str, figure: Figure) -> Point:
    """A bar that leads to its posts; too few draws nothing long."""
    value = figure.value or 0.0
    return Point(label, value, figure.low, figure.high, figure.n, address(seat, figure.evidence))


def stepped(seat: Seat, steps: Steps, step_ms: int, evidence: Evidence) -> tuple[Point, ...]:
    """A point a step, which leads to the posts of its days."""
    return tuple(Point(start, n, n=n, href=address(seat, of_step(evidence, start, step_ms))) for start, n in steps)


def of_step(evidence: Evidence, start_ms: int, step_ms: int) -> Evidence:
    """The same evidence in the days of a step."""
    first = start_ms - start_ms % DAY_MS
    return replace(evidence, since_ms=first, until_ms=first + max(DAY_MS, step_ms))


def told_apart(labels: Sequence[str]) -> list[str]:
    """Labels short enough for an axis; two that would look the same get a number."""
    short = [one if len(one) <= LABEL_CHARS else one[:LABEL_CHARS] + "…" for one in labels]
    return [one if short.count(one) == 1 else f"{one} ({place})" for place, one in enumerate(short, 1)]


def filled(series: Iterable[Series]) -> tuple[Series, ...]:
    """Without series that have nothing to draw."""
    return tuple(one for one in series if one.points)
