"""The ledger as it is asked: filters, standings, order. What is late comes first, whatever is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q

from palabre.desk.clock import now_ms
from palabre.desk.promises.access import promises
from palabre.desk.promises.figures import month_of
from palabre.desk.promises.models import Promise
from palabre.desk.promises.words import day_words, distance
from palabre.desk.today.access import country_of, zone_of
from palabre.desk.workspaces.access import Seat
from palabre.engage.promises import STANDINGS, near_until, standing

PAGE = 50
CURRENT = ("late", "near", "open")
STATES = ("current", *STANDINGS, "all")
WHOSE = ("all", "mine", "nobody")
MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wall:
    """The clock and the days off of whoever looks."""

    zone: ZoneInfo
    country: str
    now_ms: int

    @property
    def near_until(self) -> int:
        return near_until(self.now_ms, self.zone, self.country)


@dataclass(frozen=True, slots=True)
class Line:
    """A promise as a list shows it. when: the day it is due; away: how far that is."""

    promise: Promise
    standing: str
    when: str
    away: str

    @property
    def tone(self) -> str:
        """Of a chip; never the only sign."""
        return {"late": "bad", "near": "warn", "kept": "good", "broken": "bad"}.get(self.standing, "")


@dataclass(frozen=True, slots=True)
class Asked:
    """state: of STATES; whose: of WHOSE; text: words looked for; month: "2026-11" in which it falls or fell due."""

    state: str = "current"
    whose: str = "all"
    text: str = ""
    skip: int = 0
    month: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        state, whose = given.get("state", "current"), given.get("whose", "all")
        skip, month = given.get("skip", "0"), given.get("month", "")
        return cls(
            state if state in STATES else "current",
            whose if whose in WHOSE else "all",
            given.get("q", "")[:100].strip(),
            int(skip) if skip.isascii() and skip.isdecimal() and len(skip) < 8 else 0,
            month if MONTH.fullmatch(month) else "",
        )

    def address(self, **other: object) -> str:
        values = {"state": self.state, "whose": self.whose, "q": self.text, "month": self.month, **other}
        usual = {"state": "current", "whose": "all", "q": "", "month": "", "skip": 0}
        return urlencode({name: value for name, value in values.items() if value != usual.get(name)})


def wall_of(seat: Seat) -> Wall:
    return Wall(zone_of(seat), country_of(seat), now_ms())


def chosen(seat: Seat, asked: Asked, wall: Wall) -> list[Promise]:
    """The promises asked for, in the order of the ledger."""
    found = promises(seat).filter(of_state(asked.state, wall), of_whom(seat, asked.whose))
    if asked.text:
        found = found.filter(Q(words__icontains=asked.text) | Q(person__name__icontains=asked.text))
    kept = [one for one in found if not asked.month or f"{month_of(one, wall.zone):%Y-%m}" == asked.month]
    return in_order(kept, wall)


def of_state(state: str, wall: Wall) -> Q:
    """A standing as a condition."""
    dated = Q(state="open", due_ms__gt=0)
    return {
        "all": Q(),
        "current": Q(state="open"),
        "late": dated & Q(due_ms__lt=wall.now_ms),
        "near": dated & Q(due_ms__gte=wall.now_ms, due_ms__lte=wall.near_until),
        "open": Q(state="open") & (Q(due_ms=0) | Q(due_ms__gt=wall.near_until)),
    }.get(state, Q(state=state))


def of_whom(seat: Seat, whose: str) -> Q:
    return {"mine": Q(owner=seat.user), "nobody": Q(owner=None)}.get(whose, Q())


def in_order(found: Iterable[Promise], wall: Wall) -> list[Promise]:
    """Late ones first, the longest late on top; then near, open by date with the undated last; then what is settled,
    the freshest first."""
    until = wall.near_until

    def place(one: Promise) -> tuple[int, float]:
        stands = standing(one.state, one.due_ms, wall.now_ms, until)
        settled = stands not in CURRENT
        return min(STANDINGS.index(stands), 3), -one.settled_ms if settled else one.due_ms or float("inf")

    return sorted(found, key=place)


def counts(seat: Seat, wall: Wall) -> dict[str, int]:
    """How many stand where."""
    until, tally = wall.near_until, dict.fromkeys(STANDINGS, 0)
    for state, due_ms in promises(seat).values_list("state", "due_ms"):
        tally[standing(state, due_ms, wall.now_ms, until)] += 1
    return tally | {"current": sum(tally[name] for name in CURRENT), "all": sum(tally.values())}


def line(one: Promise, wall: Wall, lang: str) -> Line:
    when = day_words(one.due_ms, wall.zone, lang) if one.due_ms else ""
    away = distance(one.due_ms, wall.zone, lang, wall.now_ms) if one.due_ms and one.state == "open" else ""
    return Line(one, standing(one.state, one.due_ms, wall.now_ms, wall.near_until), when, away)


def lines(found: Sequence[Promise], wall: Wall, lang: str) -> list[Line]:
    return [line(one, wall, lang) for one in found]


def grouped(found: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """By standing, in the order they come."""
    groups: dict[str, list[Line]] = {}
    for one in found:
        groups.setdefault(one.standing, []).append(one)
    return list(groups.items())


def page_context(seat: Seat, asked: Asked, lang: str) -> dict[str, Any]:
    """What the list shows of what was asked."""
    wall = wall_of(seat)
    found = chosen(seat, asked, wall)
    shown = lines(found[asked.skip : asked.skip + PAGE], wall, lang)
    more = asked.skip + PAGE < len(found)
    tally = counts(seat, wall)
    return {
        "asked": asked,
        "groups": grouped(shown),
        "total": len(found),
        "tally": tally,
        "states": [(name, tally[name], asked.address(state=name, skip=0)) for name in STATES if name == asked.state
                   or tally[name]],
        "whose": [(name, asked.address(whose=name, skip=0)) for name in WHOSE],
        "newer": "?" + asked.address(skip=max(0, asked.skip - PAGE)) if asked.skip else "",
        "older": "?" + asked.address(skip=asked.skip + PAGE) if more else "",
        "address": asked.address(),
    }  # fmt: skip
