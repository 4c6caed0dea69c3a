"""How a CSV file is written: delimiter, quotes, whether it has a header, and lines of preamble before it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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


def records(lines: Iterable[tuple[str, bool]], dialect: Dialect) -> Iterator[tuple[str, bool]]:
    """Lines joined where a quoted cell holds line breaks; with whether something was cut.

    An odd number of quotes leaves a cell open. One that never closes costs its own line, not the rest of the file.
    """
    held: list[tuple[str, bool]] = []
    waiting = iter(lines)
    again: list[tuple[str, bool]] = []
    while True:
        line = again.pop() if again else next(waiting, None)
        if line is None and not held:
            return
        if line is not None:
            held.append(line)
        if line is not None and not closed(held, dialect):
            if len(held) < RECORD_LINES_MAX and sum(len(text) for text, _ in held) < RECORD_CHARS_MAX:
                continue
            again.extend(reversed(held[1:]))
            held = held[:1]
        elif line is None and not closed(held, dialect) and len(held) > 1:
            again.extend(reversed(held[1:]))
            held = held[:1]
        yield "".join(text for text, _ in held), any(cut for _, cut in held)
        held = []


def closed(held: Sequence[tuple[str, bool]], dialect: Dialect) -> bool:
    """Whether every quoted cell is closed at the end of these lines."""
    return sum(quotes(text, dialect) for text, _ in held) % 2 == 0


def quotes(text: str, dialect: Dialect) -> int:
    count = text.count(dialect.quote)
    return count - text.count("\\" + dialect.quote) if dialect.escape and count else count


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
