"""Rows as CSV, XLSX, Parquet or NDJSON: the one writer of the desk and of the command line.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula (CWE-1236), also after spaces and
in full-width signs, and some take a leading TAB or CR for one. Text cells of CSV and XLSX that could be read so get an
apostrophe in front; `plain` takes it away again. Numbers stay numbers. Parquet and NDJSON are not read by spreadsheets
and keep every text as it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import orjson

FORMATS = ("csv", "xlsx", "parquet", "ndjson")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "ndjson": "application/x-ndjson",
}
CELL_CHARS_MAX = 32_767  # of a cell of XLSX (Excel specifications and limits)
SHEET_ROWS_MAX = 1_048_575  # without the row of names
BATCH_ROWS = 2_000
DANGEROUS = re.compile(r"'*(?:[\t\r]|[\s\u200b-\u200f\u2060\ufeff\x00]*[=+\-@＝＋－＠﹢﹣﹦﹫−])")
Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """kind: text, int, float, flag or time (epoch milliseconds in, ISO 8601 UTC or a timestamp out)."""

    name: str
    kind: str = "text"


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if DANGEROUS.match(text) else text


def plain(text: str) -> str:
    """What `safe` was given."""
    return text[1:] if text.startswith("'") and DANGEROUS.match(text[1:]) else text


def in_batches(rows: Iterable[Sequence[Value]]) -> Iterator[list[Sequence[Value]]]:
    """BATCH_ROWS at a time."""
    following = iter(rows)
    while batch := list(islice(following, BATCH_ROWS)):
        yield batch


def write(kind: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]], file: BinaryIO) -> int:
    """Writes rows to a file, in constant memory; how many. XLSX and Parquet need a file that can seek."""
    if kind in ("csv", "ndjson"):
        return sum(_written(file, chunk) for chunk in chunks(kind, columns, rows))
    return {"xlsx": write_xlsx, "parquet": write_parquet}[kind](columns, rows, file)


def _written(file: BinaryIO, chunk: tuple[int, bytes]) -> int:
    file.write(chunk[1])
    return chunk[0]


def chunks(
    kind: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]], *, bom: bool = False
) -> Iterator[tuple[int, bytes]]:
    """(rows, bytes) of CSV or NDJSON, to be sent as they come. bom: Excel then reads accents in CSV rightly."""
    if kind == "csv":
        yield 0, (b"\xef\xbb\xbf" if bom else b"") + csv_lines([[column.name for column in columns]])
    for batch in in_batches(rows):
        if kind == "csv":
            yield len(batch), csv_lines([csv_row(columns, row) for row in batch])
        else:
            yield len(batch), b"".join(ndjson_line(columns, row) for row in batch)


# CSV (RFC 4180: CRLF, quotes doubled) and NDJSON


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def csv_row(columns: Sequence[Column], row: Sequence[Value]) -> list[object]:
    """Text quoted and safe; a number as it is; nothing as an empty cell."""
    return [csv_value(column, value) for column, value in zip(columns, row, strict=True)]


def csv_value(column: Column, value: Value) -> object:
    if value is None:
        return ""
    if column.kind == "text":
        return safe(str(value))
    if column.kind == "flag":
        return "true" if value else "false"
    return iso(int(value)) if column.kind == "time" else value


def ndjson_line(columns: Sequence[Column], row: Sequence[Value]) -> bytes:
    """One object; times in ISO 8601."""
    pairs = zip(columns, row, strict=True)
    said = {one.name: iso(int(value)) if one.kind == "time" and value is not None else value for one, value in pairs}
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE, default=str)


def iso(ms: int) -> str | None:
    """ISO 8601 in UTC; None when a date cannot hold it."""
    from palabre.clock import to_datetime

    try:
        return to_datetime(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return None


# XLSX


def write_xlsx(columns: Sequence[Column], rows: Iterable[Sequence[Value]], file: BinaryIO) -> int:
    """One sheet. Text is written as text, whatever it looks like; no address becomes a link."""
    import xlsxwriter

    with xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet, n = book.add_worksheet("Palabre"), 0
        date = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column.name)
        for n, row in enumerate(rows, 1):
            for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                write_cell(sheet, n, at, column, value, date)
        return n


def write_cell(sheet: object, row: int, at: int, column: Column, value: Value, date: object) -> None:
    """Typed by its column, never guessed from the value."""
    if value is None:
        return
    if column.kind == "text":
        sheet.write_string(row, at, cell_text(str(value)))  # type: ignore[attr-defined]
    elif column.kind == "flag":
        sheet.write_boolean(row, at, bool(value))  # type: ignore[attr-defined]
    elif column.kind == "time":
        write_time(sheet, row, at, int(value), date)
    else:
        sheet.write_number(row, at, float(value))  # type: ignore[attr-defined]


def write_time(sheet: object, row: int, at: int, ms: int, date: object) -> None:
    """A date of Excel (from 1900 on), else its text."""
    days = ms / 86_400_000 + 25_569
    if 1 <= days < 2_958_466:
        sheet.write_number(row, at, days, date)  # type: ignore[attr-defined]
    else:
        sheet.write_string(row, at, iso(ms) or str(ms))  # type: ignore[attr-defined]


def cell_text(text: str) -> str:
    """Safe, and no longer than a cell can be."""
    made = safe(text)
    return made if len(made) <= CELL_CHARS_MAX else f"{made[: CELL_CHARS_MAX - 1]}…"


# Parquet


def write_parquet(columns: Sequence[Column], rows: Iterable[Sequence[Value]], file: BinaryIO) -> int:
    """zstd; times as timestamps in UTC."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("ms", "UTC"),
    }
    schema = pa.schema([pa.field(column.name, kinds[column.kind]) for column in columns])
    n = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in in_batches(rows):
            lists = zip(zip(*batch, strict=True), schema, strict=True)
            arrays = [pa.array(list(values), one.type) for values, one in lists]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            n += len(batch)
    return n
