"""History for watches that were added or changed: each one is put to all posts, in short steps, newest posts first.

It can be stopped at any instant and goes on from where it was; live matching goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from palabre.archive import Archive, Watch
from palabre.errors import QueryError
from palabre.match.limits import WIDE
from palabre.match.parser import parse
from palabre.search import Asked, ask_query

STEP_POSTS = 2_000
# watch, share of its history that is done (0 to 1)
Progress = Callable[[Watch, float], None]


@dataclass(frozen=True, slots=True)
class Rematched:
    """won: new mentions; lost: posts that the changed query no longer finds."""

    won: int = 0
    lost: int = 0


def rematch(archive: Archive, watch: Watch, progress: Progress | None = None, steps: int | None = None) -> Rematched:
    """Brings the mentions of a watch up to its present query. steps: at most so many; None: to the end.
    Raises QueryError if its query can no longer be read."""
    won = lost = 0
    top = max(watch.history_before, 1)
    while watch.history_before and watch.state == "active" and steps != 0:
        asked = reading(archive, watch)
        version = watch.version, watch.query
        while watch.history_before and (watch.version, watch.query) == version and steps != 0:
            watch, new, gone = archive.history_step(watch, asked.sieve, asked.verify, STEP_POSTS)
            won, lost = won + new, lost + gone
            steps = None if steps is None else steps - 1
            if progress:
                progress(watch, 1 - min(1.0, watch.history_before / top))
    return Rematched(won, lost)


def reading(archive: Archive, watch: Watch) -> Asked:
    """The query of a watch, ready to be put to its workspace."""
    query = parse(watch.query, lists=archive.watches.lists(watch.workspace_id), limits=WIDE)
    return ask_query(archive, watch.workspace_id, query)


def rematch_waiting(archive: Archive, progress: Progress | None = None, steps: int | None = None) -> Rematched:
    """All watches whose history waits; a query that cannot be read is passed over (its watch shows why)."""
    won = lost = 0
    for watch in archive.watches.with_history():
        try:
            done = rematch(archive, watch, progress, steps)
        except QueryError:
            continue
        won, lost = won + done.won, lost + done.lost
    return Rematched(won, lost)
