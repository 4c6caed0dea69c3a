"""The collect loop: who is due, a few at a time, live sources beside them, and an end that loses nothing.

Missed runs are not made up for: a source that was due three times while the process slept is asked once (its cursor
brings what it missed). Nothing is fetched while the disk is full; at most ``collect_workers`` runs go at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from palabre import plugins, pushes
from palabre.archive.types import Source
from palabre.errors import PalabreError
from palabre.logs import logger
from palabre.pipeline import Pipeline
from palabre.road.collecting import RunTally
from palabre.road.disk import check_disk
from palabre.road.guard import fault_of
from palabre.road.imports import CONNECTOR as IMPORT

TICK_SECONDS = 1.0
STOP_SECONDS = 20.0  # how long a stop waits for runs to finish their page
RESTART_SECONDS = 5.0  # between two attempts of a live source that ended

Told = Callable[[Source, RunTally], None]


class Scheduler:
    """Runs sources when they are due until it is stopped."""

    def __init__(self, pipeline: Pipeline, told: Told | None = None) -> None:
        self.pipeline = pipeline
        self.told = told or (lambda _source, _tally: None)
        self.stopping = threading.Event()
        self.running: dict[int, Future[RunTally | None]] = {}
        self.live: dict[int, threading.Thread] = {}

    def stop(self) -> None:
        """Asks for an end; `run` returns once the pages at work are written."""
        self.stopping.set()

    def run(self) -> None:
        """Until `stop`."""
        with ThreadPoolExecutor(self.pipeline.settings.collect_workers, "collect") as pool:
            while not self.stopping.is_set():
                self.tick(pool)
                self.stopping.wait(TICK_SECONDS)
            wait(list(self.running.values()), STOP_SECONDS)
        for thread in self.live.values():
            thread.join(STOP_SECONDS / max(1, len(self.live)))

    def once(self) -> int:
        """Every source that is due, one run each, live ones left out; how many."""
        with ThreadPoolExecutor(self.pipeline.settings.collect_workers, "collect") as pool:
            started = [source for source in self.due() if not is_live(source)]
            wait([pool.submit(self.work, source) for source in started])
        return len(started)

    def due(self) -> list[Source]:
        """Sources to be asked now."""
        found = self.pipeline.archive.sources.due(self.pipeline.clock.now_ms())
        return [source for source in found if source.connector != IMPORT]

    def tick(self, pool: ThreadPoolExecutor) -> None:
        """Starts what is due and not at work, as far as there is room for it."""
        self.running = {key: future for key, future in self.running.items() if not future.done()}
        self.live = {key: thread for key, thread in self.live.items() if thread.is_alive()}
        if not self.has_room():
            return
        for source in self.due():
            if source.source_id in self.running or source.source_id in self.live:
                continue
            if is_live(source):
                self.start_live(source)
            elif len(self.running) < self.pipeline.settings.collect_workers:
                self.running[source.source_id] = pool.submit(self.work, source)

    def has_room(self) -> bool:
        """Whether the disk may still be written to."""
        try:
            check_disk(self.pipeline.settings)
        except PalabreError:
            return False
        return True

    def start_live(self, source: Source) -> None:
        thread = threading.Thread(target=self.follow, args=(source,), name=f"live-{source.source_id}", daemon=True)
        self.live[source.source_id] = thread
        thread.start()

    def follow(self, source: Source) -> None:
        """A live source, again and again until it fails (the rhythm then says when) or the end."""
        while not self.stopping.is_set():
            tally = self.work(source)
            if tally is None or tally.error:
                return
            self.stopping.wait(RESTART_SECONDS)

    def subscribe(self, source: Source) -> None:
        """Asks the hub of a feed to push, where it has one and we can be reached; polling goes on in any case."""
        try:
            pushes.subscribe(self.pipeline, self.pipeline.archive.sources.get(source.source_id))
        except PalabreError as error:
            logger("collect").warning("hub", source=source.source_id, error=error.key)

    def work(self, source: Source) -> RunTally | None:
        """One run, reported."""
        try:
            tally = self.pipeline.collect(source, stopped=self.stopping.is_set)
            self.subscribe(source)
            if tally is not None and not tally.error:
                self.pipeline.sweep(source)
        except Exception as error:  # the archive itself said no: the next tick tries again
            fault = fault_of("collect", error)
            logger("collect").error("archive", source=source.source_id, error=fault.key, where=fault.where)
            return None
        if tally is not None:
            self.told(source, tally)
        return tally


def is_live(source: Source) -> bool:
    """Whether its connector waits for what comes next."""
    try:
        return plugins.connector(source.connector).describe().live
    except PalabreError:
        return False
