"""Excel workbooks (.xlsx) as rows of text: read as a stream by openpyxl, one row at a time, formulas as their values.

What a workbook claims is not believed: its parts are weighed before any is inflated, its stated size is ignored, and
its rows are counted (ECMA-376 part 1, §18.3; the limits are Excel's own, 1,048,576 rows and 16,384 columns).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, BinaryIO

from palabre.collect.files.csv_ import column_names, columns_of, fitted
from palabre.collect.files.dialect import is_header, preamble_of
from palabre.collect.files.streams import RATIO_FREE_BYTES, RATIO_MAX
from palabre.collect.files.tables import PIECE_ROWS, Piece
from palabre.collect.formats import Options
from palabre.errors import ItemError

HEAD_ROWS = 50  # looked at to find the header
ROWS_MAX = 1_048_576
COLUMNS_MAX = 2_000
PIECE_CHARS = 16_000_000
PART_BYTES_MAX = 128_000_000  # of one part that is held in memory: the shared texts, the styles
SHEET_BYTES_MAX = 4_000_000_000  # of all sheets, which are not
ERRORS = {"#N/A", "#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NULL!"}  # a cell that Excel could not make out

Row = list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's table. names: of its columns; rows: those below the header, as many as it holds."""

    names: tuple[str, ...]
    rows: Iterator[Row]


def sheet_pieces(stream: BinaryIO, options: Options) -> Iterator[Piece]:
    """The rows of the widest table and of other sheets with the same columns. ItemError: damaged, a bomb, empty."""
    with workbook(stream) as book:
        wanted = widest(book, options)
        for number in range(len(book.worksheets)):
            sheet = sheet_of(book, number, options)
            if sheet is not None and sheet.names == wanted:
                yield from pieces_of(sheet)


def header_of(stream: BinaryIO, options: Options) -> tuple[str, ...]:
    """The names of the columns. ItemError as above."""
    with workbook(stream) as book:
        return widest(book, options)


def widest(book: Any, options: Options) -> tuple[str, ...]:
    """The columns of the sheet that has most: others explain, or sum up. ItemError where none has any."""
    sheets = [sheet_of(book, number, options) for number in range(len(book.worksheets))]
    found = max((sheet.names for sheet in sheets if sheet is not None), key=len, default=())
    if not found:
        raise ItemError("files.empty")
    return found


@contextmanager
def workbook(stream: BinaryIO) -> Iterator[Any]:
    """The workbook of a stream that can seek, from its beginning. ItemError for whatever is wrong with it."""
    import openpyxl  # here, so that only who reads a workbook waits for it

    book = None
    try:
        stream.seek(0)
        weighed(stream)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        yield book
    except ItemError:
        raise
    except Exception as error:  # openpyxl lets through whatever a damaged part makes its own code raise
        raise ItemError("files.broken_sheet", reason=type(error).__name__) from error
    finally:
        if book is not None:
            book.close()


def weighed(stream: BinaryIO) -> None:
    """Refuses what would grow too large. A part never gives more than it states: zipfile stops there."""
    parts = zipfile.ZipFile(stream).infolist()
    packed = min(sum(part.compress_size for part in parts), stream.seek(0, 2))
    sheets = sum(part.file_size for part in parts if part.filename.startswith("xl/worksheets/"))
    held = [part.file_size for part in parts if part.filename.endswith((".xml", ".rels")) and not is_sheet(part)]
    if sheets > SHEET_BYTES_MAX or max(held, default=0) > PART_BYTES_MAX:
        raise ItemError("files.sheet_too_big", limit=PART_BYTES_MAX // 1_000_000)
    if sheets + sum(held) > max(RATIO_FREE_BYTES, packed * RATIO_MAX):
        raise ItemError("files.bomb", ratio=RATIO_MAX)


def is_sheet(part: zipfile.ZipInfo) -> bool:
    return part.filename.startswith("xl/worksheets/")


def sheet_of(book: Any, number: int, options: Options) -> Sheet | None:
    """A sheet whose header was found, after whatever lines come before it; None for one that holds no table."""
    rows = rows_of(book.worksheets[number])
    head = list(islice(rows, HEAD_ROWS))
    skipped = preamble_of(head, max((sum(map(bool, row)) for row in head), default=0))
    if skipped >= len(head) or not any(head[skipped]):
        return None
    guessed = is_header(head[skipped], head[skipped + 1 : skipped + 20])
    named = options["header"] != "no" if "header" in options else guessed
    names = column_names(head[skipped], named)
    return Sheet(tuple(names), chain(head[skipped + named :], rows))


def rows_of(sheet: Any) -> Iterator[Row]:
    """Rows with something in them, as text, without empty cells at their ends. ItemError: more than Excel allows."""
    sheet.reset_dimensions()  # some writers state a size that is not true
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if number >= ROWS_MAX:
            raise ItemError("files.broken_sheet", reason=f"> {ROWS_MAX}")
        cells = [text_of(cell) for cell in row[:COLUMNS_MAX]]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield cells


def text_of(value: object) -> str:
    """A cell as a CSV would have it; a day without an hour is only a day."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value in ERRORS else value
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def pieces_of(sheet: Sheet) -> Iterator[Piece]:
    """Some thousand rows at a time, fewer where they are long. What came before a damage is given first."""
    while True:
        held: list[Row] = []
        failure = taken(sheet.rows, len(sheet.names), held)
        if held:
            yield piece_of(held, sheet.names)
        if failure is not None:
            raise failure
        if not held:
            return


def taken(rows: Iterator[Row], width: int, held: list[Row]) -> Exception | None:
    """Fills held with the next rows, made as wide as the header; what ended the reading before its time."""
    chars = 0
    try:
        for row in rows:
            held.append(row + [""] * (width - len(row)))
            chars += sum(map(len, row))
            if len(held) >= PIECE_ROWS or chars >= PIECE_CHARS:
                break
    except Exception as error:
        return error
    return None


def piece_of(rows: Sequence[Row], names: Sequence[str]) -> Piece:
    good, ragged = fitted(rows, len(names))
    return Piece(columns_of(good, names), len(good), tuple(ragged))
