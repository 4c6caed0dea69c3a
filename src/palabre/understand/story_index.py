"""Stories of a living archive: batch after batch, each post finds the story that is being told already.

    index = StoryIndex()                          # or StoryIndex.of(rows), as kept
    places = index.add(posts, known)              # post_id of the oldest post of each row's story
    index.forget(before_ms)                       # what nobody has told since then is told anew

The definition is that of `stories`; a story is found by its first post, with which a newcomer must be alike (0.6). What
the index holds grows with different contents told within the window, not with posts: copies leave nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from palabre.understand.lsh import ALIKE, BANDS, band_keys
from palabre.understand.minhash import Shares, jaccard, sketches
from palabre.understand.shingles import Hashes, Ints, Sets, bounds, ranges, said, shingled
from palabre.understand.stories import WORDS_MIN, full_texts, referred, short_keys, stories
from palabre.understand.tabular import post_ids, times

SEGMENTS_MAX = 12
BUCKET_MAX = 8  # entries looked at in one bucket of one segment
WINDOW_MS = 14 * 86_400_000


@dataclass(frozen=True, slots=True)
class Entries:
    """One row a content: the story it tells, when it was last told, the hash of its words, its shingles."""

    story: Ints
    seen: Ints
    key: Hashes
    sets: Sets

    def __len__(self) -> int:
        return len(self.story)

    def some(self, rows: Ints) -> Entries:
        sizes = self.sizes[rows]
        values = self.sets.values[ranges(self.sets.starts[rows], sizes)]
        return Entries(self.story[rows], self.seen[rows], self.key[rows], Sets(values, bounds(sizes)))

    @property
    def sizes(self) -> Ints:
        return self.sets.sizes


class Segment:
    """Entries with what finds them: their keys, and a sorted list for each band."""

    def __init__(self, entries: Entries) -> None:
        self.entries = entries
        self.by_key = np.argsort(entries.key, kind="stable")
        self.long = np.flatnonzero(entries.sizes > 0)
        made = sketches(entries.some(self.long).sets)
        every = np.arange(len(self.long))
        keys = [band_keys(made, every, band) for band in range(BANDS)]
        self.orders = [np.argsort(key, kind="stable") for key in keys]
        self.bands = [key[order] for key, order in zip(keys, self.orders, strict=True)]

    def same(self, keys: Hashes) -> Ints:
        """For each key the entry that has it, or -1."""
        ordered = self.entries.key[self.by_key]
        place = np.minimum(np.searchsorted(ordered, keys), max(len(ordered) - 1, 0))
        if not len(ordered):
            return np.full(len(keys), -1)
        return np.where((ordered[place] == keys) & (keys != 0), self.by_key[place], -1)

    def meetings(self, keys: list[Hashes]) -> tuple[Ints, Ints]:
        """(asking row, entry) that meet in a band, each pair once."""
        found = [np.empty(0, np.int64)]
        for band, order, asked in zip(self.bands, self.orders, keys, strict=True):
            low = np.searchsorted(band, asked)
            counts = np.minimum(np.searchsorted(band, asked, side="right") - low, BUCKET_MAX)
            entry = self.long[order[ranges(low, counts)]]
            found.append(np.repeat(np.arange(len(asked)), counts) * len(self.entries) + entry)
        pairs = np.unique(np.concatenate(found))
        return pairs // max(len(self.entries), 1), pairs % max(len(self.entries), 1)


def chained(parts: list[Entries]) -> Entries:
    """Entries one after the other."""
    sizes = np.concatenate([np.empty(0, np.int64), *(one.sizes for one in parts)])
    return Entries(
        np.concatenate([np.empty(0, np.int64), *(one.story for one in parts)]),
        np.concatenate([np.empty(0, np.int64), *(one.seen for one in parts)]),
        np.concatenate([np.empty(0, np.uint64), *(one.key for one in parts)]),
        Sets(np.concatenate([np.empty(0, np.uint32), *(one.sets.values for one in parts)]), bounds(sizes)),
    )


class StoryIndex:
    def __init__(self, segments: list[Segment] | None = None) -> None:
        self.segments = segments or []

    def __len__(self) -> int:
        return sum(len(segment.entries) for segment in self.segments)

    def add(self, posts: pa.Table, known: Mapping[str, int] | None = None) -> Ints:
        """The story of each row, as the post_id of its oldest post. posts: with post_id; known: the stories of posts
        that these pass on, by uri. A story that is new takes the post_id of its oldest row."""
        if not posts.num_rows:
            return np.empty(0, np.int64)
        told = stories(posts)
        heads = np.unique(told.first)
        fresh = entries_of(posts, heads)
        story = self.found(fresh)
        passed_on = np.array([(known or {}).get(uri, -1) for uri in referred(posts.take(pa.array(heads))).to_pylist()])
        story = np.where(passed_on >= 0, passed_on, story)
        new = np.flatnonzero((story < 0) & (fresh.key != 0))
        story = np.where(story < 0, post_ids(posts)[heads], story)
        self.keep(Entries(story, fresh.seen, fresh.key, fresh.sets).some(new))
        place = np.searchsorted(heads, told.first)
        return np.asarray(story[place], np.int64)

    def found(self, fresh: Entries) -> Ints:
        """The story that each entry tells already, the oldest of those that are most alike; -1 for none."""
        long = np.flatnonzero(fresh.sizes > 0)
        made = sketches(fresh.some(long).sets)
        keys = [band_keys(made, np.arange(len(long)), band) for band in range(BANDS)]
        best, story = np.zeros(len(fresh)), np.full(len(fresh), -1, np.int64)
        for segment in self.segments:
            for rows, entries, alike in (copies(segment, fresh), likenesses(segment, fresh, long, keys)):
                better = alike > best[rows]
                rows, entries = rows[better], entries[better]
                best[rows], story[rows] = alike[better], segment.entries.story[entries]
                np.maximum.at(segment.entries.seen, entries, fresh.seen[rows])
        return story

    def keep(self, entries: Entries) -> None:
        """New contents; small segments are laid together."""
        if len(entries):
            self.segments.append(Segment(entries))
        while len(self.segments) > SEGMENTS_MAX:
            sizes = [
                len(one.entries) + len(after.entries)
                for one, after in zip(self.segments, self.segments[1:], strict=False)
            ]
            at = int(np.argmin(sizes))
            both = [one.entries for one in self.segments[at : at + 2]]
            self.segments[at : at + 2] = [Segment(chained(both))]

    def forget(self, before_ms: int) -> int:
        """Drops what was last told before. Returns how many entries are left."""
        kept = [one.entries.some(np.flatnonzero(one.entries.seen >= before_ms)) for one in self.segments]
        self.segments = [
            one if len(entries) == len(one.entries) else Segment(entries)
            for one, entries in zip(self.segments, kept, strict=True)
            if len(entries)
        ]
        return len(self)

    def rows(self) -> pa.Table:
        """What must be kept of it between two runs: story, seen, key, shingles."""
        whole = chained([one.entries for one in self.segments])
        shingles = pa.LargeListArray.from_arrays(pa.array(whole.sets.starts), pa.array(whole.sets.values))
        return pa.table({"story": whole.story, "seen": whole.seen, "key": whole.key, "shingles": shingles})

    @classmethod
    def of(cls, rows: pa.Table) -> StoryIndex:
        """The index as ``rows`` kept it."""
        if not rows.num_rows:
            return cls()
        lists = rows["shingles"].combine_chunks()
        lists = lists.chunk(0) if isinstance(lists, pa.ChunkedArray) else lists
        sets = Sets(lists.flatten().to_numpy(), bounds(lists.value_lengths().to_numpy()))
        story, seen, key = (rows[name].to_numpy().copy() for name in ("story", "seen", "key"))
        return cls([Segment(Entries(story, seen, key, sets))])


def entries_of(posts: pa.Table, heads: Ints) -> Entries:
    """The contents of these rows; a key of 0 for one that nothing can be compared with."""
    chosen = posts.take(pa.array(heads))
    texts = full_texts(chosen)
    spoken = said(texts)
    long = spoken.counts >= WORDS_MIN
    key = np.where(long, spoken.keys, short_keys(chosen, texts, spoken))
    made = shingled(spoken, np.flatnonzero(long))
    sizes = np.zeros(len(heads), np.int64)
    sizes[long] = made.sizes
    return Entries(post_ids(chosen), times(chosen).copy(), key, Sets(made.values, bounds(sizes)))


def copies(segment: Segment, fresh: Entries) -> tuple[Ints, Ints, Shares]:
    """(row, entry, 2) of what is there word for word: better than any likeness."""
    entry = segment.same(fresh.key)
    rows = np.flatnonzero(entry >= 0)
    return rows, entry[rows], np.full(len(rows), 2, np.float32)


def likenesses(segment: Segment, fresh: Entries, long: Ints, keys: list[Hashes]) -> tuple[Ints, Ints, Shares]:
    """(row, entry, Jaccard index) of what is alike, the most alike entry of each row, then the oldest."""
    asking, entries = segment.meetings(keys)
    rows = long[asking]
    both = chained([fresh, segment.entries])
    alike = jaccard(both.sets, rows, entries + len(fresh))
    order = np.lexsort((segment.entries.story[entries], -alike, rows))
    order = order[alike[order] >= ALIKE]
    order = order[np.flatnonzero(np.diff(rows[order], prepend=-1))]
    return rows[order], entries[order], alike[order]
