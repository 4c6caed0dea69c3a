"""What the ledger already knows of the posts of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from palabre.archive.bulk import among
from palabre.archive.tables import post, tombstone

Metrics = tuple[int | None, int | None, int | None, int | None]
METRICS = ("likes", "replies", "reshares", "views")


@dataclass(frozen=True, slots=True)
class Known:
    """A post we have; source_id: the source that brought it first."""

    post_id: int
    source_id: int | None
    content_hash: bytes
    edited_ms: int
    revisions: int
    network: str
    metrics: Metrics


def known_posts(connection: Connection, workspace_id: int, uris: Sequence[str]) -> dict[str, Known]:
    """uri -> what we have of it."""
    facts = (post.c.post_id, post.c.source_id, post.c.content_hash, post.c.edited_ms, post.c.revisions, post.c.network)
    numbers = tuple(post.c[name] for name in METRICS)
    query = select(post.c.uri, *facts, *numbers).where(
        post.c.workspace_id == workspace_id, among(connection, post.c.uri, uris)
    )
    rows = connection.execute(query)
    return {row[0]: Known(row[1], row[2], bytes(row[3]), row[4], row[5], row[6], tuple(row[7:])) for row in rows}


def taken_back(connection: Connection, workspace_id: int, uris: Sequence[str]) -> frozenset[str]:
    """Those that were taken back before."""
    mine = tombstone.c.workspace_id == workspace_id
    if connection.execute(select(tombstone.c.uri).where(mine).limit(1)).first() is None:
        return frozenset()
    return frozenset(
        connection.execute(select(tombstone.c.uri).where(mine, among(connection, tombstone.c.uri, uris))).scalars()
    )
