"""The panel of live watches: every post of a batch against every watch.

    panel = Panel()
    panel.add(7, parse('"porte monnaie" NEAR/3 perdu'))
    mentions = panel.match(posts)            # POSTS → MENTIONS, sorted by post, then by watch
    panel.explain(posts, 0, 7)               # the characters that say why

Adding, changing and removing a watch takes effect with the next batch and recompiles nothing else. `match`, `explain`
and `index_texts` may be called by several threads at once; with the native engine they run side by side, without the
interpreter lock. The engine "python" needs no compiler and does one thing at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from palabre.errors import ConfigError
from palabre.match.ast import Node
from palabre.match.columns import FactBook
from palabre.match.compile import Compiled, Fact, compiled
from palabre.match.cost import Cost, estimate
from palabre.match.distinct import PlainNumbering
from palabre.match.native import NativeEngine, NativeNumbering
from palabre.match.python_engine import PythonEngine
from palabre.match.query import Query
from palabre.model import MENTIONS, Span
from palabre.text.kernel import library

Numbers = npt.NDArray[np.int32]
ENGINES = ("auto", "native", "python")


class Engine(Protocol):
    """What both engines can do once a query is in."""

    name: str

    def remove(self, watch: int) -> None: ...
    def tune(self) -> None: ...
    def match(self, batch: pa.RecordBatch, facts: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]: ...
    def explain(
        self, batch: pa.RecordBatch, facts: tuple[Numbers, Numbers], post: Numbers, watch: Numbers
    ) -> list[tuple[Span, ...]]: ...
    def index_texts(self, batch: pa.RecordBatch) -> pa.Array: ...


class Panel:
    """Live watches. engine: auto takes the kernel where it was built. Raises ConfigError: native, and there is none."""

    def __init__(self, engine: str = "auto") -> None:
        if engine not in ENGINES:
            raise ConfigError("match.no_engine", name=engine)
        kernel = library() if engine != "python" else None
        if kernel is None and engine == "native":
            raise ConfigError("match.no_kernel")
        self.book = FactBook(numbering=partial(NativeNumbering, kernel) if kernel else PlainNumbering)
        self.native = NativeEngine(kernel) if kernel else None
        self.python = None if kernel else PythonEngine(self.book)
        self.asked: dict[int, tuple[Fact, ...]] = {}  # facts of each watch
        self.lock = threading.Lock()  # over the book, and over the Python engine

    @property
    def engine(self) -> Engine:
        """The one at work."""
        return self.native or self._python()

    def __len__(self) -> int:
        return len(self.asked)

    def __contains__(self, watch_id: int) -> bool:
        return watch_id in self.asked

    def add(self, watch_id: int, query: Query | Node) -> None:
        """Puts a watch in, or its new query in the place of the old one. watch_id: a 32-bit number."""
        root = query.root if isinstance(query, Query) else query
        with self.lock:
            made = compiled(root, self.book.number_of)
            self.book.keep(made.facts)
            self._put(watch_id, made, root)
            self.book.release(self.asked.pop(watch_id, ()))
            self.asked[watch_id] = made.facts

    def _put(self, watch_id: int, made: Compiled, root: Node) -> None:
        if self.native:
            self.native.add(watch_id, made)
        else:
            self._python().add(watch_id, root)

    def _python(self) -> PythonEngine:
        assert self.python is not None  # noqa: S101  # one of the two is there
        return self.python

    def remove(self, watch_id: int) -> None:
        """Takes a watch out; nothing happens if it is not there."""
        with self.lock:
            self.engine.remove(watch_id)
            self.book.release(self.asked.pop(watch_id, ()))

    def tune(self) -> None:
        """Orders the queries by what the stream has shown; happens by itself after 2,048, 16,384 … posts."""
        self.engine.tune()

    def match(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """MENTIONS of a batch of POSTS (missing columns count as empty), by post, then by watch_id."""
        post, watch = self._match(batch)
        return pa.RecordBatch.from_arrays([pa.array(post), pa.array(watch)], schema=MENTIONS)

    def _match(self, batch: pa.RecordBatch) -> tuple[Numbers, Numbers]:
        with self.lock:
            facts = self.book.pairs(batch)
            if not self.native:
                return self._python().match(batch, facts)
        return self.native.match(batch, facts)

    def explain(self, batch: pa.RecordBatch, row: int, watch_id: int) -> tuple[Span, ...]:
        """Why a post matches a watch: the spans of `oracle.spans`; none if it does not."""
        return self.explain_all(batch.slice(row, 1), np.zeros(1, np.int32), np.array([watch_id], np.int32))[0]

    def explain_all(
        self, batch: pa.RecordBatch, post: npt.ArrayLike, watch: npt.ArrayLike
    ) -> Sequence[tuple[Span, ...]]:
        """The spans of each (post, watch) pair; the pairs are sorted by post, as `match` gives them."""
        posts, watches = np.asarray(post, np.int32), np.asarray(watch, np.int32)
        with self.lock:
            facts = self.book.pairs(batch)
            if not self.native:
                return self._python().explain(batch, facts, posts, watches)
        return self.native.explain(batch, facts, posts, watches)

    def index_texts(self, batch: pa.RecordBatch) -> pa.Array:
        """The folded keys of each post (title, then text), look-alikes and whole handles too, spaces between."""
        return self.engine.index_texts(batch)

    def cost(self, query: Query | Node) -> Cost:
        """What a query is expected to cost, by how often its words are met in this stream where that is known."""
        root = query.root if isinstance(query, Query) else query
        return estimate(root, self.native.seen if self.native else None)
