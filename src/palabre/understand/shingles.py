"""Posts as sets of shingles: their words and pairs of neighbouring words, hashed, in a few array operations a block.

Method: w-shingling (Broder 1997) with w = 1 and 2. Case, accents and look-alike signs do not count (the folding of
`palabre.text`); web addresses, @handles and a leading RT are left out, so that the copy of a post by somebody else with
another short link is still a copy. What is compared is a set of 32-bit hashes: two different shingles of two posts fall
together once in a hundred million comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from palabre.text.unicode_table import Is, folded_codes

READ_CHARS = 20_000  # of a post; the rest is not read, so that a post of 10 MB costs what an article costs
BLOCK_CHARS = 1 << 17  # hashed at once: the arrays stay in the processor's cache
SHINGLES_AT_ONCE = 1 << 21
OTHER, SPACE, WORD, ALONE = range(4)  # classes of characters; a character that stands alone (CJK) is a word
BASE = 0x9E3779B97F4A7C15  # odd: 2^64 divided by the golden ratio
PAIR = np.uint64(0xC2B2AE3D27D4EB4F)
Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Words = npt.NDArray[np.uint32]
Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]
Classes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Said:
    """The words of n posts. words[starts[i]:starts[i + 1]]: their hashes, in order; keys[i]: one hash of them all,
    equal for copies, 0 where there is no word."""

    words: Words
    starts: Ints
    keys: Hashes

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def counts(self) -> Ints:
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True)
class Sets:
    """The shingles of n posts: values[starts[i]:starts[i + 1]], distinct and in order."""

    values: Words
    starts: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> Ints:
        return np.diff(self.starts)


def said(texts: Sequence[str]) -> Said:
    """The words of texts, in their order."""
    words, counts, keys = [np.empty(0, np.uint32)], [np.empty(0, np.int64)], [np.empty(0, np.uint64)]
    for block in blocks(texts):
        hashes, owners = words_of(block)
        count = np.bincount(owners, minlength=len(block))
        words.append((hashes >> np.uint64(32)).astype(np.uint32))
        counts.append(count)
        keys.append(keys_of(hashes, count))
    return Said(np.concatenate(words), bounds(np.concatenate(counts)), np.concatenate(keys))


def shingled(spoken: Said, rows: Ints) -> Sets:
    """The shingles of some posts, in the order of rows."""
    values, sizes = [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
    counts = spoken.counts[rows]
    for low, high in parts(2 * counts, SHINGLES_AT_ONCE):
        owners, found = distinct_shingles(spoken, rows[low:high], counts[low:high])
        values.append(found)
        sizes.append(np.bincount(owners, minlength=high - low))
    return Sets(np.concatenate(values), bounds(np.concatenate(sizes)))


def distinct_shingles(spoken: Said, rows: Ints, counts: Ints) -> tuple[Ints, Words]:
    """(number of the row, shingle), each once, in order."""
    owners = np.repeat(np.arange(len(rows)), counts)
    words = spoken.words[ranges(spoken.starts[rows], counts)].astype(np.uint64)
    inside = np.flatnonzero(owners[1:] == owners[:-1])
    pairs = mixed(words[inside] * PAIR + words[inside + 1] + np.uint64(1))
    tagged = np.concatenate([owners, owners[inside]]).astype(np.uint64) << np.uint64(32)
    tagged |= np.concatenate([words, pairs >> np.uint64(32)])
    tagged.sort()
    first = np.ones(len(tagged), np.bool_)
    np.not_equal(tagged[1:], tagged[:-1], out=first[1:])
    tagged = tagged[first]
    return (tagged >> np.uint64(32)).astype(np.int64), (tagged & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def blocks(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts, cut to what is read, in parts of about BLOCK_CHARS characters."""
    block: list[str] = []
    size = 0
    for text in texts:
        block.append(text if len(text) <= READ_CHARS else text[:READ_CHARS])
        size += len(block[-1]) + 1
        if size >= BLOCK_CHARS:
            yield block
            block, size = [], 0
    if block:
        yield block


def parts(sizes: Ints, at_once: int) -> Iterator[tuple[int, int]]:
    """(low, high) of runs of rows whose sizes add up to about at_once."""
    total = np.cumsum(sizes)
    low = 0
    while low < len(sizes):
        before = int(total[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(total, before + at_once, side="right")))
        yield low, high
        low = high


def words_of(texts: Sequence[str]) -> tuple[Hashes, Ints]:
    """(hash, number of the text) of each word, without addresses, handles and RT."""
    codes, classes, walls = folded(texts)
    starts, ends = word_edges(classes)
    kept = ~noise(codes, classes, starts, ends)
    starts, ends = starts[kept], ends[kept]
    powers, inverses = powers_of(BASE, 1 << max(18, len(codes).bit_length()))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=sums[1:])
    hashes = mixed((sums[ends] - sums[starts]) * inverses[starts])
    return hashes, np.searchsorted(walls, starts, side="right")


