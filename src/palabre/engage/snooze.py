"""When a case that is put off comes back, on the wall clock of whoever puts it off. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from palabre.text.wall import placed

HOUR_MS = 3_600_000
DAY = timedelta(days=1)
MORNING, EVENING = 9, 17
PRESETS = ("hour", "hours", "evening", "tomorrow", "monday", "week")
LASTS: Mapping[str, int] = {"hour": HOUR_MS, "hours": 3 * HOUR_MS}
LONGEST_MS = 366 * 24 * HOUR_MS


def presets(now_ms: int, zone: ZoneInfo) -> dict[str, int]:
    """preset -> when, of those that make sense now: this evening is none after five."""
    found = {name: until(name, now_ms, zone) for name in PRESETS}
    return {name: when for name, when in found.items() if when > now_ms + HOUR_MS // 2}


def until(preset: str, now_ms: int, zone: ZoneInfo) -> int:
    """The moment, in epoch milliseconds. Hours pass as they pass; days are those of the calendar, at nine."""
    if preset in LASTS:
        return now_ms + LASTS[preset]
    now = datetime.fromtimestamp(now_ms / 1000, zone)
    if preset == "evening":
        return at(now, EVENING)
    days = {"tomorrow": 1, "monday": 7 - now.weekday(), "week": 7}[preset]
    return at(now + days * DAY, MORNING)


def at(day: datetime, hour: int) -> int:
    return placed(day.replace(hour=hour, minute=0, second=0, microsecond=0)).first


def moment(text: str, zone: ZoneInfo) -> int:
    """ "2026-11-27T14:00" as somebody typed it, on their clock; 0 when it cannot be meant."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return placed(wall.replace(tzinfo=wall.tzinfo or zone)).first
