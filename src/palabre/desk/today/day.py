"""What a list of a day is made of: a file in `kinds/` with a ``KIND`` is one kind of entry.

    class Late:
        name = "promise"                                   # the first part of its keys: "promise:3f2a…"
        def gather(self, day: Day) -> Gathered: ...        # what there is, whether it fits or not
        def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]: ...

Entries keep ids and numbers alone; words are made when they are shown: what was erased is not remembered here.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.today.access import habit, zone_in
from palabre.desk.today.models import Brief
from palabre.desk.workspaces.access import Seat
from palabre.engage.brief import Item
from palabre.engage.promises import local_day

GATHERED_MAX = 200  # of one kind; what is beyond is counted, and left out
DAY_MS = 86_400_000
HOURS_FROM = 90  # minutes
Facts = Mapping[str, Any]
Wanted = Mapping[str, Facts]  # id of an entry → what was reckoned when it was gathered


@dataclass(frozen=True, slots=True)
class Day:
    """Whose day it is. since_ms: what happened after is new; told: keys of the last lists."""

    seat: Seat
    lang: str
    zone: ZoneInfo
    country: str
    now_ms: int
    since_ms: int
    told: frozenset[str] = frozenset()

    @property
    def date(self) -> date:
        return local_day(self.now_ms, self.zone)

    def say(self, key: str, **params: object) -> str:
        return speak(f"today.{key}", self.lang, **params)

    def at(self, route: str, query: Mapping[str, object] | None = None, **ids: Any) -> str:
        """An address in the workspace."""
        here = reverse(route, kwargs={"workspace_slug": self.seat.workspace.slug, **ids})
        return f"{here}?{urlencode(query, doseq=True)}" if query else here


@dataclass(frozen=True, slots=True)
class Gathered:
    """items: without the words of `Shown`, which are counted for all; beyond: how many more there are; facts: by key,
    numbers that took long to reckon, kept with the list; never a text."""

    items: tuple[Item, ...] = ()
    beyond: int = 0
    facts: Mapping[str, Facts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry in words. title: what; why: why today; href: where it is done; tone: bad, warn or ""; done: it was
    seen to elsewhere (a case was answered, a promise kept)."""

    title: str
    why: str
    href: str
    tone: str = ""
    mark: str = ""
    done: bool = False


def lasting(minutes: int, lang: str) -> str:
    """A time that is only about: in minutes, in whole hours from an hour and a half on."""
    whole = minutes < HOURS_FROM
    return speak("today.minutes" if whole else "today.hours", lang, n=minutes if whole else round(minutes / 60))


class Kind(Protocol):
    name: str
    needs: str

    def gather(self, day: Day) -> Gathered: ...

    def show(self, day: Day, ids: Wanted) -> Mapping[str, Shown]: ...


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by name."""
    from palabre.desk.today import kinds as package

    modules = [import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)]
    return {module.KIND.name: module.KIND for module in modules}


def day_of(seat: Seat, lang: str, at_ms: int = 0) -> Day:
    """The day somebody is in. The first list looks back a week, the next ones to the list before, two weeks at most."""
    own, now = habit(seat), at_ms or now_ms()
    zone = zone_in(own)
    today = local_day(now, zone).isoformat()
    before = list(Brief.objects.of(seat.workspace).filter(user=seat.user, day__lt=today)[:7])
    since = max(before[0].made_ms, now - 14 * DAY_MS) if before else now - 7 * DAY_MS
    told = frozenset(entry["key"] for brief in before for entry in brief.entries)
    return Day(seat, lang, zone, own.country, now, since, told)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list as a page and a letter show it."""

    key: str
    section: str
    seconds: float
    shown: Shown
    ticked: bool = False

    @property
    def done(self) -> bool:
        return self.ticked or self.shown.done

    @property
    def minutes(self) -> int:
        return max(1, round(self.seconds / 60))


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A day as it is shown. left: (section, how many, minutes they would take, address); failed: kinds that could not
    be asked."""

    date: date
    minutes: int
    made_ms: int
    since_ms: int
    sections: tuple[Section, ...]
    left: tuple[tuple[str, int, int, str], ...] = ()
    uncovered: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    doing: Mapping[str, float] = field(default_factory=dict)

    def left_out(self, lang: str) -> list[tuple[str, str, str]]:
        """What did not fit: (section, how much in words, address)."""
        return [
            (name, speak("today.left.line", lang, n=n, time=lasting(minutes, lang)), address)
            for name, n, minutes, address in self.left
        ]

    @property
    def entries(self) -> list[Entry]:
        return [entry for section in self.sections for entry in section.entries]

    @property
    def n(self) -> int:
        return len(self.entries)

    @property
    def done(self) -> int:
        return sum(entry.done for entry in self.entries)

    @property
    def over(self) -> bool:
        """Whether everything was seen to."""
        return self.done == self.n

    @property
    def estimate(self) -> int:
        """Minutes of the whole list."""
        return round(sum(entry.seconds for entry in self.entries) / 60)

    @property
    def rest(self) -> int:
        """Minutes of what is not done."""
        return round(sum(entry.seconds for entry in self.entries if not entry.done) / 60)
