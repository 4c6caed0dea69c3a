"""How many posts a selection has, their facets and their volume; kept for a while, since pages ask again and again."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from palabre.archive import Archive, Bucket
from palabre.clock import Clock
from palabre.desk.mentions.selection import DAY_MS, FACETED, Selection
from palabre.search import Asked, ask

HOUR_MS = DAY_MS // 24
FRESH_MS, KEPT_MS = 15_000, 300_000
KEPT_MAX = 500
HOURLY_MS = 3 * DAY_MS
Facet = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Summary:
    """n: posts; facets: by the names of FACETED, each without its own filter, so that another value can
    be chosen; buckets: posts per step of publication, oldest first, empty steps left out; step_ms: an hour or a day."""

    n: int
    facets: Mapping[str, Facet]
    buckets: tuple[Bucket, ...]
    step_ms: int


def summarise(asked: Asked, selection: Selection) -> Summary:
    """Asks the archive: everything once, and again for each facet that is filtered."""
    open_names = [name for name in FACETED if not selection.values(name)]
    step_ms = step_of(asked.filters.since_ms, asked.filters.until_ms)
    facets, buckets = asked.summary(open_names, step_ms)
    for name in FACETED:
        if name not in facets:
            freed = replace(asked, filters=replace(asked.filters, **{FACETED[name]: ()}))  # type: ignore[arg-type]
            facets |= freed.archive.posts.facets(freed.workspace_id, freed.sieve, freed.verify, freed.filters, [name])
    return Summary(sum(bucket.n for bucket in buckets), facets, tuple(buckets), step_ms)


def step_of(since_ms: int, until_ms: int) -> int:
    """An hour for up to three days, else a day."""
    return HOUR_MS if since_ms and until_ms and until_ms - since_ms <= HOURLY_MS else DAY_MS


@dataclass(frozen=True, slots=True)
class Mark:
    """How the archive was when a summary was made."""

    newest_id: int
    stamp: int
    at_ms: int


class Memory:
    """The summaries of a process: good for 15 seconds, and for five minutes where nothing new was heard."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int, str], tuple[Mark, Summary]] = {}
        self._lock = threading.Lock()

    def known(self, archive: Archive, workspace_id: int, selection: Selection, clock: Clock) -> Summary | None:
        """The summary, if it is still good."""
        found = self._kept.get((id(archive), workspace_id, selection.address()))
        return found[1] if found and good(found[0], mark_of(archive, workspace_id, clock)) else None

    def of(self, archive: Archive, workspace_id: int, selection: Selection, clock: Clock) -> Summary:
        """The summary, made when needed. Raises QueryError."""
        known = self.known(archive, workspace_id, selection, clock)
        if known is not None:
            return known
        mark = mark_of(archive, workspace_id, clock)
        asked = ask(archive, workspace_id, selection.query, selection.filters_at(mark.at_ms))
        made = summarise(asked, selection)
        with self._lock:
            while len(self._kept) >= KEPT_MAX:
                del self._kept[next(iter(self._kept))]
            self._kept[id(archive), workspace_id, selection.address()] = mark, made
        return made

    def forget(self) -> None:
        """After a reading was corrected: what is counted next is as corrected."""
        with self._lock:
            self._kept.clear()


MEMORY = Memory()


def mark_of(archive: Archive, workspace_id: int, clock: Clock) -> Mark:
    newest = archive.search(workspace_id, limit=1)
    return Mark(newest[0].post_id if newest else 0, archive.watches.stamp(), clock.now_ms())


def good(then: Mark, now: Mark) -> bool:
    """Whether what was counted then may be shown now."""
    age = now.at_ms - then.at_ms
    unchanged = (then.newest_id, then.stamp) == (now.newest_id, now.stamp)
    return 0 <= age < (KEPT_MS if unchanged else FRESH_MS if then.stamp == now.stamp else 0)
