"""Posting lists of a segment: which of its rows hold which key, and where. Made once, never changed.

The full-text index merges one list for each word that a beginning stands for, in every question anew: half a second
where a third of ten million posts is wanted. Here the keys lie in order, so the lists of all words with one beginning
are one stretch of numbers, read where it lies on the disk: 20 ms. Two bytes a number and nothing packed, which is twice
the bytes of a packed list and a tenth of its time.

Tokens have places (`text.token_lists`), a row for each of them; what a post is known by beside its words has none.

Source: inverted files as in Zobel and Moffat, *Inverted files for text search engines* (2006), kept as Arrow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from palabre.text.kernel import buffers, library
from palabre.text.token_lists import token_places

VERSION = {b"keys": b"5"}  # counts up when rows get other keys than before: what was made before is made again
NUMBERS = pa.list_(pa.uint16())
SCHEMA = pa.schema([pa.field("key", pa.string()), pa.field("rows", NUMBERS), pa.field("places", NUMBERS)], VERSION)
PART_ROWS = 65_536  # what two bytes can tell apart
PART_CHARS = 16_000_000  # of posts and their keys, which take ten times as many bytes while they are sorted
IDS = "\x00"  # no key begins so
BEHIND = "\U0010ffff"  # behind every character of a key

LOOKED_UP_MAX = 256  # keys of a part
FEW = 16  # rows of a key for each that is wanted, from which on these are looked up

Mask = npt.NDArray[np.bool_]
Where = npt.NDArray[np.uint32]  # rising
Halves = npt.NDArray[np.uint16]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A post: its title and text, and the keys it has beside their words, with spaces between."""

    post_id: int
    title: str
    text: str
    keys: str


# making


def write_postings(sink: Any, posts: Iterable[Keyed]) -> None:
    """posts: the rows of the segment. One record batch for each part of them; how many rows it tells of is in its
    metadata."""
    with pa.ipc.new_file(sink, SCHEMA) as writer:
        for some in in_parts(posts):
            blocks = ids_list(some), posting_lists([post.keys for post in some]), token_lists(some)
            columns = map(pa.concat_arrays, zip(*(block.columns for block in blocks), strict=True))
            lists = pa.RecordBatch.from_arrays(list(columns), schema=SCHEMA)
            writer.write_batch(lists, custom_metadata={"rows": str(len(some))})


def in_parts(posts: Iterable[Keyed]) -> Iterator[list[Keyed]]:
    """Posts until they are PART_ROWS or have PART_CHARS; then the next ones."""
    some: list[Keyed] = []
    size = 0
    for post in posts:
        some.append(post)
        size += len(post.keys) + len(post.title) + len(post.text)
        if len(some) == PART_ROWS or size >= PART_CHARS:
            yield some
            some, size = [], 0
    if some:
        yield some


def ids_list(posts: Sequence[Keyed]) -> pa.RecordBatch:
    """Before the first key the post_ids of all rows, in four numbers each: read where they lie, for the few that are
    wanted, which no compressed column allows."""
    ids = np.array([post.post_id for post in posts], np.int64)
    return block(pa.array([IDS]), np.array([4 * len(ids)]), ids.view(np.uint16))


def posting_lists(texts: Sequence[str]) -> pa.RecordBatch:
    """One row a key, in the order of their bytes: the key, and the numbers of the texts that hold it. All begin with a
    control character, below those of tokens."""
    words = pc.split_pattern(pa.array(texts, pa.string()), " ")
    coded = pc.list_flatten(words).dictionary_encode()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    pairs = without_doubles(place[coded.indices.to_numpy()] << 16 | pc.list_parent_indices(words).to_numpy())
    ends = np.searchsorted(pairs, np.arange(1, len(order) + 1) << 16)
    keys = coded.dictionary.take(pa.array(order))
    empty = int(len(keys) > 0 and keys[0].as_py() == "")  # posts without keys
    return block(keys, ends, pairs.astype(np.uint16)).slice(empty)


