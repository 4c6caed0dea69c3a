"""What tells that a token is part of a name: its letters, its shape, its neighbours, lists of known names.

Nearly all features of a token depend on its word alone, so that each distinct word of a batch is looked at once, in
five roles: the token itself and its two neighbours on each side. What depends on the place is few: neighbour pairs, @
and #, the beginning of a post, how much of the post is in capitals, names of several words.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from palabre.read.words import BASE, Codes, Hashes, Ints, Joined, distinct, joined, lower_table, mixed, owners, places

NAMES = Path(__file__).with_name("data") / "names.toml"
GAP, WORD, SIGN, MARK = range(4)  # classes of characters; a mark is @ or #
TABLE = 0x20000
CHARS = 24  # a longer word is known by its beginning
AFFIX = 4
NAME_TOKENS = 5
ROLES = (-2, -1, 0, 1, 2)
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens in order. start, end: in the joined codes; post: whose; kind: WORD, SIGN or MARK; first, which: the
    distinct ones, by their exact letters (an example of each; which one each token is)."""

    text: Joined
    start: Ints
    end: Ints
    post: Ints
    kind: npt.NDArray[np.uint8]
    first: Ints
    which: Ints

    def __len__(self) -> int:
        return len(self.start)


@cache
def classes() -> npt.NDArray[np.uint8]:
    """The class of each code point of the two first planes; beyond, all are signs."""
    found = np.full(TABLE, SIGN, np.uint8)
    for code in range(TABLE):
        category = unicodedata.category(chr(code))
        if category[0] in "LMN" or code == ord("_"):
            found[code] = WORD
        elif category[0] == "Z" or code < 33:
            found[code] = GAP
    found[[ord("@"), ord("#")]] = MARK
    return found


def tokens_of(texts: Sequence[str]) -> Tokens:
    """Runs of letters and digits, runs of signs; addresses are no tokens."""
    text = joined(texts)
    kinds = classes()[np.minimum(text.codes, TABLE - 1).astype(np.int64)]
    kinds = without_addresses(text.codes, kinds)
    edge = np.flatnonzero(np.diff(kinds, prepend=GAP))
    start, end = edge, np.append(edge[1:], len(kinds))
    kept = kinds[start] != GAP
    start, end = start[kept], end[kept]
    first, which = distinct(hashes_of(text.codes, start, end))
    return Tokens(text, start, end, owners(text.starts, start), kinds[start], first, which)


