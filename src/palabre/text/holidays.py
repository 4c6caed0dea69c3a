"""Public holidays by rule, and days of work counted around them. Pure: computed for any year, nothing is downloaded.

    holidays(2026, "fr")                                     # frozenset of eleven dates, Easter Monday among them
    add_business_days(date(2026, 5, 12), 3, "fr")            # 2026-05-18: over Ascension Day and a week-end

Sources: France, Code du travail L3133-1 (Alsace-Moselle: L3134-13); England and Wales, Banking and Financial Dealings
Act 1971 and the proclamations since 2020; Ireland, Organisation of Working Time Act 1997, as amended in 2022; Belgium,
law of 4 January 1974; Luxembourg, Code du travail L232-2; Quebec, Loi sur les normes du travail 60; United States,
5 U.S.C. 6103. Switzerland leaves all but 1 August to its cantons: the days that nearly all of them keep. Easter: the
Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# "12-25": a date; "easter+1": days after Easter Sunday; "mon:1:05": the first Monday of May, -1: the last;
# "2023-": from that year on.
RULES: dict[str, str] = {
    "fr": "01-01 easter+1 05-01 05-08 easter+39 easter+50 07-14 08-15 11-01 11-11 12-25",
    "fr-al": "01-01 easter-2 easter+1 05-01 05-08 easter+39 easter+50 07-14 08-15 11-01 11-11 12-25 12-26",
    "gb": "01-01 easter-2 easter+1 mon:1:05 mon:-1:05 mon:-1:08 12-25 12-26",
    "ie": "01-01 2023-brigid 03-17 easter+1 mon:1:05 mon:1:06 mon:1:08 mon:-1:10 12-25 12-26",
    "be": "01-01 easter+1 05-01 easter+39 easter+50 07-21 08-15 11-01 11-11 12-25",
    "ch": "01-01 easter-2 easter+1 easter+39 easter+50 08-01 12-25",
    "lu": "01-01 easter+1 05-01 2019-05-09 easter+39 easter+50 06-23 08-15 11-01 12-25 12-26",
    "ca-qc": "01-01 easter-2 patriots 06-24 07-01 mon:1:09 mon:2:10 12-25",
    "us": "01-01 mon:3:01 mon:3:02 mon:-1:05 2021-06-19 07-04 mon:1:09 mon:2:10 11-11 thu:4:11 12-25",
}
COUNTRIES = tuple(RULES)
# What proclamations moved or added: (year, removed, added).
PROCLAIMED = {
    "gb": {
        2020: (("05-04",), ("05-08",)),
        2022: (("05-30",), ("06-02", "06-03", "09-19")),
        2023: ((), ("05-08",)),
    }
}


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int, country: str) -> frozenset[date]:
    """The days off of a year. country: of COUNTRIES; "" has none. KeyError: an unknown one."""
    if not country:
        return frozenset()
    found = [day for rule in RULES[country].split() for day in _days(rule, year)]
    removed, added = PROCLAIMED.get(country, {}).get(year, ((), ()))
    kept = {day for day in found if f"{day:%m-%d}" not in removed}
    kept |= {date.fromisoformat(f"{year}-{day}") for day in added}
    if country == "gb":
        return frozenset(_later(kept))
    if country == "us":
        return frozenset(_observed(kept, year))
    if country == "ca-qc":  # Canada Day on a Sunday is kept on the Monday
        return frozenset(day + DAY if (day.month, day.day, day.weekday()) == (7, 1, 6) else day for day in kept)
    return frozenset(kept)


def _days(rule: str, year: int) -> list[date]:
    """The days that a rule of RULES gives in a year: one or none."""
    if rule[:4].isdigit():
        return _days(rule[5:], year) if year >= int(rule[:4]) else []
    if rule.startswith("easter"):
        return [easter(year) + int(rule[6:]) * DAY]
    if rule == "patriots":  # the Monday before 25 May
        return [before(date(year, 5, 25), 0)]
    if rule == "brigid":  # 1 February where that is a Friday, else the first Monday
        first = date(year, 2, 1)
        return [first if first.weekday() == 4 else nth_weekday(year, 2, 0, 1)]
    if ":" in rule:
        name, nth, month = rule.split(":")
        return [nth_weekday(year, int(month), WEEKDAYS.index(name), int(nth))]
    return [date.fromisoformat(f"{year}-{rule}")]


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth of a weekday (0: Monday) in a month; nth -1: the last."""
    if nth < 0:
        return before(date(year + month // 12, month % 12 + 1, 1), weekday)
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (nth - 1)) * DAY


def before(day: date, weekday: int) -> date:
    """The last such weekday strictly before a day."""
    return day - ((day.weekday() - weekday - 1) % 7 + 1) * DAY


def _later(days: set[date]) -> set[date]:
    """Days at a week-end moved to the next day of work that is not one already (United Kingdom)."""
    moved = {day for day in days if day.weekday() < 5}
    for day in sorted(days - moved):
        while day.weekday() >= 5 or day in moved:
            day += DAY
        moved.add(day)
    return moved


def _observed(days: set[date], year: int) -> set[date]:
    """Saturdays kept on the Friday, Sundays on the Monday (United States); next New Year's Day may be among them."""
    moved = {day + {5: -1, 6: 1}.get(day.weekday(), 0) * DAY for day in days | {date(year + 1, 1, 1)}}
    return {day for day in moved if day.year == year}


def is_business_day(day: date, country: str = "", *, saturdays: bool = False) -> bool:
    """Whether people work: no Sunday, no holiday, and no Saturday unless these count ("jours ouvrables")."""
    return day.weekday() < (6 if saturdays else 5) and day not in holidays(day.year, country)


def add_business_days(day: date, count: int, country: str = "", *, saturdays: bool = False) -> date:
    """The count-th business day after a day, which does not count itself."""
    while count > 0:
        day += DAY
        count -= is_business_day(day, country, saturdays=saturdays)
    return day
