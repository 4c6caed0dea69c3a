"""When something is due that a text dates, in French and English: "d'ici vendredi", "by the 12th", "sous 48 h".

    whens(fold("we will fix it by the 12th").said, datetime(2026, 11, 24, 10), "en")[0].due      # "2026-12-12"

Rules, no model: shapes of dates by language (``data/due.<language>.toml``), found in order, neighbours joined ("demain
entre 10 h et midi"), of several joined moments the last. Own conventions: ``due`` is the last moment promised; a day
is the whole day (its date), a morning ends at 12:00, an afternoon at 18:00, an evening with the day; the end of a week
is its Friday, a week without more its Sunday, its beginning Tuesday; the beginning of a month is its tenth day, its
middle the fifteenth; "before X" ends on the eve, "by X" with X; a weekday is the next one to come, never today; "next
Friday" in English is that of the next week, "vendredi prochain" the next to come; 12/11 is 12 November, but 11 December
for an English text written in the Americas (UTC-10 to -3). Business days leave out week-ends and public holidays.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from palabre.read.due_rules import DAY, HANDLERS, Atom, Book, Unclear, Writing

DATA = Path(__file__).with_name("data")
LANGUAGES = ("fr", "en")
NAMES = ("number", "weekday", "month", "season", "feast", "unit")
TABLES = {"number": "numbers", "weekday": "weekdays", "month": "months", "season": "seasons", "feast": "feasts",
          "unit": "units"}  # fmt: skip
LOOK_BACK = 24  # characters before a date that can change it
NUMERIC = (
    r"\b(?P<y>\d{4})-(?P<month>\d\d)-(?P<d>\d\d)\b",
    r"(?<![\d/.])(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?:(?P=sep)(?P<y>\d{4}|\d\d))?"
    r"(?![\d/]|[.]\d| ?[ap]\.?m|%| ?€)",
)


@dataclass(frozen=True, slots=True)
class When:
    """A moment a text names. start, end: characters of what was searched; due: "2026-11-27" or "2026-11-27T14:00" in
    the writer's own time; counted: it is so long after the moment of writing ("sous 48 h")."""

    start: int
    end: int
    due: str
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """The shapes of a language, in the order they are looked for, and what stands around them."""

    shapes: tuple[tuple[str, re.Pattern[str]], ...]
    around: Mapping[str, re.Pattern[str]]
    book: Book


@cache
def grammar(language: str) -> Grammar:
    """The compiled shapes. language: of LANGUAGES."""
    data = tomllib.loads((DATA / f"due.{language}.toml").read_text("utf-8"))
    words = {f"%{name}%": _any_of(data[TABLES[name]]) for name in NAMES}
    written = [(name, one) for name, some in data["patterns"].items() for one in some]
    numeric = [("iso", NUMERIC[0]), ("numeric", NUMERIC[1])]
    shapes = tuple((name, re.compile(_filled(one, words))) for name, one in [*numeric, *written])
    around = {name: re.compile(one) for name, one in data["around"].items()}
    tables: dict[str, Mapping[str, Any]] = {name: data[TABLES[name]] for name in NAMES}
    return Grammar(shapes, around, Book(language, tables))


def _any_of(words: Mapping[str, Any]) -> str:
    """An expression for one of some words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    for name, some in words.items():
        pattern = pattern.replace(f"(?:{name})", f"(?:{some})").replace(name, f"(?:{some})")
    return pattern


def whens(said: str, moment: datetime, language: str, country: str = "") -> list[When]:
    """The moments a folded text names, in order. moment: when it was written, as the writer's clock showed it; country:
    whose holidays count, of text.holidays.COUNTRIES or ""."""
    found = grammar(language)
    atoms = sorted(_atoms(said, found, Writing(moment, country, found.book)), key=lambda atom: atom.start)
    groups = _groups(said, atoms, found.around["joint"])
    return [when for group in groups if (when := _resolved(said, group, found, moment))]


def _atoms(said: str, found: Grammar, writing: Writing) -> Iterator[Atom]:
    """What the shapes find; what one has taken is no longer there for the next."""
    free = said
    for name, shape in found.shapes:
        for match in list(shape.finditer(free)):
            try:
                atom = HANDLERS[name](match, writing)
            except Unclear:
                continue
            free = free[: match.start()] + "\0" * (match.end() - match.start()) + free[match.end() :]
            yield atom


def _groups(said: str, atoms: Sequence[Atom], joint: re.Pattern[str]) -> list[list[Atom]]:
    """Neighbours with nothing but joints between them; a length of time stands alone."""
    groups: list[list[Atom]] = []
    for atom in atoms:
        last = groups[-1][-1] if groups else None
        if last and not (atom.counted or last.counted) and joint.fullmatch(said, last.end, atom.start):
            groups[-1].append(atom)
        else:
            groups.append([atom])
    return groups


def _resolved(said: str, group: Sequence[Atom], found: Grammar, moment: datetime) -> When | None:
    """The last moment of neighbours; None when they name none (a lone "matin") or a past one."""
    start, end = group[0].start, group[-1].end
    if found.around["past"].search(said, max(0, start - LOOK_BACK), start):
        return None
    days = [atom for atom in group if atom.last]
    clocks = [atom.clock for atom in group if atom.clock]
    if group[0].counted:
        return When(start, end, group[0].due, True)
    if days:
        return _dated(said, start, end, days, clocks[-1] if clocks else "", found)
    if clocks and (len(clocks) > 1 or found.around["hour"].search(said, max(0, start - LOOK_BACK), start)):
        alone = all(atom.part for atom in group)
        return None if alone else When(start, end, _today_at(clocks[-1], moment))
    return None


def _dated(said: str, start: int, end: int, days: Sequence[Atom], clock: str, found: Grammar) -> When | None:
    """The last of some days, or its eve after "before"."""
    atom = max(days, key=lambda one: one.last or date.min) if len(days) > 1 else days[-1]
    assert atom.first  # noqa: S101  # that is what makes it a day
    assert atom.last  # noqa: S101
    day, clock = atom.last, clock if atom.first == atom.last else ""  # no hour of a whole week
    if not clock and not atom.ends:
        before = said[max(0, atom.start - LOOK_BACK) : atom.start]
        if found.around["before"].search(before):
            day = atom.first - DAY
        elif atom.season and found.around["by"].search(before):
            day = atom.first
    return When(start, end, f"{day}T{clock}" if clock else f"{day}")


def _today_at(clock: str, moment: datetime) -> str:
    """An hour without a day: today's, or tomorrow's where it has passed."""
    passed = clock <= f"{moment:%H:%M}"
    return f"{moment.date() + timedelta(days=int(passed))}T{clock}"
