"""CSV and TSV: any delimiter and encoding, header or none, one broken line at the cost of that line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from palabre.collect.files.dialect import RECORD_CHARS_MAX, Dialect, cells, dialect_of, records, regularity
from palabre.collect.files.lines import Joined, blocks, buffered, encoding_of, text_lines
from palabre.collect.files.tables import PIECE_ROWS, Piece, TableFormat
from palabre.collect.formats import Head, Options

SAMPLE_BYTES = 64 * 1024
ENDINGS = (".csv", ".tsv", ".tab")
NOT_TABLES = (b"<", b"{", b"[", b"PAR1", b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"From ")

csv.field_size_limit(RECORD_CHARS_MAX * 2)


def sample_of(start: bytes) -> str:
    """The beginning of a file as text, its last line left out since it may be cut."""
    text = start.decode(encoding_of(start), "replace").removeprefix("\ufeff")
    whole, newline, _ = text.rpartition("\n")
    return whole + newline if newline and len(start) >= SAMPLE_BYTES else text


def column_names(first: Sequence[str], header: bool) -> list[str]:
    """The header's names made distinct, or "column 1", "column 2" … where there is none."""
    names: list[str] = []
    for number, cell in enumerate(first, 1):
        name = cell.strip() if header and cell.strip() else f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return names


def columns_of(rows: Sequence[Sequence[str]], names: Sequence[str]) -> Mapping[str, list[object]]:
    """Rows of equal width by columns."""
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {name: [] for name in names}


class CsvFormat(TableFormat):
    """Options: delimiter, header (yes, no), and those of every table."""

    name = "csv"

    def sniff(self, head: Head) -> float:
        named = head.name.casefold().endswith(ENDINGS)
        if head.start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(NOT_TABLES) or not head.start.strip():
            return 0.0
        sample = sample_of(head.start)
        if not encoding_of(head.start).startswith("utf-16") and "\0" in sample:
            return 0.0
        share, width = regularity(sample, dialect_of(sample))
        regular = width > 1 and share > 0.9 and sample.count("\n") >= 2
        return 0.45 if named else 0.3 if regular and width > 2 else 0.0

    def dialect(self, sample: str, options: Options) -> Dialect:
        found = dialect_of(sample, options.get("delimiter", ""))
        if "header" not in options:
            return found
        return Dialect(found.delimiter, found.quote, found.escape, options["header"] != "no", found.preamble)

    def pieces(self, stream: BinaryIO, options: Options) -> Iterator[Piece]:
        start = stream.read(SAMPLE_BYTES)
        encoding = options.get("encoding") or encoding_of(start)
        dialect = self.dialect(sample_of(start), options)
        whole = buffered(Joined(start, stream), 1 << 20)
        lines = records(text_lines(whole, encoding), dialect)
        for _ in range(dialect.preamble):
            next(lines, None)
        yield from self.rows(lines, dialect)

    def rows(self, lines: Iterator[tuple[str, str]], dialect: Dialect) -> Iterator[Piece]:
        names: list[str] = []
        for block in blocks(lines, PIECE_ROWS, lambda line: len(line[0])):
            rows, broken = read_block(block, dialect)
            if not names and rows:
                names = column_names(rows[0], dialect.header)
                rows = rows[1:] if dialect.header else rows
            good, ragged = fitted(rows, len(names))
            yield Piece(columns_of(good, names), len(good), (*broken, *ragged))


def read_block(block: Sequence[tuple[str, str]], dialect: Dialect) -> tuple[list[list[str]], list[tuple[bytes, str]]]:
    """Cells of records, and the records that are no rows."""
    broken = [(text.encode("utf-8", "replace"), wrong) for text, wrong in block if wrong]
    whole = [text for text, wrong in block if not wrong]
    try:
        return [row for row in cells(whole, dialect) if row], broken
    except csv.Error:
        return one_by_one(whole, dialect, broken)


def one_by_one(
    whole: Sequence[str], dialect: Dialect, broken: list[tuple[bytes, str]]
) -> tuple[list[list[str]], list[tuple[bytes, str]]]:
    """The same, slower, so that one bad record costs itself alone."""
    rows: list[list[str]] = []
    for text in whole:
        try:
            rows += [row for row in cells([text], dialect) if row]
        except csv.Error:
            broken.append((text.encode("utf-8", "replace"), "files.bad_line"))
    return rows, broken


def fitted(rows: Sequence[list[str]], width: int) -> tuple[list[list[str]], list[tuple[bytes, str]]]:
    """Rows of the right width. Empty cells at the end may lack or be too many; anything else is a broken row."""
    good: list[list[str]] = []
    ragged: list[tuple[bytes, str]] = []
    for row in rows:
        if len(row) == width:
            good.append(row)
        elif len(row) > width and not any(row[width:]):
            good.append(row[:width])
        else:
            ragged.append((",".join(row).encode("utf-8", "replace"), "files.wrong_width"))
    return good, ragged
