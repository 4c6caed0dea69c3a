"""A promised rhythm beside the kept one; at which hours people answered. Pure.

    found = kept(times_ms, 3, since_ms, until_ms, ZoneInfo("Europe/Paris"))
    found.weeks[-1].n, found.streak, found.silence_ms

Hours: mean answers to a publication in each part of the week; interval: percentile bootstrap (Efron 1979) over the
publications, 2,000 draws with a fixed seed. Under five publications in a part nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
FEW = 5
DRAWS, SEED = 2_000, 7
PARTS = ("night", "morning", "midday", "afternoon", "evening")  # by the hour of the wall
PART_ENDS = (7, 11, 14, 18, 23)
DAYS = ("weekday", "weekend")


@dataclass(frozen=True, slots=True)
class Week:
    """start: its Monday; n: publications; promised: how many were; over: it has ended."""

    start: date
    n: int
    promised: int
    over: bool

    @property
    def kept(self) -> bool:
        return self.n >= self.promised


@dataclass(frozen=True, slots=True)
class Kept:
    """weeks: oldest first; streak: weeks kept in a row up to now, one that still runs counts once it is kept; best:
    the longest such row; silence_ms: the longest time between two publications or up to now, from silent_from_ms."""

    weeks: tuple[Week, ...]
    streak: int
    best: int
    silence_ms: int
    silent_from_ms: int

    @property
    def ended(self) -> int:
        return sum(one.over for one in self.weeks)

    @property
    def held(self) -> int:
        """Weeks that ended and were kept."""
        return sum(one.over and one.kept for one in self.weeks)


def kept(times: Sequence[int], promised: int, since_ms: int, until_ms: int, zone: ZoneInfo) -> Kept:
    """times: of publications, epoch ms; since_ms: when it was promised; until_ms: now."""
    times = sorted(one for one in times if since_ms <= one <= until_ms)
    weeks = weeks_between(times, promised, since_ms, until_ms, zone)
    silence, start = longest_silence([since_ms, *times, until_ms])
    return Kept(weeks, running(weeks), longest(weeks), silence, start)


def weeks_between(
    times: Sequence[int], promised: int, since_ms: int, until_ms: int, zone: ZoneInfo
) -> tuple[Week, ...]:
    """The first is the first whole one: half a week promises nothing."""
    here = datetime.fromtimestamp(since_ms / 1000, zone)
    start = here.date() - timedelta(days=here.weekday())
    start += WEEK if midnight(start, zone) < since_ms else timedelta()
    found: list[Week] = []
    while (begins := midnight(start, zone)) <= until_ms:
        ends = midnight(start + WEEK, zone)
        found.append(Week(start, sum(begins <= one < ends for one in times), promised, ends <= until_ms))
        start += WEEK
    return tuple(found)


def midnight(day: date, zone: ZoneInfo) -> int:
    return round(datetime.combine(day, time(), zone).timestamp() * 1000)


def running(weeks: Sequence[Week]) -> int:
    """Weeks kept in a row up to now."""
    counted = [one for one in weeks if one.over or one.kept]
    length = 0
    for one in reversed(counted):
        if not one.kept:
            break
        length += 1
    return length


def longest(weeks: Sequence[Week]) -> int:
    best = length = 0
    for one in weeks:
        length = length + 1 if one.kept else 0
        best = max(best, length)
    return best


def longest_silence(times: Sequence[int]) -> tuple[int, int]:
    """(its length, when it began) between neighbours."""
    return max(((later - earlier, earlier) for earlier, later in pairwise(times)), default=(0, 0))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the week. mean, low, high: answers to a publication there, None where there are too few."""

    days: str
    part: str
    n: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None


def part_of(ms: int, zone: ZoneInfo) -> tuple[str, str]:
    """(of DAYS, of PARTS)."""
    here = datetime.fromtimestamp(ms / 1000, zone)
    hour = next((PARTS[place] for place, end in enumerate(PART_ENDS) if here.hour < end), PARTS[0])
    return DAYS[here.weekday() >= 5], hour


def parts(answered: Sequence[tuple[int, int]], zone: ZoneInfo) -> list[Part]:
    """answered: (when, answers) of each publication. Parts that have any, those that can be told first, best first."""
    grouped: dict[tuple[str, str], list[int]] = {}
    for ms, answers in answered:
        grouped.setdefault(part_of(ms, zone), []).append(answers)
    found = [told(*name, values) for name, values in grouped.items()]
    return sorted(found, key=lambda one: (one.mean is None, -(one.mean or 0), -one.n))


def told(days: str, part: str, values: Sequence[int]) -> Part:
    if len(values) < FEW:
        return Part(days, part, len(values))
    import numpy as np

    draws = np.random.default_rng(SEED).choice(np.asarray(values, dtype=float), (DRAWS, len(values))).mean(axis=1)
    low, high = np.percentile(draws, (2.5, 97.5))
    return Part(days, part, len(values), float(np.mean(values)), float(low), float(high))


def stands_out(found: Sequence[Part]) -> Part | None:
    """The part that is better than every other that can be told, intervals apart; None when none is."""
    known = [one for one in found if one.mean is not None]
    if len(known) < 2:
        return None
    best = known[0]
    return best if all((best.low or 0) > (one.high or 0) for one in known[1:]) else None
