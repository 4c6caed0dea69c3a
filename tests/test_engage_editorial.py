"""Dates on the wall, collisions, rhythm, hours and observances."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from palabre.engage.editorial import (
    HOUR_MS,
    Planned,
    clashes,
    may_approve,
    month_grid,
    odd_day,
    on_wall,
    placed,
    state_after,
)
from palabre.engage.observances import named
from palabre.engage.rhythm import Week, kept, longest_silence, midnight, parts, stands_out

PARIS, LONDON = ZoneInfo("Europe/Paris"), ZoneInfo("Europe/London")
HOURS_MS = HOUR_MS


@pytest.mark.parametrize(
    ("day", "minute", "zone", "kind", "shown"),
    [
        (date(2026, 11, 24), 9 * 60, PARIS, "plain", "2026-11-24 09:00:00"),
        (date(2027, 3, 28), 2 * 60 + 30, PARIS, "skipped", "2027-03-28 03:00:00"),
        (date(2027, 3, 28), 2 * 60, PARIS, "skipped", "2027-03-28 03:00:00"),
        (date(2027, 3, 28), 3 * 60, PARIS, "plain", "2027-03-28 03:00:00"),
        (date(2027, 3, 28), 1 * 60 + 15, LONDON, "skipped", "2027-03-28 02:00:00"),
        (date(2026, 10, 25), 2 * 60 + 30, PARIS, "twice", "2026-10-25 02:30:00"),
        (date(2026, 10, 25), 3 * 60, PARIS, "plain", "2026-10-25 03:00:00"),
    ],
)
def test_a_time_on_the_wall_becomes_a_moment(day: date, minute: int, zone: ZoneInfo, kind: str, shown: str) -> None:
    slot = placed(day, minute, zone)
    assert (slot.kind, str(on_wall(slot.ms, zone))) == (kind, shown)


def test_a_time_that_comes_twice_has_two_moments_an_hour_apart() -> None:
    first, second = (placed(date(2026, 10, 25), 150, PARIS, second=second) for second in (False, True))
    assert second.ms - first.ms == HOUR_MS
    assert (first.other_ms, second.other_ms) == (second.ms, first.ms)


def test_days_on_which_the_clocks_are_moved_are_known() -> None:
    assert [odd_day(day, PARIS) for day in (date(2027, 3, 28), date(2026, 10, 25), date(2026, 10, 26))] == [60, -60, 0]


def test_two_on_one_channel_too_near_collide_and_others_do_not() -> None:
    one, far = Planned("a", 0, {"x", "y"}), Planned("d", 4 * HOUR_MS, {"x"})
    near, elsewhere = Planned("b", HOUR_MS, {"x"}), Planned("c", HOUR_MS, {"z"})
    found = clashes([far, elsewhere, near, one], 4 * HOUR_MS)
    assert [(clash.kind, clash.one, clash.other) for clash in found] == [("channel", "a", "b"), ("channel", "b", "d")]
    assert found[0].channels == {"x"}


def test_one_person_cannot_accompany_two_at_once() -> None:
    found = clashes([Planned("a", 0, {"x"}, "léa"), Planned("b", HOUR_MS // 2, {"z"}, "léa")], HOUR_MS)
    assert [clash.kind for clash in found] == ["person"]
    assert clashes([Planned("a", 0, {"x"}), Planned("b", 0, {"z"})], HOUR_MS) == []


def test_a_collision_is_measured_in_real_hours_over_a_clock_change() -> None:
    before = placed(date(2027, 3, 28), 90, PARIS).ms
    after = placed(date(2027, 3, 28), 180, PARIS).ms  # ninety minutes on the wall, thirty in truth
    assert after - before == HOUR_MS // 2
    assert clashes([Planned("a", before, {"x"}), Planned("b", after, {"x"})], HOUR_MS)


def test_a_month_is_whole_weeks_from_monday() -> None:
    weeks = month_grid(2026, 11)
    assert (weeks[0][0], weeks[-1][-1], len(weeks)) == (date(2026, 10, 26), date(2026, 12, 6), 6)
    assert all(day.weekday() == place for week in weeks for place, day in enumerate(week))
    assert len(month_grid(2027, 2)) == 4


@pytest.mark.parametrize(
    ("rule", "own", "manager", "may"),
    [
        ("", True, False, True),
        ("member", True, True, False),
        ("member", False, False, True),
        ("manager", True, True, True),
        ("manager", False, False, False),
    ],
)
def test_who_may_approve(rule: str, own: bool, manager: bool, may: bool) -> None:
    assert may_approve(rule, own=own, manager=manager) is may


@pytest.mark.parametrize(
    ("sendings", "state"),
    [
        (["sent", "sent"], "published"),
        (["sent", "refused"], "failed"),
        (["sent", "unknown"], "scheduled"),
        (["queued"], "scheduled"),
        (["cancelled"], "approved"),
        (["cancelled", "sent"], "published"),
        ([], "approved"),
    ],
)
def test_the_state_of_a_publication_follows_its_sendings(sendings: list[str], state: str) -> None:
    assert state_after(sendings) == state


def test_a_rhythm_is_counted_by_whole_weeks() -> None:
    monday = midnight(date(2026, 11, 2), PARIS)
    day = 24 * HOUR_MS
    times = [monday + day, monday + 2 * day, monday + 7 * day, monday + 15 * day, monday + 16 * day]
    found = kept(times, 2, monday - 2 * day, monday + 17 * day, PARIS)
    assert [(week.n, week.kept, week.over) for week in found.weeks] == [
        (2, True, True), (1, False, True), (2, True, False),
    ]  # fmt: skip
    assert (found.streak, found.best, found.held, found.ended) == (1, 1, 1, 2)
    assert found.silence_ms == 8 * day


def test_a_running_week_that_is_not_kept_yet_breaks_no_streak() -> None:
    monday = midnight(date(2026, 11, 2), PARIS)
    found = kept([monday, monday + 7 * 24 * HOUR_MS], 1, monday, monday + 15 * 24 * HOUR_MS, PARIS)
    assert [week.n for week in found.weeks] == [1, 1, 0]
    assert found.streak == 2


def test_silence_runs_up_to_now() -> None:
    assert longest_silence([0, 10, 40]) == (30, 10)
    assert longest_silence([]) == (0, 0)
    assert Week(date(2026, 1, 5), 0, 0, True).kept


def test_hours_say_nothing_of_too_few_and_name_a_best_only_when_it_is() -> None:
    monday = midnight(date(2026, 11, 2), PARIS)
    morning = [(monday + 9 * HOUR_MS, answers) for answers in (9, 10, 11, 10, 12, 9)]
    evening = [(monday + 20 * HOUR_MS, answers) for answers in (1, 2, 1, 0, 2)]
    found = parts([*morning, *evening, (monday + 15 * HOUR_MS, 50)], PARIS)
    assert [(one.part, one.n, one.mean is None) for one in found] == [
        ("morning", 6, False), ("evening", 5, False), ("afternoon", 1, True),
    ]  # fmt: skip
    best = stands_out(found)
    assert best is not None
    assert best.part == "morning"
    assert stands_out(parts(evening, PARIS)) is None


@pytest.mark.parametrize(
    ("day", "country", "keys"),
    [
        (date(2027, 5, 30), "fr", ("mothers_day",)),
        (date(2023, 6, 4), "fr", ("mothers_day",)),  # the last Sunday of May 2023 was Pentecost
        (date(2026, 3, 15), "gb", ("mothers_day",)),
        (date(2026, 5, 8), "fr", ("victory",)),
        (date(2026, 5, 14), "fr", ("ascension",)),
        (date(2026, 11, 27), "fr", ("black_friday",)),
        (date(2026, 4, 6), "fr", ("easter_monday",)),
        (date(2026, 11, 24), "fr", ()),
        (date(2026, 8, 31), "gb", ("holiday",)),
    ],
)
def test_days_have_their_names(day: date, country: str, keys: tuple[str, ...]) -> None:
    assert named(day, country) == keys
