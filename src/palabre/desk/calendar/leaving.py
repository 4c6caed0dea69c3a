"""The calendar as files: a table for a spreadsheet, and RFC 5545 for other calendars."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from palabre.desk.calendar import access
from palabre.desk.calendar.models import Feed, Publication
from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.exports.writers import safe

COLUMNS = ("title", "state", "due", "published", "channels", "themes", "objective", "owner", "approved_by", "version",
           "text", "uid")  # fmt: skip
PAST_MS = 90 * 86_400_000  # how far back a subscribed calendar goes
LENGTH = timedelta(minutes=30)
STATUS = {"published": "CONFIRMED", "scheduled": "CONFIRMED", "approved": "CONFIRMED"}


def table(found: Iterable[Publication], zone: ZoneInfo, lang: str) -> str:
    """CSV, with a head in the reader's language; the mark in front makes Excel read accents rightly."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([speak(f"calendar.column.{name}", lang) for name in COLUMNS])
    for one in found:
        writer.writerow([safe(value) for value in row(one, zone, lang)])
    return "\ufeff" + out.getvalue()


def row(one: Publication, zone: ZoneInfo, lang: str) -> Iterator[str]:
    yield from (one.title, speak(f"calendar.state.{one.state}", lang), iso(one.due_ms, zone))
    yield from (iso(one.published_ms, zone), ", ".join(each.channel.name for each in one.variants.all()))
    yield from (", ".join(one.themes), one.objective, one.owner.label if one.owner else "")
    yield from (one.approved_by.label if one.approved_by else "", str(one.version), one.text, one.uid)


def iso(ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(ms / 1000, zone).isoformat(timespec="minutes") if ms else ""


def calendar(feed: Feed) -> bytes:
    """What is dated, from three months ago on. Times are of the house's clock, with its VTIMEZONE (RFC 5545 3.6.5)."""
    zone = access.zone_of(feed.workspace)
    made = Calendar()
    for name, value in (("prodid", "-//Palabre//calendar//EN"), ("version", "2.0"), ("method", "PUBLISH")):
        made.add(name, value)
    made.add("x-wr-calname", f"{feed.workspace.name} · {speak('calendar.title', feed.lang)}")
    made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    found = access.publications(feed.workspace).filter(due_ms__gt=now_ms() - PAST_MS)
    for one in found[:5_000]:
        made.add_component(event(one, zone, feed.lang))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def event(one: Publication, zone: ZoneInfo, lang: str) -> Event:
    """Half an hour; an edited one has a higher SEQUENCE."""
    made = Event()
    start = datetime.fromtimestamp(one.due_ms / 1000, zone)
    made.add("uid", f"{one.uid}@palabre")
    made.add("dtstamp", datetime.fromtimestamp(one.changed_ms / 1000, UTC))
    made.add("last-modified", datetime.fromtimestamp(one.changed_ms / 1000, UTC))
    made.add("dtstart", start)
    made.add("dtend", datetime.fromtimestamp(one.due_ms / 1000 + LENGTH.seconds, zone))
    made.add("summary", f"{one.title} ({speak(f'calendar.state.{one.state}', lang)})")
    made.add("description", "\n".join([", ".join(each.channel.name for each in one.variants.all()), one.text]).strip())
    made.add("status", STATUS.get(one.state, "TENTATIVE"))
    made.add("transp", "TRANSPARENT")
    made.add("sequence", one.version)
    if one.themes:
        made.add("categories", one.themes)
    return made
