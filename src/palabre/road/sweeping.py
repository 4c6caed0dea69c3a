"""Deletions and edits that no platform announces: once a day a source is asked how a few of its posts are now, most of
them from the last days and wanted by some watch.

A whole slice that is gone at once is more often a closed door (a maintenance page, an address that moved) than so many
deletions: it is believed only when the same is said on a third day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from palabre import plugins
from palabre.archive.archive import Archive
from palabre.archive.sweeps import Sweep, Sweeps
from palabre.archive.types import Receipt, Source
from palabre.collect.contract import Means, Sweeper
from palabre.errors import PalabreError
from palabre.logs import logger
from palabre.model import Gone, RawItem
from palabre.road.guard import Heap, add_item, batch_from, fault_of
from palabre.road.panel import LivePanel
from palabre.road.ready import delivery, ready

URIS_A_DAY = 48
RECENT_A_DAY = 96  # of those that were heard in the last days and are in mentions
RECENT_MS = 7 * 86_400_000
EVERY_MS = 86_400_000
SUSPECT_FROM = 5  # so many, all of them gone
BELIEVED_AFTER = 2  # doubts


def is_due(archive: Archive, source: Source, now_ms: int) -> bool:
    """Whether a day has passed; a clock that was set back does not stop it for longer than that."""
    last = Sweeps(archive.ledger).get(source.source_id).at_ms
    return not last <= now_ms < last + EVERY_MS


def sweep(
    archive: Archive, source: Source, connector: Sweeper, means: Means, live: LivePanel, post_bytes_max: int
) -> Receipt:
    """Asks about the next posts, takes back those that are gone and revises those that changed. Raises nothing that a
    platform can cause."""
    sweeps, now_ms = Sweeps(archive.ledger), means.clock.now_ms()
    before = sweeps.get(source.source_id)
    uris, after = next_uris(sweeps, source.source_id, before, now_ms)
    gone, seen = said(source, connector, uris, means)
    if suspect(uris, gone) and before.doubts < BELIEVED_AFTER:
        logger("sweep").warning("all_gone", source=source.source_id, n=len(gone))
        sweeps.keep(source.source_id, replace(before, at_ms=now_ms, doubts=before.doubts + 1))
        return Receipt()
    heap = Heap(gone=gone)
    for item in seen:
        add_item(heap, item, lambda one: plugins.connector(source.connector).map(one, source.config), post_bytes_max)
    receipt = settle(archive, source, heap, live)
    sweeps.keep(source.source_id, after)
    return receipt


def next_uris(sweeps: Sweeps, source_id: int, before: Sweep, now_ms: int) -> tuple[list[str], Sweep]:
    """Whom to ask about today, and where it stands afterwards."""
    recent, recent_place = sweeps.wanted(source_id, before.recent, RECENT_A_DAY, now_ms - RECENT_MS)
    others, place = sweeps.following(source_id, before.place, URIS_A_DAY)
    return list(dict.fromkeys([*recent, *others])), Sweep(place, now_ms, recent=recent_place)


def said(source: Source, connector: Sweeper, uris: Sequence[str], means: Means) -> tuple[list[Gone], list[RawItem]]:
    """What the platform says, as far as it answers; the rest has its turn when the ring comes round again."""
    gone: list[Gone] = []
    seen: list[RawItem] = []
    asked = set(uris)
    try:
        for one in connector.sweep(source.config, uris, means) if uris else ():
            if isinstance(one, RawItem):
                seen.append(one)
            elif one.uri in asked:
                gone.append(one)
    except PalabreError as error:
        logger("sweep").warning("stopped", source=source.source_id, error=error.key)
    except Exception as error:
        fault = fault_of("collect", error)
        logger("sweep").error("bug", source=source.source_id, exception=fault.exception, where=fault.where)
    return gone, seen


def suspect(uris: Sequence[str], gone: Sequence[Gone]) -> bool:
    return len(uris) >= SUSPECT_FROM and len({event.uri for event in gone}) == len(uris)


def settle(archive: Archive, source: Source, heap: Heap, live: LivePanel) -> Receipt:
    """Through the write door."""
    if not heap.gone and not heap.tried:
        return Receipt()
    return archive.write(delivery(ready(batch_from(heap), live, ()), source.workspace_id, source.source_id))
