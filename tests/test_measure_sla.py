"""The SLA clock on cases worked out by hand: minutes by the calendar and minutes of business, wait by wait."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palabre.errors import InputError
from palabre.measure.hours import always, parse_hours
from palabre.measure.sla import KINDS, CaseEvent, CaseTimes, Took, case_times
from palabre.measure.sla_figures import Targets, breaches, cover, figures, quantile, ranks

MINUTE, HOUR = 60_000, 3_600_000
OFFICE = ("mon-fri 09:00-18:00", "Europe/Paris", "fr")
ROUND = ("24/7", "Europe/Paris", "")
SHORT = {"h": "human", "m": "machine"}


def at(text: str, zone: str = "Europe/Paris") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def events(text: str, zone: str) -> list[CaseEvent]:
    """ "2026-11-23 09:00 opened, 09:30 reply m": a day holds until the next one; h, human, where none is said."""
    found, day = [], ""
    for part in text.split(","):
        words = part.split()
        if len(words[0]) > 5:
            day = words.pop(0)
        by = SHORT[words[2]] if len(words) > 2 else "human"
        found.append(CaseEvent("c", words[1], at(f"{day} {words[0]}", zone), by))
    return found


def minutes(took: Took | None) -> tuple[int, int] | None:
    return (took.calendar_ms // MINUTE, took.business_ms // MINUTE) if took else None


MON, TUE, FRI = "2026-11-23", "2026-11-24", "2026-11-27"
TABLE: list[tuple[str, tuple[str, str, str], str, dict[str, Any]]] = [
    ("within a morning", OFFICE, f"{MON} 09:00 opened, 09:30 reply", {"first": (30, 30)}),
    ("over a night", OFFICE, f"{MON} 17:30 opened, {TUE} 09:15 reply", {"first": (945, 45)}),
    ("over a week-end", OFFICE, f"{FRI} 17:00 opened, 2026-11-30 10:00 reply", {"first": (3900, 120)}),
    ("within a week-end", OFFICE, "2026-11-28 12:00 opened, 2026-11-29 12:00 reply", {"first": (1440, 0)}),
    ("asked and answered at night", OFFICE, f"{MON} 23:00 opened, {TUE} 08:00 reply", {"first": (540, 0)}),
    ("over Christmas Day", OFFICE, "2026-12-24 17:00 opened, 2026-12-28 10:00 reply", {"first": (5340, 120)}),
    ("over New Year's Day", OFFICE, "2026-12-31 17:00 opened, 2027-01-04 10:00 reply", {"first": (5340, 120)}),
    ("over Easter Monday", OFFICE, "2026-04-03 17:00 opened, 2026-04-07 10:00 reply", {"first": (5340, 120)}),
    ("over Ascension Day", OFFICE, "2026-05-13 16:00 opened, 2026-05-15 11:00 reply", {"first": (2580, 240)}),
    ("Good Friday is worked in Paris", OFFICE, "2026-04-02 17:00 opened, 2026-04-07 10:00 reply",
     {"first": (6780, 660)}),
    ("Good Friday is off in Strasbourg", (*OFFICE[:2], "fr-al"), "2026-04-02 17:00 opened, 2026-04-07 10:00 reply",
     {"first": (6780, 120)}),
    ("Patriots' Day in Quebec", ("mon-fri 09:00-17:00", "America/Toronto", "ca-qc"),
     "2026-05-15 16:00 opened, 2026-05-19 10:00 reply", {"first": (5400, 120)}),
    ("Boxing Day moved to Monday", ("mon-fri 09:00-17:00", "Europe/London", "gb"),
     "2026-12-24 16:00 opened, 2026-12-29 10:00 reply", {"first": (6840, 120)}),
    ("a lunch break", ("mon-fri 09:00-12:00 14:00-18:00", "Europe/Paris", "fr"),
     f"{MON} 11:30 opened, 14:30 reply", {"first": (180, 60)}),
    ("clocks go forward, round the clock", ROUND, "2026-03-28 12:00 opened, 2026-03-29 12:00 reply",
     {"first": (1380, 1380)}),
    ("clocks go back, round the clock", ROUND, "2026-10-24 12:00 opened, 2026-10-25 12:00 reply",
     {"first": (1500, 1500)}),
    ("a night shift of nine hours", ("sat 22:00-06:00", "Europe/Paris", ""),
     "2026-10-24 22:00 opened, 2026-10-25 06:00 reply", {"first": (540, 540)}),
    ("a night shift of seven hours", ("sat 22:00-06:00", "Europe/Paris", ""),
     "2026-03-28 22:00 opened, 2026-03-29 06:00 reply", {"first": (420, 420)}),
    ("a shift that begins in the hour that is skipped", ("sun 02:30-04:00", "Europe/Paris", ""),
     "2026-03-29 00:00 opened, 06:00 reply", {"first": (300, 60)}),
    ("office hours over the week-end of the change", OFFICE, "2026-03-27 17:00 opened, 2026-03-30 10:00 reply",
     {"first": (3840, 120)}),
    ("a machine answers first", OFFICE, f"{MON} 09:00 opened, 09:01 reply m, 11:00 reply",
     {"first": (120, 120), "machine": (1, 1)}),
    ("only a machine answers", OFFICE, f"{MON} 09:00 opened, 09:01 reply m, 09:02 reply m",
     {"first": None, "machine": (1, 1), "so_far": (2, 2)}),
    ("three messages are one wait", OFFICE, f"{MON} 09:00 opened, 09:10 customer, 09:50 customer, 10:00 reply",
     {"first": (60, 60), "next": []}),
    ("a next reply", OFFICE, f"{MON} 09:00 opened, 09:20 reply, 11:00 customer, 11:45 reply",
     {"first": (20, 20), "next": [(45, 45)]}),
    ("two next replies, and a reply to nobody", OFFICE,
     f"{MON} 09:00 customer, 09:20 reply, 09:30 reply, 10:00 customer, 11:00 reply, 17:00 customer, {TUE} 10:00 reply",
     {"first": (20, 20), "next": [(60, 60), (1020, 120)]}),
    ("waiting before the first reply", OFFICE, f"{MON} 09:00 opened, 09:30 waiting, 12:00 customer, 12:30 reply",
     {"first": (60, 60), "off": (150, 150)}),
    ("a machine cannot say that we wait", OFFICE, f"{MON} 09:00 opened, 09:30 waiting m, 12:00 customer, 12:30 reply",
     {"first": (210, 210), "off": (0, 0)}),
    ("waiting over a week-end", OFFICE,
     f"{FRI} 09:00 opened, 10:00 reply, 10:00 waiting, 2026-11-30 10:00 customer, 11:00 reply, 12:00 resolved",
     {"first": (60, 60), "next": [(60, 60)], "resolution": (180, 180), "off": (4320, 540)}),
    ("waiting until it is resolved", OFFICE, f"{MON} 09:00 opened, 09:30 reply, 09:30 waiting, {TUE} 10:00 resolved",
     {"first": (30, 30), "resolution": (30, 30)}),
    ("waiting is said twice", OFFICE, f"{MON} 09:00 opened, 09:30 waiting, 10:00 waiting, 11:00 customer, 11:10 reply",
     {"first": (40, 40), "off": (90, 90)}),
    ("no longer waiting", OFFICE, f"{MON} 09:00 opened, 09:30 waiting, 10:00 resumed, 11:00 reply",
     {"first": (90, 90), "off": (30, 30)}),
    ("reopened by the customer's message", OFFICE,
     f"{MON} 09:00 opened, 09:30 reply, 10:00 resolved, 14:00 customer, 14:30 reply, 15:00 resolved",
     {"first": (30, 30), "next": [(30, 30)], "resolution": (120, 120), "reopened": 1}),
    ("reopened in so many words", OFFICE,
     f"{MON} 09:00 opened, 09:30 reply, 10:00 resolved, 14:00 customer, 14:00 reopened, 14:30 reply, 15:00 resolved",
     {"first": (30, 30), "next": [(30, 30)], "resolution": (120, 120), "reopened": 1}),
    ("reopened by an agent", OFFICE, f"{MON} 09:00 opened, 09:30 reply, 10:00 resolved, 11:00 reopened, 12:00 resolved",
     {"first": (30, 30), "next": [], "resolution": (120, 120), "reopened": 1}),
    ("reopened twice, still open", OFFICE,
     f"{MON} 09:00 opened, 10:00 resolved, 11:00 reopened, 12:00 resolved, 13:00 customer, 14:00 reply",
     {"first": None, "next": [(60, 60)], "resolution": None, "open_for": (180, 180), "reopened": 2}),
    ("resolved without a word", OFFICE, f"{MON} 09:00 opened, 10:00 resolved",
     {"first": None, "so_far": None, "resolution": (60, 60)}),
    ("resolved by a machine", OFFICE, f"{MON} 09:00 opened, 09:30 resolved m, 11:00 reply, 12:00 resolved",
     {"first": (120, 120), "resolution": (180, 180), "machine_resolution": (30, 30)}),
    ("a snooze and an assignment take nothing off", OFFICE,
     f"{MON} 09:00 opened, 09:05 snoozed, 09:06 assigned, 12:00 reply", {"first": (180, 180)}),
    ("answered in the same moment", OFFICE, f"{MON} 09:00 reply, 09:00 opened", {"first": (0, 0)}),
    ("asked and resolved in the same moment", OFFICE,
     f"{MON} 09:00 opened, 09:10 reply, 10:00 resolved, 10:00 customer",
     {"first": (10, 10), "next": [None], "resolution": (60, 60), "reopened": 0}),
    ("a machine and a human in the same moment", OFFICE, f"{MON} 09:00 opened, 09:10 reply, 09:10 reply m",
     {"first": (10, 10), "machine": (10, 10)}),
    ("we spoke first", OFFICE, f"{MON} 08:00 reply, 09:00 customer, 10:00 reply", {"first": (60, 60)}),
    ("opened twice", OFFICE, f"{MON} 09:00 opened, 09:30 opened, 10:00 reply", {"first": (60, 60), "next": []}),
    ("waiting across a holiday", OFFICE,
     "2026-12-24 09:00 opened, 10:00 waiting, 2026-12-28 10:00 customer, 11:00 reply, 11:00 resolved",
     {"first": (120, 120), "resolution": (120, 120), "off": (5760, 540)}),
]  # fmt: skip


def read(found: CaseTimes) -> dict[str, Any]:
    first = found.first
    return {
        "first": minutes(first.human) if first else None,
        "machine": minutes(first.machine) if first else None,
        "so_far": minutes(first.so_far) if first else None,
        "next": [minutes(one.human) for one in found.next],
        "resolution": minutes(found.resolution),
        "machine_resolution": minutes(found.machine_resolution),
        "open_for": minutes(found.open_for),
        "reopened": found.reopened,
        "off": minutes(found.off),
    }


@pytest.mark.parametrize(("name", "hours", "said", "expected"), TABLE, ids=[one[0] for one in TABLE])
def test_hand_worked_cases(name: str, hours: tuple[str, str, str], said: str, expected: dict[str, Any]) -> None:
    written = events(said, hours[1])
    orders = [written, written[::-1], written + written, random.Random(name).sample(written, len(written))]
    for some in orders:  # out of order, and heard twice
        found = case_times(some, parse_hours(*hours))
        assert found
        assert {key: value for key, value in read(found).items() if key in expected} == expected


def test_there_are_thirty_of_them() -> None:
    assert len(TABLE) >= 30


def test_the_same_event_with_the_same_id_counts_once() -> None:
    some = [CaseEvent("c", "opened", 0), CaseEvent("c", "reply", 60_000, "human", "r1")]
    later = CaseEvent("c", "reply", 120_000, "human", "r1")
    found = case_times([*some, later], always())
    assert found
    assert found.first
    assert found.first.human == Took(60_000, 60_000)


def test_what_nobody_asked_has_no_times() -> None:
    assert case_times([CaseEvent("c", "reply", 5), CaseEvent("c", "resolved", 9)], always()) is None


def test_later_events_do_not_count_and_a_wait_runs_until_then() -> None:
    found = case_times(events(f"{MON} 09:00 opened, 12:00 reply", "Europe/Paris"), always(), at(f"{MON} 10:00"))
    assert found
    assert found.first
    assert (found.first.human, minutes(found.first.so_far)) == (None, (60, 60))


ANY = st.builds(
    CaseEvent, st.just("c"), st.sampled_from(KINDS), st.integers(0, 40 * HOUR), st.sampled_from(["human", "machine"])
)


@settings(max_examples=120, deadline=None)
@given(st.lists(ANY, max_size=12))
def test_whatever_happens_times_are_sound(some: list[CaseEvent]) -> None:
    office = parse_hours("mon-sun 00:00-12:00 13:00-23:00", "Europe/Paris")
    found = case_times(some, office)
    assert found == case_times(some[::-1] + some, office)
    if found:
        waits = ([found.first] if found.first else []) + list(found.next)
        taken = [one.human for one in waits] + [one.machine for one in waits] + [found.resolution, found.open_for]
        for one in taken:
            assert one is None or 0 <= one.business_ms <= one.calendar_ms


@settings(max_examples=60, deadline=None)
@given(st.integers(1_700_000_000, 1_800_000_000), st.integers(0, 10**6), st.integers(0, 10**6))
def test_stretches_of_business_time_add_up(start: int, one: int, other: int) -> None:
    hours = parse_hours("mon-fri 09:00-18:00, sat 22:00-03:00", "Europe/Paris", "fr")
    ends = [start * 1000, (start + one) * 1000, (start + one + other) * 1000]
    assert hours.between(ends[0], ends[1]) + hours.between(ends[1], ends[2]) == hours.between(ends[0], ends[2])


# business hours


@pytest.mark.parametrize(
    "text", ["", "mon", "mon-fri", "mon 9-18", "mon 09:00-25:00", "mon 09:00-12:00 11:00-13:00", "xyz 09:00-10:00",
             "mon 09:60-10:00", "mon-fri 09:00-18:00;sat 09:00-10:00"],
)  # fmt: skip
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_hours(text, "Europe/Paris")


def test_days_may_be_french_and_run_over_the_week_end() -> None:
    assert parse_hours("ven-lun 10:00-11:00", "UTC").shifts == parse_hours("fri-mon 10:00-11:00", "UTC").shifts


@pytest.mark.parametrize(("zone", "country"), [("Mars/Base", ""), ("", ""), ("UTC", "xx")])
def test_an_unknown_zone_or_country_is_refused(zone: str, country: str) -> None:
    with pytest.raises(InputError):
        parse_hours("24/7", zone, country)


# figures


def of_minutes(name: str, *first: int) -> list[CaseTimes]:
    made = [case_times([CaseEvent(f"{name}{n}", "opened", 0), CaseEvent(f"{name}{n}", "reply", one * MINUTE)], always())
            for n, one in enumerate(first)]  # fmt: skip
    return [one for one in made if one]


def test_a_median_and_a_percentile_say_how_many_cases_they_rest_on() -> None:
    found = {one.name: one for one in figures(of_minutes("c", *range(1, 12)))}
    median, late = found["first_business_median"], found["first_business_p90"]
    assert (median.value, median.n, median.low, median.high, median.unit) == (360, 11, 120, 600, "seconds")
    assert (late.value, late.high) == (600, None)
    assert found["next_business_median"].few


def test_four_cases_are_too_few_and_five_are_not() -> None:
    assert quantile("x", [1000] * 4, 0.5).few
    assert quantile("x", [1000, 2000, 3000, 4000, 50_000], 0.5).value == 3
    assert quantile("x", [1000, 2000, 3000, 4000, 5000, 60_000], 0.5).value == 3.5


def test_intervals_hold_the_quantile_as_often_as_they_say() -> None:
    rng = random.Random(7)
    for n, share in ((12, 0.5), (40, 0.5), (60, 0.9)):
        low, high = ranks(n, share)
        held = 0
        for _ in range(2_000):
            drawn = sorted(rng.random() for _ in range(n))
            held += drawn[low] <= share <= drawn[high]
        assert held / 2_000 >= 0.94


def test_targets_are_breached_by_what_took_longer_and_by_what_still_runs() -> None:
    kept, late = of_minutes("c", 60, 61)
    running = case_times([CaseEvent("r", "opened", 0), CaseEvent("r", "snoozed", 90 * MINUTE)], always())
    assert running
    found = breaches([kept, late, running], Targets(first=HOUR))
    assert [(one.case, one.took_ms // MINUTE, one.running) for one in found] == [("c1", 61, False), ("r", 90, True)]


def test_targets_may_be_of_the_calendar() -> None:
    slept = case_times(events(f"{MON} 17:30 opened, {TUE} 09:15 reply", "Europe/Paris"), parse_hours(*OFFICE))
    assert slept
    assert not breaches([slept], Targets(first=HOUR))
    assert len(breaches([slept], Targets(first=HOUR, business=False))) == 1


def test_cover_shows_when_we_are_asked_and_nobody_answers() -> None:
    office = parse_hours(*OFFICE)
    some = [
        case_times(events(f"{MON} 09:15 opened, 09:30 reply", "Europe/Paris"), office),
        case_times(events("2026-11-28 22:10 customer, 2026-11-30 09:05 reply", "Europe/Paris"), office),
        case_times(events("2026-11-29 22:10 customer", "Europe/Paris"), office),
    ]
    found = cover([one for one in some if one], office)
    assert [(place, n) for place, n in enumerate(found.asked) if n] == [(9, 1), (5 * 24 + 22, 1), (6 * 24 + 22, 1)]
    assert [(place, n) for place, n in enumerate(found.replied) if n] == [(9, 2)]
    assert [(place, n) for place, n in enumerate(found.silent) if n] == [(5 * 24 + 22, 1), (6 * 24 + 22, 1)]
