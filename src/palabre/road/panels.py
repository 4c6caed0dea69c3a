"""Panels that follow the archive: a watch added, changed, paused or removed counts from the next batch on.

A batch may be matched in one process and written later in another. It carries the stamp of the panel that matched it;
whatever changed since is matched again on the spot (see `LivePanels.catch_up`), so nothing falls between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive.archive import Archive
from palabre.archive.types import Watch
from palabre.errors import PalabreError
from palabre.match.limits import Limits
from palabre.match.panel import Panel
from palabre.match.parser import parse
from palabre.match.query import Query
from palabre.model import MENTIONS

NO_MENTIONS = pa.RecordBatch.from_pylist([], MENTIONS)


@dataclass(frozen=True, slots=True)
class PanelState:
    """What another process needs to build the same panel. queries: (watch id, query)."""

    stamp: int
    queries: tuple[tuple[int, str], ...]
    lists: Mapping[str, str]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Coming:
    """Queries that a state will probably hold: another process parses them while the archive still takes them in."""

    queries: tuple[str, ...]
    limits: Limits

    def parsed(self) -> dict[str, Query]:
        """query -> its tree; without those that ask for a list, or are wrong."""
        found: dict[str, Query] = {}
        for query in self.queries:
            with suppress(PalabreError):
                found[query] = parse(query, limits=self.limits)
        return found


@dataclass(slots=True)
class LivePanel:
    """The watches of one workspace as the archive had them at ``stamp``. refused: watch id → key of what is wrong."""

    limits: Limits
    stamp: int = -1
    panel: Panel = field(default_factory=Panel)
    lists: Mapping[str, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)  # threads that collect share a panel

    def put(self, watch_id: int, query: str, known: Query | None = None) -> None:
        """Adds or changes a watch; one that cannot be parsed is left out and remembered. known: the parsed query."""
        self.drop(watch_id)
        try:
            self.panel.add(watch_id, known or parse(query, lists=self.lists, limits=self.limits))
        except PalabreError as error:
            self.refused[watch_id] = error.key
        else:
            self.known.add(watch_id)

    def drop(self, watch_id: int) -> None:
        self.refused.pop(watch_id, None)
        if watch_id in self.known:
            self.known.remove(watch_id)
            self.panel.remove(watch_id)

    def match(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        with self.lock:
            return self.panel.match(posts) if self.known and posts.num_rows else NO_MENTIONS


def panel_from(state: PanelState, parsed: Mapping[str, Query] = MappingProxyType({})) -> LivePanel:
    """The panel that a state describes. parsed: queries that were parsed before, within the same limits."""
    live = LivePanel(state.limits, state.stamp, lists=state.lists)
    for watch_id, query in state.queries:
        live.put(watch_id, query, parsed.get(query))
    return live


def without(mentions: pa.RecordBatch, watch_ids: Iterable[int]) -> pa.RecordBatch:
    """Mentions of other watches."""
    out = pa.array(sorted(watch_ids), pa.int32())
    return mentions.filter(pc.invert(pc.is_in(mentions["watch"], out))) if len(out) else mentions


def joined(parts: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Mentions of the same posts, together, in the order of posts and watches."""
    table = pa.Table.from_batches(list(parts), MENTIONS).sort_by([("post", "ascending"), ("watch", "ascending")])
    return table.combine_chunks().to_batches()[0] if table.num_rows else NO_MENTIONS


class LivePanels:
    """One panel a workspace, brought up to date whenever it is asked for."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        self.archive, self.limits = archive, limits
        self.live: dict[int, LivePanel] = {}

    def of(self, workspace_id: int) -> LivePanel:
        """The panel as it is now."""
        live = self.live.setdefault(workspace_id, LivePanel(self.limits))
        stamp = self.archive.watches.stamp()
        with live.lock:
            if stamp > live.stamp:
                self.refresh(live, workspace_id, stamp)
        return live

    def refresh(self, live: LivePanel, workspace_id: int, stamp: int) -> None:
        """Applies what changed; another list of terms changes every watch that may use it."""
        lists = self.archive.watches.lists(workspace_id)
        changed, removed = self.changes(workspace_id, live.stamp)
        if lists != live.lists:
            live.lists = lists
            changed = self.archive.watches.all(workspace_id)
        for watch_id in removed:
            live.drop(watch_id)
        for watch in changed:
            if watch.state == "active":
                live.put(watch.watch_id, watch.query)
            else:
                live.drop(watch.watch_id)
        live.stamp = stamp

    def changes(self, workspace_id: int, stamp: int) -> tuple[list[Watch], list[int]]:
        if stamp < 0:
            return self.archive.watches.all(workspace_id, active=True), []
        changed, removed = self.archive.watches.changed_since(stamp)
        return [watch for watch in changed if watch.workspace_id == workspace_id], removed

    def state(self, workspace_id: int) -> PanelState:
        """What another process needs. Nothing is parsed here."""
        stamp = self.archive.watches.stamp()
        queries = tuple((one.watch_id, one.query) for one in self.archive.watches.all(workspace_id, active=True))
        return PanelState(stamp, queries, self.archive.watches.lists(workspace_id), self.limits)

    def catch_up(
        self, workspace_id: int, posts: pa.RecordBatch, mentions: pa.RecordBatch, stamp: int
    ) -> pa.RecordBatch:
        """Mentions as the panel of now gives them, from those that the panel of ``stamp`` gave."""
        if self.archive.watches.stamp() == stamp:
            return mentions
        changed, removed = self.changes(workspace_id, stamp)
        active = tuple((one.watch_id, one.query) for one in changed if one.state == "active")
        lists = self.archive.watches.lists(workspace_id)
        late = panel_from(PanelState(stamp, active, lists, self.limits))
        stale = {*removed, *(one.watch_id for one in changed)}
        return joined([without(mentions, stale), late.match(posts)])
