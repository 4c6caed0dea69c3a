"""The reading kernel, through ctypes: the inner loops of the readings. The interpreter lock is free while it runs.

Each function does what a NumPy function of this package does, to the same buckets and hashes and to within rounding;
without the kernel (an installation without a compiler) NumPy does it. Nothing is kept between calls.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import POINTER, Structure, byref, c_float, c_int32, c_int64, c_void_p
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

import palabre.read

VERSION = 5
INDEX_BITS = 12  # of the keys of a table, by which they are looked up
Array = npt.NDArray[Any]
S = TypeVar("S", bound=Structure)


class FeatureSpec(Structure):
    """As in native/read_features.hpp."""

    _fields_ = (
        ("codes", c_void_p), ("classes", c_void_p), ("bits", c_int32), ("low", c_int32), ("high", c_int32),
        ("pairs", c_int32), ("across", c_int32),
    )  # fmt: skip


class FeatureRows(Structure):
    """As in native/read_features.hpp."""

    _fields_ = tuple(
        (name, c_void_p) for name in ("ids", "indptr", "words", "word_indptr", "begin", "until")
    )  # fmt: skip


class ByteTable(Structure):
    """As in native/read_heads.hpp."""

    _fields_ = (("rows", c_void_p), ("stride", c_int32), ("labels", c_int32), ("square", c_int32))


class Look(Structure):
    """As in native/read_phrases.hpp."""

    _fields_ = (
        ("size", c_int32), ("fixed", c_int32), ("anchored", c_int32), ("places", c_void_p), ("powers", c_void_p),
        ("maybe", c_void_p), ("sums", c_void_p), ("sums_size", c_int64), ("first", c_void_p), ("names", c_void_p),
    )  # fmt: skip


class Book(Structure):
    """As in native/read_phrases.hpp."""

    _fields_ = (
        ("looks", c_void_p), ("size", c_int64), ("begins", c_void_p), ("ends", c_void_p), ("ends_size", c_int64),
    )  # fmt: skip


class LanguageModel(Structure):
    """As in native/read_language.hpp."""

    _fields_ = (
        ("classes", c_void_p), ("lower", c_void_p), ("table", c_void_p), ("rows", c_int64), ("languages", c_int32),
    )  # fmt: skip


class KeyTable(Structure):
    """As in native/read_entities.hpp."""

    _fields_ = (("keys", c_void_p), ("values", c_void_p), ("first", c_void_p), ("shift", c_int32))


class EntityModel(Structure):
    """As in native/read_entities.hpp."""

    _fields_ = (
        ("classes", c_void_p), ("lower", c_void_p), ("table", c_void_p), ("scale", c_void_p), ("rows", c_int64),
        ("follows", c_void_p), ("fine", KeyTable), ("coarse", c_void_p), ("singles", KeyTable), ("heads", KeyTable),
        ("sequences", KeyTable * 4), ("list_bits", c_int64), ("margin", c_float), ("run_max", c_int64),
    )  # fmt: skip


NAME = np.dtype([*((name, "i8") for name in ("post", "start", "end", "kind", "sign")), ("confidence", "f8")])
TEXTS = [c_void_p, c_void_p, c_int64]  # points, walls, how many
SIGNATURES: tuple[tuple[str, type | None, list[Any]], ...] = (
    ("palabre_features", None, [POINTER(FeatureSpec), *TEXTS, POINTER(FeatureRows)]),
    ("palabre_head_sums", c_int32, [POINTER(ByteTable), c_void_p, c_void_p, c_int64, c_void_p, c_void_p]),
    ("palabre_phrases", c_int64, [POINTER(Book), c_void_p, c_void_p, c_int64, c_void_p, c_int64]),
    ("palabre_fingerprints", None, [c_void_p, c_void_p, *TEXTS, c_void_p]),
    ("palabre_language_sums", None, [POINTER(LanguageModel), *TEXTS, c_void_p, c_void_p, c_void_p]),
    ("palabre_names", c_int64, [POINTER(EntityModel), *TEXTS, c_float, c_void_p, c_int64]),
)


@cache
def library() -> ctypes.CDLL | None:
    """The kernel of this installation; None when it was installed without a compiler."""
    for folder in palabre.read.__path__:
        for path in sorted(Path(folder).glob("_reader*")):
            if path.suffix in (".so", ".dylib", ".dll", ".pyd") and (found := load(path)):
                return found
    return None


def load(path: Path) -> ctypes.CDLL | None:
    """The kernel of a file, its functions declared; None when it is not one of this version."""
    try:
        found = ctypes.CDLL(str(path))
    except OSError:
        return None
    if found.palabre_reader_version() != VERSION:
        return None
    for name, result, arguments in SIGNATURES:
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    return found


def at(array: Array) -> int:
    """The address of the numbers of an array, which must be contiguous and stay alive during the call."""
    return int(array.ctypes.data)


class Kept(Generic[S]):
    """A structure of the kernel and the arrays that it points to."""

    def __init__(self, structure: S, *arrays: object) -> None:
        self.structure = structure
        self.arrays = arrays


def key_table(keys: Array, values: Array, bits: int = 64) -> Kept[KeyTable]:
    """Sorted keys (uint64, of so many bits) and what they stand for (int64)."""
    shift = bits - INDEX_BITS
    beginnings = np.arange((1 << INDEX_BITS) + 1, dtype=np.uint64)
    first = np.searchsorted(keys >> np.uint64(shift), beginnings).astype(np.int32)
    return Kept(KeyTable(at(keys), at(values), at(first), shift), keys, values, first)


def texts_of(texts: Sequence[str]) -> tuple[Array, Array]:
    """points: the code points of texts, one after the other; walls (n + 1): where each begins. Lone surrogates are
    taken as they are."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    walls = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=walls[1:])
    return points, walls


