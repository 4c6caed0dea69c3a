"""Exports of other listening tools: a table whose columns are known beforehand, found by its header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import BinaryIO, ClassVar

from palabre.collect.files.columns import plain
from palabre.collect.files.csv_ import CsvFormat, sample_of
from palabre.collect.files.dialect import cells, dialect_of, records
from palabre.collect.files.sheets import sheet_pieces
from palabre.collect.files.streams import is_office, whole
from palabre.collect.files.tables import Piece
from palabre.collect.formats import Head, Options

SURE = 0.85
OFFICE_BYTES = 64


@lru_cache(maxsize=1)  # several vendors' formats ask for the same file
def header_of(start: bytes) -> tuple[str, ...]:
    """The names of a CSV's columns, after its preamble; () if it is no CSV."""
    sample = sample_of(start)
    dialect = dialect_of(sample)
    lines = [(line, False) for line in sample.splitlines(keepends=True)[:200]]
    rows = cells((text for text, _ in records(lines, dialect)), dialect)
    for number, row in enumerate(rows):
        if number == dialect.preamble:
            return tuple(row)
    return ()


def present(known: Mapping[str, Sequence[str]], columns: Iterable[str]) -> dict[str, str]:
    """The known columns that a file has, as ``map.<field>`` options. Names are compared without case and signs."""
    found = {plain(column): column for column in columns}
    pairs = (
        (name, next((found[plain(one)] for one in names if plain(one) in found), None)) for name, names in known.items()
    )
    return {f"map.{name}": column for name, column in pairs if column is not None}


class VendorCsv(CsvFormat):
    """signature: columns that only this tool has together; known: field → its columns, in order of preference."""

    signature: ClassVar[frozenset[str]] = frozenset()
    known: ClassVar[Mapping[str, Sequence[str]]] = {}

    def sniff(self, head: Head) -> float:
        try:
            names = {plain(name) for name in header_of(head.start)}
        except Exception:  # whatever it is, it is not ours
            return 0.0
        return SURE if self.owns(names) else 0.0

    def owns(self, names: Set[str]) -> bool:
        """Whether these columns are this tool's own. names: plain ones."""
        return bool(self.signature) and self.signature <= names

    def pieces(self, stream: BinaryIO, options: Options) -> Iterator[Piece]:
        start = stream.read(OFFICE_BYTES)
        stream = whole(stream, start)
        yield from sheet_pieces(stream, options) if is_office(start) else super().pieces(stream, options)

    def completed(self, columns: Iterable[str], options: Options) -> Options:
        """What somebody decided for every column is left as it is."""
        return options if options.get("guess") == "no" else {"guess": "no", **present(self.known, columns), **options}
