"""What a workspace says of sources (verified, certified by us, doubtful), and what its members believe people want."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from palabre.archive.ledger import Ledger
from palabre.archive.registers import one_of
from palabre.archive.understood import belief, source_mark
from palabre.clock import Clock
from palabre.errors import InputError

KINDS = ("account", "site")
MARKS = ("verified", "certified", "doubtful", "official")  # official: an account of our own house
PLACES_MAX = 50


@dataclass(frozen=True, slots=True)
class SourceMark:
    """kind: account (name: its uri) or site (name: its host); mark: of MARKS; who said so, when and why."""

    kind: str
    name: str
    mark: str
    who: str
    why: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Belief:
    """What a member puts at a place of their list; need_id: the need it means, 0 when none is known."""

    member: str
    place: int
    wish: str
    need_id: int
    at_ms: int


class Marks:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def put(self, workspace_id: int, kind: str, name: str, mark: str, who: str, why: str = "") -> None:
        """Says it, or says it anew; mark "" takes it back. Raises InputError."""
        one_of(kind, KINDS, "kind")
        if mark:
            one_of(mark, MARKS, "mark")
        if not name.strip():
            raise InputError("understood.no_name")
        this = source_mark.c.workspace_id == workspace_id, source_mark.c.kind == kind, source_mark.c.name == name
        values = {"workspace_id": workspace_id, "kind": kind, "name": name, "mark": mark, "who": who, "why": why}
        with self._ledger.write() as connection:
            connection.execute(source_mark.delete().where(*this))
            if mark:
                connection.execute(source_mark.insert().values(**values, at_ms=self._clock.now_ms()))

    def all(self, workspace_id: int) -> list[SourceMark]:
        """In the order of their names."""
        query = source_mark.select().where(source_mark.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return [mark_of(row) for row in connection.execute(query.order_by(source_mark.c.kind, source_mark.c.name))]

    def named(self, workspace_id: int, kind: str, mark: str) -> list[str]:
        """Names of the accounts (or sites) that carry a mark."""
        return [one.name for one in self.all(workspace_id) if (one.kind, one.mark) == (kind, mark)]


class Beliefs:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def put(self, workspace_id: int, member: str, wishes: Sequence[tuple[str, int]]) -> None:
        """The whole list of a member as (wish, need_id), the most wanted first. Raises InputError when too long."""
        if len(wishes) > PLACES_MAX:
            raise InputError("understood.too_many_wishes", most=PLACES_MAX)
        own = {"workspace_id": workspace_id, "member": member, "at_ms": self._clock.now_ms()}
        rows = [own | {"place": place, "wish": wish, "need_id": need} for place, (wish, need) in enumerate(wishes, 1)]
        with self._ledger.write() as connection:
            mine = belief.c.workspace_id == workspace_id, belief.c.member == member
            connection.execute(belief.delete().where(*mine))
            if rows:
                connection.execute(belief.insert(), rows)

    def all(self, workspace_id: int) -> list[Belief]:
        """By member, then by place."""
        query = belief.select().where(belief.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            rows = connection.execute(query.order_by(belief.c.member, belief.c.place))
            return [Belief(row.member, row.place, row.wish, row.need_id, row.at_ms) for row in rows]


def mark_of(row: Any) -> SourceMark:
    return SourceMark(row.kind, row.name, row.mark, row.who, row.why, row.at_ms)
