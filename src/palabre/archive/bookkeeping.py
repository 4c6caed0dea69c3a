"""What a delivery changes on its source: cursor, run, health."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from palabre.archive.prepared import Prepared
from palabre.archive.tables import source, source_run
from palabre.archive.types import Receipt, RunStats


def record_source(connection: Connection, prepared: Prepared, receipt: Receipt) -> None:
    """Cursor, last heard, lag, quota, drift."""
    delivery = prepared.delivery
    values: dict[str, Any] = {}
    if delivery.cursor is not None:
        values["cursor"] = orjson.dumps(delivery.cursor, default=str).decode()
    if receipt.kept:
        values |= {"last_heard_ms": prepared.now_ms, "lag_ms": lag(prepared)}
    if delivery.run is not None:
        values |= run_facts(connection, delivery.source_id, delivery.run)
    if values:
        connection.execute(source.update().where(source.c.source_id == delivery.source_id).values(**values))


def lag(prepared: Prepared) -> int | None:
    """How long ago the youngest post of the batch was published; None when none says."""
    newest = max((ms for ms in prepared.columns["published_ms"] if ms), default=0)
    return max(0, prepared.now_ms - newest) if newest else None


def run_facts(connection: Connection, source_id: int | None, run: RunStats) -> dict[str, Any]:
    """What a page's run says of the source; drift adds up."""
    facts: dict[str, Any] = {"last_run_ms": run.started_ms}
    if run.quota_left is not None:
        facts["quota_left"] = run.quota_left
    if run.next_due_ms:
        facts["next_due_ms"] = run.next_due_ms
    if run.drift:
        row = connection.execute(source.select().where(source.c.source_id == source_id)).first()
        before = orjson.loads(row.drift) if row else {}
        facts["drift"] = orjson.dumps(Counter(before) + Counter(run.drift)).decode()
    return facts


def record_run(connection: Connection, prepared: Prepared, receipt: Receipt) -> None:
    """Adds the page to its run."""
    run = prepared.delivery.run
    if run is None:
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    numbers = {
        "pages": 1,
        "offered": receipt.offered,
        "stored": receipt.kept,
        "unchanged": receipt.set_aside,
        "quarantined": receipt.quarantined,
        "requests": run.requests,
        "not_modified": run.not_modified,
    }
    statement = insert(source_run).values(
        source_id=prepared.delivery.source_id, started_ms=run.started_ms, **numbers
    )  # fmt: skip
    added = {name: source_run.c[name] + n for name, n in numbers.items()}
    connection.execute(statement.on_conflict_do_update(index_elements=["source_id", "started_ms"], set_=added))
