"""Rumour files: a claim that goes round, how it spreads, what is certain about it, and what we answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from palabre.archive import registers
from palabre.archive.evidence import json_from, json_text
from palabre.archive.ledger import Ledger
from palabre.archive.registers import Event
from palabre.archive.understood import rumour
from palabre.clock import Clock
from palabre.errors import InputError

STATUSES = ("open", "answered", "closed")
OUTCOMES = ("", "true", "false", "unverified")
REGISTER = "rumour"
CLAIM_CHARS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class RumourFile:
    """claim: in the words of the team; query: finds its posts; story_id: of the story it began with, 0 for none;
    tags: DISARM identifiers; sources: addresses of what is certain; reply_id: our post that answers, 0 for none."""

    rumour_id: int
    claim: str
    query: str
    story_id: int
    signal_id: int
    tags: tuple[str, ...]
    sources: tuple[str, ...]
    reply_id: int
    status: str
    outcome: str
    who: str
    first_ms: int
    at_ms: int


class Rumours:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def open(
        self, workspace_id: int, claim: str, query: str, who: str = "", *,
        story_id: int = 0, signal_id: int = 0, first_ms: int = 0,
    ) -> RumourFile:  # fmt: skip
        """A new file. Raises InputError without a claim."""
        if not claim.strip() or len(claim) > CLAIM_CHARS_MAX:
            raise InputError("understood.bad_claim", most=CLAIM_CHARS_MAX)
        now = self._clock.now_ms()
        values = {"workspace_id": workspace_id, "claim": claim.strip(), "query": query.strip(), "who": who}
        found = {"story_id": story_id, "signal_id": signal_id, "first_ms": first_ms, "at_ms": now}
        with self._ledger.write() as connection:
            rumour_id = registers.insert(connection, rumour, values | found)
            registers.add_event(connection, workspace_id, REGISTER, rumour_id, who, "open", "", now)
        return self.get(workspace_id, rumour_id)

    def get(self, workspace_id: int, rumour_id: int) -> RumourFile:
        """Raises NotFoundError."""
        with self._ledger.read() as connection:
            return file_of(registers.one(connection, rumour, workspace_id, rumour_id))

    def all(self, workspace_id: int, status: str = "") -> list[RumourFile]:
        """Newest first."""
        query = rumour.select().where(rumour.c.workspace_id == workspace_id)
        query = query.where(rumour.c.status == status) if status else query
        with self._ledger.read() as connection:
            return [file_of(row) for row in connection.execute(query.order_by(rumour.c.rumour_id.desc()))]

    def change(
        self,
        workspace_id: int,
        rumour_id: int,
        who: str,
        *,
        claim: str | None = None,
        query: str | None = None,
        tags: Sequence[str] | None = None,
        sources: Sequence[str] | None = None,
        reply_id: int | None = None,
        status: str | None = None,
        outcome: str | None = None,
        why: str = "",
    ) -> RumourFile:
        """None leaves it. Raises NotFoundError, InputError."""
        values: dict[str, Any] = {"claim": claim, "query": query, "reply_id": reply_id}
        values |= {"tags": None if tags is None else json_text(list(tags))}
        values |= {"sources": None if sources is None else json_text(list(sources))}
        values |= {"status": status and registers.one_of(status, STATUSES, "status")}
        values |= {"outcome": outcome and registers.one_of(outcome, OUTCOMES, "outcome")}
        with self._ledger.write() as connection:
            kept = {name: value for name, value in values.items() if value is not None}
            registers.update(connection, rumour, workspace_id, rumour_id, kept)
            said = " ".join(filter(None, (status, outcome))) or "changed"
            now = self._clock.now_ms()
            registers.add_event(connection, workspace_id, REGISTER, rumour_id, who, said, why, now)
        return self.get(workspace_id, rumour_id)

    def history(self, workspace_id: int, rumour_id: int) -> list[Event]:
        with self._ledger.read() as connection:
            return registers.events_of(connection, workspace_id, REGISTER, rumour_id)

    def remove(self, workspace_id: int, rumour_id: int) -> None:
        """Raises NotFoundError."""
        with self._ledger.write() as connection:
            registers.remove(connection, rumour, workspace_id, rumour_id)


PLAIN = ("rumour_id", "claim", "query", "story_id", "signal_id", "reply_id", "status", "outcome", "who", "first_ms",
         "at_ms")  # fmt: skip


def file_of(row: Any) -> RumourFile:
    lists: dict[str, Any] = {name: tuple(json_from(getattr(row, name))) for name in ("tags", "sources")}
    return RumourFile(**{name: getattr(row, name) for name in PLAIN}, **lists)
