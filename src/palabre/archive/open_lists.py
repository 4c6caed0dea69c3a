"""Posting lists that were asked lately, kept open: opening those of ten million posts takes 20 ms of each question.

What is open takes address space, not memory: the pages of rows and places are given back after each look, those of the
keys that were looked up stay. Lists that are gone from the
disk are let go within IDLE_SECONDS, so that what is erased does not linger in an open file.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep

import pyarrow as pa

from palabre.archive.postings import Part, parts_of

IDLE_SECONDS = 10.0
PAGE = mmap.PAGESIZE
MOST = 256  # open files; the lists of 60 million posts


@dataclass(slots=True)
class Opened:
    """state: which file it was; numbers: where rows and places lie, how many bytes; used: when it was asked last."""

    state: tuple[int, ...]
    pages: mmap.mmap
    parts: Sequence[Part]
    numbers: Sequence[tuple[int, int]]
    used: float


class OpenLists:
    def __init__(self) -> None:
        self._lock, self._open, self._closing = Lock(), dict[Path, Opened](), False

    def __len__(self) -> int:
        return len(self._open)

    def parts(self, path: Path) -> Sequence[Part]:
        """The lists of a file as it is now. Raises FileNotFoundError, and pa.ArrowInvalid where it is damaged."""
        state = state_of(path)
        with self._lock:
            found = self._open.get(path)
        if found is None or found.state != state:
            found = opened(path, state)
            self._keep(path, found)
        found.used = monotonic()
        return found.parts

    def rest(self, path: Path) -> None:
        """Gives back the memory of what was read, but for keys; who reads on gets it again."""
        with self._lock:
            found = self._open.get(path)
        if found is not None:
            for start, size in found.numbers:
                found.pages.madvise(mmap.MADV_DONTNEED, start, size)

    def _keep(self, path: Path, found: Opened) -> None:
        with self._lock:
            if path in self._open or len(self._open) < MOST:
                self._open[path] = found
            if self._open and not self._closing:
                self._closing = True
                Thread(target=self._close_idle, daemon=True).start()

    def _close_idle(self) -> None:
        """Until none is open."""
        while True:
            sleep(IDLE_SECONDS / 2)
            with self._lock:
                late = monotonic() - IDLE_SECONDS / 2
                self._open = {path: one for path, one in self._open.items() if one.used > late}
                if not self._open:
                    self._closing = False
                    return


def state_of(path: Path) -> tuple[int, ...]:
    """What is another where a file was replaced or changed."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def opened(path: Path, state: tuple[int, ...]) -> Opened:
    with path.open("rb") as file:
        try:
            pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as empty:
            raise pa.ArrowInvalid(str(empty)) from empty
    buffer = pa.py_buffer(pages)
    parts = parts_of(buffer)
    return Opened(state, pages, parts, list(whole_pages(buffer.address, parts)), monotonic())


def whole_pages(base: int, parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """Of all rows and places: where their pages begin, behind a base, and how long they are."""
    for numbers in (lists.numbers for part in parts for lists in (part.held, part.places)):
        start, end = numbers.ctypes.data - base, numbers.ctypes.data + numbers.nbytes - base
        start, end = -(-start // PAGE) * PAGE, end // PAGE * PAGE
        if start < end:
            yield start, end - start


OPEN = OpenLists()
