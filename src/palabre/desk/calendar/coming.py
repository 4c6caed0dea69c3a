"""Dates of others from an .ics file: repeated ones are spread over two years, what cannot be read is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from palabre.desk.calendar.models import Outside
from palabre.desk.clock import now_ms
from palabre.desk.workspaces.models import Workspace
from palabre.errors import InputError
from palabre.text.clean import clean_text

BYTES_MAX, DATES_MAX = 2_000_000, 2_000
PAST, AHEAD = timedelta(days=90), timedelta(days=730)
REPEATS_MAX = 20_000  # spread in about ten seconds
PER_DAY = {"SECONDLY": 86_400.0, "MINUTELY": 1_440.0, "HOURLY": 24.0, "WEEKLY": 1 / 7, "MONTHLY": 1 / 30,
           "YEARLY": 1 / 365}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Came:
    """new, changed, known: dates; beyond: more than are taken at once."""

    new: int = 0
    changed: int = 0
    known: int = 0
    beyond: int = 0


def read(body: bytes, zone: ZoneInfo, at_ms: int) -> list[dict[str, Any]]:
    """Fields of `Outside`, soonest first. zone: of times that name none. Raises InputError ``calendar.file.*``."""
    if len(body) > BYTES_MAX:
        raise InputError("calendar.file.big", limit=BYTES_MAX // 1_000_000)
    import recurring_ical_events  # type: ignore[import-untyped]
    from icalendar import Calendar

    now = datetime.fromtimestamp(at_ms / 1000, UTC)
    try:
        made = Calendar.from_ical(body)
        repeated = sum(repeats(one, now) for one in made.walk("VEVENT"))
    except Exception as error:  # whatever the library meets in a file of others
        raise InputError("calendar.file.unread") from error
    if repeated > REPEATS_MAX:
        raise InputError("calendar.file.dense")
    try:
        events = recurring_ical_events.of(made, skip_bad_series=True).between(now - PAST, now + AHEAD)
    except Exception as error:  # whatever the library meets in a file of others
        raise InputError("calendar.file.unread") from error
    if not made.walk("VEVENT"):
        raise InputError("calendar.file.none")
    rows = [row for one in events[: 4 * DATES_MAX] if (row := fields(one, zone))]
    return sorted(rows, key=lambda row: row["start_ms"])


def repeats(event: Any, now: datetime) -> float:
    """About how often an event is repeated by the end of what is taken: how long it takes to spread it."""
    rules, start = event.get("RRULE") or [], getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(start, date):
        return 0.0
    days = max(0, ((now + AHEAD).date() - date(start.year, start.month, start.day)).days)
    return sum(times(rule, days) for rule in (rules if isinstance(rules, list) else [rules]))


def times(rule: Any, days: int) -> float:
    """An hour, a minute or a second in a rule counts as often as it is named."""
    often = PER_DAY.get(str(next(iter(rule.get("FREQ", [])), "")).upper(), 1.0)
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        often *= max(1, len(rule.get(name, ())))
    most = float(next(iter(rule.get("COUNT", [])), "inf"))
    return min(most, often * days / max(1, int(next(iter(rule.get("INTERVAL", [])), 1))))


def fields(event: Any, zone: ZoneInfo) -> dict[str, Any] | None:
    """None for an event without a start or a title."""
    start = getattr(event.get("DTSTART"), "dt", None)
    title = " ".join(clean_text(str(event.get("SUMMARY", ""))).split())[:200]
    if start is None or not title:
        return None
    whole = not isinstance(start, datetime)
    usual = timedelta(days=1) if whole else timedelta(hours=1)
    end = getattr(event.get("DTEND"), "dt", None) or start + usual
    start_ms = ms(start, zone)
    end_ms = max(start_ms + 1, ms(end, zone))
    ref = f"{str(event.get('UID', title))[:240]}@{start_ms}"
    return {"ref": ref, "title": title, "start_ms": start_ms, "end_ms": end_ms, "whole_day": whole}


def ms(moment: date | datetime, zone: ZoneInfo) -> int:
    """A whole day is its midnight in UTC; a time without a zone is of the house."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return round(moment.timestamp() * 1000)


def keep(workspace: Workspace, body: bytes, batch: str, zone: ZoneInfo) -> Came:
    """Adds what is new and follows what changed; the same file twice adds nothing. Raises InputError."""
    rows = read(body, zone, now_ms())
    known = {one.ref: one for one in Outside.objects.of(workspace)}
    counts = {"new": 0, "changed": 0, "known": 0}
    for row in rows[:DATES_MAX]:
        counts[kept(workspace, known.get(row["ref"]), row, batch)] += 1
    return Came(**counts, beyond=max(0, len(rows) - DATES_MAX))


def kept(workspace: Workspace, old: Outside | None, row: dict[str, Any], batch: str) -> str:
    if old is None:
        Outside.objects.add(workspace, batch=batch[:120], **row)
        return "new"
    same = (old.title, old.end_ms) == (row["title"], row["end_ms"])
    if not same:
        Outside.objects.of(workspace).filter(pk=old.pk).update(**row)
    return "known" if same else "changed"
