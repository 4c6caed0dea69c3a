"""Why a post is there: the characters that each of its watches, and the search, found. One panel a workspace is kept,
and only watches that were asked about are ever compiled into it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from palabre.archive import Archive, PostRow
from palabre.archive.types import Watch
from palabre.batches import batch_of
from palabre.errors import QueryError
from palabre.match.limits import Limits
from palabre.match.panel import Panel
from palabre.match.parser import parse
from palabre.model import Span

Reasons = Mapping[int, tuple[Span, ...]]  # watch_id -> spans


@dataclass
class Book:
    """The queries of one workspace as they were at ``stamp``; broken: watches whose query cannot be read any more."""

    stamp: int
    lists: Mapping[str, str]
    panel: Panel = field(default_factory=Panel)
    broken: set[int] = field(default_factory=set)


class Library:
    """The books of a process. Every change of a watch or list makes a new book."""

    def __init__(self) -> None:
        self._books: dict[tuple[int, int], Book] = {}
        self._lock = threading.Lock()

    def reasons(self, archive: Archive, rows: Sequence[PostRow], watches: Mapping[int, Watch]) -> list[Reasons]:
        """For each post, the spans of each of its watches. rows: of one workspace."""
        wanted = {watch_id for row in rows for watch_id in row.watch_ids if watch_id in watches}
        if not wanted:
            return [{} for _ in rows]
        with self._lock:
            book = self._book(archive, rows[0].workspace_id)
            _fill(book, wanted, watches, Limits.of(archive.settings))
            pairs = [(i, w) for i, row in enumerate(rows) for w in sorted(row.watch_ids) if w in book.panel]
            return _explained(book.panel, rows, pairs)

    def _book(self, archive: Archive, workspace_id: int) -> Book:
        key, stamp = (id(archive), workspace_id), archive.watches.stamp()
        book = self._books.get(key)
        if book is None or book.stamp != stamp:
            book = self._books[key] = Book(stamp, archive.watches.lists(workspace_id))
        return book


LIBRARY = Library()


def _fill(book: Book, wanted: Iterable[int], watches: Mapping[int, Watch], limits: Limits) -> None:
    """Puts the watches in that are not there yet."""
    for watch_id in wanted:
        if watch_id in book.panel or watch_id in book.broken:
            continue
        try:
            book.panel.add(watch_id, parse(watches[watch_id].query, lists=book.lists, limits=limits))
        except QueryError:
            book.broken.add(watch_id)


def _explained(panel: Panel, rows: Sequence[PostRow], pairs: Sequence[tuple[int, int]]) -> list[Reasons]:
    found: list[dict[int, tuple[Span, ...]]] = [{} for _ in rows]
    if pairs:
        numbers = np.array(pairs, np.int32)
        spans = panel.explain_all(batch_of([row.post for row in rows]), numbers[:, 0], numbers[:, 1])
        for (row, watch_id), why in zip(pairs, spans, strict=True):
            found[row][watch_id] = why
    return [*found]
