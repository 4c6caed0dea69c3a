"""Matching history again after a watch was added or changed, in short steps that can be stopped and begun again.

A watch remembers how far it has come (``history_before``): posts with that id and above are done. A step looks at the
next candidates below, compares with the mentions there are, and writes the difference and the new place together.
"""

from __future__ import annotations

from sqlalchemy import Connection

from palabre.archive import fulltext
from palabre.archive.ledger import Ledger
from palabre.archive.removal import mark_dirty, own_ids
from palabre.archive.search import Search
from palabre.archive.tables import watch
from palabre.archive.types import Filters, Verify, Watch
from palabre.archive.watches import one, watch_of
from palabre.model import Sieve

MENTIONS_MAX = 1_000_000_000


def history_step(
    ledger: Ledger, search: Search, asked: Watch, sieve: Sieve, verify: Verify | None, limit: int
) -> tuple[Watch, int, int]:
    """One step. If the watch changed meanwhile nothing is written, and the watch as it is now comes back."""
    if not asked.history_before:
        return asked, 0, 0
    found, after = search.ids(asked.workspace_id, sieve, verify, Filters(), asked.history_before, limit)
    with ledger.write() as connection:
        now = watch_of(one(connection, asked.watch_id, asked.workspace_id))
        if (now.version, now.history_before, now.query) != (asked.version, asked.history_before, asked.query):
            return now, 0, 0
        won, lost = settle(connection, asked, found, after or 0)
        done = watch.update().where(watch.c.watch_id == asked.watch_id).values(history_before=after or 0)
        connection.execute(done)
        return watch_of(one(connection, asked.watch_id, asked.workspace_id)), won, lost


def settle(connection: Connection, asked: Watch, found: list[int], lowest: int) -> tuple[int, int]:
    """Mentions in [lowest, history_before) become what was found there; how many are new, how many left."""
    there = set(
        fulltext.posts_of_watch(
            connection,
            asked.workspace_id,
            asked.watch_id,
            before=asked.history_before,
            lowest=lowest,
            limit=MENTIONS_MAX,
        )
    )
    won = own_ids(connection, asked.workspace_id, [post_id for post_id in found if post_id not in there])
    lost = sorted(there - set(found))
    fulltext.change_mentions(connection, asked.workspace_id, asked.watch_id, lost, won)
    mark_dirty(connection, asked.workspace_id, [*lost, *won])
    return len(won), len(lost)
