"""Searching history with the query language: the same answers as live matching gave, or would have given.

    found = ask(archive, workspace_id, '"porte monnaie" NEAR/3 perdu')
    for row in found.rows(limit=20):
        print(row.post.text, found.spans([row])[0])
    found.count()

The index gives candidates (`match.sieve`), the matching engine itself decides about them (`Panel`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from palabre.archive import Archive, Bucket, Count, Filters, Look, PostRow
from palabre.batches import batch_of
from palabre.match.limits import Limits
from palabre.match.panel import Panel
from palabre.match.parser import parse
from palabre.match.query import Query
from palabre.match.sieve import asks_facts, sieve
from palabre.model import Sieve, SieveEverything, Span

NO_FILTERS = Filters()
ONLY = 1  # the one watch of the panel of a search
NOTHING_ASKED = Sieve(SieveEverything(), exact=True)


@dataclass(frozen=True)
class Asked:
    """A query put to the posts of one workspace. query: None when nothing was asked, which every post fulfils."""

    archive: Archive
    workspace_id: int
    query: Query | None
    filters: Filters = NO_FILTERS
    sieve: Sieve = NOTHING_ASKED
    panel: Panel = field(default_factory=Panel)

    def rows(self, before: int | None = None, limit: int = 50) -> list[PostRow]:
        """The newest posts, below the post_id ``before``."""
        return self.archive.search(self.workspace_id, self.sieve, self.verify, self.filters, before, limit)

    def look(self, before: int | None, limit: int, seconds: float) -> Look:
        """The same with a limit of seconds: what was found, and how far it came."""
        return self.archive.look(self.workspace_id, self.sieve, self.verify, self.filters, before, limit, seconds)

    def count(self, seconds: float | None = None) -> Count:
        """How many; "at least" when a limit of seconds was given and hit."""
        return self.archive.count(self.workspace_id, self.sieve, self.verify, self.filters, seconds)

    def facets(self) -> dict[str, list[tuple[str, int]]]:
        """Numbers of posts by lang, network, kind, source and watch."""
        return self.archive.facets(self.workspace_id, self.sieve, self.verify, self.filters)

    def volume(self, step_ms: int) -> list[Bucket]:
        """Posts per step of publication time, oldest first."""
        return self.archive.volume(self.workspace_id, self.sieve, self.verify, self.filters, step_ms)

    def summary(self, names: Iterable[str], step_ms: int) -> tuple[dict[str, list[tuple[str, int]]], list[Bucket]]:
        """Facets by those names, and the volume, at once."""
        return self.archive.posts.summary(self.workspace_id, self.sieve, self.verify, self.filters, names, step_ms)

    def verify(self, batch: pa.RecordBatch) -> list[bool]:
        """Which rows of a POSTS batch match: the engine of the live panel decides."""
        return matching_rows(self.panel, ONLY, batch) if self.query is not None else [True] * batch.num_rows

    def spans(self, rows: Sequence[PostRow]) -> list[tuple[Span, ...]]:
        """Why each post is an answer: characters of its title and text."""
        if self.query is None or not rows:
            return [()] * len(rows)
        batch = batch_of([row.post for row in rows])
        numbers = np.arange(len(rows), dtype=np.int32)
        return list(self.panel.explain_all(batch, numbers, np.full(len(rows), ONLY, np.int32)))


def matching_rows(panel: Panel, watch_id: int, batch: pa.RecordBatch) -> list[bool]:
    """Which rows a watch of the panel wants."""
    found = panel.match(batch)
    hits = found.column("post").to_numpy()[found.column("watch").to_numpy() == watch_id]
    mask = np.zeros(batch.num_rows, bool)
    mask[hits] = True
    return [bool(hit) for hit in mask]


def ask(archive: Archive, workspace_id: int, query_text: str, filters: Filters = NO_FILTERS) -> Asked:
    """Reads a query with the named lists of the workspace; a blank one asks nothing. Raises QueryError, located."""
    if not query_text.strip():
        return Asked(archive, workspace_id, None, filters)
    lists = archive.watches.lists(workspace_id)
    return ask_query(archive, workspace_id, parse(query_text, lists=lists, limits=Limits.of(archive.settings)), filters)


def ask_query(archive: Archive, workspace_id: int, query: Query, filters: Filters = NO_FILTERS) -> Asked:
    """The same for a query that has been read already."""
    known = archive.known_facts(workspace_id) if asks_facts(query) else {}
    asked = Asked(archive, workspace_id, query, filters, sieve(query, known))
    asked.panel.add(ONLY, query)
    return asked


def search(
    archive: Archive,
    workspace_id: int,
    query_text: str,
    filters: Filters = NO_FILTERS,
    before: int | None = None,
    limit: int = 50,
) -> list[PostRow]:
    """The newest posts that a query finds. Raises QueryError."""
    return ask(archive, workspace_id, query_text, filters).rows(before, limit)
