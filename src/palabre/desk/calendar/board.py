"""What a month, a week or a list of the calendar shows, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from palabre.clock import to_datetime
from palabre.desk.calendar import access
from palabre.desk.calendar.models import Outside, Publication
from palabre.desk.clock import now_ms
from palabre.desk.workspaces.access import Seat
from palabre.engage.editorial import (
    DAY,
    HOUR_MS,
    MOVABLE,
    Clash,
    Planned,
    clashes,
    month_before,
    month_grid,
    next_month,
    odd_day,
    on_wall,
)
from palabre.engage.observances import named
from palabre.engage.rhythm import midnight

VIEWS = ("month", "week", "list")
LIST_DAYS = 60
TONES = {"published": "good", "failed": "bad", "proposed": "warn", "scheduled": "on"}


@dataclass(frozen=True, slots=True)
class Asked:
    """view: of VIEWS; at: a day of what is shown; channel: uid, "" for all; theme; whose: "" or "mine"."""

    view: str
    at: date
    channel: str = ""
    theme: str = ""
    whose: str = ""

    def address(self, **other: Any) -> str:
        """The words of its address, with some of them changed."""
        values = {name: getattr(self, name) for name in ("view", "at", "channel", "theme", "whose")} | other
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def days(self) -> list[date]:
        if self.view == "month":
            return [day for week in month_grid(self.at.year, self.at.month) for day in week]
        if self.view == "week":
            monday = self.at - self.at.weekday() * DAY
            return [monday + place * DAY for place in range(7)]
        return [self.at + place * DAY for place in range(LIST_DAYS)]

    @property
    def before(self) -> str:
        """The address of what comes before it."""
        if self.view == "month":
            return self.address(at=month_before(self.at))
        return self.address(at=self.at - timedelta(days=7 if self.view == "week" else LIST_DAYS))

    @property
    def after(self) -> str:
        if self.view == "month":
            return self.address(at=next_month(self.at))
        return self.address(at=self.at + timedelta(days=7 if self.view == "week" else LIST_DAYS))


@dataclass(frozen=True, slots=True)
class Card:
    """A publication in its day. at: on the wall; meets: the others that it collides with; fixed: cannot be moved."""

    publication: Publication
    at: datetime | None
    channels: tuple[str, ...]
    meets: tuple[Meeting, ...]

    @property
    def tone(self) -> str:
        return TONES.get(self.publication.state, "")

    @property
    def movable(self) -> bool:
        return self.publication.state in MOVABLE


@dataclass(frozen=True, slots=True)
class Meeting:
    """A collision seen from one side. minutes: between the two."""

    kind: str
    title: str
    uid: str
    minutes: int
    channels: str


@dataclass(frozen=True, slots=True)
class Day:
    """names: keys of ``calendar.day``; odd: minutes by which the clocks are moved; inside: of the month shown."""

    day: date
    cards: tuple[Card, ...]
    names: tuple[str, ...]
    outside: tuple[Outside, ...]
    odd: int
    today: bool
    inside: bool

    @property
    def empty(self) -> bool:
        return not (self.cards or self.names or self.outside or self.odd)


def read(request: HttpRequest, zone: ZoneInfo) -> Asked:
    """What an address asks; what cannot be read is today's month."""
    given = request.GET
    today = on_wall(now_ms(), zone).date()
    view = given.get("view", "")
    return Asked(
        view if view in VIEWS else "month", day_of(given.get("at", "")) or today, given.get("channel", "")[:32],
        given.get("theme", "")[:60], "mine" if given.get("whose") == "mine" else "",
    )  # fmt: skip


def day_of(text: str) -> date | None:
    """An ISO date between 1990 and 2200, or a month of one."""
    try:
        found = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return None
    return found if 1990 <= found.year < 2200 else None


