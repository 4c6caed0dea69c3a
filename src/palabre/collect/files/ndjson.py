"""NDJSON: one JSON object a line.

Our own field names are those of `palabre.model.POSTS`; the usual aliases are known too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import orjson

from palabre.collect.files.lines import blocks, byte_lines, decoded, text_lines
from palabre.collect.files.tables import PIECE_ROWS, Piece, RowColumns, TableFormat
from palabre.collect.formats import Head, Options

ENDINGS = (".ndjson", ".jsonl", ".jsonlines", ".ldjson")
BOM = b"\xef\xbb\xbf"


def parsed(line: bytes) -> dict[str, object] | None:
    """The object of a line; None if it is not one."""
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        found = tolerated(line)
    return found if isinstance(found, dict) else None


def tolerated(line: bytes) -> object:
    """The slow way: lone surrogates, NaN and other encodings, which people's tools do write; None if it is no JSON."""
    try:
        return json.loads(decoded(line, "utf-8"), strict=False)
    except (ValueError, RecursionError):
        return None


def piece_of(lines: Sequence[tuple[bytes, bool]]) -> Piece:
    rows: list[dict[str, object]] = []
    broken: list[tuple[bytes, str]] = []
    for line, cut in lines:
        row = None if cut else parsed(line)
        if row is not None:
            rows.append(row)
        elif line.strip():
            broken.append((line, "files.too_long_line" if cut else "files.bad_json"))
    return Piece(RowColumns(rows), len(rows), tuple(broken))


def utf8_lines(stream: BinaryIO, encoding: str) -> Iterator[tuple[bytes, bool]]:
    """Lines as UTF-8, whatever the file is written in."""
    if encoding.startswith("utf-16"):
        return ((text.encode("utf-8", "replace"), cut) for text, cut in text_lines(stream, encoding))
    return ((line.removeprefix(BOM), cut) for line, cut in byte_lines(stream))


class NdjsonFormat(TableFormat):
    name = "ndjson"

    def sniff(self, head: Head) -> float:
        lines = [line for line in head.start.removeprefix(BOM).split(b"\n")[:4] if line.strip()]
        whole = lines if len(head.start) == head.size else lines[:-1] or lines
        objects = sum(parsed(line) is not None for line in whole)
        if head.name.casefold().endswith(ENDINGS):
            return 0.45 if objects else 0.35
        return 0.4 if objects >= 2 else 0.0

    def pieces(self, stream: BinaryIO, options: Options) -> Iterator[Piece]:
        lines = utf8_lines(stream, options.get("encoding", "utf-8"))
        for block in blocks(lines, PIECE_ROWS, lambda line: len(line[0])):
            yield piece_of(block)
