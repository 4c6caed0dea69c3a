"""Deletions that no platform announces: once a day a source is asked whether a few of its posts are still there.

A whole slice that is gone at once is more often a closed door (a maintenance page, an address that moved) than so many
deletions: it is believed only when the same is said on a third day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from palabre.archive.archive import Archive
from palabre.archive.sweeps import Sweep, Sweeps
from palabre.archive.types import Receipt, Source
from palabre.collect.contract import Means, Sweeper
from palabre.errors import PalabreError
from palabre.logs import logger
from palabre.model import Gone
from palabre.road.guard import Heap, batch_from, fault_of
from palabre.road.panels import LivePanel
from palabre.road.ready import delivery, ready

URIS_A_DAY = 48
EVERY_MS = 86_400_000
SUSPECT_FROM = 5  # so many, all of them gone
BELIEVED_AFTER = 2  # doubts


def is_due(archive: Archive, source: Source, now_ms: int) -> bool:
    """Whether a day has passed; a clock that was set back does not stop it for longer than that."""
    last = Sweeps(archive.ledger).get(source.source_id).at_ms
    return not last <= now_ms < last + EVERY_MS


def sweep(archive: Archive, source: Source, connector: Sweeper, means: Means, live: LivePanel) -> Receipt:
    """Asks about the next posts and takes back those that are gone. Raises nothing that a platform can cause."""
    sweeps, now_ms = Sweeps(archive.ledger), means.clock.now_ms()
    before = sweeps.get(source.source_id)
    uris, place = sweeps.following(source.source_id, before.place, URIS_A_DAY)
    gone = said_gone(source, connector, uris, means)
    if suspect(uris, gone) and before.doubts < BELIEVED_AFTER:
        logger("sweep").warning("all_gone", source=source.source_id, n=len(gone))
        sweeps.keep(source.source_id, replace(before, at_ms=now_ms, doubts=before.doubts + 1))
        return Receipt()
    receipt = take_back(archive, source, gone, live)
    sweeps.keep(source.source_id, Sweep(place, now_ms))
    return receipt


def said_gone(source: Source, connector: Sweeper, uris: Sequence[str], means: Means) -> list[Gone]:
    """What the platform says, as far as it answers; the rest has its turn when the ring comes round again."""
    gone: list[Gone] = []
    asked = set(uris)
    try:
        for event in connector.sweep(source.config, uris, means) if uris else ():
            if event.uri in asked:
                gone.append(event)
    except PalabreError as error:
        logger("sweep").warning("stopped", source=source.source_id, error=error.key)
    except Exception as error:
        fault = fault_of("collect", error)
        logger("sweep").error("bug", source=source.source_id, exception=fault.exception, where=fault.where)
    return gone


def suspect(uris: Sequence[str], gone: Sequence[Gone]) -> bool:
    return len(uris) >= SUSPECT_FROM and len({event.uri for event in gone}) == len(uris)


def take_back(archive: Archive, source: Source, gone: Sequence[Gone], live: LivePanel) -> Receipt:
    """Through the write door."""
    if not gone:
        return Receipt()
    heap = Heap(gone=list(gone))
    return archive.write(delivery(ready(batch_from(heap), live, ()), source.workspace_id, source.source_id))
