"""What an archive needs done beside collecting, in one thread: history of changed watches, the lake, retention.

    looked at every second     the full-text index of an older archive is made anew
                               watches that were added or changed meet the posts that were there before them; posts that
                               wait for their readings get them
                               once they are read, another model is asked about the least sure, where the settings name
                               one
                               once they are read, an hour after the last time: stories, noise and signals
    every seal_seconds         new posts go into the lake; many changed posts or many small files: it is compacted
    once a day                 retention, compaction, replaced files unlinked; by night where the process runs then

Each piece is short and can be stopped between two steps; nothing holds the lock of the writer while it works on files.
Two processes may do it for one archive at once: they take work from each other and never harm.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from palabre.archive import Archive
from palabre.archive.lake import FRESH_ROWS_MAX
from palabre.clock import Clock, to_datetime
from palabre.errors import PalabreError, QueryError
from palabre.logs import logger
from palabre.match.panel import Panel
from palabre.reader import Readers
from palabre.rematch import rematch
from palabre.reread import reread_all

if TYPE_CHECKING:
    from palabre.providers.background import Asking

TICK_SECONDS = 1.0
LOOK_BACK_STEPS = 5  # of one watch before the others have their turn
INDEX_STEPS = 5  # of an older archive
READ_STEPS = 5  # of one workspace, likewise
CHANGED_MAX = 20_000  # posts that the lake has wrong before it is compacted
SMALL_FILES_MAX = 200
SEAL_AT_END_MAX = 2_000  # posts that a command seals before it ends
HOUR_MS = 3_600_000
NIGHT = range(2, 6)  # hours of the day, local time
NIGHT_AFTER_MS, LATEST_AFTER_MS = 12 * HOUR_MS, 30 * HOUR_MS
STAMP = "upkeep"  # the file that remembers when the daily part was done

Stopped = Callable[[], bool]


def never() -> bool:
    return False


class Upkeep:
    """Upkeep of one archive until `stopping` is set."""

    def __init__(self, archive: Archive, clock: Clock, stopping: threading.Event | None = None) -> None:
        self.archive, self.clock = archive, clock
        self.stopping = stopping or threading.Event()
        self.sealed = clock.monotonic()
        self.readers = Readers(archive)
        self.asking: Asking | None = None
        self.ruled = False
        self.indexed = False

    def run(self) -> None:
        """Until stopped. A piece that fails is told in the log and tried again at the next turn."""
        while not self.stopping.wait(TICK_SECONDS):
            for piece in (self.index, self.look_back, self.read, self.second, self.lake, self.understand, self.daily):
                try:
                    piece()
                except (PalabreError, OSError) as error:
                    key = error.key if isinstance(error, PalabreError) else type(error).__name__
                    logger("upkeep").warning(piece.__name__, error=key)

    def index(self) -> None:
        """Some steps towards an index with places, in an archive that began without."""
        for _ in range(INDEX_STEPS):
            if self.indexed or self.stopping.is_set():
                return
            self.indexed = self.archive.reindex(Panel().index_texts)

    def look_back(self) -> None:
        """Some steps through history for every watch that waits for it."""
        look_back(self.archive, self.stopping.is_set, LOOK_BACK_STEPS)

    def read(self) -> None:
        """Some steps through the posts that wait to be read."""
        reread_all(self.archive, self.readers, self.stopping.is_set, READ_STEPS)

    def second(self) -> None:
        """Some questions to another model about the least sure readings; off unless settings name one and a budget.
        First, answers of a model that the settings name no more fall silent, or hold again."""
        settings = self.archive.settings
        if not self.ruled:
            self.archive.opinions.rule(list(settings.second_opinions))
            self.ruled = True
        if not settings.provider_readings or not settings.provider_posts_per_day:
            return
        if self.asking is None:
            from palabre.net import Net
            from palabre.providers.background import Asking

            self.asking = Asking(self.archive, Net(settings, self.clock), self.clock)
        self.asking.turn(self.stopping.is_set)

    def understand(self) -> None:
        """Stories, noise and signals, where they are due."""
        from palabre.insight.nightly import reckon_due

        reckon_due(self.archive, self.stopping.is_set)

    def lake(self) -> None:
        """Seals what is new when it is time, and compacts when too much is wrong or too many files are small; then the
        words of new segments are listed."""
        now = self.clock.monotonic()
        if now - self.sealed < self.archive.settings.seal_seconds:
            return
        while self.archive.lake.seal() and self.archive.lake.waiting() and not self.stopping.is_set():
            pass
        status = self.archive.lake.status()
        if status.changed > CHANGED_MAX or status.small > SMALL_FILES_MAX:
            self.archive.lake.compact()
            self.archive.lake.sweep()
        while self.archive.lake_words.keep() and not self.stopping.is_set():
            pass
        self.sealed = self.clock.monotonic()

    def daily(self) -> None:
        """The daily part, if its time has come."""
        path = self.archive.settings.home / STAMP
        now = self.clock.now_ms()
        if is_due(now, last_done_ms(path, now), to_datetime(now).astimezone()):
            path.write_text(str(now), "ascii")
            daily(self.archive)


def daily(archive: Archive) -> None:
    """Retention, then the lake without what is gone."""
    archive.tidy()
    archive.lake.compact()
    archive.lake.sweep()


def is_due(now_ms: int, last_ms: int, local: datetime) -> bool:
    """By night once in a night; at any hour when the process did not run by night."""
    since = now_ms - last_ms
    return since >= LATEST_AFTER_MS or (since >= NIGHT_AFTER_MS and local.hour in NIGHT)


def last_done_ms(path: Path, now_ms: int) -> int:
    """When the daily part was done last; a new archive begins to count now."""
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        path.write_text(str(now_ms), "ascii")
        return now_ms


def look_back(archive: Archive, stopped: Stopped = never, steps: int | None = None) -> bool:
    """Brings watches up to their present query, ``steps`` of each at most; whether none waits any more.
    A query that can no longer be read is passed over (its watch shows why)."""
    archive.watches.settle_history()
    for watch in archive.watches.with_history():
        if stopped():
            break
        try:
            rematch(archive, watch, steps=steps)
        except QueryError:
            continue
    return not archive.watches.with_history(1)


def after_work(archive: Archive, clock: Clock, seconds: float = 5.0) -> None:
    """The bounded upkeep at the end of a command that added posts or watches; the rest is for the running product, and
    all of it after a delivery that is too large to be begun here."""
    if archive.lake.waiting() > FRESH_ROWS_MAX:
        return
    end = clock.monotonic() + seconds
    while not look_back(archive, lambda: clock.monotonic() > end, LOOK_BACK_STEPS) and clock.monotonic() < end:
        pass
    reread_all(archive, Readers(archive), lambda: clock.monotonic() > end)
    if 0 < archive.lake.waiting() <= SEAL_AT_END_MAX:
        archive.lake.seal()
