"""Reading and matching in a process of its own, so that a second core can write at the same time."""

from __future__ import annotations

import multiprocessing
import queue
import signal
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue

from palabre.errors import ArchiveError
from palabre.road.reading import Job, News, Reader

WAITING_MAX = 3  # batches between the two: what bounds the memory
POLL_SECONDS = 0.5
END = None


def produce(job: Job, out: Queue[News | None]) -> None:
    """What the process does. The keyboard interrupt is its parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for news in Reader(job).news():
        out.put(news)
    out.put(END)


def remote_news(job: Job) -> Iterator[News]:
    """What a reader in another process tells. ArchiveError if that process dies."""
    context = multiprocessing.get_context("spawn")
    out: Queue[News | None] = context.Queue(WAITING_MAX)
    process = context.Process(target=produce, args=(job, out), daemon=True)
    process.start()
    try:
        yield from received(process, out)
    finally:
        process.terminate()
        process.join(5)


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
