"""Where a promise stands: days of work, zones, nights on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from palabre.engage.promises import due_at, has_hour, in_workdays, near_until, reminder, standing

PARIS, MONTREAL = ZoneInfo("Europe/Paris"), ZoneInfo("America/Montreal")


def utc(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("due", "zone", "at"),
    [
        ("2026-11-27", PARIS, "2026-11-27T22:59:59.999"),
        ("2026-11-27", MONTREAL, "2026-11-28T04:59:59.999"),
        ("2026-03-29", PARIS, "2026-03-29T21:59:59.999"),  # a day of 23 hours
        ("2026-10-25", PARIS, "2026-10-25T22:59:59.999"),  # a day of 25 hours
        ("2026-10-25T02:30", PARIS, "2026-10-25T01:30:00"),  # comes twice: the second
        ("2026-03-29T02:30", PARIS, "2026-03-29T01:30:00"),  # never comes: as long after midnight
        ("2026-11-27T14:00", PARIS, "2026-11-27T13:00:00"),
    ],
)
def test_a_day_ends_where_its_reader_lives(due: str, zone: ZoneInfo, at: str) -> None:
    assert due_at(due, zone) == utc(at)
    assert has_hour(due_at(due, zone), zone) == ("T" in due)


@pytest.mark.parametrize(
    ("now", "due", "country", "state"),
    [
        ("2026-11-27T10:00", "2026-11-26", "fr", "late"),
        ("2026-11-27T10:00", "2026-11-27", "fr", "near"),
        ("2026-11-27T10:00", "2026-11-30", "fr", "near"),  # Friday: Monday is the next day of work
        ("2026-11-27T10:00", "2026-12-01", "fr", "open"),
        ("2026-12-24T10:00", "2026-12-28", "fr", "near"),  # over Christmas and a week-end
        ("2026-12-24T10:00", "2026-12-28", "", "open"),  # 25 December is a day of work without holidays
        ("2026-12-24T10:00", "2026-12-29", "gb", "near"),  # Boxing Day is kept on the Monday
    ],
)
def test_near_is_the_next_day_of_work(now: str, due: str, country: str, state: str) -> None:
    assert standing("open", due_at(due, PARIS), utc(now), near_until(utc(now), PARIS, country)) == state


def test_what_is_settled_or_undated_is_neither_near_nor_late() -> None:
    assert standing("kept", 1, 10**15, 10**15) == "kept"
    assert standing("open", 0, 10**15, 10**15) == "open"


def test_days_of_work_leave_out_week_ends_and_holidays() -> None:
    assert in_workdays(utc("2026-05-12T10:00"), 3, PARIS, "fr") == date(2026, 5, 18)


def test_the_reminder_comes_on_the_day_of_work_before() -> None:
    now = utc("2026-11-20T10:00")
    assert reminder(due_at("2026-11-30", PARIS), now, PARIS, "fr") == utc("2026-11-27T08:00")
    assert reminder(due_at("2026-11-20", PARIS), now, PARIS, "fr") == 0
    assert reminder(0, now, PARIS) == 0
