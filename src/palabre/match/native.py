"""The live queries in the kernel (`text.kernel`): hands it posts, takes pairs back.

Any number of threads may match on one panel at the same time, while watches come and go: the index has a lock of its
own (many readers or one writer), and each call takes a context, the working memory of one thread, from a pool.
"""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Sequence
from ctypes import POINTER, byref, c_double, c_int32, c_int64, c_uint8, c_void_p
from itertools import pairwise
from queue import SimpleQueue

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from palabre.match.compile import Compiled, Spec, spec_bytes
from palabre.model import Span
from palabre.text.kernel import NUMBERS, Columns, Numbers, buffers, drained, taken
from palabre.text.unicode_table import table_bytes


class NativeEngine:
    """The live queries in the kernel."""

    name = "native"

    def __init__(self, kernel: ctypes.CDLL) -> None:
        table = table_bytes()
        self.kernel = kernel
        self.index = c_void_p(kernel.palabre_index_new(table, len(table), secrets.randbits(64)))
        self.contexts: SimpleQueue[c_void_p] = SimpleQueue()
        self.texts: SimpleQueue[c_void_p] = SimpleQueue()

    def __del__(self) -> None:
        for pool, free in (
            (self.contexts, self.kernel.palabre_context_free),
            (self.texts, self.kernel.palabre_texts_free),
        ):
            for one in drained(pool):
                free(one)
        self.kernel.palabre_index_free(self.index)

    def add(self, watch: int, query: Compiled) -> None:
        """Puts a query in, in the place of the one the watch had."""
        tree = query.tree.buffer_info()
        if not self.kernel.palabre_add(self.index, watch, query.leaves, len(query.leaves), *tree):
            raise ValueError("the kernel cannot read the query")

    def remove(self, watch: int) -> None:
        self.kernel.palabre_remove(self.index, watch)

    def tune(self) -> None:
        """Orders all programs anew by what the stream has shown. It happens by itself now and then."""
        self.kernel.palabre_tune(self.index)

    def match(self, batch: pa.RecordBatch, facts: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
        """(post, watch) pairs, by post, then by watch."""
        post, watch = NUMBERS(), NUMBERS()
        with taken(self.contexts, self._context) as context, Columns(batch, facts) as posts:
            found = self.kernel.palabre_match(context, byref(posts), byref(post), byref(watch))
            return copied(post, found), copied(watch, found)

    def explain(
        self, batch: pa.RecordBatch, facts: tuple[Numbers, Numbers], post: Numbers, watch: Numbers
    ) -> list[tuple[Span, ...]]:
        """The spans of each (post, watch) pair; the pairs are sorted by post."""
        first, out = POINTER(c_int64)(), (NUMBERS(), NUMBERS(), NUMBERS())
        post, watch = (np.ascontiguousarray(numbers, np.int32) for numbers in (post, watch))
        with taken(self.contexts, self._context) as context, Columns(batch, facts) as posts:
            found = self.kernel.palabre_explain(
                context, byref(posts), post.ctypes.data, watch.ctypes.data, len(post), byref(first), *map(byref, out)
            )
            starts, ends, titles = (copied(numbers, found).tolist() for numbers in out)
            edges = np.ctypeslib.as_array(first, (len(post) + 1,)).tolist()
        spans = [Span(a, b, "title" if c else "text") for a, b, c in zip(starts, ends, titles, strict=True)]
        return [tuple(spans[a:b]) for a, b in pairwise(edges)]

    def index_texts(self, batch: pa.RecordBatch) -> pa.Array:
        """The keys of each post, spaces between."""
        data, offsets = POINTER(c_uint8)(), POINTER(c_int64)()
        with taken(self.texts, self._texts) as texts, Columns(batch) as posts:
            size = self.kernel.palabre_texts(texts, byref(posts), byref(data), byref(offsets))
            edges = pa.py_buffer(ctypes.string_at(offsets, 8 * (len(batch) + 1)))
            characters = pa.py_buffer(ctypes.string_at(data, size) if size else b"")
        return pa.LargeStringArray.from_buffers(len(batch), edges, characters).cast(pa.string())

    def seen(self, specs: Sequence[Spec]) -> list[float]:
        """Share of posts that had each term since it is watched; -1 where that is not known."""
        encoded, out = spec_bytes(specs), (c_double * len(specs))()
        self.kernel.palabre_seen(self.index, encoded, len(encoded), out)
        return list(out)

    def _context(self) -> c_void_p:
        return c_void_p(self.kernel.palabre_context_new(self.index))

    def _texts(self) -> c_void_p:
        return c_void_p(self.kernel.palabre_texts_new(self.index))


class NativeNumbering:
    """Numbers for the distinct strings of a column (`distinct.Numbering`)."""

    def __init__(self, kernel: ctypes.CDLL) -> None:
        self.kernel, self.count = kernel, 0
        self.values = c_void_p(kernel.palabre_values_new(secrets.randbits(64)))

    def __del__(self) -> None:
        self.kernel.palabre_values_free(self.values)

    def __len__(self) -> int:
        return self.count

    def codes(self, values: pa.Array) -> tuple[npt.NDArray[np.integer], Sequence[object]]:
        values = values.fill_null("") if values.null_count else values
        before, codes = self.count, np.empty(len(values), np.int32)
        self.count = self.kernel.palabre_values(self.values, *buffers(values), len(values), codes.ctypes.data)
        if self.count == before:
            return codes, ()
        new = np.flatnonzero(codes >= before)
        return codes, values.take(new[np.unique(codes[new], return_index=True)[1]]).to_pylist()


def copied(numbers: ctypes._Pointer[c_int32], count: int) -> Numbers:
    """Numbers of the kernel as an array of ours."""
    return np.frombuffer(ctypes.string_at(numbers, 4 * count), np.int32) if count else np.empty(0, np.int32)
