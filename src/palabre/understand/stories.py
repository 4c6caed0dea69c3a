"""Stories: posts that carry the same content, whoever says it, wherever, and however often.

    found = stories(posts)            # a table with the columns of POSTS, in any order
    found.first                       # for each row, the row of the oldest post of its story: the story's stable name

Definition (version 1). Two posts carry the same content when

- one reshares or quotes the other, in any number of steps, or both the same post that was never heard; or
- they have five words or more each, and are alike: the Jaccard index of their sets of words and pairs of neighbouring
  words (case, accents, addresses, handles and RT apart) is at least 0.6; or
- they are shorter, say the same words, and share the same address.

A story is told by its oldest post. A member is itself alike (0.55) to that post: nothing hangs on by a chain of small
changes. A post that nobody repeats is a story of its own. Copies are collapsed before anything is compared, so a story
of 200,000 copies costs little more than reading them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from palabre.text.urls import canonical
from palabre.understand.lsh import ALIKE, HEART, groups
from palabre.understand.shingles import Hashes, Ints, Said, said, shingled
from palabre.understand.tabular import codes, has, strings, text_array, times

VERSION = 1
WORDS_MIN = 5  # short generic posts ("I like this") are nobody's story
STEPS_MAX = 32  # reshares of reshares; longer rings of references come from broken data
ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Stories:
    """first: for each row the row of the oldest post of its story; order: rows from the oldest to the newest."""

    first: Ints
    order: Ints

    @property
    def sizes(self) -> Ints:
        """For each row, how many posts its story has."""
        return np.bincount(self.first, minlength=len(self.first))[self.first]


def stories(posts: pa.Table, alike: float = ALIKE, heart: float = HEART) -> Stories:
    """The story of each post. Columns: uri; where known text, title, published_ms, reshare_of, quote_of, links."""
    order = by_age(times(posts))
    roots = origins(posts, order)
    heads = order[roots[order] == order]
    first = np.arange(posts.num_rows, dtype=np.int64)
    first[heads] = heads[same_content(posts.take(pa.array(heads)), alike, heart)]
    return Stories(oldest(first[roots], order), order)


def by_age(when: Ints) -> Ints:
    """Rows from the oldest to the newest; those without a time (0) last, in the order given."""
    return np.lexsort((np.arange(len(when)), when, when == 0))


def oldest(labels: Ints, order: Ints) -> Ints:
    """Labels renamed: each group by its oldest row."""
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    least = np.full(len(labels), len(labels), np.int64)
    np.minimum.at(least, labels, rank)
    return order[least[labels]] if len(order) else labels


def origins(posts: pa.Table, order: Ints) -> Ints:
    """For each row the row it passes on, at the end of all references; its own where it passes on nothing.

    What passes on a post that was never heard stands under the oldest row that does.
    """
    rows = np.arange(posts.num_rows, dtype=np.int64)
    pointer = referred(posts)
    known = pc.fill_null(pc.index_in(pointer, value_set=text_array(posts, "uri")), -1)
    target = np.asarray(known, dtype=np.int64)
    missing = (target < 0) & np.asarray(pc.not_equal(pointer, ""))
    target = np.where(target < 0, rows, target)
    if missing.any():
        lost = np.flatnonzero(missing)
        names, _ = codes(pointer.take(pa.array(lost)))
        age = np.empty(len(rows), np.int64)
        age[order] = rows
        eldest = lost[np.lexsort((age[lost], names))]
        _, at = np.unique(np.sort(names), return_index=True)
        target[lost] = eldest[at][names]
    return ends_of(target)


def referred(posts: pa.Table) -> pa.Array:
    """The uri of the post that each row reshares, else quotes, else ""."""
    reshared, quoted = text_array(posts, "reshare_of"), text_array(posts, "quote_of")
    return pc.if_else(pc.equal(reshared, ""), quoted, reshared)


def ends_of(target: Ints) -> Ints:
    """Where each chain of references ends (pointer jumping); one in a ring ends at the smallest row of the ring."""
    rows, ends = np.arange(len(target)), target
    for _ in range(STEPS_MAX.bit_length()):
        ends = ends[ends]
    ring = target[ends] != ends
    if ring.any():
        at = least = ends
        for _ in range(STEPS_MAX):
            at = target[at]
            least = np.minimum(least, at)
        ends = np.where(ring, least, ends)
        ends = np.where(ends[ends] == ends, ends, rows)
    return ends


def same_content(posts: pa.Table, alike: float, heart: float) -> Ints:
    """For each row the first row with the same content. Rows: the oldest first."""
    texts = full_texts(posts)
    spoken = said(texts)
    key = np.where(spoken.counts >= WORDS_MIN, spoken.keys, short_keys(posts, texts, spoken))
    copied = first_of_equal(key)
    rows = np.flatnonzero((copied == np.arange(len(copied))) & (spoken.counts >= WORDS_MIN))
    near = np.arange(len(copied), dtype=np.int64)
    near[rows] = rows[groups(shingled(spoken, rows), alike, heart)]
    return near[copied]


def full_texts(posts: pa.Table) -> list[str]:
    """Title and text of each post."""
    if not has(posts, "title"):
        return strings(posts, "text")
    title, text = text_array(posts, "title"), text_array(posts, "text")
    both = pc.binary_join_element_wise(title, text, "\n")
    found: list[str] = pc.if_else(pc.equal(title, ""), text, both).to_pylist()
    return found


def short_keys(posts: pa.Table, texts: Sequence[str], spoken: Said) -> Hashes:
    """A hash of the words and the address of each short post; 0 for one without an address."""
    found = np.zeros(len(spoken), np.uint64)
    rows = np.flatnonzero(spoken.counts < WORDS_MIN).tolist()
    links = posts.column("links").to_pylist() if has(posts, "links") else None
    for row in rows:
        given = links[row] if links else None
        match = None if given else ADDRESS.search(texts[row])
        address = given[0] if given else match[0] if match else ""
        if address:
            found[row] = key_of(f"{canonical(address)} {spoken.keys[row]}")
    return found


def key_of(text: str) -> int:
    """A 64-bit number that is the same on every machine; never 0."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little") | 1


def first_of_equal(keys: Hashes) -> Ints:
    """For each row the first row with the same key; a key of 0 equals none."""
    _, at, which = np.unique(keys, return_index=True, return_inverse=True)
    rows = np.arange(len(keys), dtype=np.int64)
    return np.where(keys == 0, rows, at[which])
