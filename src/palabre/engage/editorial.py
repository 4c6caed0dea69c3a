"""What an editorial calendar decides: where a date falls on the wall clock, what collides, who may approve. Pure.

slot = placed(date(2027, 3, 28), 2 * 60 + 30, ZoneInfo("Europe/Paris"))
slot.kind, slot.ms            # "skipped": that half hour does not exist; ms is the first moment after it
clashes([Planned("a", ms, {"x"}), Planned("b", ms + HOUR_MS, {"x"})], 4 * HOUR_MS)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from palabre.text import wall

HOUR_MS = 3_600_000
DAY = timedelta(days=1)
STATES = ("idea", "draft", "proposed", "approved", "scheduled", "published", "failed")
WRITABLE = ("idea", "draft", "proposed", "approved", "scheduled", "failed")
MOVABLE = WRITABLE
# What somebody may do next, by state; sending decides the rest.
ACTS = {
    "idea": ("write",),
    "draft": ("propose", "approve"),
    "proposed": ("return", "approve"),
    "approved": ("schedule",),
    "scheduled": ("take_back",),
    "published": (),
    "failed": ("again",),
}
RULES = ("", "member", "manager")  # who must approve, the mildest first


@dataclass(frozen=True, slots=True)
class Slot:
    """A time on the wall as a moment. kind: plain; skipped: the clocks jump over it, ms is the first moment after;
    twice: it comes twice, ms is the passage that was asked for, the first unless said, and other_ms the other one."""

    ms: int
    kind: str = "plain"
    other_ms: int = 0


def placed(day: date, minute: int, zone: ZoneInfo, second: bool = False) -> Slot:
    """minute: of the day, 0 to 1,439; second: the second passage of a time that comes twice."""
    found = wall.placed(datetime.combine(day, time(minute // 60, minute % 60), zone))
    if found.kind != wall.TWICE:
        return Slot(found.first, found.kind)
    ms, other = (found.last, found.first) if second else (found.first, found.last)
    return Slot(ms, wall.TWICE, other)


def on_wall(ms: int, zone: ZoneInfo) -> datetime:
    """What the clock of the wall shows, without its zone."""
    return datetime.fromtimestamp(ms / 1000, zone).replace(tzinfo=None)


def minute_of(ms: int, zone: ZoneInfo) -> int:
    shown = on_wall(ms, zone)
    return shown.hour * 60 + shown.minute


def odd_day(day: date, zone: ZoneInfo) -> int:
    """By how many minutes the clocks are moved on that day: 60 in spring, -60 in autumn, 0 on others."""
    ends = [datetime.combine(one, time(), zone).utcoffset() or timedelta() for one in (day, day + DAY)]
    return round((ends[1] - ends[0]).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class Planned:
    """A publication that has its moment. channels: uids; person: who accompanies it, "" for nobody yet."""

    uid: str
    due_ms: int
    channels: Set[str] = field(default_factory=frozenset)
    person: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two publications too near. kind: channel (through the same ones) or person (the same one accompanies both)."""

    kind: str
    one: str
    other: str
    apart_ms: int
    channels: Set[str] = frozenset()


def clashes(planned: Iterable[Planned], apart_ms: int, person_ms: int = HOUR_MS) -> list[Clash]:
    """Pairs less than apart_ms apart on a channel, or less than person_ms apart for a person, soonest first."""
    found: list[Clash] = []
    ordered = sorted(planned, key=lambda one: one.due_ms)
    for one, other in combinations(ordered, 2):
        apart = other.due_ms - one.due_ms
        shared = frozenset(one.channels & other.channels)
        if shared and apart < apart_ms:
            found.append(Clash("channel", one.uid, other.uid, apart, shared))
        elif one.person and one.person == other.person and apart < person_ms:
            found.append(Clash("person", one.uid, other.uid, apart))
    return found


def month_grid(year: int, month: int) -> list[list[date]]:
    """Weeks from Monday to Sunday that hold the days of a month."""
    first = date(year, month, 1)
    day, weeks = first - first.weekday() * DAY, []
    while day < next_month(first):
        weeks.append([day + place * DAY for place in range(7)])
        day += 7 * DAY
    return weeks


def next_month(day: date) -> date:
    """The first of the month after a day's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_before(day: date) -> date:
    """The first of the month before a day's."""
    return (day.replace(day=1) - DAY).replace(day=1)


def may_approve(rule: str, *, own: bool, manager: bool) -> bool:
    """own: whoever approves wrote the text last. Nobody: anyone; member: anyone else; manager: a manager."""
    return {"": True, "member": not own, "manager": manager}[rule]


def state_after(sendings: Sequence[str]) -> str:
    """The state of a publication from those of its sendings: refused ones wait for somebody; all there: published."""
    known = set(sendings)
    if "refused" in known:
        return "failed"
    if known & {"queued", "sending", "unknown"}:
        return "scheduled"
    return "published" if known & {"sent", "deleted"} else "approved"
