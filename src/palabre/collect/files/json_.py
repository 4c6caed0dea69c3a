"""JSON: an array of posts, an object that holds one (items, data, results …), or one post.

Big arrays are read as they come.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

import orjson

from palabre.collect.files.columns import ALIASES, plain
from palabre.collect.files.lines import BLOCK_BYTES, Joined, buffered, encoding_of, read_until_damage
from palabre.collect.files.names import table
from palabre.collect.files.tables import PIECE_ROWS, Piece, RowColumns, TableFormat
from palabre.collect.formats import Head, Options
from palabre.errors import ItemError

WHOLE_BYTES_MAX = 32_000_000  # above, or when the document is broken, elements are read one by one
ELEMENT_CHARS_MAX = 16_000_000
READ_CHARS = 1 << 18
HOLDERS = tuple(table("holders")["json"])
SPACE = re.compile(r"[\s,]*")
START = re.compile(r'"(?:' + "|".join(HOLDERS) + r')"\s*:\s*\[\s*(?=\{)')


def is_post(found: dict[str, object]) -> bool:
    """Whether an object is a post itself: it has some text under a usual name."""
    texts = {*ALIASES["text"], *ALIASES["title"], *ALIASES["html"]}
    return any(isinstance(value, str) and plain(name) in texts for name, value in found.items())


def rows_in(found: object, depth: int = 3) -> list[dict[str, object]]:
    """The posts of a document. ItemError: there are none."""
    if isinstance(found, list):
        rows = [one for one in found if isinstance(one, dict)]
        if rows or not found:
            return rows
    if isinstance(found, dict):
        for name in HOLDERS:
            inner = found.get(name)
            holds = isinstance(inner, list) or (isinstance(inner, dict) and not is_post(found))
            if depth and holds:
                try:
                    return rows_in(inner, depth - 1)
                except ItemError:
                    continue
        if is_post(found):
            return [found]
    raise ItemError("files.no_records")


def elements(text: io.TextIOBase) -> Iterator[tuple[dict[str, object], int]]:
    """Objects of the first array of posts, one by one, each with its length. ItemError where the document breaks."""
    buffer = opening(text)
    decoder = json.JSONDecoder(strict=False)
    while True:
        buffer = buffer[SPACE.match(buffer).end() :]  # type: ignore[union-attr]  # it matches the empty string
        if buffer.startswith("]"):
            return
        try:
            found, end = decoder.raw_decode(buffer)
        except (json.JSONDecodeError, RecursionError) as error:
            more = text.read(READ_CHARS)
            if not more or len(buffer) > ELEMENT_CHARS_MAX:
                raise ItemError("files.broken_json") from error
            buffer += more
            continue
        buffer = buffer[end:] or text.read(READ_CHARS)
        if isinstance(found, dict):
            yield found, end


def opening(text: io.TextIOBase) -> str:
    """What follows the bracket that opens the array. ItemError: no array of objects near the beginning."""
    buffer = text.read(READ_CHARS).removeprefix("\ufeff").lstrip()
    if buffer.startswith("["):
        return buffer[1:]
    found = START.search(buffer)
    if found is None:
        raise ItemError("files.no_records")
    return buffer[found.end() :]


class JsonFormat(TableFormat):
    name = "json"

    def sniff(self, head: Head) -> float:
        start = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not start.startswith((b"{", b"[")):
            return 0.0
        return 0.3 if head.name.casefold().endswith(".json") or re.match(rb"[\[{]\s*[\[{\"\]]", start) else 0.1

    def pieces(self, stream: BinaryIO, options: Options) -> Iterator[Piece]:
        start, failure = read_until_damage(stream, WHOLE_BYTES_MAX)
        if failure is None and len(start) < WHOLE_BYTES_MAX:
            try:
                document = orjson.loads(start.removeprefix(b"\xef\xbb\xbf"))
            except orjson.JSONDecodeError:
                pass
            else:
                yield from cut(iter(rows_in(document)))
                return
        yield from streamed(start, stream)


def streamed(start: bytes, stream: BinaryIO) -> Iterator[Piece]:
    """Elements as they come; where the document breaks, what came before is yielded first."""
    encoding = encoding_of(start[:65536])
    text = io.TextIOWrapper(buffered(Joined(start, stream)), encoding, errors="replace")
    found = elements(text)
    while True:
        rows: list[dict[str, object]] = []
        chars = 0
        try:
            for row, length in islice(found, PIECE_ROWS):
                rows.append(row)
                chars += length
                if chars >= BLOCK_BYTES:
                    break
        except ItemError:
            if rows:
                yield Piece(RowColumns(rows), len(rows))
            raise
        if not rows:
            return
        yield Piece(RowColumns(rows), len(rows))


def cut(rows: Iterator[dict[str, object]]) -> Iterator[Piece]:
    while block := list(islice(rows, PIECE_ROWS)):
        yield Piece(RowColumns(block), len(block))
