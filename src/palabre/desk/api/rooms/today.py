"""The brief of the day: what fits, what was left out, what is done of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import When
from palabre.desk.api.screens import Values, deed
from palabre.desk.design.language import lang_of
from palabre.desk.today import making
from palabre.desk.today.access import habit
from palabre.desk.today.day import Entry, Page, day_of
from palabre.desk.today.forms import HabitForm


class EntryOut(Schema):
    """why: why today; page: where on the desk it is done."""

    key: str
    section: str
    seconds: float
    title: str
    why: str
    page: str
    done: bool


class BriefOut(Schema):
    """minutes: how long it may take; left: how much did not fit, by section; unwatched: kinds of watch that nobody
    watches; failed: what could not be asked."""

    date: date
    minutes: int
    made: When
    since: When
    entries: list[EntryOut]
    left: dict[str, int]
    unwatched: list[str]
    failed: list[str]


class HabitOut(Schema):
    minutes: int
    zone: str
    country: str
    mail_on: bool
    mail_hour: int
    mail_days: str


@operation("GET", "/today", BriefOut)
def today(request: HttpRequest, workspace_slug: str) -> Any:
    """The member's list of the day; it is made when it was not."""
    day = day_of(seat_of(request), lang_of(request))
    return brief_shown(making.page(day, making.made(day)))


def brief_shown(one: Page) -> dict[str, Any]:
    return {
        "date": one.date,
        "minutes": one.minutes,
        "made": one.made_ms,
        "since": one.since_ms,
        "entries": [entry_shown(entry) for section in one.sections for entry in section.entries],
        "left": {name: n for name, n, _, _ in one.left},
        "unwatched": list(one.uncovered),
        "failed": list(one.failed),
    }


def entry_shown(one: Entry) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in ("key", "section", "seconds", "done")}
    return same | {"title": one.shown.title, "why": one.shown.why, "page": one.shown.href}


@operation("GET", "/habit", HabitOut)
def own_habit(request: HttpRequest, workspace_slug: str) -> Any:
    """How long the member's day may take, its clock, the letter of the morning."""
    return habit(seat_of(request))


def ticked(values: Values, said: Values) -> None:
    values.update(key=said["key"], done="1" if said.get("done", True) else "0")


TICK = body("TodayTick", key=(Annotated[str, Field(min_length=1, max_length=120)], ...), done=(bool, True))
AGAIN = body("TodayAgain", minutes=(Annotated[int, Field(ge=1, le=600)] | None, None))
deed("POST", "/today/ticks", "today:tick", "tick_entry", TICK, then=today, fill=ticked)
deed("POST", "/today/again", "today:again", "make_brief_again", AGAIN, then=today)
deed("PATCH", "/habit", "today:habit", "change_habit", body("HabitChange", HabitForm, part=True), then=own_habit,
     begins=True)  # fmt: skip
