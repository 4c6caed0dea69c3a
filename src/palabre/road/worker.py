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
from collections.abc import Iterator
from multiprocessing import reduction
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from typing import Any

import pyarrow as pa

from palabre.errors import ArchiveError
from palabre.road.reading import Job, News, Reader

WAITING_MAX = 1  # batches between the two: what bounds the memory
POLL_SECONDS = 0.5
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


def produce(job: Job, out: Queue[News | None], stdin: Any) -> None:
    """What the process does. The keyboard interrupt is its parent's affair; stdin: the parent's, handed over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    if stdin is not None:
        sys.stdin = os.fdopen(stdin.detach(), encoding="utf-8")
    give_memory_back()
    gc.disable()
    reader = Reader(job)
    gc.freeze()  # a panel of thousands of watches lives to the end: the collector need not walk it, nor while it grows
    gc.enable()
    for news in reader.news():
        out.put(news)
    out.put(END)


def remote_news(job: Job) -> Iterator[News]:
    """What a reader in another process tells. ArchiveError if that process dies."""
    context = multiprocessing.get_context("spawn")
    out: Queue[News | None] = context.Queue(WAITING_MAX)
    stdin = reduction.DupFd(sys.stdin.fileno()) if "-" in job.paths else None
    process = context.Process(target=produce, args=(job, out, stdin), daemon=True)
    process.start()
    try:
        yield from received(process, out)
    finally:
        process.terminate()
        process.join(5)


def can_hand_over(job: Job) -> bool:
    """Whether another process could read what this job reads: not a standard input that is no file."""
    try:
        return "-" not in job.paths or sys.stdin.fileno() >= 0
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
