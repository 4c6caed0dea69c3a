"""Business hours: how much of a stretch of time we were at work, in a time zone, over clock changes and holidays. Pure.

    hours = parse_hours("mon-fri 09:00-18:00", "Europe/Paris", "fr")
    hours.between(friday_17_00_ms, monday_10_00_ms)         # 2 hours, in milliseconds

Hours are wall-clock hours: on the night the clocks go back a shift from 22:00 to 06:00 lasts nine hours, and nine hours
are counted. A shift that runs over midnight belongs to the day it begins on, holidays too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from palabre.errors import InputError
from palabre.text.holidays import RULES, holidays
from palabre.text.wall import Placed, placed

DAY = timedelta(days=1)
DAY_MINUTES = 1_440
DAYS_MAX = 4_000  # a case of over ten years is a misread date
NAMES = {name: place for names in ("mon tue wed thu fri sat sun", "lun mar mer jeu ven sam dim")
         for place, name in enumerate(names.split())}  # fmt: skip
DAYS = r"[a-z]{3}(?:-[a-z]{3})?"
SHIFT = r"\d{1,2}:\d{2}-\d{1,2}:\d{2}"
PART = re.compile(rf"({DAYS}) ({SHIFT}(?: {SHIFT})*)")
Shifts = tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """shifts: for each weekday from Monday, (start, end) in minutes from its midnight, end over 1,440 for a night
    shift, sorted and apart; country: whose holidays are days off, "" for none."""

    shifts: Shifts
    zone: ZoneInfo
    country: str = ""

    def between(self, start_ms: int, end_ms: int) -> int:
        """Milliseconds of work from start to end; 0 when they are the wrong way round."""
        if end_ms <= start_ms:
            return 0
        day = self.local(start_ms).date() - DAY  # a night shift of the day before may reach here
        last = min(self.local(end_ms).date(), day + DAYS_MAX * DAY)
        total = 0
        while day <= last:
            total += sum(max(0, min(end, end_ms) - max(start, start_ms)) for start, end in self.of_day(day))
            day += DAY
        return total

    def of_day(self, day: date) -> list[tuple[int, int]]:
        """The shifts that begin on a day, in epoch milliseconds: from the first passage of an hour that comes twice, up
        to the second."""
        if day in holidays(day.year, self.country):
            return []
        return [(self._at(day, start).first, self._at(day, end).last) for start, end in self.shifts[day.weekday()]]

    def local(self, ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, self.zone)

    def _at(self, day: date, minutes: int) -> Placed:
        """A wall-clock time of a day, over 1,440 of the next."""
        days, rest = divmod(minutes, DAY_MINUTES)
        return placed(datetime.combine(day + days * DAY, time(rest // 60, rest % 60), self.zone))


def always(zone: str = "UTC") -> Hours:
    """Round the clock."""
    return Hours(tuple(((0, DAY_MINUTES),) for _ in range(7)), zone_named(zone))


def parse_hours(text: str, zone: str, country: str = "") -> Hours:
    """ "mon-fri 09:00-12:00 14:00-18:00, sat 10:00-13:00", "ven 22:00-06:00" or "24/7". Raises InputError."""
    if country and country not in RULES:
        raise InputError("sla.bad_country", name=country, known=", ".join(RULES))
    if text.strip() == "24/7":
        return Hours(always().shifts, zone_named(zone), country)
    found: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for part in text.lower().split(","):
        match = PART.fullmatch(" ".join(part.split()))
        if not match:
            raise InputError("sla.bad_hours", text=part.strip())
        for weekday in _weekdays(match[1]):
            found[weekday] += [_shift(one) for one in match[2].split()]
    return Hours(tuple(_apart(sorted(some), text) for some in found), zone_named(zone), country)


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its IANA name. Raises InputError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError("sla.bad_zone", name=name) from error


def _weekdays(text: str) -> list[int]:
    """ "fri-mon" as 4, 5, 6, 0. Raises InputError."""
    first, _, last = text.partition("-")
    if first not in NAMES or (last and last not in NAMES):
        raise InputError("sla.bad_hours", text=text)
    length = (NAMES[last or first] - NAMES[first]) % 7
    return [(NAMES[first] + step) % 7 for step in range(length + 1)]


def _shift(text: str) -> tuple[int, int]:
    """Minutes of a shift; one that ends before it begins ends the next day. Raises InputError."""
    ends = [tuple(map(int, one.split(":"))) for one in text.split("-")]
    start, end = (60 * hour + minute for hour, minute in ends)
    if max(start, end) > DAY_MINUTES or any(minute > 59 for _, minute in ends):
        raise InputError("sla.bad_hours", text=text)
    return start, end if end > start else end + DAY_MINUTES


def _apart(shifts: list[tuple[int, int]], text: str) -> tuple[tuple[int, int], ...]:
    """The same, if none overlaps another. Raises InputError."""
    if any(one[1] > other[0] for one, other in pairwise(shifts)):
        raise InputError("sla.bad_hours", text=text)
    return tuple(shifts)