def hashed(
    kernel: ctypes.CDLL, spec: FeatureSpec, points: Array, walls: Array, places: bool
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """indptr, ids, word_indptr, words of texts (their code points, and where each begins, n + 1); begin, until (words,)
    of each word in characters of its text, empty unless ``places``."""
    texts, chars = len(walls) - 1, len(points)
    kinds = max(0, spec.high - spec.low + 1) + 1 + spec.pairs
    ids = np.empty((chars + texts) * kinds, np.int32)
    words = np.empty(chars, np.uint64)
    indptr, word_indptr = np.empty(texts + 1, np.int64), np.empty(texts + 1, np.int64)
    begin, until = (np.empty(chars if places else 0, np.int32) for _ in range(2))
    pointers = [at(one) for one in (ids, indptr, words, word_indptr)]
    rows = FeatureRows(*pointers, *((at(begin), at(until)) if places else (None, None)))
    kernel.palabre_features(byref(spec), at(points), at(walls), texts, byref(rows))
    count = word_indptr[-1]
    return indptr, ids[: indptr[-1]], word_indptr, words[:count], begin[:count], until[:count]


def head_sums(kernel: ctypes.CDLL, rows: Array, labels: int, square: int, indptr: Array, ids: Array) -> Any:
    """(n, labels) int32 sums of the rows of a table, (n,) sums of their squares. rows (2^bits, stride) bytes."""
    posts = len(indptr) - 1
    indptr, ids = np.ascontiguousarray(indptr, np.int64), np.ascontiguousarray(ids, np.int32)
    sums, squares = np.zeros((posts, labels), np.int32), np.zeros(posts, np.float32)
    table = ByteTable(at(rows), rows.shape[1], labels, square)
    if not kernel.palabre_head_sums(byref(table), at(indptr), at(ids), posts, at(sums), at(squares)):
        raise ValueError(f"rows of {rows.shape[1]} bytes")
    return sums, squares


def phrases(kernel: ctypes.CDLL, book: Kept[Book], words: Array, indptr: Array) -> Array:
    """(phrases, 3): first token, end, name. By shape, then in order."""
    words, indptr = np.ascontiguousarray(words, np.uint64), np.ascontiguousarray(indptr, np.int64)
    room = len(words) // 2 + 64
    while True:
        found = np.empty((room, 3), np.int64)
        size = kernel.palabre_phrases(
            byref(book.structure), at(words), at(indptr), len(indptr) - 1, at(found), room
        )  # fmt: skip
        if size <= room:
            return found[:size]
        room = size


def fingerprints(kernel: ctypes.CDLL, classes: Array, folded: Array, texts: Sequence[str]) -> Array:
    """(texts,) the fingerprint of each."""
    points, walls = texts_of(texts)
    out = np.empty(len(texts), np.int64)
    kernel.palabre_fingerprints(at(classes), at(folded), at(points), at(walls), len(texts), at(out))
    return out


def language_sums(kernel: ctypes.CDLL, model: LanguageModel, texts: Sequence[str]) -> tuple[Array, Array, Array]:
    """(texts, languages) sums of weights; (texts,) how many n-grams; (texts,) how many letters, or as good as."""
    points, walls = texts_of(texts)
    sums, counts = np.empty((len(texts), model.languages), np.float32), np.empty(len(texts), np.float32)
    letters = np.empty(len(texts), np.int64)
    kernel.palabre_language_sums(
        byref(model), at(points), at(walls), len(texts), at(sums), at(counts), at(letters)
    )  # fmt: skip
    return sums, counts, letters


def names(kernel: ctypes.CDLL, model: Kept[EntityModel], texts: Sequence[str], confidence_min: float) -> Array:
    """(names,) of NAME, in order."""
    points, walls = texts_of(texts)
    room = 2 * len(texts) + 64
    while True:
        found = np.empty(room, NAME)
        size = kernel.palabre_names(
            byref(model.structure), at(points), at(walls), len(texts), confidence_min, at(found), room
        )  # fmt: skip
        if size <= room:
            return found[:size]
        room = size
