"""What the apps of the desk do by themselves, each at its own beat, until the process ends.

An app has a file ``beats.py`` with ``BEATS``, a tuple of `Beat`. A beat that fails is logged and comes again; one that
takes long delays no other; one that still runs is not started twice. What a beat does is safe to be cut off anywhere.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import TypeVar

from django.db import connection
from django.db.models import Model

from palabre.desk.config.apps import with_module

LOG = logging.getLogger("palabre.desk.beats")
Item = TypeVar("Item", bound=Model)
TICK_SECONDS = 0.5
WORKERS = 4


@dataclass(frozen=True, slots=True)
class Beat:
    """name: unique; every_seconds: between two starts."""

    name: str
    every_seconds: float
    work: Callable[[], object]


_WANTED: set[str] = set()
_STOPPING: list[threading.Event] = []


def ending() -> bool:
    """Whether the process is about to end: a beat that takes long stops where it can."""
    return any(one.is_set() for one in _STOPPING)


def nudge(name: str) -> None:
    """That beat comes at once, where one runs in this process."""
    _WANTED.add(name)


def all_beats() -> list[Beat]:
    """Those of every app."""
    return [beat for module in with_module("beats") for beat in import_module(module).BEATS]


def run(stopping: threading.Event) -> None:
    """Until told to stop; what is under way comes to its end."""
    _STOPPING[:] = [stopping]
    due = {beat.name: (beat, 0.0) for beat in all_beats()}
    under_way: dict[str, Future[None]] = {}
    with ThreadPoolExecutor(WORKERS, "beat") as pool:
        while not stopping.wait(TICK_SECONDS):
            for beat, at in list(due.values()):
                wanted = time.monotonic() >= at or beat.name in _WANTED
                if wanted and (beat.name not in under_way or under_way[beat.name].done()):
                    _WANTED.discard(beat.name)
                    due[beat.name] = (beat, time.monotonic() + beat.every_seconds)
                    under_way[beat.name] = pool.submit(once, beat)


def each(items: Iterable[Item], act: Callable[[Item], object]) -> int:
    """Acts on one after the other; the sum of the numbers that come back. One that fails is logged and costs itself
    alone."""
    done = 0
    for item in items:
        try:
            made = act(item)
        except Exception:
            LOG.exception("%s failed for %s %s", act.__name__, type(item).__name__, item.pk)
        else:
            done += made if isinstance(made, int) else 0
    return done


def once(beat: Beat) -> None:
    """One beat; a failure is logged without its values."""
    try:
        beat.work()
    except Exception:
        LOG.exception("beat %s failed", beat.name)
    finally:
        connection.close()
