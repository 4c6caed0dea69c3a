"""JSON as people keep it on disk, one value at a time: a document, a list, one value a line, an event stream.

`documents` reads any of them in bounded memory; what is broken comes out as `Broken` and the next value goes on.
`peek` understands the beginning of a file although it was cut; `JsonFormat` is what the platforms' formats share.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from itertools import islice
from typing import BinaryIO

from palabre.collect.formats import Head, Options
from palabre.collect.payload import at, walk
from palabre.errors import ItemError
from palabre.model import Event, RawItem

CHUNK_CHARS = 1 << 18
DOCUMENT_CHARS_MAX = 256 << 20  # one value larger than this is not a page of an API
BROKEN_CHARS_MAX = 1 << 20
PEEK_VALUES = 8
INNER = 0.8  # how much of our certainty is left when a platform's objects lie deep inside a stranger's
INNER_OBJECTS = 60
SKIPPED = " \t\r\n,\x1e\ufeff"  # between values: blanks, stray commas, the record separator of RFC 7464
ASSIGNMENT = re.compile(r"\s*[\w.$\[\]\"']{1,80}\s*=\s*(?=[\[{])")  # window.YTD.tweets.part0 = [
EVENT_LINE = re.compile(r"(?:event|data|id|retry)?:[^\n]*(?:\n|\Z)")  # server-sent events, keep-alives included
STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\],]', re.S)  # a string may be cut short
DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Broken:
    """A stretch of a file that is not JSON."""

    body: bytes


@dataclass
class Reader:
    """Characters of a stream, read ahead as asked for."""

    stream: BinaryIO
    text: str = ""
    start: int = 0
    ended: bool = False
    decoder: codecs.IncrementalDecoder = field(init=False)

    def __post_init__(self) -> None:
        head = self.stream.read(CHUNK_CHARS)
        self.decoder = codecs.getincrementaldecoder(encoding_of(head))("replace")
        self.ended = not head
        self.text = self.decoder.decode(head, final=not head)

    def more(self) -> bool:
        """Read as much again; False at the end of the stream."""
        if self.ended or len(self.text) - self.start > DOCUMENT_CHARS_MAX:
            return False
        block = self.stream.read(max(CHUNK_CHARS, len(self.text) - self.start))
        self.ended = not block
        self.text = self.text[self.start :] + self.decoder.decode(block, final=self.ended)
        self.start = 0
        return not self.ended

    def skip(self, characters: str) -> str:
        """Pass over these characters; the one that follows, or "" at the end."""
        while True:
            while self.start < len(self.text) and self.text[self.start] in characters:
                self.start += 1
            if self.start < len(self.text) or not self.more():
                return self.text[self.start : self.start + 1]

    def take(self, pattern: re.Pattern[str]) -> str:
        """What the pattern finds right here, passed over; "" when it does not."""
        found = pattern.match(self.text, self.start)
        self.start = found.end() if found else self.start
        return found.group() if found else ""


def encoding_of(head: bytes) -> str:
    """UTF-8, or UTF-16 where a byte order mark says so."""
    return "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def documents(stream: BinaryIO) -> Iterator[object | Broken]:
    """The values of a file in order: elements of top-level lists, else whole values."""
    reader = Reader(stream)
    reader.take(ASSIGNMENT)
    inside = False
    while mark := reader.skip(SKIPPED):
        if mark in "[]" and (mark == "]" or not inside):
            inside, reader.start = mark == "[", reader.start + 1
        elif mark in "edir:" and not inside:
            yield from event_line(reader)
        else:
            value = next_value(reader)
            yield cut(reader, to_end=inside) if value is LOST else value


class Lost:
    """The parser gave up."""


LOST = Lost()


def next_value(reader: Reader) -> object:
    """The value that begins here; LOST when it is malformed or never ends."""
    while True:
        try:
            value, end = DECODER.raw_decode(reader.text, reader.start)
        except json.JSONDecodeError as error:
            if unfinished(error, len(reader.text)) and reader.more():
                continue
            return LOST
        except RecursionError:
            return LOST
        if end == len(reader.text) and not isinstance(value, dict | list | str) and reader.more():
            continue  # 12 may be the beginning of 123
        reader.start = end
        return value


def unfinished(error: json.JSONDecodeError, length: int) -> bool:
    """Whether the text ended before the value did, so that reading on may help."""
    return error.msg.startswith("Unterminated string") or error.pos >= length - 12


def cut(reader: Reader, *, to_end: bool) -> Broken:
    """Pass over what is broken: up to a line that begins an object, or (inside a list) all that is left."""
    kept = ""
    while True:
        line = -1 if to_end else reader.text.find("\n{", reader.start + 1)
        stop = line if line >= 0 else len(reader.text) - (not reader.ended)  # the last one may be the line's end
        kept += reader.text[reader.start : stop][: BROKEN_CHARS_MAX - len(kept)]
        reader.start = max(stop, reader.start)
        if line >= 0 or reader.ended:
            return Broken(kept.strip().encode(errors="replace"))
        reader.more()


def event_line(reader: Reader) -> Iterator[object | Broken]:
    """One line of a server-sent stream. ``event: delete`` + ``data: 12`` comes out as {"event": …, "payload": …}."""
    while "\n" not in reader.text[reader.start :] and reader.more():
        pass
    line = reader.take(EVENT_LINE)
    if not line:
        yield cut(reader, to_end=False)
        return
    name, _, said = line.strip().partition(":")
    if name != "event":
        return
    payload = reader.take(re.compile(r"data:[^\n]*(?:\n|\Z)")) if complete_line(reader) else ""
    yield {"event": said.strip(), "payload": payload.partition(":")[2].strip()}


def complete_line(reader: Reader) -> bool:
    """Read until the next line is whole; True when there is one."""
    while "\n" not in reader.text[reader.start :] and reader.more():
        pass
    return reader.start < len(reader.text)


@lru_cache(maxsize=4)
@lru_cache(maxsize=1)  # every platform's format asks for the same file
def peek(start: bytes) -> tuple[object, ...]:
    """The first values of a file of which only the beginning is known; the last one may be cut short. Never raises."""
    values: list[object] = []
    try:
        for value in documents(BytesIO(start)):
            values.append(mended(value.body) if isinstance(value, Broken) else value)
            if len(values) >= PEEK_VALUES:
                break
    except (ValueError, RecursionError):
        return ()
    return tuple(value for value in values if value is not None)


def mended(body: bytes) -> object:
    """What can be told of a JSON value that was cut: its brackets closed after the last whole part; None if nothing."""
    text, closers, best = body.decode("utf-8", "replace"), "", ""
    for found in STRUCTURE.finditer(text):
        mark = found.group()
        if mark in "{[":
            closers = ("}" if mark == "{" else "]") + closers
        elif mark in "}]":
            closers = closers[1:]
            best = text[: found.end()] + closers
        elif mark == ",":
            best = text[: found.start()] + closers
    try:
        return json.loads(best) if best else None
    except (ValueError, RecursionError):
        return None


def unwrap(value: object) -> tuple[str, object]:
    """(address, body) of a recorded exchange ``{"request_uri": …, "body": …}``; ("", the value) of anything else."""
    if isinstance(value, Mapping) and "body" in value and isinstance(value.get("request_uri"), str):
        return str(value["request_uri"]), value["body"]
    return "", value


class JsonFormat:
    """A platform's JSON on disk. A subclass says what is its own and finds the native objects in a document."""

    name = ""

    def score(self, value: object, address: str) -> float:
        """How sure we are that one value (perhaps cut short) is ours; address: where it was fetched, "" if not said."""
        raise NotImplementedError

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        """Raw items of one value, each mapping to one event at most."""
        raise NotImplementedError

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        """What one raw item says; raises ItemError."""
        raise NotImplementedError

    def sniff(self, head: Head) -> float:
        found = [unwrap(entry) for entry in peek(head.start)]
        sure = max((self.score(value, address) for address, value in found), default=0.0)
        inner = (self.score(part, "") for _, value in found for part in inner_objects(value)) if not sure else ()
        return sure or INNER * max(inner, default=0.0)

    def items(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        for entry in documents(stream):
            if isinstance(entry, Broken):
                yield RawItem(entry.body, note={"broken": "json"})
                continue
            address, value = unwrap(entry)
            yield from self.found(value, address)

    def map(self, item: RawItem, options: Options) -> Iterable[Event]:
        if "broken" in item.note:
            raise ItemError("payload.not_json", bytes=len(item.body))
        return self.events(item, options)


def inner_objects(value: object) -> Iterator[object]:
    """The first objects inside a value, for what somebody wrapped in their own way."""
    return islice(walk(value), INNER_OBJECTS)


def says(value: object, *keys: str) -> bool:
    """Whether an object has all these keys."""
    return isinstance(value, Mapping) and all(key in value for key in keys)


def sample(value: object) -> Iterator[object]:
    """A value and, if it is a list or a page of one, its first elements: enough to recognise a platform."""
    yield value
    inner = value if isinstance(value, list) else at(value, "data")
    yield from (inner[:3] if isinstance(inner, list) else [inner] if inner is not None else [])
