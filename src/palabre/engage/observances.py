"""Days that people talk about every year: public holidays with their name, and observances. Pure.

    named(date(2027, 5, 30), "fr")          # ("mothers_day",): keys of `calendar.day.*`

Sources: the rules of `text.holidays`; Mother's Day in France: Code de l'action sociale et des familles D215-1 (the last
Sunday of May, the first of June when that is Pentecost); United Kingdom: the fourth Sunday of Lent; others by the
United Nations' list of international days.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from palabre.text.holidays import easter, holidays, nth_weekday

DAY = timedelta(days=1)
BY_EASTER = {-2: "good_friday", 1: "easter_monday", 39: "ascension", 50: "whit_monday"}
BY_DATE = {
    "01-01": "new_year", "05-01": "labour", "07-14": "bastille", "08-15": "assumption", "11-01": "all_saints",
    "11-11": "armistice", "12-25": "christmas",
}  # fmt: skip
OF_COUNTRY = {"fr-05-08": "victory", "fr-al-05-08": "victory", "be-07-21": "belgium", "ch-08-01": "switzerland",
              "lu-06-23": "luxembourg", "ca-qc-06-24": "quebec", "ca-qc-07-01": "canada", "us-07-04": "independence",
              "ie-03-17": "patrick", "us-11-11": "veterans", "gb-12-26": "boxing", "ie-12-26": "stephen"}  # fmt: skip
FIXED = {
    "01-06": "epiphany", "02-14": "valentine", "03-08": "womens_day", "03-20": "happiness", "03-22": "water",
    "04-01": "april_fools", "04-22": "earth", "05-09": "europe", "06-03": "bicycle", "06-05": "environment",
    "06-21": "music", "09-01": "back_to_school", "10-01": "older_persons", "10-31": "halloween",
    "11-20": "children", "12-03": "disability", "12-05": "volunteers", "12-31": "new_years_eve",
}  # fmt: skip


def named(day: date, country: str = "fr") -> tuple[str, ...]:
    """Keys of what that day is, a public holiday first."""
    found = (holiday(day, country),) if day in holidays(day.year, country) else ()
    return tuple(dict.fromkeys((*found, *observances(day.year, country).get(day, ()))))


def holiday(day: date, country: str) -> str:
    """The key of a public holiday; "holiday" where it has no name of its own here."""
    date_key = f"{day:%m-%d}"
    known = OF_COUNTRY.get(f"{country}-{date_key}") or BY_DATE.get(date_key)
    return known or BY_EASTER.get((day - easter(day.year)).days, "holiday")


@cache
def observances(year: int, country: str = "fr") -> dict[date, tuple[str, ...]]:
    """Day → keys, in a year."""
    found: dict[date, tuple[str, ...]] = {}
    pairs = [(date.fromisoformat(f"{year}-{day}"), key) for day, key in FIXED.items()]
    for day, key in (*pairs, *moving(year, country)):
        found[day] = (*found.get(day, ()), key)
    return found


def moving(year: int, country: str) -> list[tuple[date, str]]:
    """Those without a fixed date."""
    heritage = nth_weekday(year, 9, 5, 3)
    return [
        (easter(year), "easter"),
        (mothers_day(year, country), "mothers_day"),
        (nth_weekday(year, 6, 6, 3), "fathers_day"),
        (nth_weekday(year, 11, 3, 4) + DAY, "black_friday"),
        (heritage, "heritage"),
        (heritage + DAY, "heritage"),
    ]


def mothers_day(year: int, country: str) -> date:
    if country in ("gb", "ie"):
        return easter(year) - 21 * DAY
    if country in ("be", "ch", "us", "ca-qc"):
        return nth_weekday(year, 5, 6, 2)
    last = nth_weekday(year, 5, 6, -1)
    return nth_weekday(year, 6, 6, 1) if last == easter(year) + 49 * DAY else last
