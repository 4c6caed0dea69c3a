"""AT Protocol JSON on disk: Jetstream captures, feeds, threads, search results, records; repositories (CAR)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from palabre.collect.bluesky import mapping
from palabre.collect.bluesky.frames import car_records
from palabre.collect.formats import Head, Options
from palabre.collect.jsonfile import JsonFormat, sample, says
from palabre.collect.payload import dumps, ident, raw, table, tables, text
from palabre.model import Event, RawItem

CAR_MARK = b"\xa2eroots"  # the header of a CAR is CBOR: a map of two, "roots" first
LEXICONS = ("app.bsky.", "com.atproto.", "chat.bsky.", "tools.ozone.", "network.bsky.")


class BlueskyFormat(JsonFormat):
    name = "bluesky"

    def sniff(self, head: Head) -> float:
        return 1.0 if CAR_MARK in head.start[:12] else super().sniff(head)

    def score(self, value: object, address: str) -> float:
        if "/xrpc/" in address:
            return 0.8
        return max((score_of(entry) for part in sample(value) for entry in neighbours(part)), default=0.0)

    def items(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        start = stream.read(12)
        rest = Rewound(start, stream)
        if CAR_MARK in start:
            yield from (RawItem(dumps(entry)) for entry in car_records(rest.read()))
            return
        yield from super().items(rest, options)  # type: ignore[arg-type]  # it reads, and nothing else is asked of it

    def found(self, value: object, address: str) -> Iterable[RawItem]:
        return (raw(entry) for entry in mapping.found_in(value))

    def events(self, item: RawItem, options: Options) -> Iterable[Event]:
        return mapping.events(item, signed_in=True)  # a file is somebody's own copy, made with their own rights


class Rewound:
    """A stream whose first bytes were looked at."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self.start, self.stream = start, stream

    def read(self, size: int = -1) -> bytes:
        start, self.start = self.start, b""
        return start + self.stream.read(size)


def neighbours(value: object) -> Iterator[Mapping[str, object]]:
    """The objects by which an answer is recognised: itself, the entries of feeds, lists and threads."""
    if not isinstance(value, Mapping):
        return
    yield value
    for name in ("post", "thread", "value", "record"):
        yield table(value, name)
    yield table(value, "thread", "post")
    for name in ("feed", "posts", "records", "follows", "followers"):
        for entry in tables(value, name)[:2]:
            yield entry
            yield table(entry, "post")


def score_of(value: Mapping[str, object]) -> float:
    """How sure one object makes us."""
    kind = text(value, "$type")
    if mapping.is_view(value) or mapping.is_bare(value) or kind.startswith(mapping.V2):
        return 0.97
    if mapping.is_event(value):
        return 0.95
    if kind.startswith(LEXICONS) or text(value, "uri").startswith("at://"):
        return 0.85
    if "lexicon" in value and ident(value, "id").startswith(LEXICONS):
        return 0.85
    is_did = text(value, "did").startswith("did:") or text(value, "id").startswith("did:")
    return 0.75 if is_did and (says(value, "handle") or says(value, "@context") or len(value) == 1) else 0.0
