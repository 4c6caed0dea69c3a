"""When something comes round: every day, week or month at an hour of the clock on the wall. Pure.

An hour that the clocks skip in spring comes at the first moment after the gap; one that they run through twice in
autumn comes at its first passage, once. The 31st of a month that has none is its last day. What was missed while the
machine was off comes once, however many turns were missed: `turn` gives the last one that is due.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from palabre.errors import InputError
from palabre.text.wall import placed

EVERY = ("day", "week", "month")
DAY = timedelta(days=1)
LOOK_BACK = 40  # days: a month and a little


@dataclass(frozen=True, slots=True)
class Rhythm:
    """every: of EVERY; minute: of the day on the wall, 0 to 1,439; weekday: 0 is Monday; monthday: 1 to 31."""

    every: str
    minute: int
    zone: str
    weekday: int = 0
    monthday: int = 1

    def after(self, now_ms: int) -> int:
        """The next turn, strictly later."""
        start = local(now_ms, self.zone).date() - DAY
        return next(ms for ms in self._from(start) if ms > now_ms)

    def turn(self, now_ms: int) -> int:
        """The last turn that has come, now included."""
        start = local(now_ms, self.zone).date() - LOOK_BACK * DAY
        come = [ms for ms in islice(self._from(start), LOOK_BACK + 2) if ms <= now_ms]
        return come[-1]

    def _from(self, day: date) -> Iterator[int]:
        while True:
            if self._falls_on(day):
                yield at(day, self.minute, self.zone)
            day += DAY

    def _falls_on(self, day: date) -> bool:
        if self.every == "week":
            return day.weekday() == self.weekday
        if self.every == "month":
            return day.day == min(self.monthday, monthrange(day.year, day.month)[1])
        return True


def zone_of(name: str) -> ZoneInfo:
    """Raises InputError ``schedule.zone``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError("schedule.zone", zone=name[:60]) from error


def local(ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(ms / 1000, zone_of(zone))


def at(day: date, minute: int, zone: str) -> int:
    """That minute of that day as epoch milliseconds: the first passage of one that comes twice, the end of the gap for
    one that never comes."""
    return placed(datetime.combine(day, time(), zone_of(zone)) + timedelta(minutes=minute)).first


def in_quiet(now_ms: int, zone: str, since: int, until: int) -> bool:
    """Whether now is in the quiet hours [since, until), minutes of the day on the wall; over midnight when since >
    until; equal: there are none."""
    here = local(now_ms, zone)
    minute = here.hour * 60 + here.minute
    return since <= minute < until if since <= until else minute >= since or minute < until


def quiet_ends(now_ms: int, zone: str, until: int) -> int:
    """When the quiet hours that run now end."""
    return Rhythm("day", until, zone).after(now_ms)