def without_addresses(codes: Codes, kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The classes with those of each http(s)://… and www.… as gaps."""
    begins = np.union1d(spelt(codes, "http"), spelt(codes, "www."))
    if not len(begins):
        return kinds
    gaps = np.flatnonzero(kinds == GAP)
    ends = gaps[np.minimum(np.searchsorted(gaps, begins), len(gaps) - 1)]
    change = np.zeros(len(kinds) + 1, np.int64)
    np.add.at(change, begins, 1)
    np.add.at(change, ends, -1)
    return np.where(np.cumsum(change)[:-1] > 0, np.uint8(GAP), kinds).astype(np.uint8)


def spelt(codes: Codes, word: str) -> Ints:
    """Where a word of ASCII letters stands, in small letters."""
    at = np.flatnonzero(codes[: len(codes) - len(word) + 1] == ord(word[0]))
    for place, sign in enumerate(word[1:], 1):
        at = at[codes[at + place] == ord(sign)]
    return at


def hashes_of(codes: Codes, start: Ints, end: Ints) -> Hashes:
    """One hash for each run of codes, of its first characters."""
    lengths = np.minimum(end - start, CHARS)
    if not len(lengths):
        return np.empty(0, np.uint64)
    place = places(lengths)
    powers = np.cumprod(np.full(CHARS, BASE, np.uint64))
    terms = (codes[np.repeat(start, lengths) + place].astype(np.uint64) + np.uint64(1)) * powers[place]
    return np.asarray(np.add.reduceat(terms, np.cumsum(lengths) - lengths), np.uint64)


@dataclass(frozen=True, slots=True)
class Shapes:
    """Of each distinct word: capital first, all capitals (two letters or more), a digit, all digits, length."""

    capital: Flags
    shouted: Flags
    digit: Flags
    number: Flags
    length: Ints

    def codes(self) -> Hashes:
        """One small number for each combination."""
        size = np.minimum(self.length, 4) + (self.length > 6)
        parts = self.capital + 2 * self.shouted + 4 * self.digit + 8 * self.number + 16 * size
        return np.asarray(parts, np.uint64)


def shapes_of(codes: Codes, start: Ints, end: Ints) -> Shapes:
    lengths = np.minimum(end - start, CHARS)
    known = np.minimum(codes, TABLE - 1).astype(np.int64)
    raised = known != lower_table()[known]
    digits = (codes >= 48) & (codes <= 57)
    begins = np.cumsum(lengths) - lengths
    at = np.repeat(start, lengths) + places(lengths)
    capitals = np.add.reduceat(raised[at].astype(np.int64), begins)
    numbers = np.add.reduceat(digits[at].astype(np.int64), begins)
    return Shapes(raised[start], (capitals == lengths) & (lengths > 1), numbers > 0, numbers == lengths, lengths)


def affixes(codes: Codes, start: Ints, end: Ints) -> list[Hashes]:
    """Hashes of the first and of the last 1 to 4 characters; 0 where the word is shorter."""
    out = []
    for side in (0, 1):
        rolled = np.full(len(start), 7 + side, np.uint64)
        for size in range(1, AFFIX + 1):
            at = start + size - 1 if side == 0 else end - size
            fits = end - start >= size
            rolled = rolled * BASE + codes[np.where(fits, at, start)]
            out.append(np.where(fits, rolled, np.uint64(0)))
    return out


@dataclass(frozen=True, slots=True)
class Lists:
    """Known names. singles: sorted hashes of names of one token; kinds of each, as bits; sequences: the same of names
    of two to five tokens, by their length; heads: sorted hashes of their first tokens."""

    singles: Hashes
    kinds: Ints
    sequences: Mapping[int, tuple[Hashes, Ints]]
    heads: Hashes
    names: tuple[str, ...]


@cache
def lists() -> Lists:
    """The lists of data/names.toml: with and without accents."""
    table = tomllib.loads(NAMES.read_text("utf-8"))
    kinds: dict[tuple[int, int], int] = {}  # (tokens, hash) → bits
    heads = set()
    for bit, entries in enumerate(table.values()):
        names = [" ".join(one.split()) for one in entries.split(",")]
        for one in {spelling for name in names if name for spelling in (name, bare(name))}:
            found = lower_hashes(tokens_of([one]))
            heads |= {int(found[0])} if len(found) > 1 else set()
            key = (len(found), int(rolled_together(found)))
            kinds[key] = kinds.get(key, 0) | 1 << bit
    by_size = {size: sorted_pairs(kinds, size) for size in range(1, NAME_TOKENS + 1)}
    singles, bits = by_size.pop(1)
    return Lists(singles, bits, by_size, np.array(sorted(heads), np.uint64), tuple(table))


def bare(name: str) -> str:
    """Without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign))


def sorted_pairs(kinds: Mapping[tuple[int, int], int], size: int) -> tuple[Hashes, Ints]:
    some = sorted((key, bits) for (length, key), bits in kinds.items() if length == size)
    return np.array([key for key, _ in some], np.uint64), np.array([bits for _, bits in some], np.int64)


def lower_hashes(seen: Tokens) -> Hashes:
    """(tokens,) hashes of their lower case."""
    return lower_of(seen)[seen.which]


def lower_of(seen: Tokens) -> Hashes:
    """(distinct words,) hashes of their lower case."""
    return hashes_of(low_codes(seen.text.codes), seen.start[seen.first], seen.end[seen.first])


def low_codes(codes: Codes) -> Codes:
    return lower_table()[np.minimum(codes, TABLE - 1).astype(np.int64)]


def rolled_together(hashes: Hashes) -> np.uint64:
    """One hash of a row of them."""
    total = np.zeros(1, np.uint64)
    for one in hashes:
        total = total * BASE + one
    return np.uint64(total[0])


def looked_up(keys: Hashes, values: Ints, wanted: Hashes) -> Ints:
    """The value of each wanted key in a sorted table; 0 where it is not there."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0)


def list_places(seen: Tokens, low: Hashes) -> Ints:
    """(tokens,) where each stands in a known name of several tokens: bits of the kinds, and 1 << 8 from the second."""
    out = np.zeros(len(seen), np.int64)
    table = lists()
    begins = np.flatnonzero(looked_up(table.heads, np.ones(len(table.heads), np.int64), low)[seen.which])
    for size, (keys, bits) in table.sequences.items():
        begins_now = begins[begins + size <= len(seen)]
        begins_now = begins_now[seen.post[begins_now] == seen.post[begins_now + size - 1]]
        rolled = np.zeros(len(begins_now), np.uint64)
        for step in range(size):
            rolled = rolled * BASE + low[seen.which[begins_now + step]]
        found = looked_up(keys, bits, rolled)
        for step in range(size):
            np.bitwise_or.at(out, begins_now[found > 0] + step, found[found > 0] | (256 if step else 0))
    return out


def salted(hashes: Hashes, salt: int, rows: int) -> Ints:
    """The rows of a table (a power of two of them) for some features of one sort."""
    return (mixed(hashes * np.uint64(2 * salt + 1) + np.uint64(salt)) & np.uint64(rows - 1)).astype(np.int64)
