"""Mentions name watches; only those of the same workspace that still exist are written."""

from __future__ import annotations

from sqlalchemy import Connection, select

from palabre.archive.bulk import listed
from palabre.archive.ledger import counter_value
from palabre.archive.tables import watch


def send_back(connection: Connection, workspace_id: int, panel_stamp: int, before: int) -> None:
    """Watches that changed since a batch was matched have still to see it: their history begins above it."""
    if counter_value(connection, "panel") <= panel_stamp:
        return
    late = watch.c.workspace_id == workspace_id, watch.c.stamp > panel_stamp, watch.c.history_before < before
    connection.execute(watch.update().where(*late).values(history_before=before))


def only_own_watches(connection: Connection, workspace_id: int, watches: list[tuple[int, ...]]) -> None:
    """Takes away, in place, watches that were removed meanwhile or belong to another workspace."""
    named = {number for row in watches for number in row}
    if not named:
        return
    given = listed(connection, named)
    there = select(watch.c.watch_id).where(watch.c.workspace_id == workspace_id, watch.c.watch_id == given.c.value)
    strangers = set(connection.execute(select(given.c.value).where(~there.exists())).scalars())
    if strangers:
        watches[:] = [tuple(number for number in row if number not in strangers) for row in watches]
