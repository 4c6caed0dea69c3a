"""Dates as feeds, platforms, French sites and exports really write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.text.dates import clamp, date_fault, parse_date


def ms(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc]


NOON = ms(2026, 11, 21, 14, 5)
CASES = [
    # RFC 822 and what feeds make of it
    ("Sat, 21 Nov 2026 14:05:00 GMT", NOON),
    ("Sat, 21 Nov 2026 14:05:00 +0000", NOON),
    ("Sat, 21 Nov 2026 15:05:00 +0100", NOON),
    ("Sat, 21 Nov 2026 09:05:00 EST", NOON),
    ("21 Nov 2026 14:05 GMT", NOON),
    ("Sat, 21 Nov 26 14:05:00 GMT", NOON),
    ("Saturday, 21-Nov-26 14:05:00 GMT", NOON),
    ("Sat Nov 21 14:05:00 2026", NOON),
    ("Sat, 21 Nov 2026 14:05:00 Z", NOON),
    ("Sat, 01 Nov 2026 4:05:00 GMT", ms(2026, 11, 1, 4, 5)),
    ("Sat Nov 21 14:05:00 +0000 2026", NOON),  # Twitter v1.1
    # ISO 8601, W3CDTF
    ("2026-11-21T14:05:00Z", NOON),
    ("2026-11-21T14:05:00.000Z", NOON),
    ("2026-11-21T14:05:00.123456789Z", NOON + 123),
    ("2026-11-21T15:05:00+01:00", NOON),
    ("2026-11-21T15:05:00+0100", NOON),
    ("2026-11-21T15:05+01", NOON),
    ("2026-11-21 14:05:00", NOON),
    ("2026-11-21 14:05:00 UTC", NOON),
    ("2026-11-21T14:05Z", NOON),
    ("20261121T140500Z", NOON),
    ("2026-11-21T24:00:00Z", ms(2026, 11, 22)),
    ("2016-12-31T23:59:60Z", ms(2017, 1, 1)),
    ("2026-11-21", ms(2026, 11, 21)),
    ("2026-11", ms(2026, 11, 1)),
    ("2026", ms(2026, 1, 1)),
    ("٢٠٢٦", ms(2026, 1, 1)),
    # numbers
    (str(NOON), NOON),
    (str(NOON // 1000), NOON),
    (str(NOON * 1000), NOON),
    (f"{NOON // 1000}.25", NOON + 250),
    (NOON, NOON),
    (NOON / 1000, NOON),
    # French
    ("sam., 21 nov. 2026 14:05", NOON),
    ("sam. 21 nov. 2026 14:05:00 +0000", NOON),
    ("samedi 21 novembre 2026 à 14h05", NOON),
    ("Samedi 21 novembre 2026 – 14 h 05", NOON),
    ("le 21 novembre 2026 à 14:05", NOON),
    ("21 novembre 2026", ms(2026, 11, 21)),
    ("1er août 2026", ms(2026, 8, 1)),
    ("1er\u00a0août\u00a02026 à 9h", ms(2026, 8, 1, 9)),
    ("mer., 04 févr. 2026 08:00:00 +0100", ms(2026, 2, 4, 7)),
    ("lun., 15 déc. 2025 08:00:00 GMT", ms(2025, 12, 15, 8)),
    ("DIM, 05 JUIL 2026 10:00:00 +0200", ms(2026, 7, 5, 8)),
    ("21/11/2026 14:05", NOON),
    ("21/11/2026", ms(2026, 11, 21)),
    ("21.11.2026 14:05", NOON),
    ("03/04/2026", ms(2026, 4, 3)),
    ("11/21/2026", ms(2026, 11, 21)),
    # English
    ("November 21, 2026", ms(2026, 11, 21)),
    ("Nov 21, 2026 2:05 PM", NOON),
    ("November 21st, 2026 at 2:05 p.m.", NOON),
    ("Saturday, November 21, 2026", ms(2026, 11, 21)),
    ("21 November 2026 12:05 am", ms(2026, 11, 21, 0, 5)),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[str(text) for text, _ in CASES])
def test_a_date_is_read_as_its_writer_meant_it(text: str | float, expected: int) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", None, "yesterday", "hier", "il y a 3 heures", "soon", "2026-13-01", "2026-02-30", "32 nov 2026",
     f"Fri, {'20' * 20} Nov 2026 10:00:00 +0100", "0",
     "-5",     "99/99/9999", "9" * 50, "2026-11-21T25:00", "not 2026 a date", "1" * 5000, "\x00", "NaN", float("nan"),
     float("inf"), "Sat, 21 Nov 2026 99:05:00 GMT", "0000-00-00 00:00:00"],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str | float | None) -> None:
    assert parse_date(text) is None


def test_a_date_without_zone_is_read_in_the_zone_given_on_both_changeover_sundays() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert parse_date("25/10/2026 12:00", zone=paris) == ms(2026, 10, 25, 11)
    assert parse_date("29 mars 2026 12:00", zone=paris) == ms(2026, 3, 29, 10)
    assert parse_date("2026-03-29T12:00:00Z", zone=paris) == ms(2026, 3, 29, 12)


def test_the_month_comes_first_for_those_who_say_so() -> None:
    assert parse_date("03/04/2026 2:05 PM", day_first=False) == ms(2026, 3, 4, 14, 5)
    assert parse_date("21/11/2026", day_first=False) == ms(2026, 11, 21)


@given(st.text(max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    found = parse_date(text)
    assert found is None or isinstance(found, int)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))
def test_iso_dates_come_back(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC, microsecond=0)
    assert parse_date(aware.isoformat()) == round(aware.timestamp() * 1000)


@pytest.mark.parametrize(
    ("published", "fault"),
    [
        (0, "unknown"),
        (1, "past"),
        (ms(1970, 1, 2), "past"),
        (ms(2099, 1, 1), "future"),
        (ms(2020, 1, 1), ""),
        (NOON, ""),
    ],
)
def test_dates_that_cannot_be_true_are_named_and_sort_as_now(published: int, fault: str) -> None:
    assert date_fault(published, NOON) == fault
    assert clamp(published, NOON) == (published if not fault else NOON)
