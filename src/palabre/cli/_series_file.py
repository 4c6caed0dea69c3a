"""A series in a file: lines of a time and a count, as spreadsheets, databases and `palabre series` write them."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from palabre.clock import to_datetime
from palabre.errors import InputError
from palabre.text.dates import parse_date

TIME_NAMES = frozenset({"time", "timestamp", "date", "datetime", "start", "ds", "heure", "jour", "moment"})
COUNT_NAMES = frozenset({"count", "value", "n", "volume", "posts", "y", "compte", "nombre", "messages", "total"})
THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
DECIMAL_COMMA = re.compile(r"-?\d+,(?:\d{1,2}|\d{4,})")
Report = Callable[[int, InputError], None]


@dataclass
class SeriesFile:
    """times_ms, counts: in the order of the file; written: the time as the file has it; lines: those that hold data."""

    times_ms: list[int] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    written: dict[int, str] = field(default_factory=dict)
    lines: int = 0

    def shown(self, at_ms: int) -> str:
        """A time as the file writes it; in ISO 8601 where the file counts seconds, or has no line for it."""
        text = self.written.get(at_ms, "")
        if text and not text.lstrip("-").replace(".", "", 1).isdigit():
            return text
        return to_datetime(at_ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_series(lines: Iterable[bytes], report: Report) -> SeriesFile:
    """The series; each line that cannot be used is reported with its number, and the next goes on."""
    made, places = SeriesFile(), (0, 1)
    for number, cells in rows(lines):
        if not made.lines and (named := header(cells)):
            places = named
            continue
        made.lines += 1
        try:
            add(made, cells, places)
        except InputError as error:
            report(number, error)
    return made


def rows(lines: Iterable[bytes]) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each line that is not empty; the separator is that of the first."""
    separator = ""
    for number, raw in enumerate(lines, 1):
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip("\r\n \x00")
        if not text:
            continue
        separator = separator or max("\t;,", key=text.count)
        yield number, split(text, separator)


def split(text: str, separator: str) -> list[str]:
    """The cells of a line; none of one that is no CSV."""
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(text), delimiter=separator))]
    except csv.Error:
        return []


def header(cells: list[str]) -> tuple[int, int] | None:
    """(place of the time, place of the count) when these are names and not data."""
    low = [cell.lower() for cell in cells]
    time = next((place for place, name in enumerate(low) if name in TIME_NAMES), None)
    count = next((place for place, name in enumerate(low) if name in COUNT_NAMES and place != time), None)
    if time is None and count is None:
        return (0, 1) if len(cells) > 1 and parse_date(cells[0]) is None and as_number(cells[1]) is None else None
    first = 0 if time is None else time
    return first, (1 if first == 0 else 0) if count is None else count


def add(made: SeriesFile, cells: list[str], places: tuple[int, int]) -> None:
    """One line into the series. Raises InputError."""
    if len(cells) <= max(places):
        raise InputError("spikes.no_count")
    time, count = cells[places[0]], cells[places[1]]
    at_ms, number = parse_date(time), as_number(count)
    if at_ms is None:
        raise InputError("spikes.bad_time", text=time[:60])
    if number is None:
        raise InputError("spikes.bad_count", text=count[:60])
    if number < 0:
        raise InputError("spikes.negative", text=count[:60])
    made.times_ms.append(at_ms)
    made.counts.append(number)
    made.written.setdefault(at_ms, time)


def as_number(text: str) -> float | None:
    """A finite number, or None. Spaces between thousands and a decimal comma are read; "1,234" may be either: None."""
    plain = THOUSANDS.sub("", text)
    try:
        number = float(plain.replace(",", ".") if DECIMAL_COMMA.fullmatch(plain) else plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
