"""One place settles what the clocks of a wall do twice a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.text.wall import PLAIN, SKIPPED, TWICE, placed

CASES = [
    ("2026-11-27T14:00", "Europe/Paris", PLAIN, "2026-11-27T13:00", "2026-11-27T13:00"),
    ("2026-10-25T02:30", "Europe/Paris", TWICE, "2026-10-25T00:30", "2026-10-25T01:30"),
    ("2026-10-25T03:00", "Europe/Paris", PLAIN, "2026-10-25T02:00", "2026-10-25T02:00"),
    ("2026-03-29T02:00", "Europe/Paris", SKIPPED, "2026-03-29T01:00", "2026-03-29T01:00"),
    ("2026-03-29T02:59", "Europe/Paris", SKIPPED, "2026-03-29T01:00", "2026-03-29T01:00"),
    ("2026-03-29T03:00", "Europe/Paris", PLAIN, "2026-03-29T01:00", "2026-03-29T01:00"),
    ("2026-04-05T01:45", "Australia/Lord_Howe", TWICE, "2026-04-04T14:45", "2026-04-04T15:15"),  # by half an hour
    ("2011-12-30T12:00", "Pacific/Apia", SKIPPED, "2011-12-30T10:00", "2011-12-30T10:00"),  # a day that never was
    ("2018-11-04T00:30", "America/Sao_Paulo", SKIPPED, "2018-11-04T03:00", "2018-11-04T03:00"),  # midnight never was
]
ZONES = [
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Africa/Casablanca",
]


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(("wall", "zone", "kind", "first", "last"), CASES)
@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_of_the_wall_is_the_moment_it_is(
    wall: str, zone: str, kind: str, first: str, last: str, fold: int
) -> None:
    found = placed(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone), fold=fold))
    assert (found.kind, found.first, found.last) == (kind, ms(first), ms(last))


@given(st.datetimes(datetime(1975, 1, 1), datetime(2040, 1, 1)), st.sampled_from(ZONES))
def test_what_a_clock_shows_is_found_again(wall: datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    found = placed(wall.replace(microsecond=0, tzinfo=there))
    shown = {datetime.fromtimestamp(one / 1000, there).replace(tzinfo=None) for one in (found.first, found.last)}
    assert found.first <= found.last
    if found.kind == SKIPPED:
        assert min(shown) > wall.replace(microsecond=0)
        before = datetime.fromtimestamp(found.first / 1000 - 1, there).replace(tzinfo=None)
        assert before < wall.replace(microsecond=0) + timedelta(seconds=1)
    else:
        assert shown == {wall.replace(microsecond=0)}
