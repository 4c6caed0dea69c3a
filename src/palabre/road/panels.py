"""Panels that follow the archive: a watch added, changed, paused or removed counts from the next batch on.

A batch may be matched in one process and written later in another. It carries the stamp of the panel that matched it;
whatever changed since is matched again on the spot (see `LivePanels.catch_up`), so nothing falls between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive.archive import Archive
from palabre.archive.types import Watch
from palabre.match.limits import Limits
from palabre.model import MENTIONS
from palabre.road.panel import NO_MENTIONS, LivePanel, PanelState, panel_from


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
