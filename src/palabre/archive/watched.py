"""Mentions name watches; only those of the same workspace that still exist are written."""

from __future__ import annotations

from sqlalchemy import Connection, select

from palabre.archive.bulk import among
from palabre.archive.tables import watch


def only_own_watches(connection: Connection, workspace_id: int, watches: list[tuple[int, ...]]) -> None:
    """Takes away, in place, watches that were removed meanwhile or belong to another workspace."""
    named = {number for row in watches for number in row}
    if not named:
        return
    mine = watch.c.workspace_id == workspace_id, among(connection, watch.c.watch_id, list(named))
    there = set(connection.execute(select(watch.c.watch_id).where(*mine)).scalars())
    if there != named:
        watches[:] = [tuple(number for number in row if number in there) for row in watches]
