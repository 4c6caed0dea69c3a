"""The road a post travels, wired top to bottom.

    source ⇄ connector.pages            file ⇄ format.items / chunks
            │ RawItem                          │ RawItem, or rows shaped at once
            └──────────► guard ◄───────────────┘       one item that fails is a Fault; the next goes on
                           │ POSTS batch
                           ▼
                     language                           RecordBatch → RecordBatch, pure
                           ▼
                     match (live panel)                 every watch of the workspace; index keys for the search
                           ▼
                     read (tone, emotion, intents …)    POSTS → READINGS, pure; an import leaves it to `reread`
                           ▼
                     Delivery ──► archive.write ⇄       posts, index, mentions, raw, faults, cursor: one transaction

Collecting runs in threads (the kernel releases the GIL, the network waits); a big import reads and matches in a process
of its own while this one writes. Watches that change are live from the next batch on (`road.panels`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from palabre import plugins
from palabre.archive.archive import Archive
from palabre.archive.types import Receipt, Source
from palabre.clock import Clock
from palabre.collect.contract import Means, Sweeper, Window
from palabre.collect.files.detect import loaded
from palabre.errors import PalabreError
from palabre.logs import keep_secret, logger
from palabre.match.limits import Limits
from palabre.model import Event, RawItem
from palabre.net import Net
from palabre.reader import Readers
from palabre.road.collecting import LEASE_MS, Road, Run, RunTally, Stopped, next_due_ms
from palabre.road.guard import Heap, add_item, batch_from
from palabre.road.imports import CONNECTOR as IMPORT
from palabre.road.imports import Import, Tally, Tell, Watcher
from palabre.road.panels import LivePanels
from palabre.road.reading import Job
from palabre.road.ready import delivery, ready
from palabre.road.sweeping import is_due, sweep
from palabre.settings import Settings


class Pipeline:
    """Everything that brings posts into the archive."""

    def __init__(self, archive: Archive, net: Net | None, clock: Clock, settings: Settings) -> None:
        self.archive, self.net, self.clock, self.settings = archive, net, clock, settings
        self.panels = LivePanels(archive, Limits.of(settings))
        self.readers = Readers(archive)
        self.languages = tuple(settings.languages.split())

    # collecting

    def collect(
        self, source: Source, window: Window | None = None, stopped: Stopped = lambda: False
    ) -> RunTally | None:
        """One run of a source, from its cursor on; None if another process has it. window: backfill by date.

        Raises nothing a platform can cause: the error is in the tally and on the source's health.
        """
        if not self.archive.sources.claim(source.source_id, self.clock.now_ms() + LEASE_MS):
            return None
        started_ms = self.clock.now_ms()
        try:
            tally = self.run(self.archive.sources.get(source.source_id), window or Window(), stopped, started_ms)
        finally:
            self.archive.sources.release(source.source_id)
        return tally

    def sweep(self, source: Source) -> Receipt | None:
        """Asks once a day how a few posts of a source are whose platform announces no deletions. None: not now."""
        now_ms = self.clock.now_ms()
        if not is_due(self.archive, source, now_ms):
            return None
        connector = plugins.connector(source.connector)
        if not isinstance(connector, Sweeper) or not self.archive.sources.claim(source.source_id, now_ms + LEASE_MS):
            return None
        try:
            live, most = self.panels.of(source.workspace_id), self.settings.post_bytes_max
            return sweep(self.archive, source, connector, self.means(source), live, most)
        finally:
            self.archive.sources.release(source.source_id)

    def run(self, source: Source, window: Window, stopped: Stopped, started_ms: int) -> RunTally:
        """The run itself, and its last word on the source."""
        retry_after: float | None = None
        try:
            connector = plugins.connector(source.connector)
            run = Run(self.road(), source, connector, self.means(source), window)
            run.started_ms = started_ms
            tally = run.go(stopped)
            retry_after = run.retry_after
        except PalabreError as error:
            tally = RunTally(error=error.key, params=dict(error.params))
        self.finish(source, tally, started_ms, retry_after)
        return tally

    def finish(self, source: Source, tally: RunTally, started_ms: int, retry_after: float | None) -> None:
        """Says on the source how the run went and when to ask again."""
        health = next((one for one in self.archive.sources.health() if one.source_id == source.source_id), None)
        failures = (health.failures if health else 0) + 1 if tally.error else 0
        due = next_due_ms(source, failures, retry_after, self.clock.now_ms())
        asked = self.archive.sources.get(source.source_id).next_due_ms
        counts = {"stored": tally.receipt.kept, "quarantined": tally.receipt.quarantined, "error": tally.error}
        logger("collect").info("run", source=source.source_id, connector=source.connector, pages=tally.pages, **counts)
        self.archive.sources.finish_run(
            source.source_id,
            started_ms,
            error_key=tally.error,
            error_params=tally.params,
            next_due_ms=max(due, asked),
        )

    def road(self) -> Road:
        return Road(self.archive, self.clock, self.settings, self.panels, self.languages, self.readers)

    def means(self, source: Source) -> Means:
        """What a connector may use."""
        assert self.net is not None  # noqa: S101  # a pipeline that collects was given one
        secrets = self.archive.sources.secrets(source.source_id)
        keep_secret(secrets.values())
        return Means(self.net, self.clock, secrets)

    # importing

    def import_files(
        self,
        workspace_id: int,
        paths: Sequence[str],
        kind: str = "",
        options: Mapping[str, str] | None = None,
        *,
        raw: bool = True,
        watcher: Watcher | None = None,
        bytes_max: int = 0,
        root: str = "",
        news: Tell | None = None,
    ) -> Tally:
        """Files and folders into a workspace. kind: the name of a format, "" to find out; options: see the formats;
        bytes_max: of a file once unpacked, 0 for the setting's; root: what names of files are told without; news: of a
        reader that is there already (`reader_for`)."""
        if kind:
            loaded(kind)
        settings = self.settings
        job = Job(
            tuple(paths),
            self.panels.state(workspace_id),
            self.languages,
            kind,
            dict(options or {}),
            raw,
            settings.import_batch_posts,
            settings.post_bytes_max,
            bytes_max or settings.import_file_bytes_max,
        )
        return Import(self.archive, self.clock, workspace_id, job, watcher, root, news).run()

    # replaying

    def mapping(self, source: Source | None, item: RawItem) -> Iterable[Event]:
        """What an item of a source says, by the code of today."""
        if source is None or source.connector == IMPORT:
            kind = str(source.config.get("kind", "")) if source else item.note.get("kind", "")
            return loaded(kind).map(item, {})
        return plugins.connector(source.connector).map(item, source.config)

    def replay(self, workspace_id: int, source: Source | None, items: Sequence[RawItem]) -> RunTally:
        """Items from quarantine once more; those that fail again are counted as quarantined again."""
        heap = Heap()
        for item in items:
            add_item(heap, item, lambda one: self.mapping(source, one), self.settings.post_bytes_max)
        batch = ready(batch_from(heap), self.panels.of(workspace_id), self.languages, self.readers.of(workspace_id))
        receipt = self.archive.write(delivery(batch, workspace_id, source.source_id if source else None))
        return RunTally(receipt, mentions=batch.mentions.num_rows)
