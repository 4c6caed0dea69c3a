"""The ledger as files: a table for a spreadsheet, and due days for a calendar."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from palabre.clock import to_datetime
from palabre.desk.design.words import speak
from palabre.desk.promises.ledger import Wall
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.names import called
from palabre.engage.promises import has_hour, local_day, standing
from palabre.exports.writers import safe

COLUMNS = ("words", "due", "state", "person", "owner", "case", "made", "settled", "proof", "uri", "uid")
ALARM = timedelta(hours=-15)  # nine o'clock on the day before


def table(found: Sequence[Promise], wall: Wall, lang: str) -> str:
    """CSV, with a head in the reader's language; the mark in front makes Excel read accents rightly."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([speak(f"promise_page.column.{name}", lang) for name in COLUMNS])
    for one in found:
        writer.writerow([safe(value) for value in row(one, wall, lang)])
    return "\ufeff" + out.getvalue()


def row(one: Promise, wall: Wall, lang: str) -> Iterator[str]:
    stands = standing(one.state, one.due_ms, wall.now_ms, wall.near_until)
    yield from (one.words, shown(one.due_ms, wall), speak(f"promise_page.state.{stands}", lang))
    yield from (one.person.name if one.person else "", called(one.owner, lang) if one.owner else "")
    yield from (one.case.title if one.case else "", shown(one.made_ms, wall), shown(one.settled_ms, wall))
    yield from (one.proof, one.uri, one.uid)


def shown(ms: int, wall: Wall) -> str:
    """ISO 8601 on the reader's clock; a whole day as a day."""
    if not ms:
        return ""
    return datetime.fromtimestamp(ms / 1000, wall.zone).isoformat(timespec="minutes") if has_hour(
        ms, wall.zone
    ) else local_day(ms, wall.zone).isoformat()  # fmt: skip


def calendar(found: Sequence[Promise], wall: Wall, lang: str, name: str) -> bytes:
    """RFC 5545: an event a promise that is open and dated, a day long where the day was promised; with a reminder."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Palabre//promises//FR")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    for one in found:
        if one.state == "open" and one.due_ms:
            made.add_component(event(one, wall, lang))
    return bytes(made.to_ical())


def event(one: Promise, wall: Wall, lang: str):  # type: ignore[no-untyped-def]  # a class of icalendar
    from icalendar import Alarm, Event

    made = Event()
    made.add("uid", f"{one.uid}@palabre")
    made.add("dtstamp", datetime.fromtimestamp(one.made_ms / 1000, UTC))
    made.add("summary", one.words)
    if has_hour(one.due_ms, wall.zone):
        made.add("dtstart", to_datetime(one.due_ms))
    else:
        made.add("dtstart", local_day(one.due_ms, wall.zone))
    if one.person:
        made.add("description", speak("promise_page.to", lang, name=one.person.name))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", one.words)
    alarm.add("trigger", ALARM)
    made.add_component(alarm)
    return made
