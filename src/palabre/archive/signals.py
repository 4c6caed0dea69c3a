"""The register of signals: dated hypotheses with their evidence, an owner, a review date and an outcome.

The register scores its own detectors (`palabre.insight.signals.record`) from what members settle here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from palabre.archive import registers
from palabre.archive.evidence import evidence_from, evidence_text, json_from, json_text
from palabre.archive.ledger import Ledger
from palabre.archive.registers import Event
from palabre.archive.understood import signal
from palabre.clock import Clock
from palabre.model import Evidence

STATUSES = ("open", "watched", "settled", "dismissed")
OUTCOMES = ("", "confirmed", "not_confirmed", "undecided")
REGISTER = "signal"


@dataclass(frozen=True, slots=True)
class Found:
    """What a detector found. kind: spike, weak, rumour, coordination …; mark: the same for the same thing found again;
    title, hypothesis: a message key with its facts as params, or plain words of a member."""

    kind: str
    mark: str
    title: str
    hypothesis: str
    first_ms: int
    last_ms: int
    score: float
    detector: str
    version: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    post_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """An entry of the register. status: of STATUSES; outcome: of OUTCOMES, once settled; review_ms: when to look;
    happened_ms: when what it announced was plain to all, 0 when nobody said."""

    signal_id: int
    kind: str
    mark: str
    title: str
    hypothesis: str
    facts: Mapping[str, Any]
    evidence: Evidence
    score: float
    first_ms: int
    last_ms: int
    detected_ms: int
    owner: str
    review_ms: int
    status: str
    outcome: str
    happened_ms: int
    detector: str
    version: int
    post_ids: tuple[int, ...] = ()


class Signals:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def note(self, workspace_id: int, found: Found) -> tuple[int, bool]:
        """(signal_id, whether it is new). Found again: its facts are fresher; what members said of it stays."""
        with self._ledger.write() as connection:
            mine = signal.c.workspace_id == workspace_id, signal.c.kind == found.kind, signal.c.mark == found.mark
            row = connection.execute(signal.select().where(*mine)).first()
            values = {name: getattr(found, name) for name in FRESH} | {
                "facts": json_text(dict(found.facts)),
                "evidence": evidence_text(found.evidence),
            }
            if row is None:
                own = {"workspace_id": workspace_id, "kind": found.kind, "mark": found.mark}
                signal_id = registers.insert(connection, signal, values | own | {"detected_ms": self._clock.now_ms()})
            else:
                signal_id = row.signal_id
                values["first_ms"] = min(row.first_ms or found.first_ms, found.first_ms)
                connection.execute(signal.update().where(signal.c.signal_id == signal_id).values(**values))
            registers.put_posts(connection, workspace_id, REGISTER, signal_id, found.post_ids)
            return signal_id, row is None

    def get(self, workspace_id: int, signal_id: int) -> Signal:
        """Raises NotFoundError."""
        with self._ledger.read() as connection:
            return with_posts(connection, [registers.one(connection, signal, workspace_id, signal_id)])[0]

    def all(self, workspace_id: int, *, kind: str = "", status: str = "", limit: int = 500) -> list[Signal]:
        """Newest first by when they began."""
        query = signal.select().where(signal.c.workspace_id == workspace_id)
        for name, value in (("kind", kind), ("status", status)):
            query = query.where(signal.c[name] == value) if value else query
        with self._ledger.read() as connection:
            rows = connection.execute(query.order_by(signal.c.first_ms.desc(), signal.c.signal_id).limit(limit)).all()
            return with_posts(connection, rows)

    def after(self, workspace_id: int, signal_id: int, limit: int = 500) -> list[Signal]:
        """Those found after that one, in the order they were entered."""
        query = signal.select().where(signal.c.workspace_id == workspace_id, signal.c.signal_id > signal_id)
        with self._ledger.read() as connection:
            return with_posts(connection, connection.execute(query.order_by(signal.c.signal_id).limit(limit)).all())

    def last(self, workspace_id: int) -> int:
        """The number of the last one entered, 0 for none."""
        query = select(func.max(signal.c.signal_id)).where(signal.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return connection.execute(query).scalar() or 0

    def change(
        self,
        workspace_id: int,
        signal_id: int,
        who: str,
        *,
        status: str | None = None,
        outcome: str | None = None,
        owner: str | None = None,
        review_ms: int | None = None,
        happened_ms: int | None = None,
        why: str = "",
    ) -> Signal:
        """What a member decides; None leaves it. Raises NotFoundError, InputError."""
        asked = {"status": status, "outcome": outcome, "owner": owner}
        times = {"review_ms": review_ms, "happened_ms": happened_ms}
        values = {name: value for name, value in {**asked, **times}.items() if value is not None}
        for name, known in (("status", STATUSES), ("outcome", OUTCOMES)):
            if name in values:
                registers.one_of(str(values[name]), known, name)
        with self._ledger.write() as connection:
            registers.update(connection, signal, workspace_id, signal_id, values)
            said = " ".join(filter(None, (status, outcome)))
            now = self._clock.now_ms()
            registers.add_event(connection, workspace_id, REGISTER, signal_id, who, said, why, now)
        return self.get(workspace_id, signal_id)

    def history(self, workspace_id: int, signal_id: int) -> list[Event]:
        with self._ledger.read() as connection:
            return registers.events_of(connection, workspace_id, REGISTER, signal_id)

    def remove(self, workspace_id: int, signal_id: int) -> None:
        """Raises NotFoundError."""
        with self._ledger.write() as connection:
            registers.remove(connection, signal, workspace_id, signal_id)


FRESH = ("title", "hypothesis", "score", "first_ms", "last_ms", "detector", "version")
PLAIN = ("signal_id", "kind", "mark", "title", "hypothesis", "score", "first_ms", "last_ms", "detected_ms", "owner",
         "review_ms", "status", "outcome", "happened_ms", "detector", "version")  # fmt: skip


def with_posts(connection: Connection, rows: Any) -> list[Signal]:
    posts = registers.posts_of(connection, REGISTER, [row.signal_id for row in rows])
    return [signal_of(row, posts.get(row.signal_id, ())) for row in rows]


def signal_of(row: Any, post_ids: tuple[int, ...]) -> Signal:
    facts = {"facts": json_from(row.facts), "evidence": evidence_from(row.evidence)}
    return Signal(**{name: getattr(row, name) for name in PLAIN}, **facts, post_ids=post_ids)
