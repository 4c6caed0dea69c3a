"""What of a text the readings weigh: hashed words, word pairs and character n-grams of the folded text.

Method: the hashing trick (Weinberger et al. 2009) with multilinear hashes (Dietzfelbinger 1996) of substrings, all in a
few NumPy operations over a whole batch: the texts are joined, seen as UTF-32, folded by a lookup table (case, accents,
look-alike signs), addresses and handles become one sign each, spaces and elongations are shortened; an n-gram's hash is
rolled from that of its beginning, a word's is a difference of prefix sums. Nothing is sorted and nothing is counted: a
feature that occurs twice is there twice, and scores are sums over occurrences. Where the kernel is built it makes the
same features, one text after the other (native/read_features.hpp).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from ctypes import CDLL
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from palabre.read import native

VERSION = 1  # of everything here that changes a feature: heads refuse the features of another version
READ_CHARS = 4_000  # of a text; the rest is not read, so that the cost of one post is bounded
BLOCK_CHARS = 60_000  # what NumPy hashes at once: its arrays stay in the processor's cache
NATIVE_CHARS = 2_000_000  # what the kernel is handed at once: bounds the room made for its answer
HANDLE, ADDRESS, SPACE = 1, 2, 32  # code points that stand for @somebody, for an address, for any white space
SKIPPED, GAP, WORD, SIGN, SYMBOL = range(5)  # classes of characters; a symbol (an emoji) is a token of its own
LAST = 0x1FFFF  # higher planes are read as this one
PRIME = 0x9E3779B1  # odd, 2^32 divided by the golden ratio (Knuth, TAOCP 3, 6.4)
PRIME_64 = 0x9E3779B97F4A7C15
PAIR = np.uint64(0xC2B2AE3D27D4EB4F)
Ids = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Spec:
    """Which features. bits: 2^bits buckets; chars: shortest and longest n-gram; pairs: word pairs too; across: n-grams
    run over the ends of words; accents: they are kept (what tells languages apart)."""

    bits: int = 18
    chars: tuple[int, int] = (3, 5)
    pairs: bool = True
    across: bool = True
    accents: bool = False


@dataclass(frozen=True, slots=True)
class Features:
    """Features of n texts, one entry an occurrence. ids[indptr[i]:indptr[i + 1]]: buckets of text i;
    words[word_indptr[i]:word_indptr[i + 1]]: 64-bit hashes of its tokens, in order."""

    spec: Spec
    indptr: Offsets
    ids: Ids
    word_indptr: Offsets
    words: Hashes

    def __len__(self) -> int:
        return len(self.indptr) - 1


@dataclass(frozen=True, slots=True)
class Spans:
    """Where the features of one text are: characters starts[k] to ends[k] of it make ids[k]. word_*: of its tokens."""

    ids: Ids
    starts: Offsets
    ends: Offsets
    words: Hashes
    word_starts: Offsets
    word_ends: Offsets


@dataclass(frozen=True, slots=True)
class Folded:
    """A block of texts as it is hashed. codes, classes: of each character; walls: where texts begin and end (n + 1);
    origin: the place of each character in the joined texts."""

    codes: Codes
    classes: npt.NDArray[np.uint8]
    walls: Offsets
    origin: Offsets


def features(texts: Sequence[str], spec: Spec = Spec()) -> Features:  # frozen
    """The features of texts, in their order. A text beyond READ_CHARS characters is read to there."""
    if kernel := native.library():
        blocks = [_native(kernel, part, spec, False)[:4] for part in _blocks(texts, NATIVE_CHARS)]
    else:
        blocks = [_block(folded(part, spec), spec) for part in _blocks(texts, BLOCK_CHARS)]
    if not blocks:
        nothing = np.zeros(1, np.int64)
        return Features(spec, nothing, np.empty(0, np.int32), nothing, np.empty(0, np.uint64))
    if len(blocks) == 1:
        return Features(spec, *blocks[0])
    indptrs, ids, word_indptrs, words = zip(*blocks, strict=True)
    return Features(spec, _chained(indptrs), np.concatenate(ids), _chained(word_indptrs), np.concatenate(words))


def spans(text: str, spec: Spec = Spec()) -> Spans:  # frozen
    """The features of one text with their places, for explanations."""
    seen = folded([text[:READ_CHARS]], spec)
    starts, ends, hashes = tokens(seen)
    grid, lengths = _grid(seen, spec, starts, ends, hashes)
    rows, kinds = np.nonzero(grid >= 0)
    # The joined text begins with a space; what was left out belongs to the sign before it.
    place = np.append(seen.origin, seen.origin[-1] + 1).clip(1, len(text[:READ_CHARS]) + 1) - 1
    until = place[rows + lengths[rows, kinds]]
    return Spans(grid[rows, kinds], place[rows], until, hashes, place[starts], place[ends])


def word_places(texts: Sequence[str], spec: Spec = Spec()) -> tuple[Offsets, Ids, Ids]:  # frozen
    """word_indptr (n + 1) of texts; (words,) the characters of its text at which each word begins and ends."""
    if kernel := native.library():
        parts = [itemgetter(2, 4, 5)(_native(kernel, part, spec, True)) for part in _blocks(texts, NATIVE_CHARS)]
    else:
        parts = [_places(part, spec) for part in _blocks(texts, BLOCK_CHARS)]
    if not parts:
        return np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
    indptrs, begins, untils = zip(*parts, strict=True)
    return _chained(indptrs), np.concatenate(begins), np.concatenate(untils)


def _native(kernel: CDLL, texts: Sequence[str], spec: Spec, places: bool) -> tuple[Any, ...]:
    """indptr, ids, word_indptr, words, begin and until of texts that are cut already."""
    points, walls = native.texts_of(texts)
    codes, classes = _tables(spec.accents)
    made = native.FeatureSpec(native.at(codes), native.at(classes), spec.bits, *spec.chars, spec.pairs, spec.across)
    return native.hashed(kernel, made, points, walls, places)


def _places(texts: Sequence[str], spec: Spec) -> tuple[Offsets, Ids, Ids]:
    """word_indptr, begin and until of one block."""
    seen = folded(texts, spec)
    starts, ends, _ = tokens(seen)
    indptr = np.searchsorted(starts, seen.walls)
    first = np.cumsum([1, *(len(text) + 1 for text in texts[:-1])])  # of each text in the joined ones
    own = np.repeat(first, np.diff(indptr))
    return indptr, (seen.origin[starts] - own).astype(np.int32), (seen.origin[ends - 1] + 1 - own).astype(np.int32)


def _blocks(texts: Sequence[str], chars: int) -> list[list[str]]:
    """The texts, cut to what is read, in parts of about ``chars`` characters."""
    cut = [text if len(text) <= READ_CHARS else text[:READ_CHARS] for text in texts]
    sizes = np.cumsum(np.fromiter(map(len, cut), np.int64, len(cut)))
    if not len(sizes) or sizes[-1] <= chars:
        return [cut] if cut else []
    edges = np.flatnonzero(np.diff(sizes // chars, prepend=0))
    bounds = [0, *edges[edges > 0].tolist(), len(cut)]
    return [cut[begin:end] for begin, end in pairwise(bounds)]


def _chained(indptrs: Sequence[Offsets]) -> Offsets:
    """Offsets of parts as offsets of the whole."""
    bases = np.cumsum([0, *(one[-1] for one in indptrs)])
    return np.concatenate([indptrs[0][:1], *(one[1:] + base for one, base in zip(indptrs, bases, strict=False))])


@cache
def _tables(accents: bool) -> tuple[Codes, npt.NDArray[np.uint8]]:
    """Of each code point up to LAST: what it is read as, and its class."""
    codes = np.arange(LAST + 1, dtype=np.uint32)
    classes = np.full(LAST + 1, SYMBOL, np.uint8)
    for point in range(LAST + 1):
        sign = chr(point)
        category = unicodedata.category(sign)
        if category not in ("Cn", "Co"):
            classes[point] = _class_of(sign, category)
            codes[point] = _read_as(sign, category, accents)
    codes[classes == GAP] = SPACE
    return codes, classes


def _class_of(sign: str, category: str) -> int:
    if category[0] in "ZC" and category != "Cf":
        return GAP
    if category == "Cf" or "\ufe00" <= sign <= "\ufe0f" or "\U0001f3fb" <= sign <= "\U0001f3ff":
        return SKIPPED  # joiners, variation selectors, skin tones
    if category == "Mn" and sign < "\u0900":
        return SKIPPED  # accents written apart, Arabic and Hebrew vowels
    if category[0] in "LNM" or sign == "_":
        return WORD
    return SYMBOL if category == "So" else SIGN


LOOK_ALIKE = str.maketrans("’‘‛`´“”„«»‹›–—−…", '\'\'\'\'\'"""""""---.')


def _read_as(sign: str, category: str, accents: bool) -> int:
    if category == "Nd":
        return ord("0")
    low = sign.lower().translate(LOOK_ALIKE)
    if "가" <= sign <= "힣":
        return ord(sign)  # a syllable, not its first letter
    if accents and len(unicodedata.normalize("NFKC", low)) == 1:
        return ord(unicodedata.normalize("NFKC", low))
    return ord(unicodedata.normalize("NFKD", low)[0])


def folded(texts: Sequence[str], spec: Spec) -> Folded:
    """Texts joined by spaces, as they are hashed: " text text ", addresses and handles one sign, spaces single, a sign
    at most twice in a row."""
    joined = " ".join(["", *texts, ""])
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes_of, classes_of = _tables(spec.accents)
    points = np.minimum(raw, LAST)
    codes, classes = codes_of[points], classes_of[points]
    walls = np.cumsum([0, *(len(text) + 1 for text in texts)])
    origin = np.arange(len(raw))
    if (classes == SKIPPED).any():
        codes, classes, walls, origin = _kept(classes != SKIPPED, codes, classes, walls, origin)
    drop = _masked(codes, classes)
    gaps = classes == GAP
    drop[1:] |= gaps[1:] & gaps[:-1]
    again = (codes[2:] == codes[1:-1]) & (codes[1:-1] == codes[:-2]) & (codes[2:] != ord("0"))
    again[walls[1:-1] - 1] = False  # a text's first sign repeats nothing of the text before
    drop[2:] |= again
    drop[walls] = False
    return Folded(*_kept(~drop, codes, classes, walls, origin))


def _kept(keep: Flags, codes: Codes, classes: Any, walls: Offsets, origin: Offsets) -> tuple[Any, Any, Any, Any]:
    """Only some characters; where texts begin, moved along."""
    at = np.flatnonzero(keep)
    return codes[at], classes[at], np.searchsorted(at, walls), origin[at]


def _masked(codes: Codes, classes: npt.NDArray[np.uint8]) -> Flags:
    """Writes one sign for each address and handle; says which characters that leaves over."""
    starts, ends = _addresses(codes, classes)
    at, until = _handles(codes, classes)
    steps = np.zeros(len(codes) + 1, np.int32)
    for begin, end, code in ((at, until, HANDLE), (starts, ends, ADDRESS)):
        np.add.at(steps, begin + 1, 1)
        np.add.at(steps, np.maximum(end, begin + 1), -1)
        codes[begin] = code
        classes[begin] = SYMBOL
    return np.asarray(np.cumsum(steps[:-1]), np.bool_)


def _addresses(codes: Codes, classes: npt.NDArray[np.uint8]) -> tuple[Offsets, Offsets]:
    """Where addresses begin and end: http…, www.… after what is no word, to the next space."""
    some = np.flatnonzero((codes[:-4] == ord("h")) | (codes[:-4] == ord("w")))
    some = some[classes[some - 1] != WORD]
    near = [codes[some + k] for k in range(5)]
    http = _spelt(near, "http") & ((near[4] == ord(":")) | (near[4] == ord("s")) | (near[4] == SPACE))
    some = some[http | _spelt(near, "www.")]
    gaps = np.flatnonzero(classes == GAP)
    return some, gaps[np.searchsorted(gaps, some)]


def _spelt(near: Sequence[Codes], word: str) -> Flags:
    pairs = zip(near, word, strict=False)
    return np.logical_and.reduce([code == ord(sign) for code, sign in pairs])  # type: ignore[no-any-return]


def _handles(codes: Codes, classes: npt.NDArray[np.uint8]) -> tuple[Offsets, Offsets]:
    """Where @handles begin and end."""
    at = np.flatnonzero(codes[:-1] == ord("@"))
    at = at[classes[at + 1] == WORD]
    if not len(at):
        return at, at
    others = np.flatnonzero(classes != WORD)
    return at, others[np.searchsorted(others, at + 1)]


@cache
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """PRIME_64^i and its inverse modulo 2^64, for i < size."""
    base, inverse = np.uint64(PRIME_64), np.uint64(pow(PRIME_64, -1, 1 << 64))
    return np.cumprod(np.full(size, base), dtype=np.uint64), np.cumprod(np.full(size, inverse), dtype=np.uint64)


def tokens(seen: Folded) -> tuple[Offsets, Offsets, Hashes]:
    """Runs of letters and digits, runs of punctuation, single symbols: starts, ends and hashes."""
    kinds = seen.classes
    edge = np.empty(len(kinds), np.bool_)
    edge[0] = True
    np.not_equal(kinds[1:], kinds[:-1], out=edge[1:])
    edge |= kinds == SYMBOL
    bounds = np.flatnonzero(edge)
    solid = np.flatnonzero(kinds[bounds] != GAP)
    starts = bounds[solid]
    ends = np.append(bounds, len(kinds))[solid + 1]
    power, inverse = (one[: len(kinds)] for one in _powers(1 << max(16, len(kinds).bit_length())))
    sums = np.empty(len(kinds) + 1, np.uint64)
    sums[0] = 0
    np.cumsum(seen.codes * power, out=sums[1:])
    hashes = (sums[ends] - sums[starts]) * inverse[starts] * np.uint64(PRIME_64)
    return starts, ends, hashes ^ (hashes >> np.uint64(29))


def _block(seen: Folded, spec: Spec) -> tuple[Offsets, Ids, Offsets, Hashes]:
    """indptr, ids, word_indptr and words of one block."""
    starts, ends, hashes = tokens(seen)
    grid, _ = _grid(seen, spec, starts, ends, hashes)
    there = grid >= 0
    sums = np.cumsum(there.sum(axis=1))
    indptr = np.concatenate([[0], sums[seen.walls[1:] - 1]]) if len(seen.walls) > 1 else np.zeros(1, np.int64)
    return indptr, grid[there], np.searchsorted(starts, seen.walls), hashes


def _grid(seen: Folded, spec: Spec, starts: Offsets, ends: Offsets, hashes: Hashes) -> tuple[Ids, Ids]:
    """(characters, kinds): the bucket of the feature that begins at a character, -1 for none; and its length."""
    low, high = spec.chars
    kinds = max(0, high - low + 1)
    grid = np.full((len(seen.codes), kinds + 1 + spec.pairs), -1, np.int32)
    _ngrams(seen, spec, grid)
    shift = np.uint64(64 - spec.bits)
    grid[starts, kinds] = ((hashes * PAIR) >> shift).astype(np.int32)
    lengths = np.tile(np.arange(low, low + grid.shape[1], dtype=np.int32), (1, 1)).repeat(len(grid), axis=0)
    lengths[starts, kinds] = ends - starts
    if spec.pairs and len(starts) > 1:
        inside = np.searchsorted(seen.walls, starts, side="right")
        same = np.flatnonzero(inside[1:] == inside[:-1])
        pairs = (hashes[same] * PAIR + hashes[same + 1]) * PAIR
        grid[starts[same], kinds + 1] = (pairs >> shift).astype(np.int32)
        lengths[starts[same], kinds + 1] = ends[same + 1] - starts[same]
    return grid, lengths


def _ngrams(seen: Folded, spec: Spec, grid: Ids) -> None:
    """Fills the columns of the character n-grams; none holds a wall (or, unless ``across``, a space) within."""
    low, high = spec.chars
    size = len(seen.codes)
    if spec.across:
        wall = np.zeros(size, np.bool_)
        wall[seen.walls] = True
    else:
        wall = seen.classes == GAP
    rolled = seen.codes.copy()
    broken = np.zeros(size, np.bool_)
    shift = np.uint32(32 - spec.bits)
    for length in range(2, min(high, size) + 1):
        rolled = rolled[:-1] * np.uint32(PRIME) + seen.codes[length - 1 :]
        broken = broken[: len(rolled)]
        if length > 2:
            broken = broken | wall[length - 2 : length - 2 + len(rolled)]
        if length >= low:
            ids = ((rolled * np.uint32(0x85EBCA6B + 2 * length)) >> shift).astype(np.int32)
            ids[broken] = -1
            grid[: len(rolled), length - low] = ids
