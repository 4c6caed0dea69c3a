"""When things come round on the wall clock, over the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from palabre.engage.alerting import (
    HOLD,
    KEEP,
    TELL,
    TRIES_MAX,
    Manners,
    Observation,
    decision,
    fresh,
    precision,
    retry_ms,
)
from palabre.engage.schedule import Rhythm, in_quiet, local
from palabre.errors import InputError

PARIS = "Europe/Paris"


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def shown(at: int, zone: str = PARIS) -> str:
    return local(at, zone).isoformat()


@pytest.mark.parametrize(
    ("rhythm", "after", "expected"),
    [
        (Rhythm("day", 480, PARIS), "2026-11-22T06:59", "2026-11-22T08:00:00+01:00"),
        (Rhythm("day", 480, PARIS), "2026-11-22T07:00", "2026-11-23T08:00:00+01:00"),
        (Rhythm("day", 150, PARIS), "2026-03-28T12:00", "2026-03-29T03:00:00+02:00"),  # 02:30 never comes
        (Rhythm("day", 150, PARIS), "2026-10-24T12:00", "2026-10-25T02:30:00+02:00"),  # 02:30 comes twice: the first
        (Rhythm("day", 150, PARIS), "2026-10-25T00:30", "2026-10-26T02:30:00+01:00"),  # and not the second
        (Rhythm("week", 480, PARIS, weekday=0), "2026-11-22T12:00", "2026-11-23T08:00:00+01:00"),
        (Rhythm("month", 480, PARIS, monthday=31), "2026-02-01T12:00", "2026-02-28T08:00:00+01:00"),
        (Rhythm("month", 480, PARIS, monthday=31), "2028-02-01T12:00", "2028-02-29T08:00:00+01:00"),
        (Rhythm("day", 0, "Africa/Dakar"), "2026-11-22T12:00", "2026-11-23T00:00:00+00:00"),
    ],
)
def test_the_next_turn_is_on_the_wall(rhythm: Rhythm, after: str, expected: str) -> None:
    assert shown(rhythm.after(ms(after)), rhythm.zone) == expected


def test_what_was_missed_comes_once() -> None:
    rhythm = Rhythm("day", 480, PARIS)
    woke = ms("2026-11-22T12:00")
    assert shown(rhythm.turn(woke)) == "2026-11-22T08:00:00+01:00"
    assert rhythm.after(woke) > woke


def test_a_year_of_days_has_a_turn_each() -> None:
    rhythm, at, seen = Rhythm("day", 150, PARIS), ms("2026-01-01T00:00"), set()
    while at < ms("2027-01-01T00:00"):
        at = rhythm.after(at)
        seen.add(local(at, PARIS).date())
    assert len(seen) == 366  # the last one is that of the next year's first day


def test_no_zone_is_no_zone() -> None:
    with pytest.raises(InputError):
        Rhythm("day", 1, "Mars/Olympus").after(0)


@pytest.mark.parametrize(
    ("hour", "quiet"), [("19:59", False), ("20:00", True), ("02:00", True), ("07:59", True), ("08:00", False)]
)
def test_quiet_hours_go_over_midnight(hour: str, quiet: bool) -> None:
    assert in_quiet(ms(f"2026-11-22T{hour}"), "UTC", 1_200, 480) is quiet


NOON = ms("2026-11-22T12:00")
NIGHT = ms("2026-11-22T23:00")


@pytest.mark.parametrize(
    ("manners", "now", "expected"),
    [
        (Manners("UTC"), NOON, (TELL, NOON)),
        (Manners("UTC", muted_until_ms=NOON + 1), NOON, (KEEP, 0)),
        (Manners("UTC", cooldown_ms=3_600_000, spoke_ms=NOON - 60_000), NOON, (HOLD, NOON + 3_540_000)),
        (Manners("UTC", cooldown_ms=3_600_000, spoke_ms=NOON - 7_200_000), NOON, (TELL, NOON)),
        (Manners("UTC", 1_200, 480), NIGHT, (HOLD, ms("2026-11-23T08:00"))),
        (Manners("UTC", 1_200, 480, 3_600_000, spoke_ms=ms("2026-11-22T19:30")), ms("2026-11-22T19:40"),
         (HOLD, ms("2026-11-23T08:00"))),
    ],
)  # fmt: skip
def test_an_alert_speaks_at_its_time(manners: Manners, now: int, expected: tuple[str, int]) -> None:
    assert decision(manners, now) == expected


def test_the_same_thing_is_told_once_and_history_is_not() -> None:
    seen = [Observation(key, "t", at_ms=at) for key, at in (("a", 5), ("a", 6), ("b", 5), ("old", 1))]
    assert [one.key for one in fresh(seen, ["b"], 2)] == ["a"]


def test_retries_come_later_each_time_and_end() -> None:
    waits = [retry_ms(tries, 0) for tries in range(1, TRIES_MAX + 1)]
    assert waits[:-1] == sorted(waits[:-1])
    assert waits[-1] == 0


def test_precision_says_too_few_before_five() -> None:
    assert precision([True] * 4).few
    found = precision([True] * 8 + [False] * 2)
    assert found.value == 0.8
    assert found.low is not None
    assert 0.49 < found.low < 0.5
