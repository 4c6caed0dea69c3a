"""Answers a process keeps: good as long as nothing new was heard or understood, for five minutes at most."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from palabre.desk.insight.pages import Screen

FRESH_MS, KEPT_MS, KEPT_MAX = 20_000, 300_000, 300
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """How the archive was when an answer was made."""

    newest_id: int
    stamp: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Kept:
    mark: Mark
    screen: Screen


class Memory:
    """Answers by question."""

    def __init__(self) -> None:
        self._kept: dict[Key, Kept] = {}
        self._lock = threading.Lock()

    def known(self, key: Key, now: Mark) -> Screen | None:
        """The answer, if it may still be shown."""
        found = self._kept.get(key)
        return found.screen if found and good(found.mark, now) else None

    def of(self, key: Key, now: Mark, make: Callable[[], Screen]) -> Screen:
        """The answer, made when needed."""
        known = self.known(key, now)
        if known is not None:
            return known
        made = make()
        with self._lock:
            while len(self._kept) >= KEPT_MAX:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = Kept(now, made)
        return made

    def forget(self) -> None:
        """After something was judged: the next page shows it."""
        with self._lock:
            self._kept.clear()


MEMORY = Memory()


def good(then: Mark, now: Mark) -> bool:
    """Whether an answer of then may be shown now: new posts may wait a moment, a changed panel may not."""
    age = now.at_ms - then.at_ms
    same = (then.newest_id, then.stamp) == (now.newest_id, now.stamp)
    return 0 <= age < (KEPT_MS if same else FRESH_MS if then.stamp == now.stamp else 0)
