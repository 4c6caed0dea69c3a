"""Posting lists of a segment: which of its rows hold which key of the full-text index. Made once, never changed.

The full-text index merges one list for each word that a beginning stands for, in every question anew: half a second
where a third of ten million posts is wanted. Here the keys lie in order, so the lists of all words with one beginning
are one stretch of numbers, read where it lies on the disk: 20 ms. Two bytes a number and nothing packed, which is twice
the bytes of a packed list and a tenth of its time.

Source: inverted files as in Zobel and Moffat, *Inverted files for text search engines* (2006), kept as Arrow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive.index_keys import KEY_CHARS_MAX
from palabre.model import SieveAll, SieveAny, SieveEverything, SieveNode, SieveNot, SieveTerm

VERSION = {b"keys": b"4"}  # counts up when rows get other keys than before: what was made before is made again
SCHEMA = pa.schema([pa.field("key", pa.string()), pa.field("rows", pa.list_(pa.uint16()))], VERSION)
PART_ROWS = 65_536  # what two bytes can tell apart
PART_CHARS = 16_000_000  # of keys, which take ten times as many bytes while they are sorted
IDS = "\x00"  # no key begins so
BEHIND = "\U0010ffff"  # behind every character of a key

Mask = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]
Keyed = tuple[int, str]  # a post_id, and its keys with spaces between


# making


def write_postings(sink: Any, posts: Iterable[Keyed]) -> None:
    """posts: the rows of the segment. One record batch for each part of them; how many rows it tells of is in its
    metadata."""
    with pa.ipc.new_file(sink, SCHEMA) as writer:
        for some in in_parts(posts):
            ids, texts = zip(*some, strict=True)
            lists = with_ids(posting_lists(texts), np.array(ids, np.int64))
            writer.write_batch(lists, custom_metadata={"rows": str(len(some))})


def in_parts(posts: Iterable[Keyed]) -> Iterator[list[Keyed]]:
    """Posts until they are PART_ROWS or their keys have PART_CHARS; then the next ones."""
    some: list[Keyed] = []
    size = 0
    for post_id, text in posts:
        some.append((post_id, text))
        size += len(text)
        if len(some) == PART_ROWS or size >= PART_CHARS:
            yield some
            some, size = [], 0
    if some:
        yield some


def posting_lists(texts: Sequence[str]) -> pa.RecordBatch:
    """One row a key, in the order of their bytes: the key, and the numbers of the texts that hold it."""
    words = pc.split_pattern(pa.array(texts, pa.string()), " ")
    coded = pc.list_flatten(words).dictionary_encode()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    pairs = without_doubles(place[coded.indices.to_numpy()] << 16 | pc.list_parent_indices(words).to_numpy())
    starts = np.flatnonzero(np.diff(pairs >> 16, prepend=-1))
    offsets = pa.array(np.append(starts, len(pairs)), pa.int32())
    lists = pa.ListArray.from_arrays(offsets, pa.array(pairs.astype(np.uint16)))
    return pa.RecordBatch.from_arrays([coded.dictionary.take(pa.array(order)), lists], schema=SCHEMA)


def with_ids(lists: pa.RecordBatch, ids: Ids) -> pa.RecordBatch:
    """Before the first key the post_ids of all rows, in four numbers each: read where they lie, for the few that are
    wanted, which no compressed column allows."""
    every = pa.ListArray.from_arrays(pa.array([0, 4 * len(ids)], pa.int32()), pa.array(ids.view(np.uint16)))
    columns = zip((pa.array([IDS]), every), lists.columns, strict=True)
    return pa.RecordBatch.from_arrays(list(map(pa.concat_arrays, columns)), schema=SCHEMA)


def without_doubles(pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Sorted: by key, then by row. Not by numpy.unique, which asks a hash table first and takes ten times as long."""
    pairs.sort()
    first: npt.NDArray[np.bool_] = np.diff(pairs, prepend=-1) != 0
    return pairs[first]


# asking


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a segment that follow each other: how many, and the lists of their keys."""

    rows: int
    lists: pa.RecordBatch

    def ids(self) -> Ids:
        """The post_id of each row."""
        return self.lists.column(1).slice(0, 1).flatten().to_numpy().view(np.int64)  # type: ignore[no-any-return]


def parts_of(source: Any) -> list[Part]:
    """All rows of a segment. source: its file, open for reading at any place; only what is asked will be read. Raises
    pa.ArrowInvalid where it is damaged, or holds other keys than we would give it."""
    reader = pa.ipc.open_file(source)
    if reader.schema.metadata != VERSION:
        raise pa.ArrowInvalid("made with other keys")
    found = map(reader.get_batch_with_custom_metadata, range(reader.num_record_batches))
    return [Part(int(one.custom_metadata["rows"]), one.batch) for one in found]


def are_ours(lists: Path) -> bool:
    """Whether a file is there, whole, and was made with the keys that we would give."""
    try:
        metadata: object = pa.ipc.open_file(pa.memory_map(str(lists))).schema.metadata
    except (OSError, pa.ArrowInvalid):
        return False
    return metadata == VERSION


def fulfilling(part: Part, node: SieveNode) -> Mask:
    """Of each row, whether it fulfils a condition that asks no places."""
    match node:
        case SieveTerm():
            mask = np.zeros(part.rows, bool)
            mask[stretch(part, node)[1].flatten().to_numpy()] = True
            return mask
        case SieveEverything():
            return np.ones(part.rows, bool)
        case SieveNot():
            return ~fulfilling(part, node.part)
        case SieveAny():
            return reduce(np.logical_or, (fulfilling(part, one) for one in node.parts), np.zeros(part.rows, bool))
        case SieveAll():
            return fulfilling_all(part, node.parts)
    raise ValueError("posting lists know no places")


def fulfilling_all(part: Part, nodes: Sequence[SieveNode]) -> Mask:
    mask = np.ones(part.rows, bool)
    for node in nodes:
        mask &= fulfilling(part, node)
        if not mask.any():
            break
    return mask


def tally(part: Part, sign: str, mask: Mask) -> Iterator[tuple[str, int]]:
    """Each key that begins with a sign, and how many of the rows of a mask hold it."""
    keys, lists = stretch(part, SieveTerm(sign, prefix=True))
    if len(keys):
        starts = lists.offsets.to_numpy()[:-1] - lists.offsets[0].as_py()
        held = np.add.reduceat(mask[lists.flatten().to_numpy()], starts, dtype=np.int64)  # no list is empty
        yield from zip(keys.to_pylist(), held.tolist(), strict=True)


def stretch(part: Part, term: SieveTerm) -> tuple[pa.StringArray, pa.ListArray]:
    """The keys that are, or begin with, that of a term; and their lists."""
    keys, lists = part.lists.columns
    low = term.key[:KEY_CHARS_MAX]
    first = end = place(keys, low)
    if term.prefix:
        end = place(keys, low + BEHIND)
    elif first < len(keys) and keys[first].as_py() == low:
        end += 1
    return keys.slice(first, end - first), lists.slice(first, end - first)


def place(keys: pa.StringArray, edge: str) -> int:
    """Of the first key that is not below an edge."""
    return bisect_left(range(len(keys)), edge, key=lambda at: keys[at].as_py())
