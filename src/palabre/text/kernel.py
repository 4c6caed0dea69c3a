"""The kernel, through ctypes: loads it and hands it columns of posts. The interpreter lock is free while it runs."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, c_double, c_int32, c_int64, c_size_t, c_uint8, c_uint64, c_void_p
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np
import numpy.typing as npt
import pyarrow as pa

import palabre.text

VERSION = 5
Numbers = npt.NDArray[np.int32]


class Posts(ctypes.Structure):
    """As `palabre_posts` in native/kernel.cpp."""

    _fields_ = (
        ("count", c_int64), ("title_offsets", c_void_p), ("title_bytes", c_void_p), ("text_offsets", c_void_p),
        ("text_bytes", c_void_p), ("fact_post", c_void_p), ("fact", c_void_p), ("facts", c_int64),
    )  # fmt: skip


class TokenLists(ctypes.Structure):
    """As `palabre_token_lists` in native/kernel.cpp."""

    _fields_ = (
        ("count", c_int64), ("keys", c_void_p), ("key_offsets", c_void_p), ("list_offsets", c_void_p),
        ("rows", c_void_p), ("places", c_void_p),
    )  # fmt: skip


@cache
def library() -> ctypes.CDLL | None:
    """The kernel of this installation; None when it was installed without a compiler."""
    for folder in palabre.text.__path__:
        for path in sorted(Path(folder).glob("_kernel*")):
            if path.suffix in (".so", ".dylib", ".dll", ".pyd") and (found := load(path)):
                return found
    return None


def load(path: Path) -> ctypes.CDLL | None:
    """The kernel of a file, its functions declared; None when it is not one of this version."""
    try:
        found = ctypes.CDLL(str(path))
    except OSError:
        return None
    if found.palabre_kernel_version() != VERSION:
        return None
    for name, result, arguments in SIGNATURES:
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    return found


NUMBERS = POINTER(c_int32)
SIGNATURES: tuple[tuple[str, type | None, list[type]], ...] = (
    ("palabre_index_new", c_void_p, [c_void_p, c_size_t, c_uint64]),
    ("palabre_index_free", None, [c_void_p]),
    ("palabre_add", c_int32, [c_void_p, c_int32, ctypes.c_char_p, c_size_t, c_void_p, c_size_t]),
    ("palabre_remove", c_int32, [c_void_p, c_int32]),
    ("palabre_tune", None, [c_void_p]),
    ("palabre_size", c_int64, [c_void_p]),
    ("palabre_seen", c_int32, [c_void_p, ctypes.c_char_p, c_size_t, POINTER(c_double)]),
    ("palabre_context_new", c_void_p, [c_void_p]),
    ("palabre_context_free", None, [c_void_p]),
    ("palabre_match", c_int64, [c_void_p, POINTER(Posts), POINTER(NUMBERS), POINTER(NUMBERS)]),
    (
        "palabre_explain",
        c_int64,
        [c_void_p, POINTER(Posts), c_void_p, c_void_p, c_int64, POINTER(POINTER(c_int64)), *[POINTER(NUMBERS)] * 3],
    ),
    ("palabre_values_new", c_void_p, [c_uint64]),
    ("palabre_values_free", None, [c_void_p]),
    ("palabre_values", c_int64, [c_void_p, c_void_p, c_void_p, c_int64, c_void_p]),
    ("palabre_place", c_int64, [c_void_p, c_void_p, c_int64, ctypes.c_char_p, c_size_t]),
    ("palabre_texts_new", c_void_p, [c_void_p]),
    ("palabre_texts_free", None, [c_void_p]),
    ("palabre_texts", c_int64, [c_void_p, POINTER(Posts), POINTER(POINTER(c_uint8)), POINTER(POINTER(c_int64))]),
    ("palabre_lists_new", c_void_p, [c_void_p, c_size_t, c_uint64]),
    ("palabre_lists_free", None, [c_void_p]),
    ("palabre_lists", None, [c_void_p, POINTER(Posts), POINTER(TokenLists)]),
)


NO_FACTS = (np.empty(0, np.int32), np.empty(0, np.int32))


class Columns:
    """A batch as the kernel reads it. Keeps the arrays alive while it does."""

    def __init__(self, batch: pa.RecordBatch, facts: tuple[Numbers, Numbers] = NO_FACTS) -> None:
        self.facts = tuple(np.ascontiguousarray(numbers, np.int32) for numbers in facts)
        self.columns = [column_of(batch, name) for name in ("title", "text")]
        places = [place for column in self.columns for place in buffers(column)]
        self.posts = Posts(len(batch), *places, *(numbers.ctypes.data for numbers in self.facts), len(self.facts[0]))

    def __enter__(self) -> Posts:
        return self.posts

    def __exit__(self, *_: object) -> None:
        return None


def column_of(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column as an array of strings without nulls; empty strings when the batch has none."""
    if name not in batch.schema.names:
        return pa.StringArray.from_buffers(len(batch), pa.py_buffer(bytes(4 * (len(batch) + 1))), pa.py_buffer(b""))
    column = batch.column(name)
    column = column if pa.types.is_string(column.type) else column.cast(pa.string())
    return column.fill_null("") if column.null_count else column


def buffers(column: pa.Array) -> tuple[int, int]:
    """Addresses of the offsets and of the bytes."""
    _, offsets, data = column.buffers()
    if offsets is None or not offsets.size:
        return ctypes.addressof(ZERO), ctypes.addressof(ZERO)
    return offsets.address + 4 * column.offset, data.address if data is not None else ctypes.addressof(ZERO)


ZERO = c_int64(0)


@contextmanager
def taken(pool: SimpleQueue[c_void_p], make: Callable[[], c_void_p]) -> Iterator[c_void_p]:
    """One thing of a pool for the time of a call."""
    try:
        one = pool.get_nowait()
    except Empty:
        one = make()
    try:
        yield one
    finally:
        pool.put(one)


def drained(pool: SimpleQueue[c_void_p]) -> Iterator[c_void_p]:
    while not pool.empty():
        yield pool.get_nowait()
