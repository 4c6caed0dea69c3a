"""What each shape of a date means, given the moment of writing. Pure; see due.py for the conventions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from palabre.text.holidays import WEEKDAYS, add_business_days, easter, nth_weekday

DAY = timedelta(days=1)
FRIDAY, SUNDAY = 4, 6
MORNING, AFTERNOON = "12:00", "18:00"  # when they end
SEASONS = {"spring": (3, 20), "summer": (6, 21), "autumn": (9, 23), "winter": (12, 21)}
MORNING_HOURS = 6  # up to so many, "d'ici 6 heures" is a length of time
FAR_DAYS = 366 * 3  # a promise for later is a misreading
AMERICAS = range(-10, -2)  # hours from UTC


class Unclear(ValueError):
    """What looked like a date is none: a 31 February, a number out of range."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A day (first and last of the days it may mean), a clock time, or a length of time counted to its end (due).

    ends: it names an end, so that "before" does not step back; part: a clock that stands for a part of a day; season:
    "by" means its beginning."""

    start: int
    end: int
    first: date | None = None
    last: date | None = None
    clock: str = ""
    ends: bool = False
    due: str = ""
    part: bool = False
    season: bool = False

    @property
    def counted(self) -> bool:
        return bool(self.due)


@dataclass(frozen=True, slots=True)
class Book:
    """The words of a language: by table (number, weekday, month, season, feast, unit) what each stands for."""

    language: str
    tables: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Writing:
    """The moment of writing, the country whose holidays count, the words."""

    moment: datetime
    country: str
    book: Book

    @property
    def today(self) -> date:
        return self.moment.date()

    def month_first(self) -> bool:
        """Whether 12/11 is 11 December here."""
        east = self.moment.utcoffset()
        return self.book.language == "en" and east is not None and int(east.total_seconds() // 3600) in AMERICAS


Match = re.Match[str]
Handler = Callable[[Match, Writing], Atom]


def day(match: Match, first: date, last: date | None = None, *, ends: bool = False, season: bool = False) -> Atom:
    return Atom(match.start(), match.end(), first, last or first, ends=ends, season=season)


def made(year: int, month: int, number: int) -> date:
    """A date. Raises Unclear."""
    try:
        return date(year, month, number)
    except ValueError as error:
        raise Unclear from error


def coming(writing: Writing, month: int, number: int) -> date:
    """The next such day of the year, today included."""
    found = made(writing.today.year, month, number)
    return found if found >= writing.today else made(writing.today.year + 1, month, number)


def last_of(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - DAY


def given(match: Match, name: str) -> str:
    """A named part of a match; "" when the shape has none or it is not there."""
    return match.groupdict().get(name) or ""


def year_of(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def fixed(writing: Writing, month: int, number: int, year: str) -> date:
    return made(year_of(year), month, number) if year else coming(writing, month, number)


def iso(match: Match, writing: Writing) -> Atom:
    return day(match, made(int(match["y"]), int(match["month"]), int(match["d"])))


def numeric(match: Match, writing: Writing) -> Atom:
    number, month = int(match["a"]), int(match["b"])
    if (writing.month_first() and number <= 12) or month > 12:
        number, month = month, number
    return day(match, fixed(writing, month, number, given(match, "y")))


def dated(match: Match, writing: Writing) -> Atom:
    month = writing.book.tables["month"][match["month"]]
    return day(match, fixed(writing, month, int(match["d"]), given(match, "y")))


def day_number(match: Match, writing: Writing) -> Atom:
    """The next day of that number: this month's, or that of the first month to come which has it."""
    number, month = int(match["d"]), writing.today.replace(day=1)
    if not 1 <= number <= 31:
        raise Unclear
    while number > last_of(month.year, month.month).day or month.replace(day=number) < writing.today:
        month = last_of(month.year, month.month) + DAY
    return day(match, month.replace(day=number))


def of_next_month(match: Match, writing: Writing) -> Atom:
    following = last_of(writing.today.year, writing.today.month) + DAY
    return day(match, made(following.year, following.month, int(match["d"])))


def monday(writing: Writing, match: Match, names: tuple[str, ...] = ("next",)) -> date:
    """The Monday of this week, or of the next where the match says so."""
    this = writing.today - writing.today.weekday() * DAY
    return this + 7 * DAY if any(given(match, name) for name in names) else this


def week(match: Match, writing: Writing) -> Atom:
    first = monday(writing, match)
    return day(match, first, first + SUNDAY * DAY)


