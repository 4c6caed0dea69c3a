"""Thirty days of a source as a strip: bars where posts came, and other marks where nobody asked or asking failed. Pure.

A day without posts is only quiet when somebody asked and the platform answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from palabre.archive.heard import DAY_MS, SourceDay
from palabre.archive.types import Source
from palabre.health import LATE_RHYTHMS

DAYS = 30
WIDTH, HEIGHT, GROUND = 240, 40, 6  # GROUND: height of the marks below the bars


@dataclass(frozen=True, slots=True)
class Cell:
    """One day. kind: heard, quiet (asked, nothing new), failed, gap (nobody asked) or before (there was no source yet).
    Sizes are text with a point, whatever the reader's language."""

    day_ms: int
    kind: str
    heard: int
    runs: int
    failed: int
    x: str = "0"
    y: str = "0"
    width: str = "0"
    height: str = "0"


@dataclass(frozen=True, slots=True)
class Strip:
    """Oldest day first."""

    cells: tuple[Cell, ...]

    @property
    def heard(self) -> int:
        return sum(cell.heard for cell in self.cells)

    def days(self, kind: str) -> int:
        return sum(cell.kind == kind for cell in self.cells)

    @property
    def failed_days(self) -> int:
        return self.days("failed")

    @property
    def gap_days(self) -> int:
        return self.days("gap")

    @property
    def quiet_days(self) -> int:
        return self.days("quiet")

    @property
    def table(self) -> tuple[Cell, ...]:
        """Newest first, without the days before the source existed."""
        return tuple(cell for cell in reversed(self.cells) if cell.kind != "before")


def since(now_ms: int) -> int:
    """The first millisecond of the strip."""
    return (now_ms // DAY_MS - DAYS + 1) * DAY_MS


def strip(source: Source, days: Iterable[SourceDay], now_ms: int) -> Strip:
    """The strip of one source from its own days."""
    known = {one.day_ms: one for one in days}
    listed = [known.get(day, SourceDay(source.source_id, day)) for day in range(since(now_ms), now_ms + 1, DAY_MS)]
    spread = spread_runs(source, listed, now_ms)
    kinds = [kind_of(source, one, asked) for one, asked in zip(listed, spread, strict=True)]
    return Strip(tuple(drawn(listed, kinds)))


def spread_runs(source: Source, days: Sequence[SourceDay], now_ms: int) -> list[bool]:
    """Whether each day was listened to: a run covers the days it lasts, and those until the next one is overdue."""
    asked, until = [], 0.0
    patience_ms = LATE_RHYTHMS * 1000 * source.rhythm_seconds
    for day in days:
        asked.append(bool(day.runs) or until >= day.day_ms)
        if day.runs:
            until = max(until, (day.until_ms or now_ms) + patience_ms)
    return asked


def kind_of(source: Source, day: SourceDay, asked: bool) -> str:
    """What a day was."""
    if day.heard:
        return "heard"
    if day.day_ms < source.created_ms and not day.runs:
        return "before"
    if day.runs and day.failed >= day.runs:
        return "failed"
    return "quiet" if asked else "gap"


def drawn(days: Sequence[SourceDay], kinds: Sequence[str]) -> list[Cell]:
    """Cells with their places: bars stand on the ground line, marks lie below it."""
    most = max((one.heard for one in days), default=0) or 1
    step = WIDTH / max(1, len(days))
    room = HEIGHT - GROUND
    cells = []
    for i, (day, kind) in enumerate(zip(days, kinds, strict=True)):
        size = max(2.0, (room - 2) * day.heard / most) if kind == "heard" else GROUND - 2
        top = room - size if kind == "heard" else room + 1
        place = (f"{i * step:.1f}", f"{top:.1f}", f"{step * 0.78:.1f}", f"{size:.1f}")
        cells.append(Cell(day.day_ms, kind, day.heard, day.runs, day.failed, *place))
    return cells
