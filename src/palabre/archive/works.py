"""How far long reckonings have come, and what they keep for the next time. One row a workspace and a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from palabre.archive.evidence import json_text
from palabre.archive.ledger import Ledger
from palabre.archive.understood import work
from palabre.clock import Clock


@dataclass(frozen=True, slots=True)
class Work:
    """place: what the next run begins with; done of total: while it runs; ended_ms: of the last run that ended, 0 while
    none did; error_key: what stopped it, "" when all is well."""

    name: str
    place: int = 0
    done: int = 0
    total: int = 0
    started_ms: int = 0
    ended_ms: int = 0
    error_key: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""

    @property
    def runs(self) -> bool:
        return self.started_ms > self.ended_ms and not self.error_key


class Works:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def get(self, workspace_id: int, name: str) -> Work:
        """All zero where it never ran."""
        with self._ledger.read() as connection:
            mine = work.c.workspace_id == workspace_id, work.c.name == name
            row = connection.execute(work.select().where(*mine)).first()
        return Work(name) if row is None else work_of(row)

    def all(self, workspace_id: int) -> list[Work]:
        """In the order of their names."""
        query = work.select().where(work.c.workspace_id == workspace_id).order_by(work.c.name)
        with self._ledger.read() as connection:
            return [work_of(row) for row in connection.execute(query)]

    def begin(self, workspace_id: int, name: str, total: int = 0) -> None:
        self._put(workspace_id, name, started_ms=self._clock.now_ms(), done=0, total=total, error_key="")

    def advance(self, workspace_id: int, name: str, done: int, total: int) -> None:
        self._put(workspace_id, name, done=done, total=total)

    def end(
        self, workspace_id: int, name: str, *, place: int | None = None, facts: Mapping[str, Any] | None = None,
        body: bytes | None = None, error_key: str = "",
    ) -> None:  # fmt: skip
        """None leaves what was kept; after an error the end is not noted, so that it is tried again."""
        kept = {"place": place, "facts": None if facts is None else json_text(dict(facts)), "body": body}
        values = {name: value for name, value in kept.items() if value is not None}
        ended = {} if error_key else {"ended_ms": self._clock.now_ms()}
        self._put(workspace_id, name, **values, **ended, error_key=error_key)

    def again(self, workspace_id: int, name: str) -> None:
        """The next run looks at everything, and need not wait until something new is heard."""
        self._put(workspace_id, name, place=0)

    def _put(self, workspace_id: int, name: str, **values: Any) -> None:
        mine = work.c.workspace_id == workspace_id, work.c.name == name
        with self._ledger.write() as connection:
            if not connection.execute(work.update().where(*mine).values(**values)).rowcount:
                connection.execute(work.insert().values(workspace_id=workspace_id, name=name, **values))


def work_of(row: Any) -> Work:
    times = row.place, row.done, row.total, row.started_ms, row.ended_ms
    return Work(row.name, *times, row.error_key, orjson.loads(row.facts), row.body or b"")
