"""The words of many texts at once, as arrays: no loop in Python over words or characters.

A batch is joined into one array of code points; a table of 131,072 entries gives each its class and its lower case. A
word is a run of letters and marks, with the apostrophes inside it (``l'été``). Hashes are polynomial, modulo 2**64.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

TABLE = 0x20000  # the two first planes; what is beyond is neither letter nor space (emoji, rare ideographs)
BASE = np.uint64(0x9E3779B97F4A7C15)
OTHER, SPACE, APOSTROPHE, LETTER = 0, 1, 2, 3
APOSTROPHES = "'\u2019\u02bc"
WORD_CHARS = 24  # a longer word is known by its beginning


@dataclass(frozen=True, slots=True)
class Joined:
    """Texts as one array. codes: code points, with one line feed after each text; starts: of each text in codes."""

    codes: Codes
    starts: Ints

    @property
    def posts(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, slots=True)
class Words:
    """Words in order. start, end: in Joined.codes; post: whose; codes: the lower case of the whole batch."""

    start: Ints
    end: Ints
    post: Ints
    codes: Codes


@cache
def classes() -> Bytes:
    """The class of each code point of the table."""
    found = np.zeros(TABLE, np.uint8)
    for code in range(TABLE):
        category = unicodedata.category(chr(code))
        found[code] = LETTER if category[0] in "LM" else SPACE if category[0] == "Z" or code < 33 else OTHER
    found[[ord(sign) for sign in APOSTROPHES]] = APOSTROPHE
    return found


@cache
def lower_table() -> Codes:
    """The lower case of each code point of the table, itself where it has none or several; one apostrophe for all."""
    found = np.arange(TABLE, dtype=np.uint32)
    for code in range(TABLE):
        low = chr(code).lower()
        found[code] = ord(low) if len(low) == 1 else code
    found[[ord(sign) for sign in APOSTROPHES]] = ord("'")
    return found


def joined(texts: Sequence[str]) -> Joined:
    """Texts as one array of code points. Lone surrogates are taken as they are."""
    data = ("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass")
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    return Joined(np.frombuffer(data, np.uint32), np.cumsum(lengths) - lengths)


def words_of(text: Joined) -> Words:
    """Every word of every text. An apostrophe belongs to a word between two letters."""
    known = np.where(text.codes < TABLE, text.codes, 0).astype(np.int64)
    kind = classes()[known]
    inside = kind == LETTER
    inside[1:-1] |= (kind[1:-1] == APOSTROPHE) & inside[:-2] & inside[2:]
    edge = np.flatnonzero(np.diff(inside, prepend=False, append=False))
    start, end = edge[::2], edge[1::2]
    return Words(start, end, owners(text.starts, start), lower_table()[known])


def owners(starts: Ints, at: Ints) -> Ints:
    """The text each place of the joined array belongs to."""
    return np.asarray(np.searchsorted(starts, at, side="right") - 1, np.int64)


def powers(count: int) -> Hashes:
    """BASE**0 … BASE**(count-1), modulo 2**64."""
    found = np.ones(max(count, 1), np.uint64)
    found[1:] = np.cumprod(np.full(max(count, 1) - 1, BASE, np.uint64))
    return found


def places(lengths: Ints) -> Ints:
    """0 … n-1 for each n of lengths, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64) - np.repeat(ends - lengths, lengths)


def word_hashes(words: Words, chars: int = WORD_CHARS) -> Hashes:
    """One hash a word, of its first characters."""
    lengths = np.minimum(words.end - words.start, chars)
    if not len(lengths):
        return np.empty(0, np.uint64)
    place = places(lengths)
    terms = words.codes[np.repeat(words.start, lengths) + place] * powers(chars)[place]
    return np.add.reduceat(terms, np.cumsum(lengths) - lengths)


def distinct(hashes: Hashes) -> tuple[Ints, Ints]:
    """(index of the first of each, which one each is): as numpy.unique, by hashing instead of sorting."""
    coded = pa.array(hashes).dictionary_encode()
    which = coded.indices.to_numpy().astype(np.int64)
    first = np.empty(len(coded.dictionary), np.int64)
    first[which[::-1]] = np.arange(len(which) - 1, -1, -1)
    return first, which


def mixed(hashes: Hashes) -> Hashes:
    """The same hashes with every bit depending on every other (the finaliser of splitmix64, Steele et al. 2014)."""
    found = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(found ^ (found >> np.uint64(31)), np.uint64)
