"""Items that could not be used: nothing is lost, everything can be looked at, tried again or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import zstandard
from sqlalchemy import Row, func, select

from palabre.archive.ledger import Ledger
from palabre.archive.quarantine_rows import store_faults
from palabre.archive.tables import quarantine
from palabre.archive.types import QuarantineRow
from palabre.clock import Clock
from palabre.errors import NotFoundError
from palabre.model import Fault, RawItem

STATES = ("waiting", "replayed", "dropped")


class Quarantine:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def add(self, workspace_id: int, source_id: int | None, item: RawItem, fault: Fault) -> None:
        """One item; the write door does this for what comes in deliveries."""
        with self._ledger.write() as connection:
            store_faults(connection, workspace_id, source_id, [(item, fault)], self._clock.now_ms())

    def all(
        self,
        workspace_id: int,
        *,
        state: str = "waiting",
        source_id: int | None = None,
        key: str = "",
        before: int | None = None,
        limit: int = 100,
    ) -> list[QuarantineRow]:
        """Newest first, paged by id; state and key (of the fault): "" is any."""
        query = select(quarantine).where(quarantine.c.workspace_id == workspace_id)
        if state:
            query = query.where(quarantine.c.state == state)
        if source_id is not None:
            query = query.where(quarantine.c.source_id == source_id)
        if key:
            query = query.where(quarantine.c.key == key)
        if before:
            query = query.where(quarantine.c.quarantine_id < before)
        with self._ledger.read() as connection:
            rows = connection.execute(query.order_by(quarantine.c.quarantine_id.desc()).limit(limit))
            return list(map(quarantine_row, rows))

    def get(self, workspace_id: int, quarantine_id: int) -> tuple[QuarantineRow, RawItem]:
        """With its bytes (empty once it was dropped or replayed). Raises NotFoundError."""
        mine = quarantine.c.workspace_id == workspace_id, quarantine.c.quarantine_id == quarantine_id
        with self._ledger.read() as connection:
            row = connection.execute(select(quarantine).where(*mine)).first()
        if row is None:
            raise NotFoundError("archive.no_quarantined", asked=quarantine_id)
        body = zstandard.decompress(row.body) if row.body else b""
        return quarantine_row(row), RawItem(body, row.media_type, orjson.loads(row.note) if row.note else {})

    def settle(self, workspace_id: int, quarantine_id: int, state: str) -> None:
        """replayed or dropped: its bytes go. Raises NotFoundError."""
        self.get(workspace_id, quarantine_id)
        mine = quarantine.c.workspace_id == workspace_id, quarantine.c.quarantine_id == quarantine_id
        with self._ledger.write() as connection:
            changed = {"state": state, "body": b"", "note": "", "last_ms": self._clock.now_ms()}
            connection.execute(quarantine.update().where(*mine).values(**changed))

    def counts(self, workspace_id: int) -> dict[str, int]:
        """state -> number of items."""
        query = select(quarantine.c.state, func.count()).where(quarantine.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return {row.state: row[1] for row in connection.execute(query.group_by(quarantine.c.state))}

    def reasons(self, workspace_id: int, limit: int = 50) -> list[Reason]:
        """Why items wait, the commonest first; params: those of the newest item."""
        n, newest, last = func.count(), func.max(quarantine.c.quarantine_id), func.max(quarantine.c.last_ms)
        counted = select(quarantine.c.key, n.label("n"), newest.label("newest"), last.label("last_ms"))
        mine = quarantine.c.workspace_id == workspace_id, quarantine.c.state == "waiting"
        ranked = counted.where(*mine).group_by(quarantine.c.key).order_by(n.desc(), quarantine.c.key).limit(limit)
        with self._ledger.read() as connection:
            rows = connection.execute(ranked).all()
            newest_ids = [row.newest for row in rows]
            found = select(quarantine.c.quarantine_id, quarantine.c.params).where(
                quarantine.c.quarantine_id.in_(newest_ids)
            )
            params = {one.quarantine_id: orjson.loads(one.params) for one in connection.execute(found)}
        return [Reason(row.key, params.get(row.newest, {}), row.n, row.last_ms) for row in rows]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for which n items wait; last_ms: when the newest of them was last seen."""

    key: str
    params: Mapping[str, str]
    n: int
    last_ms: int


def quarantine_row(row: Row[Any]) -> QuarantineRow:
    fault = Fault(row.stage, row.key, orjson.loads(row.params), row.exception, row.place)
    return QuarantineRow(
        quarantine_id=row.quarantine_id,
        workspace_id=row.workspace_id,
        source_id=row.source_id,
        fault=fault,
        media_type=row.media_type,
        sha256=row.sha256,
        size=row.size,
        first_ms=row.first_ms,
        last_ms=row.last_ms,
        tries=row.tries,
        state=row.state,
    )
