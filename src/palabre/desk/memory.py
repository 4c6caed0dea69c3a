"""Answers a process keeps: good as long as nothing new was heard or understood, for five minutes at most."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from palabre.archive import Archive
from palabre.desk.clock import now_ms
from palabre.desk.together import Key, Together

FRESH_MS, KEPT_MS, KEPT_MAX = 15_000, 300_000, 500
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Mark:
    """How the archive was when an answer was made."""

    newest_id: int
    stamp: int
    at_ms: int


def mark_of(archive: Archive, workspace_id: int) -> Mark:
    newest = archive.search(workspace_id, limit=1)
    return Mark(newest[0].post_id if newest else 0, archive.watches.stamp(), now_ms())


def good(then: Mark, now: Mark) -> bool:
    """Whether an answer of then may be shown now: new posts may wait a moment, a changed panel may not."""
    age = now.at_ms - then.at_ms
    same = (then.newest_id, then.stamp) == (now.newest_id, now.stamp)
    return 0 <= age < (KEPT_MS if same else FRESH_MS if then.stamp == now.stamp else 0)


class Memory(Generic[Value]):
    """Answers by question. What many ask at the same time is made once."""

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[Mark, Value]] = {}
        self._forgotten = 0
        self._lock = threading.Lock()
        self._together = Together()

    def known(self, key: Key, now: Mark) -> Value | None:
        """The answer, if it may still be shown."""
        found = self._kept.get(key)
        return found[1] if found and good(found[0], now) else None

    def of(self, key: Key, now: Mark, make: Callable[[], Value], patience: float | None = None) -> Value:
        """The answer, made when needed. patience: seconds to wait for somebody else's making of it, None for ever.
        Raises StillReckonedError, and what make raises."""
        known = self.known(key, now)
        if known is not None:
            return known
        forgotten = self._forgotten  # what was begun before something was judged is neither shown after it nor kept
        asked = (*key, now.stamp, forgotten)
        return self._together.of(asked, lambda: self._made(key, now, make, forgotten), patience)

    def _made(self, key: Key, now: Mark, make: Callable[[], Value], forgotten: int) -> Value:
        made = make()
        with self._lock:
            if forgotten == self._forgotten:
                while len(self._kept) >= KEPT_MAX:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = now, made
        return made

    def forget(self) -> None:
        """After something was judged: the next page shows it."""
        with self._lock:
            self._kept.clear()
            self._forgotten += 1
