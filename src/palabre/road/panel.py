"""One panel as a batch meets it. Knows no archive, so that the process that reads an import need not load one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType

import pyarrow as pa

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
