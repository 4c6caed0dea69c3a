"""The register of needs: what people ask for, what becomes of it, and whether those who asked were told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from palabre.archive import registers
from palabre.archive.evidence import json_from, json_text
from palabre.archive.ledger import Ledger
from palabre.archive.registers import Event
from palabre.archive.understood import need
from palabre.clock import Clock
from palabre.errors import InputError

STATUSES = ("heard", "considered", "in_work", "done", "declined")
REGISTER = "need"


@dataclass(frozen=True, slots=True)
class NeedFound:
    """A need as the reckoning gives it. need_id: of the need it continues, 0 for a new one; centroid: what recognises
    it next time; facts: growth, shares and so on, by name."""

    title: str
    words: tuple[str, ...]
    post_ids: tuple[int, ...]
    voices: int
    first_ms: int
    last_ms: int
    need_id: int = 0
    centroid: bytes = b""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Need:
    """status: of STATUSES; told_ms: when those who asked were told of it; gone_ms: not 0 once nobody asks any more."""

    need_id: int
    title: str
    words: tuple[str, ...]
    facts: Mapping[str, Any]
    centroid: bytes
    n: int
    voices: int
    first_ms: int
    last_ms: int
    status: str
    status_ms: int
    told_ms: int
    gone_ms: int
    post_ids: tuple[int, ...] = ()

    def title_in(self, lang: str) -> str:
        """The title in a language, where it has one (``facts["titles"]``) and nobody renamed it."""
        titles: Mapping[str, str] = self.facts.get("titles", {})
        return titles.get(lang, self.title) if self.title in titles.values() else self.title


class Needs:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def keep(self, workspace_id: int, found: list[NeedFound]) -> list[int]:
        """The needs of today, in order; ids of all of them. Those no longer found are marked as gone, and stay."""
        now = self._clock.now_ms()
        with self._ledger.write() as connection:
            ids = [self._keep_one(connection, workspace_id, one) for one in found]
            lost = need.c.workspace_id == workspace_id, need.c.need_id.not_in(ids), need.c.gone_ms == 0
            connection.execute(need.update().where(*lost).values(gone_ms=now))
        return ids

    def _keep_one(self, connection: Connection, workspace_id: int, one: NeedFound) -> int:
        values: dict[str, Any] = {
            "words": json_text(list(one.words)), "facts": json_text(dict(one.facts)), "centroid": one.centroid,
            "n": len(one.post_ids), "voices": one.voices, "first_ms": one.first_ms, "last_ms": one.last_ms,
            "gone_ms": 0,
        }  # fmt: skip
        if one.need_id:
            registers.update(connection, need, workspace_id, one.need_id, values)
            need_id = one.need_id
        else:
            need_id = registers.insert(connection, need, values | {"workspace_id": workspace_id, "title": one.title})
        registers.put_posts(connection, workspace_id, REGISTER, need_id, one.post_ids)
        return need_id

    def get(self, workspace_id: int, need_id: int) -> Need:
        """Raises NotFoundError."""
        with self._ledger.read() as connection:
            return with_posts(connection, [registers.one(connection, need, workspace_id, need_id)])[0]

    def all(self, workspace_id: int, *, gone: bool = False) -> list[Need]:
        """Most voices first; gone: also those nobody asks for any more."""
        query = need.select().where(need.c.workspace_id == workspace_id)
        query = query if gone else query.where(need.c.gone_ms == 0)
        with self._ledger.read() as connection:
            rows = connection.execute(query.order_by(need.c.voices.desc(), need.c.need_id)).all()
            return with_posts(connection, rows)

    def change(self, workspace_id: int, need_id: int, who: str, status: str, why: str = "") -> Need:
        """Another status; to decline takes a reason. Raises InputError, NotFoundError."""
        registers.one_of(status, STATUSES, "status")
        if status == "declined" and not why.strip():
            raise InputError("understood.declined_without_reason")
        return self._event(workspace_id, need_id, who, status, why, {"status": status, "told_ms": 0})

    def told(self, workspace_id: int, need_id: int, who: str, why: str = "") -> Need:
        """Those who asked were told what became of it."""
        return self._event(workspace_id, need_id, who, "told", why, {"told_ms": self._clock.now_ms()})

    def rename(self, workspace_id: int, need_id: int, title: str) -> Need:
        """Raises NotFoundError."""
        with self._ledger.write() as connection:
            registers.update(connection, need, workspace_id, need_id, {"title": title.strip()})
        return self.get(workspace_id, need_id)

    def history(self, workspace_id: int, need_id: int) -> list[Event]:
        with self._ledger.read() as connection:
            return registers.events_of(connection, workspace_id, REGISTER, need_id)

    def _event(self, workspace_id: int, need_id: int, who: str, status: str, why: str, values: dict[str, Any]) -> Need:
        now = self._clock.now_ms()
        if "status" in values:
            values = values | {"status_ms": now}
        with self._ledger.write() as connection:
            registers.update(connection, need, workspace_id, need_id, values)
            registers.add_event(connection, workspace_id, REGISTER, need_id, who, status, why, now)
        return self.get(workspace_id, need_id)


PLAIN = ("need_id", "title", "n", "voices", "first_ms", "last_ms", "status", "status_ms", "told_ms", "gone_ms")


def with_posts(connection: Connection, rows: Any) -> list[Need]:
    posts = registers.posts_of(connection, REGISTER, [row.need_id for row in rows])
    return [need_of(row, posts.get(row.need_id, ())) for row in rows]


def need_of(row: Any, post_ids: tuple[int, ...]) -> Need:
    kept = {"words": tuple(json_from(row.words)), "facts": json_from(row.facts), "centroid": row.centroid or b""}
    return Need(**{name: getattr(row, name) for name in PLAIN}, **kept, post_ids=post_ids)
