"""One reckoning for all who ask the same at the same time: ten people open the same page on a Monday at nine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, TypeVar

Key = tuple[object, ...]
Value = TypeVar("Value")
PATIENCE = 30.0  # seconds; who waited that long is told to ask again, and a thread of the desk is free


class StillReckonedError(Exception):
    """Somebody else's request works it out, and takes longer than one may wait for it."""


class Together:
    """What is being worked out, by question: the first who asks does it, the others wait for it."""

    def __init__(self) -> None:
        self._under_way: dict[Key, Future[Any]] = {}
        self._lock = threading.Lock()

    def of(self, key: Key, make: Callable[[], Value], patience: float | None = None) -> Value:
        """What make gives, or raises, for all who asked meanwhile. patience: seconds, None for ever. Raises
        StillReckonedError."""
        with self._lock:
            known = self._under_way.get(key)
            mine: Future[Value] = Future()
            if known is None:
                self._under_way[key] = mine
        return self._make(key, mine, make) if known is None else waited(known, patience)

    def _make(self, key: Key, mine: Future[Value], make: Callable[[], Value]) -> Value:
        try:
            mine.set_result(make())
        except BaseException as error:
            mine.set_exception(error)
        finally:
            with self._lock:
                del self._under_way[key]
        return mine.result()


def waited(known: Future[Value], patience: float | None) -> Value:
    """What somebody else works out, when it is there."""
    if not wait([known], patience).done:
        raise StillReckonedError
    return known.result()


TOGETHER = Together()
