"""What a file format is: how `palabre import` reads what is already on disk.

A platform's format lives beside its connector (``collect/<name>/format.py``) and shares its mapping; formats that
belong to no platform are in ``collect/files/``. Registered as entry points of the group ``palabre.formats``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol, runtime_checkable

import pyarrow as pa

from palabre.model import Event, RawItem

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Head:
    """What a file shows before it is opened for good. start: its first 64 KiB, decompressed where it is compressed."""

    name: str
    start: bytes
    size: int


class Format(Protocol):
    name: str

    def sniff(self, head: Head) -> float:
        """How sure we are that this file is ours: 0 (no) to 1 (it says so itself). Never raises."""

    def items(self, stream: BinaryIO, options: Options) -> Iterator[RawItem]:
        """Raw items in file order, in bounded memory. ItemError: the whole file is unusable from here on."""

    def map(self, item: RawItem, options: Options) -> Iterable[Event]:
        """What one raw item says; pure. Raises ItemError (or anything: the item is quarantined)."""


@runtime_checkable
class Refining(Protocol):
    """A format that tells only from the inside of a file whose export it is."""

    def refined(self, stream: BinaryIO) -> Format:
        """The format that reads this file, perhaps itself; the stream is at its beginning afterwards. ItemError."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a table, shaped together. posts: a POSTS batch; bad: the rows that do not fit, each with its reason."""

    posts: pa.RecordBatch
    bad: tuple[tuple[RawItem, Exception], ...] = ()


@runtime_checkable
class Tabular(Protocol):
    """A format that can also shape many rows at once, the fast way; `items` and `map` serve for one row."""

    def chunks(self, stream: BinaryIO, options: Options) -> Iterator[Chunk]:
        """The rows in file order, in bounded memory. ItemError: the whole file is unusable from here on."""