def token_lists(posts: Sequence[Keyed]) -> pa.RecordBatch:
    """Likewise the tokens of posts, with their places."""
    columns = {name: pa.array([getattr(post, name) for post in posts], pa.string()) for name in ("title", "text")}
    found = token_places(pa.RecordBatch.from_pydict(columns))
    return block(found.keys, found.ends, found.rows, found.places)


def block(keys: pa.StringArray, ends: Any, rows: Any, places: Any = None) -> pa.RecordBatch:
    """ends: where the rows of each key end."""
    offsets = pa.array(np.append(0, ends), pa.int32())
    nowhere = pa.ListArray.from_arrays(pa.array(np.zeros(len(keys) + 1), pa.int32()), pa.array([], pa.uint16()))
    where = nowhere if places is None else pa.ListArray.from_arrays(offsets, pa.array(places))
    return pa.RecordBatch.from_arrays([keys, pa.ListArray.from_arrays(offsets, pa.array(rows)), where], schema=SCHEMA)


def without_doubles(pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Sorted: by key, then by row. Not by numpy.unique, which asks a hash table first and takes ten times as long."""
    pairs.sort()
    first: npt.NDArray[np.bool_] = np.diff(pairs, prepend=-1) != 0
    return pairs[first]


# asking


@dataclass(frozen=True, slots=True)
class Lists:
    """Numbers of all keys, in the order of these; offsets: where those of each key begin, and where all end."""

    offsets: npt.NDArray[np.int32]
    numbers: Halves

    def between(self, first: int, end: int) -> Halves:
        return self.numbers[self.offsets[first] : self.offsets[end]]

    def of(self, keys: Ids) -> Halves:
        return self.numbers[ranges(self.offsets[keys].astype(np.int64), self.offsets[keys + 1].astype(np.int64))]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a segment that follow each other: how many, the keys, and the rows and places of each. looked_up: where
    keys were found lately, for a question asks for some several times."""

    rows: int
    keys: pa.StringArray
    held: Lists
    places: Lists
    looked_up: dict[tuple[str, bool], tuple[int, int]] = field(default_factory=dict)

    def ids(self) -> Ids:
        """The post_id of each row."""
        return self.held.between(0, 1).view(np.int64)


def parts_of(source: Any) -> list[Part]:
    """All rows of a segment. source: its file, open for reading at any place; only what is asked will be read. Raises
    pa.ArrowInvalid where it is damaged, or holds other keys than we would give it."""
    reader = pa.ipc.open_file(source)
    if reader.schema.metadata != VERSION:
        raise pa.ArrowInvalid("made with other keys")
    found = map(reader.get_batch_with_custom_metadata, range(reader.num_record_batches))
    return [part_of(int(one.custom_metadata["rows"]), one.batch) for one in found]


def part_of(rows: int, batch: pa.RecordBatch) -> Part:
    keys, *lists = batch.columns
    held, places = (Lists(one.offsets.to_numpy(), one.values.to_numpy()) for one in lists)
    return Part(rows, keys, held, places)


def are_ours(lists: Path) -> bool:
    """Whether a file is there, whole, and was made with the keys that we would give."""
    try:
        metadata: object = pa.ipc.open_file(pa.memory_map(str(lists))).schema.metadata
    except (OSError, pa.ArrowInvalid):
        return False
    return metadata == VERSION


@dataclass(frozen=True)
class Wanted:
    """Rows of which something is wanted."""

    mask: Mask

    @cached_property
    def n(self) -> int:
        return int(np.count_nonzero(self.mask))

    @cached_property
    def rows(self) -> Halves:
        return np.flatnonzero(self.mask).astype(np.uint16)


def all_of(part: Part) -> Wanted:
    return Wanted(np.ones(part.rows, bool))


class Keys(Protocol):
    """Some keys of a part, and their rows and places: a row is there once for each place; those of each key rise."""

    def __len__(self) -> int: ...
    def rows(self) -> Halves: ...
    def places(self) -> Halves: ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Keys that follow each other: the numbers of the first one and of the one behind the last."""

    part: Part
    first: int
    end: int

    def __len__(self) -> int:
        return self.end - self.first

    def names(self) -> pa.StringArray:
        return self.part.keys.slice(self.first, len(self))

    def rows(self) -> Halves:
        return self.part.held.between(self.first, self.end)

    def places(self) -> Halves:
        return self.part.places.between(self.first, self.end)

    def starts(self) -> npt.NDArray[np.int32]:
        """Where the rows of each key begin, in `rows`."""
        offsets = self.part.held.offsets
        return offsets[self.first : self.end] - offsets[self.first]  # type: ignore[no-any-return]

    def only(self, numbers: Ids) -> Keys:
        """Some of its keys, which are counted from its first one."""
        if len(numbers) == 1:
            return Stretch(self.part, self.first + int(numbers[0]), self.first + int(numbers[0]) + 1)
        return Several(self.part, self.first + numbers)


@dataclass(frozen=True, slots=True)
class Several:
    """Keys here and there, by their numbers."""

    part: Part
    numbers: Ids

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self) -> Halves:
        return self.part.held.of(self.numbers)

    def places(self) -> Halves:
        return self.part.places.of(self.numbers)


def where(keys: Keys, wanted: Wanted) -> Where:
    """Row and place in the wanted rows, of tokens: row << 16 | place; those of each key rise."""
    rows, places = keys.rows(), keys.places()
    if is_looked_up(keys, wanted):
        at = ranges(rows.searchsorted(wanted.rows), rows.searchsorted(wanted.rows, "right"))
        return rows[at].astype(np.uint32) << np.uint32(16) | places[at]
    return (rows.astype(np.uint32) << np.uint32(16) | places)[wanted.mask[rows]]


def mark(mask: Mask, keys: Keys, wanted: Wanted) -> None:
    """Says of the wanted rows that they have one of some keys; of others perhaps."""
    rows = keys.rows()
    mask[wanted.rows[among(rows, wanted.rows)] if is_looked_up(keys, wanted) else rows] = True


def is_looked_up(keys: Keys, wanted: Wanted) -> bool:
    """Whether the wanted rows are sooner looked up than all rows of a key are gone through."""
    size = len(keys.rows()) if len(keys) == 1 else 0
    return size > FEW and FEW * wanted.n < size


def stretch(part: Part, key: str, prefix: bool = False) -> Stretch:
    """The keys that are, or begin with, a key."""
    known = part.looked_up.get((key, prefix))
    if known is None:
        if len(part.looked_up) >= LOOKED_UP_MAX:
            part.looked_up.clear()
        known = part.looked_up[key, prefix] = bounds(part.keys, key, prefix)
    return Stretch(part, *known)


def bounds(keys: pa.StringArray, key: str, prefix: bool) -> tuple[int, int]:
    first = place(keys, key)
    if prefix:
        return first, place(keys, key + BEHIND)
    return first, first + (first < len(keys) and keys[first].as_py() == key)


def place(keys: pa.StringArray, edge: str) -> int:
    """Of the first key that is not below an edge."""
    if kernel := library():
        sought = edge.encode("utf-8", "surrogatepass")
        return int(kernel.palabre_place(*buffers(keys), len(keys), sought, len(sought)))
    return bisect_left(range(len(keys)), edge, key=lambda at: keys[at].as_py())


def ranges(starts: Ids, ends: Ids) -> Ids:
    """All numbers from each start to its end."""
    sizes = ends - starts
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(sizes.sum())


def among(known: npt.NDArray[Any], some: npt.NDArray[Any]) -> Mask:
    """Which of some numbers are among those that are known, which rise."""
    if not len(known):
        return np.zeros(len(some), bool)
    at = np.minimum(known.searchsorted(some), len(known) - 1)
    return known[at] == some  # type: ignore[no-any-return]


def tally(part: Part, sign: str, mask: Mask) -> Iterator[tuple[str, int]]:
    """Each key that begins with a sign, and how many of the rows of a mask hold it; not of tokens."""
    found = stretch(part, sign, prefix=True)
    if len(found):
        held = np.add.reduceat(mask[found.rows()], found.starts(), dtype=np.int64)  # no list is empty
        yield from zip(found.names().to_pylist(), held.tolist(), strict=True)
