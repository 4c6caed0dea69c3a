"""Volume over time as bars: of an hour, a day, a month or a year, whatever leaves few enough to be read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from palabre.archive import Bucket
from palabre.desk.mentions.selection import DAY_MS, day_of, start_of

BARS_MAX, LEAST_DAYS = 400, 14


Unit = Literal["hour", "day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Bar:
    """n posts in [start_ms, end_ms). first, last: its days, YYYY-MM-DD, to filter by; "" where a day is too long."""

    start_ms: int
    end_ms: int
    n: int
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """unit: hour, day, month or year; bars: oldest first, empty ones left out; [from_ms, to_ms): the time shown."""

    unit: Unit
    bars: tuple[Bar, ...]
    from_ms: int = 0
    to_ms: int = 0

    @property
    def n(self) -> int:
        return sum(bar.n for bar in self.bars)

    @property
    def highest(self) -> Bar | None:
        """The bar with the most posts."""
        return max(self.bars, key=lambda bar: bar.n, default=None)

    @property
    def newest_first(self) -> tuple[Bar, ...]:
        return self.bars[::-1]


def volume_of(buckets: Sequence[Bucket], step_ms: int, since_ms: int = 0, until_ms: int = 0) -> Volume:
    """The bars, on the time that was asked for, or else on the time that has posts: never less than two weeks, so
    that a lonely bar does not look like a wall."""
    made = _bars(buckets, step_ms)
    if not made.bars:
        return made
    first, last = since_ms or made.bars[0].start_ms, until_ms or made.bars[-1].end_ms
    least = LEAST_DAYS * DAY_MS if made.unit != "hour" else 0
    return replace(made, from_ms=min(first, last - least), to_ms=max(last, made.bars[-1].end_ms))


def _bars(buckets: Sequence[Bucket], step_ms: int) -> Volume:
    """Bars of hours or days as they are; of months or years where days would be too many."""
    if step_ms < DAY_MS:
        return Volume("hour", tuple(Bar(one.start_ms, one.start_ms + step_ms, one.n) for one in buckets))
    span_days = (buckets[-1].start_ms - buckets[0].start_ms) // DAY_MS + 1 if buckets else 0
    unit: Unit = "day" if span_days <= BARS_MAX else "month" if span_days < 9_000 else "year"
    begin = BEGIN[unit]
    totals: dict[date, int] = {}
    for bucket in buckets:
        first = begin(day_of(bucket.start_ms))
        totals[first] = totals.get(first, 0) + bucket.n
    return Volume(unit, tuple(long_bar(first, AFTER[unit](first), n) for first, n in totals.items()))


def same_day(day: date) -> date:
    return day


def month(day: date) -> date:
    return day.replace(day=1)


def year(day: date) -> date:
    return day.replace(month=1, day=1)


def next_month(first: date) -> date:
    return month(first + timedelta(days=31))


BEGIN: dict[str, Callable[[date], date]] = {"day": same_day, "month": month, "year": year}
AFTER: dict[str, Callable[[date], date]] = {
    "day": lambda first: first + timedelta(days=1),
    "month": next_month,
    "year": lambda first: first.replace(year=first.year + 1),
}


def long_bar(first: date, after: date, n: int) -> Bar:
    """A bar of whole days."""
    last = after - timedelta(days=1)
    return Bar(start_of(first), start_of(after), n, first.isoformat(), last.isoformat())