def week_of(match: Match, writing: Writing) -> Atom:
    named = dated(match, writing) if given(match, "month") else day_number(match, writing)
    assert named.first  # noqa: S101  # both give a day
    first = named.first - named.first.weekday() * DAY
    return day(match, first, first + SUNDAY * DAY)


def in_week(weekday: int) -> Handler:
    """A point of a week: where this week's has passed, the next week's."""

    def handler(match: Match, writing: Writing) -> Atom:
        found = monday(writing, match) + weekday * DAY
        return day(match, found if found >= writing.today else found + 7 * DAY, ends=True)

    return handler


def weekend(match: Match, writing: Writing) -> Atom:
    saturday = monday(writing, match) + 5 * DAY
    return day(match, saturday, saturday + DAY)


def weekday(match: Match, writing: Writing) -> Atom:
    wanted = writing.book.tables["weekday"][match["weekday"]]
    if given(match, "nextweek") or given(match, "next"):
        return day(match, monday(writing, match, ("next", "nextweek")) + wanted * DAY)
    ahead = (wanted - writing.today.weekday()) % 7 or 7
    over = given(match, "over")
    return day(match, writing.today + (ahead + (14 if "quinze" in over else 7 if over else 0)) * DAY)


def month_named(match: Match, writing: Writing) -> tuple[int, int]:
    """Year and month: the one named (its next), the next one, or this one."""
    name, today = given(match, "month"), writing.today
    if name:
        month = int(writing.book.tables["month"][name])
        year = given(match, "y")
        return (int(year) if year else today.year + (month < today.month)), month
    if given(match, "next"):
        return today.year + today.month // 12, today.month % 12 + 1
    return today.year, today.month


def month(match: Match, writing: Writing) -> Atom:
    found = month_named(match, writing)
    return day(match, date(*found, 1), last_of(*found))


def month_end(match: Match, writing: Writing) -> Atom:
    return day(match, last_of(*month_named(match, writing)), ends=True)


def month_day(number: int) -> Handler:
    """The last day of a part of a month."""

    def handler(match: Match, writing: Writing) -> Atom:
        found = date(*month_named(match, writing), number)
        if found < writing.today and not given(match, "month"):
            found = (last_of(found.year, found.month) + DAY).replace(day=number)
        return day(match, found, ends=True)

    return handler


def quarter(match: Match, writing: Writing) -> Atom:
    this = (writing.today.month - 1) // 3
    named = "q" in match.groupdict()
    wanted = int(given(match, "q") or 1) - 1 if named or "premier" in match[0] or "first" in match[0] else this
    year = int(given(match, "y") or writing.today.year + (wanted < this))
    if given(match, "next"):
        wanted, year = (this + 1) % 4, writing.today.year + (this == 3)
    return day(match, date(year, 3 * wanted + 1, 1), last_of(year, 3 * wanted + 3), ends="fin" in match[0])


def year(match: Match, writing: Writing) -> Atom:
    found = writing.today.year + bool(given(match, "next"))
    return day(match, date(found, 1, 1), date(found, 12, 31), ends="fin" in match[0] or "end" in match[0])


def feast(match: Match, writing: Writing) -> Atom:
    rule, this = writing.book.tables["feast"][match["feast"]], writing.today.year
    found = feast_day(rule, this)
    return day(match, found if found >= writing.today else feast_day(rule, this + 1))


def feast_day(rule: str, year: int) -> date:
    if rule.startswith("easter"):
        return easter(year) + int(rule[6:]) * DAY
    if ":" in rule:
        name, nth, month = rule.split(":")
        return nth_weekday(year, int(month), WEEKDAYS.index(name), int(nth))
    return date.fromisoformat(f"{year}-{rule}")


def season(match: Match, writing: Writing) -> Atom:
    """From the astronomical beginning, to a day near it, to the eve of the next season."""
    names = list(SEASONS)
    wanted = writing.book.tables["season"][match["season"]]
    after = names[(names.index(wanted) + 1) % 4]
    year = writing.today.year
    while (last := date(year + (wanted == "winter"), *SEASONS[after]) - DAY) < writing.today:
        year += 1
    first = date(year, *SEASONS[wanted])
    return day(match, first, first if match[0].startswith("by ") else last, season=True)


def plus(days: int, *, ends: bool = False, clock: str = "") -> Handler:
    """So many days from today, at a time."""

    def handler(match: Match, writing: Writing) -> Atom:
        wanted = writing.today + days * DAY
        return Atom(match.start(), match.end(), wanted, wanted, clock, ends)

    return handler


def part(clock: str) -> Handler:
    """A part of a day, which ends at a time."""

    def handler(match: Match, writing: Writing) -> Atom:
        return Atom(match.start(), match.end(), clock=clock, part=True)

    return handler


