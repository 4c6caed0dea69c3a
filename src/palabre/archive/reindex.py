"""The full-text index made anew with places, for a ledger of before schema 0006, in short steps beside other work.

The new index grows by post_id beside the old one, which answers until the end. ``replaced`` (a counter) is the highest
post_id that it holds: up to there, what is written or forgotten is told to both (`fulltext.tell`). The last step puts
it in the place of the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, select

from palabre.archive import fulltext
from palabre.archive.index_keys import clean_keys
from palabre.archive.ledger import Ledger, counter_value
from palabre.archive.tables import counter, post

REINDEX_POSTS = 2_000
IndexTexts = Callable[[pa.RecordBatch], pa.Array]  # as Panel.index_texts: title and text of posts -> their keys


def reindex_step(ledger: Ledger, index_texts: IndexTexts, limit: int) -> bool:
    """Indexes the next posts; True when the index has places, or is none that could have them."""
    if not ledger.sqlite:
        return True
    with ledger.read() as connection:
        if fulltext.has_places(connection):
            return True
    with ledger.write() as connection:
        if fulltext.has_places(connection):
            return True
        upto = counter_value(connection, "replaced")
        if not upto:
            begin(connection)
        columns = post.c.post_id, post.c.workspace_id, post.c.title, post.c.text
        query = select(*columns).where(post.c.post_id > upto).order_by(post.c.post_id).limit(limit)
        rows = connection.execute(query).all()
        if rows:
            carry_over(connection, rows, index_texts)
            set_counter(connection, "replaced", rows[-1].post_id)
        last = len(rows) < limit
        if last:  # in the same step: posts that arrive between two would keep it from ever being done
            finish(connection)
        return last


def begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {fulltext.NEW}")
    fulltext.create(connection, fulltext.NEW)


def carry_over(connection: Connection, rows: Sequence[Any], index_texts: IndexTexts) -> None:
    """Posts, in the order of their ids, into the new index. The old one can still forget them: their new keys are the
    old ones and signs."""
    batch = pa.RecordBatch.from_pydict({"title": [row.title for row in rows], "text": [row.text for row in rows]})
    words = clean_keys(index_texts(batch).to_pylist())
    pairs = [(keys, row.post_id) for keys, row in zip(words, rows, strict=True)]
    connection.exec_driver_sql("UPDATE post_token SET keys = ? WHERE post_id = ?", pairs)
    for workspace_id in {row.workspace_id for row in rows}:
        ids = [row.post_id for row in rows if row.workspace_id == workspace_id]
        fulltext.tell_places(connection, fulltext.NEW, fulltext.entries(connection, workspace_id, ids))


def finish(connection: Connection) -> None:
    """The new index in the place of the old one."""
    connection.exec_driver_sql("DROP TABLE post_fts")
    connection.exec_driver_sql(f"ALTER TABLE {fulltext.NEW} RENAME TO post_fts")
    set_counter(connection, "places", 1)
    set_counter(connection, "replaced", 0)


def set_counter(connection: Connection, name: str, value: int) -> None:
    connection.execute(counter.update().where(counter.c.name == name).values(value=value))