def days(seat: Seat, asked: Asked, zone: ZoneInfo) -> list[Day]:
    """Each day of what is asked."""
    shown = asked.days
    since, until = midnight(shown[0], zone), midnight(shown[-1] + DAY, zone)
    around = access.planned(seat, since - 24 * HOUR_MS, until + 24 * HOUR_MS)
    habit = access.habit(seat.workspace)
    met = meetings(around, habit.apart_hours)
    cards = by_day([card(one, zone, met) for one in around if wanted(one, asked, seat)])
    dates = outside_by_day(access.outside(seat, since, until), zone)
    today = on_wall(now_ms(), zone).date()
    return [
        Day(day, tuple(cards.get(day, ())), named(day, habit.country), tuple(dates.get(day, ())), odd_day(day, zone),
            day == today, asked.view != "month" or day.month == asked.at.month)
        for day in shown
    ]  # fmt: skip


def wanted(one: Publication, asked: Asked, seat: Seat) -> bool:
    """Whether the filters keep it."""
    return (
        (not asked.channel or any(row.channel.uid == asked.channel for row in one.variants.all()))
        and (not asked.theme or asked.theme in one.themes)
        and (not asked.whose or one.owner_id == seat.user.pk)
    )


def card(one: Publication, zone: ZoneInfo, met: Mapping[str, Sequence[Meeting]]) -> Card:
    at = on_wall(one.due_ms, zone) if one.due_ms else None
    return Card(one, at, tuple(row.channel.name for row in one.variants.all()), tuple(met.get(one.uid, ())))


def by_day(cards: Iterable[Card]) -> dict[date, list[Card]]:
    found: dict[date, list[Card]] = {}
    for one in cards:
        if one.at:
            found.setdefault(one.at.date(), []).append(one)
    return found


def meetings(publications: Sequence[Publication], apart_hours: int) -> dict[str, list[Meeting]]:
    """Uid → what it collides with. What was published cannot be moved, but still counts."""
    known = {one.uid: one for one in publications}
    names = {row.channel.uid: row.channel.name for one in publications for row in one.variants.all()}
    found: dict[str, list[Meeting]] = {}
    for clash in clashes(map(planned, publications), apart_hours * HOUR_MS):
        for uid, other in ((clash.one, clash.other), (clash.other, clash.one)):
            found.setdefault(uid, []).append(meeting(clash, known[other], names))
    return found


def meeting(clash: Clash, other: Publication, names: Mapping[str, str]) -> Meeting:
    where = ", ".join(sorted(names[uid] for uid in clash.channels))
    return Meeting(clash.kind, other.title, other.uid, round(clash.apart_ms / 60_000), where)


def planned(one: Publication) -> Planned:
    channels = frozenset(row.channel.uid for row in one.variants.all())
    return Planned(one.uid, one.due_ms, channels, one.owner.uid if one.owner else "")


def met_by(seat: Seat, one: Publication) -> list[Meeting]:
    """What a publication collides with."""
    if not one.due_ms:
        return []
    around = access.planned(seat, one.due_ms - 48 * HOUR_MS, one.due_ms + 48 * HOUR_MS)
    return meetings(around, access.habit(seat.workspace).apart_hours).get(one.uid, [])


def outside_by_day(dates: Iterable[Outside], zone: ZoneInfo) -> dict[date, list[Outside]]:
    """A date of several days is on each of them, at most a month."""
    found: dict[date, list[Outside]] = {}
    for one in dates:
        first, last = span(one, zone)
        for place in range(min((last - first).days, 31) + 1):
            found.setdefault(first + place * DAY, []).append(one)
    return found


def span(one: Outside, zone: ZoneInfo) -> tuple[date, date]:
    """Its first and its last day. The end of a whole day is the midnight after it."""
    if one.whole_day:
        return to_datetime(one.start_ms).date(), to_datetime(max(one.start_ms, one.end_ms - 1)).date()
    return on_wall(one.start_ms, zone).date(), on_wall(max(one.start_ms, one.end_ms - 1), zone).date()


def weeks(found: Sequence[Day]) -> list[Sequence[Day]]:
    return [found[place : place + 7] for place in range(0, len(found), 7)]
