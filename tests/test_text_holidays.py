"""Public holidays by rule, and business days."""

from __future__ import annotations

from datetime import date

import pytest

from palabre.text.holidays import COUNTRIES, add_business_days, easter, holidays, is_business_day, nth_weekday


@pytest.mark.parametrize(
    ("year", "day"),
    [(1818, "03-22"), (1943, "04-25"), (2000, "04-23"), (2024, "03-31"), (2025, "04-20"), (2026, "04-05"),
     (2027, "03-28"), (2038, "04-25"), (2285, "03-22")],
)  # fmt: skip
def test_easter_is_where_the_tables_have_it(year: int, day: str) -> None:
    assert f"{easter(year):%m-%d}" == day


YEARS = [
    ("fr", 2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"),
    ("fr-al", 2026, "01-01 04-03 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25 12-26"),
    ("gb", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
    ("gb", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
    ("gb", 2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
    ("gb", 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
    ("ie", 2026, "01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25 12-26"),
    ("ie", 2030, "01-01 02-01 03-17 04-22 05-06 06-03 08-05 10-28 12-25 12-26"),
    ("be", 2026, "01-01 04-06 05-01 05-14 05-25 07-21 08-15 11-01 11-11 12-25"),
    ("ch", 2026, "01-01 04-03 04-06 05-14 05-25 08-01 12-25"),
    ("lu", 2026, "01-01 04-06 05-01 05-09 05-14 05-25 06-23 08-15 11-01 12-25 12-26"),
    ("ca-qc", 2026, "01-01 04-03 05-18 06-24 07-01 09-07 10-12 12-25"),
    ("ca-qc", 2029, "01-01 03-30 05-21 06-24 07-02 09-03 10-08 12-25"),
    ("us", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
    ("us", 2021, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "year", "days"), YEARS)
def test_a_year_has_the_holidays_of_its_gazette(country: str, year: int, days: str) -> None:
    assert " ".join(f"{day:%m-%d}" for day in sorted(holidays(year, country))) == days


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_has_holidays_in_every_year(country: str) -> None:
    assert all(6 <= len(holidays(year, country)) <= 15 for year in range(1990, 2100))


@pytest.mark.parametrize(
    ("day", "count", "country", "saturdays", "expected"),
    [
        ("2026-05-12", 3, "fr", False, "2026-05-18"),  # Ascension Day between
        ("2026-04-02", 3, "fr", False, "2026-04-08"),  # Easter Monday
        ("2026-04-02", 3, "gb", False, "2026-04-09"),  # Good Friday too
        ("2026-10-17", 2, "fr", True, "2026-10-20"),
        ("2026-10-16", 1, "fr", True, "2026-10-17"),
        ("2026-10-16", 1, "", False, "2026-10-19"),
        ("2026-12-23", 3, "fr", False, "2026-12-29"),
        ("2026-11-24", 0, "fr", False, "2026-11-24"),
    ],
)
def test_business_days_are_counted(day: str, count: int, country: str, saturdays: bool, expected: str) -> None:
    found = add_business_days(date.fromisoformat(day), count, country, saturdays=saturdays)
    assert found == date.fromisoformat(expected)


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(KeyError):
        holidays(2026, "xx")


def test_weekdays_of_a_month() -> None:
    assert nth_weekday(2026, 12, 4, -1) == date(2026, 12, 25)
    assert nth_weekday(2026, 11, 3, 4) == date(2026, 11, 26)
    assert not is_business_day(date(2026, 11, 22))
