"""Taking posts away for good: every row, the index, and a mark for the lake."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from palabre.archive import fulltext
from palabre.archive.bulk import among
from palabre.archive.tables import dirty, mention, post

CHUNK = 2_000


def mark_dirty(connection: Connection, workspace_id: int, ids: Sequence[int]) -> None:
    """Posts that are known to the lake, or soon will be, and have changed. A mark made again is a later mark."""
    if not ids:
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(dirty)
    again = statement.on_conflict_do_update(index_elements=["post_id"], set_={"stamp": dirty.c.stamp + 1})
    rows = [{"post_id": post_id, "workspace_id": workspace_id, "is_new": False, "stamp": 0} for post_id in ids]
    connection.execute(again, rows)


def own_ids(connection: Connection, workspace_id: int, ids: Sequence[int]) -> list[int]:
    """Those of the ids that are posts of this workspace."""
    # Compared here: see rows_by_id.
    rows = connection.execute(select(post.c.post_id, post.c.workspace_id).where(among(connection, post.c.post_id, ids)))
    return [post_id for post_id, owner in rows if owner == workspace_id]


def remove_posts(connection: Connection, workspace_id: int, ids: Sequence[int]) -> int:
    """Deletes posts of a workspace with their revisions, raw bytes, mentions and words. How many there were."""
    n = 0
    for start in range(0, len(ids), CHUNK):
        part = own_ids(connection, workspace_id, ids[start : start + CHUNK])
        fulltext.remove(connection, workspace_id, part)
        connection.execute(mention.delete().where(among(connection, mention.c.post_id, part)))
        n += connection.execute(post.delete().where(among(connection, post.c.post_id, part))).rowcount
        mark_dirty(connection, workspace_id, part)
    return n
