"""Lines of a byte stream in bounded memory, and the encoding they are written in."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, TypeVar, cast

from palabre.errors import ItemError

T = TypeVar("T")
READ_BYTES = 1 << 16
BLOCK_BYTES = 16_000_000  # of the rows that are shaped together
LINE_BYTES_MAX = 16_000_000  # a longer line is cut: its beginning is shown in quarantine, the rest is skipped
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CP1252_HOLES = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])


def encoding_of(start: bytes) -> str:
    """utf-8, utf-8-sig, utf-16, utf-16-le, utf-16-be, cp1252 or latin-1, from the beginning of a file."""
    for bom, name in BOMS:
        if start.startswith(bom):
            return name
    if start.count(0) > len(start) // 4:
        return "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"
    if is_utf8(start):
        return "utf-8"
    return "latin-1" if any(hole in start for hole in CP1252_HOLES) else "cp1252"


def is_utf8(start: bytes) -> bool:
    """Whether bytes are UTF-8, the last character being allowed to be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start, final=False)
    except UnicodeDecodeError:
        return False
    return True


def decoded(line: bytes, encoding: str) -> str:
    """A line as text. One line in another encoding inside a UTF-8 file is read as Windows does, not lost."""
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return line.decode("cp1252" if not any(hole in line for hole in CP1252_HOLES) else "latin-1")


def byte_lines(stream: BinaryIO, line_bytes_max: int = LINE_BYTES_MAX) -> Iterator[tuple[bytes, bool]]:
    """Lines with their end, and whether the line was cut because it is longer than the limit."""
    while line := stream.readline(line_bytes_max):
        cut = len(line) == line_bytes_max and not line.endswith(b"\n")
        yield line, cut
        while cut and (rest := stream.readline(line_bytes_max)) and not rest.endswith(b"\n"):
            pass


def text_lines(stream: BinaryIO, encoding: str) -> Iterator[tuple[str, bool]]:
    """Lines of text with their end, and whether they were cut. UTF-16 has newlines that are not one byte."""
    if not encoding.startswith("utf-16"):
        plain = "utf-8" if encoding == "utf-8-sig" else encoding
        first = True
        for line, cut in byte_lines(stream):
            yield decoded(line.removeprefix(codecs.BOM_UTF8) if first else line, plain), cut
            first = False
        return
    wrapped = io.TextIOWrapper(cast(Any, buffered(Unclosed(stream))), encoding, errors="replace", newline="")
    while line_text := wrapped.readline(LINE_BYTES_MAX):
        yield line_text, len(line_text) == LINE_BYTES_MAX


class Unclosed(io.RawIOBase):
    """A stream that the wrapper around it does not close."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self.stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Joined(Unclosed):
    """What was read already, then the rest of a stream."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        super().__init__(rest)
        self.start = io.BytesIO(start)

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        return self.start.readinto(buffer) or super().readinto(buffer)


def blocks(items: Iterable[T], most: int, weight: Callable[[T], int], heaviest: int = BLOCK_BYTES) -> Iterator[list[T]]:
    """Items in lists of at most so many, fewer where they are heavy: what bounds the memory of a file of long lines."""
    held: list[T] = []
    total = 0
    for item in items:
        held.append(item)
        total += weight(item)
        if len(held) >= most or total >= heaviest:
            yield held
            held, total = [], 0
    if held:
        yield held


def read_until_damage(stream: BinaryIO, bytes_max: int) -> tuple[bytes, ItemError | None]:
    """At most so many bytes, and what ended the reading before its time."""
    parts: list[bytes] = []
    left = bytes_max
    try:
        while left and (more := stream.read(min(left, READ_BYTES))):
            parts.append(more)
            left -= len(more)
    except ItemError as error:
        return b"".join(parts), error
    return b"".join(parts), None


def buffered(raw: io.RawIOBase, size: int = 1 << 18) -> BinaryIO:
    """A raw stream with a buffer, as the rest of the house passes streams around."""
    return cast(BinaryIO, io.BufferedReader(cast(Any, raw), size))
