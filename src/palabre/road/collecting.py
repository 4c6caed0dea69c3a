"""One run of one source: its pages through the guard, the panel and the write door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from palabre.archive.archive import Archive
from palabre.archive.types import Receipt, RunStats, Source
from palabre.clock import Clock
from palabre.collect.contract import Connector, Means, Page, Window
from palabre.errors import FetchError, PalabreError
from palabre.model import RawItem
from palabre.reader import Readers
from palabre.road.disk import check_disk
from palabre.road.guard import Heap, add_item, batch_from, fault_of
from palabre.road.panels import LivePanels
from palabre.road.ready import delivery, ready
from palabre.settings import Settings

LEASE_MS = 10 * 60_000
BACKOFF_MAX_SECONDS = 86_400.0
BACKOFF_MIN_SECONDS = 60.0
JITTER = 0.2  # of the rhythm: sources that were added together do not stay together

Stopped = Callable[[], bool]


@dataclass(slots=True)
class RunTally:
    """What a run brought. error: key of what ended it, "" when all is well."""

    receipt: Receipt = field(default_factory=Receipt)
    pages: int = 0
    mentions: int = 0
    error: str = ""
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Road:
    """What every run needs."""

    archive: Archive
    clock: Clock
    settings: Settings
    panels: LivePanels
    languages: tuple[str, ...]
    readers: Readers


class Run:
    """One run. backfill: the window asks for the past, so the cursor of the present stays as it is."""

    def __init__(self, road: Road, source: Source, connector: Connector, means: Means, window: Window) -> None:
        self.road, self.source, self.connector, self.means, self.window = road, source, connector, means, window
        self.started_ms = road.clock.now_ms()
        self.backfill = window != Window()
        self.tried = self.failed = 0
        self.tally = RunTally()
        self.retry_after: float | None = None

    def go(self, stopped: Stopped) -> RunTally:
        """Raises nothing that a source can cause: the error is in the tally and on the source's health."""
        try:
            for page in self.pages():
                self.take(page)
                if stopped():
                    break
        except PalabreError as error:
            self.retry_after = error.retry_after
            self.fail(error.key, dict(error.params))
        except Exception as error:
            fault = fault_of("collect", error)
            self.fail("pipeline.bug", {"exception": fault.exception, "where": fault.where})
        return self.tally

    def fail(self, key: str, params: dict[str, object]) -> None:
        self.tally.error, self.tally.params = key, params

    def pages(self) -> Iterator[Page]:
        check_disk(self.road.settings)
        cursor = {} if self.backfill else self.source.cursor
        return self.connector.pages(self.source.config, cursor, self.means, self.window)

    def take(self, page: Page) -> None:
        """Writes a page: big ones in several deliveries, the cursor with the last. FetchError: nothing can be read."""
        check_disk(self.road.settings)
        parts = slices(page.items, self.road.settings.batch_posts)
        for number, part in enumerate(parts, 1):
            self.deliver(part, page if number == len(parts) else None)
            if self.hopeless():
                raise FetchError("pipeline.every_item_fails", n=self.failed)
        self.tally.pages += 1
        self.road.archive.sources.extend(self.source.source_id, self.road.clock.now_ms() + LEASE_MS)

    def hopeless(self) -> bool:
        """Whether so many items failed, and none succeeded, that the next ones would fail too."""
        return self.failed == self.tried and self.failed >= self.road.settings.items_failed_max

    def deliver(self, items: Sequence[RawItem], page: Page | None) -> None:
        """Some items of a page; page: given with the last of them, it brings the cursor unless all is hopeless."""
        heap = Heap()
        mapping = partial(self.connector.map, config=self.source.config)
        tried, failed = self.tried, self.failed
        for item in items:
            add_item(heap, item, mapping, self.road.settings.post_bytes_max)
            self.tried, self.failed = tried + heap.tried, failed + heap.failed
            if self.hopeless():
                break
        self.write(heap, None if self.hopeless() else page)

    def write(self, heap: Heap, page: Page | None) -> None:
        road, source = self.road, self.source
        live = road.panels.of(source.workspace_id)
        batch = ready(batch_from(heap), live, road.languages, road.readers.of(source.workspace_id))
        cursor = None if page is None or self.backfill else page.cursor
        stats = RunStats(self.started_ms) if page is None else stats_of(page, self.started_ms)
        receipt = road.archive.write(
            delivery(batch, source.workspace_id, source.source_id, cursor=cursor, run=stats, keep=source.keep)
        )
        self.tally.receipt += receipt
        self.tally.mentions += batch.mentions.num_rows


def stats_of(page: Page, started_ms: int) -> RunStats:
    return RunStats(
        started_ms, page.requests, page.not_modified, page.quota_left, page.next_after_ms, dict(page.drift)
    )  # fmt: skip


def slices(items: Sequence[RawItem], size: int) -> list[Sequence[RawItem]]:
    """Items in parts of a size; one empty part when there are none, for the cursor."""
    return [items[at : at + size] for at in range(0, len(items), size)] or [()]


def next_due_ms(source: Source, failures: int, retry_after: float | None, now_ms: int) -> int:
    """When to ask again: the rhythm, spread a little; after failures longer and longer; never before Retry-After."""
    seconds = float(source.rhythm_seconds)
    if failures:
        seconds = min(BACKOFF_MAX_SECONDS, max(BACKOFF_MIN_SECONDS, seconds) * 2 ** min(failures - 1, 10))
    seconds *= 1 + JITTER * (spread(source.source_id, now_ms) - 0.5)
    return now_ms + int(max(seconds, retry_after or 0.0) * 1000)


def spread(source_id: int, now_ms: int) -> float:
    """A number from 0 to 1 that differs from source to source and from run to run, without a random generator."""
    return ((source_id * 2_654_435_761 + now_ms * 40_503) & 0xFFFF) / 0x10000
