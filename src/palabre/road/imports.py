"""`palabre import`: the reader's batches through the write door, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from palabre.archive.archive import Archive
from palabre.archive.types import Receipt
from palabre.batches import NO_POSTS
from palabre.clock import Clock
from palabre.model import Fault, RawItem
from palabre.road.disk import check_disk
from palabre.road.panel import NO_MENTIONS
from palabre.road.panels import LivePanels
from palabre.road.reading import Entered, Filled, Job, Left, News
from palabre.road.ready import NO_INDEX, Ready, delivery
from palabre.road.worker import reader_for

CONNECTOR = "import"
RHYTHM_SECONDS = 86_400
Watcher = Callable[[News, "Tally"], None]
Tell = Callable[[Job], Iterator[News]]


@dataclass(slots=True)
class Tally:
    """What an import did so far. broken: files in quarantine with the reason; kinds: posts and faults by format."""

    files: int = 0
    receipt: Receipt = field(default_factory=Receipt)
    mentions: int = 0
    broken: dict[str, Fault] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    started: float = 0.0
    seconds: float = 0.0

    def summary(self) -> dict[str, object]:
        """offered = stored + unchanged + quarantined, always. revised is part of stored; gone, suppressed and dropped
        are part of unchanged: nothing new was to be kept."""
        done = self.receipt
        return {
            "files": self.files,
            "files_quarantined": len(self.broken),
            "offered": done.offered,
            "stored": done.kept,
            "unchanged": done.set_aside,
            "quarantined": done.quarantined,
            "revised": done.revised,
            "gone": done.gone,
            "suppressed": done.suppressed,
            "mentions": self.mentions,
            "kinds": dict(sorted(self.kinds.items())),
            "seconds": round(self.seconds, 3),
            "posts_per_second": round(done.offered / self.seconds) if self.seconds else 0,
        }


class Import:
    """One import into one workspace."""

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        workspace_id: int,
        job: Job,
        watcher: Watcher | None = None,
        root: str = "",
        news: Tell | None = None,
    ) -> None:
        """root: what names of files are told without; news: of a reader that is there already."""
        self.archive, self.clock, self.workspace_id, self.job = archive, clock, workspace_id, job
        self.root, self.news = root, news
        self.panels = LivePanels(archive, job.panel.limits)
        self.watcher = watcher or (lambda _news, _tally: None)
        self.sources: dict[str, int] = {}
        self.tally = Tally()

    def run(self) -> Tally:
        """Raises ArchiveError when the archive or the disk says no; files that cannot be read are quarantined."""
        if self.news is not None:
            return self.told(self.news)
        with reader_for(self.job.paths) as reader:
            return self.told(reader.news)

    def told(self, tell: Tell) -> Tally:
        self.tally.started = self.clock.monotonic()
        for news in tell(self.job):
            self.take(news)
            self.tally.seconds = self.clock.monotonic() - self.tally.started
            self.watcher(news, self.tally)
            del news  # while the next batch is read, this one's memory is wanted
        return self.tally

    def take(self, news: News) -> None:
        if isinstance(news, Entered):
            self.tally.files += 1
        elif isinstance(news, Filled):
            self.write(news)
        elif news.fault is not None:
            self.quarantine(news, news.fault)

    def write(self, news: Filled) -> None:
        check_disk(self.archive.settings)
        batch = news.batch
        stamp = self.archive.watches.stamp()
        mentions = self.panels.catch_up(self.workspace_id, batch.posts, batch.mentions, batch.stamp)
        batch = Ready(batch.posts, batch.raw, batch.gone, batch.faults, batch.index, mentions, stamp)
        receipt = self.archive.write(delivery(batch, self.workspace_id, self.source(news.kind)))
        self.tally.receipt += receipt
        self.tally.mentions += mentions.num_rows
        self.tally.kinds[news.kind] += receipt.offered

    def source(self, kind: str) -> int:
        """The source that stands for imports of a kind. It is paused: nobody asks it anything."""
        if kind not in self.sources:
            found = self.archive.sources.find(self.workspace_id, CONNECTOR, kind)
            if found is None:
                config: Mapping[str, object] = {"kind": kind}
                found = self.archive.sources.add(
                    self.workspace_id, CONNECTOR, kind, config, rhythm_seconds=RHYTHM_SECONDS, state="paused"
                )
            self.sources[kind] = found.source_id
        return self.sources[kind]

    def quarantine(self, news: Left, fault: Fault) -> None:
        """A file in quarantine: its name and the reason, not its content."""
        name = news.name.removeprefix(self.root)
        self.tally.broken[name] = fault
        item = RawItem(Path(name).name.encode("utf-8", "replace"), "text/plain", {"file": name})
        batch = Ready(NO_POSTS, (), (), ((item, fault),), NO_INDEX, NO_MENTIONS, 0)
        self.archive.write(delivery(batch, self.workspace_id, None))
