"""The panel by kind of watch, and the kinds nobody watches yet. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from palabre.archive.types import Watch
from palabre.model import WatchKind


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind and its watches, by name."""

    kind: WatchKind
    watches: tuple[Watch, ...]


def shelves(watches: Iterable[Watch]) -> list[Shelf]:
    """All kinds in the order of the vocabulary, empty ones too."""
    listed = sorted(watches, key=lambda watch: watch.name.casefold())
    return [Shelf(kind, tuple(watch for watch in listed if watch.kind == kind)) for kind in WatchKind]
