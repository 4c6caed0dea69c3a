"""The reading kernel, through ctypes: the inner loops of the readings. The interpreter lock is free while it runs.

Each function does what a NumPy function of this package does, to the same buckets and hashes and to within rounding;
without the kernel (an installation without a compiler) NumPy does it. Nothing is kept between calls.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_int32, c_int64, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import palabre.read

VERSION = 1
Array = npt.NDArray[Any]


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


SIGNATURES: tuple[tuple[str, type | None, list[Any]], ...] = (
    ("palabre_features", None, [POINTER(FeatureSpec), c_void_p, c_void_p, c_int64, POINTER(FeatureRows)]),
    ("palabre_head_sums", c_int32, [POINTER(ByteTable), c_void_p, c_void_p, c_int64, c_void_p, c_void_p]),
    ("palabre_phrases", c_int64, [POINTER(Book), c_void_p, c_void_p, c_int64, c_void_p, c_int64]),
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


class Kept:
    """A structure of the kernel and the arrays that it points to."""

    def __init__(self, structure: Structure, *arrays: object) -> None:
        self.structure = structure
        self.arrays = arrays


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


def phrases(kernel: ctypes.CDLL, book: Kept, words: Array, indptr: Array) -> Array:
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
