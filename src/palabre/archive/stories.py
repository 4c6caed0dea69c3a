"""Which posts tell the same story, and with which voice. A post that is not here is a story and a voice of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from palabre.archive.bulk import among, insert_rows
from palabre.archive.ledger import Ledger
from palabre.archive.removal import mark_dirty, own_ids
from palabre.archive.understood import story_post

CHUNK = 20_000
Place = tuple[int, int]  # story, voice


class Stories:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def of(self, workspace_id: int, post_ids: Sequence[int]) -> dict[int, Place]:
        """post_id -> (story_id, voice_id); a story's id is that of its first post."""
        with self._ledger.read() as connection:
            mine = own_ids(connection, workspace_id, list(post_ids))
            found = present(connection, mine)
        return {post_id: found.get(post_id, (post_id, post_id)) for post_id in mine}

    def posts(self, workspace_id: int, story_id: int, limit: int = 1_000) -> list[int]:
        """post_ids of a story, oldest first."""
        mine = story_post.c.workspace_id == workspace_id, story_post.c.story_id == story_id
        query = select(story_post.c.post_id).where(*mine).order_by(story_post.c.post_id).limit(limit)
        with self._ledger.read() as connection:
            return list(connection.execute(query).scalars()) or own_ids(connection, workspace_id, [story_id])

    def put(self, workspace_id: int, places: Mapping[int, Place]) -> int:
        """Says where posts belong; (post_id, (post_id, post_id)) makes one stand alone again. How many changed."""
        ids, changed = sorted(places), 0
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            with self._ledger.write() as connection:
                changed += put_some(connection, workspace_id, {post_id: places[post_id] for post_id in part})
        return changed


def present(connection: Connection, ids: Sequence[int]) -> dict[int, Place]:
    query = select(story_post).where(among(connection, story_post.c.post_id, ids))
    return {row.post_id: (row.story_id, row.voice_id) for row in connection.execute(query)}


def put_some(connection: Connection, workspace_id: int, places: Mapping[int, Place]) -> int:
    mine = own_ids(connection, workspace_id, list(places))
    there = present(connection, mine)
    changed = [post_id for post_id in mine if there.get(post_id, (post_id, post_id)) != places[post_id]]
    connection.execute(story_post.delete().where(among(connection, story_post.c.post_id, changed)))
    rows = [(post_id, workspace_id, *places[post_id]) for post_id in changed if places[post_id] != (post_id, post_id)]
    insert_rows(connection, story_post, ("post_id", "workspace_id", "story_id", "voice_id"), rows)
    mark_dirty(connection, workspace_id, changed)
    return len(changed)