def noon(match: Match, writing: Writing) -> Atom:
    return Atom(match.start(), match.end(), clock="12:00")


def clock(match: Match, writing: Writing) -> Atom:
    """A time; in English a bare hour up to 7 is of the afternoon."""
    hour, minute = int(match["h"]), int(given(match, "min") or 0)
    half = given(match, "half")
    bare = "half" not in match.groupdict() and "min" not in match.groupdict()
    if half:
        hour = hour % 12 + 12 * (half == "p")
    elif bare and hour <= 7:
        hour += 12
    if hour > 23 or minute > 59:
        raise Unclear
    return Atom(match.start(), match.end(), clock=f"{hour:02d}:{minute:02d}")


def clock_night(match: Match, writing: Writing) -> Atom:
    """ "At 10 tonight"."""
    hour = int(match["h"])
    if hour > 12:
        raise Unclear
    return Atom(match.start(), match.end(), clock=f"{hour % 12 + 12:02d}:00")


def counted(match: Match, ends: datetime | date) -> Atom:
    written = f"{ends:%Y-%m-%dT%H:%M}" if isinstance(ends, datetime) else f"{ends}"
    return Atom(match.start(), match.end(), due=written)


def minutes(count: int) -> Handler:
    return lambda match, writing: counted(match, writing.moment + timedelta(minutes=count))


def days(count: int) -> Handler:
    return lambda match, writing: counted(match, writing.today + count * DAY)


def length(match: Match, writing: Writing) -> Atom:
    """So many minutes, hours, days, business days, weeks, months; of "2 to 3" the last."""
    number = max(number_of(match["n"], writing), number_of(given(match, "n2") or "0", writing))
    unit, work = writing.book.tables["unit"][match["unit"]], given(match, "work")
    if number > FAR_DAYS or _is_clock(match, number):
        raise Unclear
    if work:
        worked = -(-number // 24) if unit == "hour" else number * (5 if unit == "week" else 1)
        return counted(match, add_business_days(writing.today, worked, writing.country, saturdays="ouvrable" in work))
    if unit in ("minute", "hour"):
        return counted(match, writing.moment + timedelta(**{f"{unit}s": number}))
    if unit in ("month", "year"):
        return counted(match, months_after(writing.today, number * (12 if unit == "year" else 1)))
    return counted(match, writing.today + number * {"day": 1, "week": 7, "fortnight": 14}[unit] * DAY)


def _is_clock(match: Match, number: int) -> bool:
    """Whether "d'ici 18h" is a time of the day: "d'ici 48 h" and "d'ici 2 heures" are not."""
    bare = match[0].startswith(("d'ici", "avant")) and not match[0].startswith("d'ici a") and match["n"].isdecimal()
    return (
        bare
        and (match["unit"] == "h" or (match["unit"].startswith("heure") and number > MORNING_HOURS))
        and number < 24
    )


def number_of(text: str, writing: Writing) -> int:
    return int(text) if text.isdecimal() else int(writing.book.tables["number"][text])


def months_after(start: date, count: int) -> date:
    """The same day some months later, or the last of a shorter month."""
    years, place = divmod(start.month - 1 + count, 12)
    end = last_of(start.year + years, place + 1)
    return end.replace(day=min(start.day, end.day))


HANDLERS: Mapping[str, Handler] = {
    "iso": iso, "numeric": numeric, "date": dated, "day_number": day_number, "of_next_month": of_next_month,
    "week": week, "week_of": week_of, "week_start": in_week(1), "week_middle": in_week(2), "week_end": in_week(FRIDAY),
    "weekend": weekend, "weekday": weekday, "month": month, "month_start": month_day(10), "month_middle": month_day(15),
    "month_end": month_end, "quarter": quarter, "year": year, "feast": feast, "season": season, "length": length,
    "days7": days(7), "days8": days(8), "days10": days(10), "days14": days(14), "days15": days(15),
    "minutes15": minutes(15), "minutes30": minutes(30), "minutes60": minutes(60), "tomorrow": plus(1),
    "after_tomorrow": plus(2), "today": plus(0), "today_end": plus(0, ends=True),
    "this_morning": plus(0, ends=True, clock=MORNING), "this_afternoon": plus(0, ends=True, clock=AFTERNOON),
    "morning": part(MORNING), "afternoon": part(AFTERNOON), "evening": part(""), "midnight": part(""), "noon": noon,
    "clock": clock, "clock_night": clock_night,
}  # fmt: skip
