"""Where a promise stands, and when a day of ours ends. Pure: the moment, the zone and the holidays are given.

    paris = ZoneInfo("Europe/Paris")
    due_ms = due_at("2026-11-27", paris)                        # the last millisecond of that Friday, in Paris
    standing("open", due_ms, now_ms, near_until(now_ms, paris, "fr"))       # open, near or late

A promise is *near* when it falls due by the end of the next day of work: one for Monday is near on Friday.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from palabre.text.holidays import add_business_days, is_business_day
from palabre.text.wall import SKIPPED, placed

DAY = timedelta(days=1)
LAST = date.max - 2 * DAY  # nothing of a calendar is after it, in whichever zone
OPEN, NEAR, LATE = "open", "near", "late"
STANDINGS = (LATE, NEAR, OPEN, "kept", "renegotiated", "broken", "withdrawn")  # in the order they are shown
REMIND_AT = time(9)


def standing(state: str, due_ms: int, now_ms: int, near_until_ms: int) -> str:
    """Of STANDINGS. A promise without date (due_ms 0) is never near nor late."""
    if state != OPEN or not due_ms:
        return state
    return LATE if due_ms < now_ms else NEAR if due_ms <= near_until_ms else OPEN


def local_day(ms: int, zone: ZoneInfo) -> date:
    """The day a calendar on the wall shows at that moment."""
    return datetime.fromtimestamp(ms / 1000, zone).date()


def ms_of(wall: datetime) -> int:
    """Epoch milliseconds of a wall-clock time with its zone. One that comes twice is the second, one that is skipped
    is as long after midnight as it says: a promise never falls due earlier than its reader thinks."""
    found = placed(wall)
    return round(wall.replace(fold=0).timestamp() * 1000) if found.kind == SKIPPED else found.last


def end_of(day: date, zone: ZoneInfo) -> int:
    """The last millisecond of a day; days of 23 and 25 hours too."""
    return ms_of(datetime.combine(min(day, LAST) + DAY, time(), zone)) - 1


def due_at(due: str, zone: ZoneInfo) -> int:
    """ "2026-11-27" or "2026-11-27T14:00" on the wall clock as epoch milliseconds; "" is 0. ValueError: neither."""
    if not due:
        return 0
    if "T" in due:
        return ms_of(datetime.fromisoformat(due).replace(tzinfo=zone))
    return end_of(date.fromisoformat(due), zone)


def has_hour(due_ms: int, zone: ZoneInfo) -> bool:
    """Whether a promise is due at an hour rather than within a day."""
    return bool(due_ms) and due_ms != end_of(local_day(due_ms, zone), zone)


def near_until(now_ms: int, zone: ZoneInfo, country: str = "") -> int:
    """The end of the next day of work."""
    return end_of(add_business_days(local_day(now_ms, zone), 1, country), zone)


def in_workdays(now_ms: int, count: int, zone: ZoneInfo, country: str = "") -> date:
    """The day that many days of work after today."""
    return add_business_days(local_day(now_ms, zone), count, country)


def reminder(due_ms: int, now_ms: int, zone: ZoneInfo, country: str = "") -> int:
    """Nine o'clock on the day of work before it is due; 0 where that is past or nothing is due."""
    if not due_ms:
        return 0
    day = local_day(due_ms, zone) - DAY
    while not is_business_day(day, country):
        day -= DAY
    at = ms_of(datetime.combine(day, REMIND_AT, zone))
    return at if at > now_ms else 0