def folded(texts: Sequence[str]) -> tuple[Codes, Classes, Ints]:
    """(code points as they are compared, their classes, where each text ends), of texts joined by line feeds."""
    joined = "\n".join([*texts, ""])
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes_of, classes_of = tables()
    codes, classes = codes_of[raw], classes_of[raw]
    walls = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    seen = codes != 0
    if not seen.all():  # invisible signs and marks are as if they were not there
        walls = np.cumsum(seen)[walls - 1]
        codes, classes = codes[seen], classes[seen]
    return codes, classes, walls


@cache
def tables() -> tuple[Codes, Classes]:
    """Of each code point: what it is compared as (0: nothing), and its class."""
    codes, flags = folded_codes()
    codes, classes = codes.copy(), np.full(len(codes), OTHER, np.uint8)
    classes[(flags & (Is.WORD | Is.MARK)) > 0] = WORD
    classes[(flags & Is.CJK) > 0] = ALONE
    classes[[ord(sign) for sign in "\n\t\r\v\f \x85\xa0\u2028\u2029\u3000"]] = SPACE
    classes[0x2000:0x200B] = SPACE
    codes[(flags & Is.IGNORE) > 0] = 0
    codes[classes == SPACE] = ord(" ")
    return codes, classes


def word_edges(classes: Classes) -> tuple[Ints, Ints]:
    """Where words start and end (one past)."""
    word, alone = classes >= WORD, classes == ALONE
    before = np.concatenate([[False], word[:-1] & ~alone[:-1]])
    after = np.concatenate([word[1:] & ~alone[1:], [False]])
    return np.flatnonzero(word & (~before | alone)), np.flatnonzero(word & (~after | alone)) + 1


def noise(codes: Codes, classes: Classes, starts: Ints, ends: Ints) -> Flags:
    """Which words are part of an address or a handle, or are RT."""
    before = codes[starts - 1]
    before[starts == 0] = ord(" ")
    handle = before == ord("@")
    colons = np.flatnonzero(codes[:-2] == ord(":"))
    colons = colons[(codes[colons + 1] == ord("/")) & (codes[colons + 2] == ord("/"))]
    short = ends - starts
    www = starts[(short == 3) & (codes[starts] == ord("w")) & (codes[ends] == ord("."))]
    far = starts[handle & (codes[ends] == ord("@"))]  # @somebody@server.example
    drop = within(np.concatenate([np.maximum(colons - 1, 0), www, far]), codes, classes, starts, ends)
    repeated = (short == 2) & (codes[starts] == ord("r")) & (codes[starts + 1] == ord("t")) & next_is(handle)
    return np.asarray(drop | handle | repeated, np.bool_)


def next_is(flags: Flags) -> Flags:
    """Of each: the flag of the one after it."""
    return np.append(flags[1:], False) if len(flags) else flags


def within(places: Ints, codes: Codes, classes: Classes, starts: Ints, ends: Ints) -> Flags:
    """Which words lie between the word that holds or follows a place, and the next space."""
    gaps = np.flatnonzero(classes == SPACE)
    first = np.searchsorted(ends, places, side="right")
    last = np.searchsorted(starts, gaps[np.searchsorted(gaps, places)])
    steps = np.zeros(len(starts) + 1, np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, np.maximum(last, first), -1)
    return np.asarray(np.cumsum(steps[:-1]) > 0, np.bool_)


def keys_of(hashes: Hashes, counts: Ints) -> Hashes:
    """One hash of the words of each post, in their order; 0 for none."""
    place = ranges(np.zeros(len(counts), np.int64), counts)
    powers, _ = powers_of(int(PAIR), 1 << 15)
    sums = np.zeros(len(hashes) + 1, np.uint64)
    np.cumsum(hashes * powers[place], out=sums[1:])
    edges = bounds(counts)
    return np.where(counts > 0, mixed(sums[edges[1:]] - sums[edges[:-1]]), np.uint64(0))


@cache
def powers_of(base: int, size: int) -> tuple[Hashes, Hashes]:
    """base^i and its inverse modulo 2^64, for i < size."""
    ones = np.ones(size, np.uint64)
    ones[0] = 1
    powers, inverses = ones * np.uint64(base), ones * np.uint64(pow(base, -1, 1 << 64))
    powers[0] = inverses[0] = 1
    return np.cumprod(powers), np.cumprod(inverses)


def mixed(hashes: Hashes) -> Hashes:
    """Every bit made to depend on every other (the finaliser of splitmix64, Steele et al. 2014)."""
    found = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(found ^ (found >> np.uint64(31)), np.uint64)


def bounds(counts: Ints) -> Ints:
    """Counts as offsets: n + 1 of them, the first 0."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def ranges(starts: Ints, counts: Ints) -> Ints:
    """start, start + 1 … for each start, count numbers each, one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(starts - (ends - counts), counts), np.int64)
