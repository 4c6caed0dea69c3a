"""How a CSV file is written: delimiter, quotes, whether it has a header, and lines of preamble before it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from palabre.collect.files.values import looks_like_count, looks_like_date

DELIMITERS = (",", ";", "\t", "|")
RECORD_LINES_MAX = 2_000  # a quote that is still open after so many lines was not a quote
RECORD_CHARS_MAX = 4_000_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """preamble: lines to skip before the header. escape: a backslash protects a quote."""

    delimiter: str
    quote: str = '"'
    escape: bool = False
    header: bool = True
    preamble: int = 0


def cells(records: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """Records as cells. Raises csv.Error."""
    escape = "\\" if dialect.escape else None
    return csv.reader(
        records, delimiter=dialect.delimiter, quotechar=dialect.quote, doublequote=not dialect.escape, escapechar=escape
    )


def records(lines: Iterable[tuple[str, bool]], dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Lines joined where a quoted cell holds line breaks, each with the key of what is wrong with it, or "".

    A quote that never closes costs its own line, not the rest of the file.
    """
    waiting = Waiting(iter(lines))
    opens = opening(dialect)
    for text, cut in waiting:
        if cut:
            yield text, "files.too_long_line"
        elif dialect.quote not in text or not opens(text):
            yield text, ""
        else:
            whole = completed(text, waiting, dialect, opens)
            yield (whole, "") if whole else (text, "files.bad_line")


class Waiting:
    """Lines that may be put back."""

    def __init__(self, lines: Iterator[tuple[str, bool]]) -> None:
        self.lines = lines
        self.back: list[tuple[str, bool]] = []

    def __iter__(self) -> Waiting:
        return self

    def __next__(self) -> tuple[str, bool]:
        return self.back.pop() if self.back else next(self.lines)


def completed(first: str, waiting: Waiting, dialect: Dialect, opens: Callable[[str], bool]) -> str:
    """The record that begins with an open cell; "" if it never closes, and then its other lines are put back."""
    held: list[tuple[str, bool]] = []
    text, size = first, len(first)
    for line in waiting:
        held.append(line)
        size += len(line[0])
        if dialect.quote in line[0]:
            text = first + "".join(one for one, _ in held)
            if not opens(text):
                return text
        if line[1] or len(held) >= RECORD_LINES_MAX or size >= RECORD_CHARS_MAX:
            break
    waiting.back.extend(reversed(held))
    return ""


def opening(dialect: Dialect) -> Callable[[str], bool]:
    """A test: does a text end inside a quoted cell? A quote opens a cell only where a cell begins."""
    sign, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    inside = rf"(?:[^{quote}\\]|\\.|{quote}{quote})*" if dialect.escape else rf"(?:[^{quote}]|{quote}{quote})*"
    whole = re.compile(rf"(?:(?<=^)|(?<={sign})){quote}{inside}{quote}(?!{quote})", re.DOTALL)
    begun = re.compile(rf"(?:^|{sign}){quote}")
    return lambda text: begun.search(whole.sub("", text)) is not None


def widths(sample: str, dialect: Dialect) -> list[int]:
    """Number of cells of the first records of a sample."""
    lines = [(line, False) for line in sample.splitlines(keepends=True)]
    found = []
    try:
        for row in cells((text for text, _ in records(lines, dialect)), dialect):
            found.append(len(row))
            if len(found) > 200:
                break
    except csv.Error:
        return found
    return found


def regularity(sample: str, dialect: Dialect) -> tuple[float, int]:
    """The width of the table, which is the commonest in its second half, and the share of records that have it.

    Narrower records before it are a preamble and do not count.
    """
    counts = [width for width in widths(sample, dialect) if width]
    if not counts:
        return 0.0, 1
    width = max(Counter(counts[len(counts) // 2 :]).items(), key=lambda one: (one[1], one[0]))[0]
    table = counts[next(n for n, one in enumerate(counts) if one >= width * 0.7) :]
    return table.count(width) / len(table), width


def delimiter_of(sample: str, escape: bool) -> tuple[str, float, int]:
    """The delimiter that makes the most regular table; with its regularity and width."""
    tried = [(sign, *regularity(sample, Dialect(sign, escape=escape))) for sign in DELIMITERS]
    tried = [one for one in tried if one[2] > 1] or [(",", *regularity(sample, Dialect(",")))]
    return max(tried, key=lambda one: (one[1] + min(one[2], 20) / 100, one[2]))


def preamble_of(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many records come before the header: those that are clearly narrower than the table."""
    for number, row in enumerate(rows):
        if len(row) >= max(2, width * 0.7) and sum(bool(cell.strip()) for cell in row) >= max(2, width * 0.5):
            return number
    return 0


def is_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: short, distinct, not dates nor numbers, unlike what follows."""
    filled = [cell.strip() for cell in first if cell.strip()]
    if not filled or len(set(filled)) < len(filled) or any(len(cell) > 60 for cell in filled):
        return False
    values = sum(
        looks_like_count(cell) or looks_like_date(cell) or cell.startswith(("http:", "https:")) for cell in filled
    )
    return values * 3 < len(filled) and not any(list(first) == list(row) for row in rest)


@lru_cache(maxsize=1)  # four formats ask for the same file
def dialect_of(sample: str, delimiter: str = "") -> Dialect:
    """The dialect of a text that begins so; delimiter: where the user says it."""
    escape = '\\"' in sample and '""' not in sample
    sign, _, width = (delimiter, *regularity(sample, Dialect(delimiter))) if delimiter else delimiter_of(sample, escape)
    dialect = Dialect(sign, escape=escape)
    lines = [(line, False) for line in sample.splitlines(keepends=True)[:400]]
    try:
        rows = list(cells((text for text, _ in records(lines, dialect)), dialect))
    except csv.Error:
        return dialect
    skipped = preamble_of(rows, width)
    return Dialect(
        sign,
        escape=escape,
        header=is_header(rows[skipped], rows[skipped + 1 : skipped + 20]) if rows else True,
        preamble=skipped,
    )
