"""Reading and matching in a process of its own, so that a second core can write at the same time."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import reduction
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from typing import Any

import pyarrow as pa

from palabre.errors import ArchiveError
from palabre.match.limits import Limits
from palabre.match.query import Query
from palabre.match.terms import plain_words
from palabre.road.panel import Coming
from palabre.road.reading import Job, News, Reader, total_size

SMALL_BYTES = 4_000_000  # less than this is read before another process has even started
COLLECT_AFTER = 20_000  # objects more than before, until the collector looks for cycles
WAITING_MAX = 1  # batches between the two: what bounds the memory
POLL_SECONDS = 0.5
STOP_SECONDS = 5.0
# Of malloc.h: M_MMAP_THRESHOLD, at its own default but no longer moving, and M_ARENA_MAX, one for all threads.
MALLOC_OPTIONS = ((-3, 131_072), (-8, 1))
END = None


def end_with_parent() -> None:
    """A reader whose parent was killed would wait for ever at a full queue: it ends with it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def give_memory_back() -> None:
    """What a batch leaves behind returns to the system. Arrow's own pool would keep 50 MB of it, and glibc 130 MB: it
    raises the size from which memory is returned at once, unless that is named, and has a heap a thread (mallopt)."""
    pa.set_memory_pool(pa.system_memory_pool())
    name_option = getattr(ctypes.CDLL(None), "mallopt", None)  # musl and macOS have none
    if name_option is not None:
        for option, value in MALLOC_OPTIONS:
            name_option(option, value)


def serve(orders: Connection, out: Queue[News | None], stdin: Any) -> None:
    """What the process does. The keyboard interrupt is its parent's affair; stdin: the parent's, handed over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    if stdin is not None:
        sys.stdin = os.fdopen(stdin.detach(), encoding="utf-8")
    give_memory_back()
    with resting_collector():
        try:
            reader = ordered(orders)
        except EOFError:  # the parent was killed before it knew the job
            return
        plain_words.cache_clear()  # what words mean is not asked again
        gc.freeze()  # a panel of thousands of watches lives to the end: the collector need not walk it
        for news in reader.news():
            out.put(news)
    out.put(END)


def ordered(orders: Connection) -> Reader:
    """The reader of the job, once it is given; until then the queries that are announced are parsed."""
    ahead: dict[str, Query] = {}
    while isinstance(order := orders.recv(), Coming):
        ahead |= order.parsed()
    return Reader(order, ahead)


@contextmanager
def resting_collector() -> Iterator[None]:
    """Thousands of rows come and go with every batch, and next to none of them in a cycle."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class RemoteReader:
    """A reader in another process, which starts at once and gets ready while the job is still being put together."""

    def __init__(self, paths: Sequence[str]) -> None:
        context = multiprocessing.get_context("spawn")
        given, self.orders = context.Pipe(duplex=False)
        self.out: Queue[News | None] = context.Queue(WAITING_MAX)
        stdin = reduction.DupFd(sys.stdin.fileno()) if "-" in paths else None
        self.process = context.Process(target=serve, args=(given, self.out, stdin), daemon=True)
        self.process.start()
        given.close()  # so that what nobody reads any more cannot be written for ever
        self.teller: threading.Thread | None = None

    def announce(self, queries: Sequence[str], limits: Limits) -> None:
        """Queries that the job will hold. Told by a thread, since the process may not listen yet."""
        self.teller = threading.Thread(target=self.tell, args=(Coming(tuple(queries), limits),))
        self.teller.start()

    def tell(self, order: Coming | Job) -> None:
        """A process that has died is noticed where its news are awaited."""
        with suppress(OSError):
            self.orders.send(order)

    def news(self, job: Job) -> Iterator[News]:
        """What the reader tells. ArchiveError if its process dies."""
        self.all_told()
        self.tell(job)
        yield from received(self.process, self.out)
        self.process.join(STOP_SECONDS)  # it has nothing left to do but to end

    def all_told(self) -> None:
        if self.teller is not None:
            self.teller.join()

    def close(self) -> None:
        self.process.terminate()
        self.process.join(STOP_SECONDS)
        self.all_told()
        self.orders.close()
        self.out.close()


class NearReader:
    """A reader in this process."""

    def announce(self, queries: Sequence[str], limits: Limits) -> None:
        """Nothing to be gained."""

    def news(self, job: Job) -> Iterator[News]:
        return Reader(job).news()

    def close(self) -> None:
        """Nothing to be done."""


@contextmanager
def reader_for(paths: Sequence[str]) -> Iterator[RemoteReader | NearReader]:
    """Who reads these paths: another process where it is worth it."""
    small = total_size(paths) < SMALL_BYTES
    reader = NearReader() if small or not can_hand_over(paths) else RemoteReader(paths)
    try:
        yield reader
    finally:
        reader.close()


def can_hand_over(paths: Sequence[str]) -> bool:
    """Whether another process could read them: not a standard input that is no file."""
    try:
        return "-" not in paths or sys.stdin.fileno() >= 0
    except (OSError, ValueError, AttributeError):
        return False


def received(process: BaseProcess, out: Queue[News | None]) -> Iterator[News]:
    while True:
        try:
            news = out.get(timeout=POLL_SECONDS)
        except queue.Empty:
            if process.is_alive():
                continue
            raise ArchiveError("pipeline.worker_died", code=process.exitcode) from None
        if news is END:
            return
        yield news
        del news  # or it would live until the next one is there
