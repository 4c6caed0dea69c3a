"""Topics: what posts are about, with an identity that lasts from one reckoning to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from palabre.archive import registers
from palabre.archive.evidence import json_from, json_text
from palabre.archive.ledger import Ledger
from palabre.archive.understood import topic
from palabre.clock import Clock

REGISTER = "topic"


@dataclass(frozen=True, slots=True)
class TopicFound:
    """A topic as the reckoning gives it. topic_id: of the topic it continues, 0 for a new one."""

    words: tuple[str, ...]
    post_ids: tuple[int, ...]
    first_ms: int
    last_ms: int
    topic_id: int = 0
    centroid: bytes = b""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topic:
    """name: what members call it, "" for its own words; gone_ms: not 0 once nobody speaks of it any more."""

    topic_id: int
    name: str
    words: tuple[str, ...]
    facts: Mapping[str, Any]
    centroid: bytes
    n: int
    first_ms: int
    last_ms: int
    gone_ms: int
    post_ids: tuple[int, ...] = ()


class Topics:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def keep(self, workspace_id: int, found: list[TopicFound]) -> list[int]:
        """The topics of today, in order; their ids. Those no longer found are marked as gone, and stay."""
        with self._ledger.write() as connection:
            ids = [self._keep_one(connection, workspace_id, one) for one in found]
            lost = topic.c.workspace_id == workspace_id, topic.c.topic_id.not_in(ids), topic.c.gone_ms == 0
            connection.execute(topic.update().where(*lost).values(gone_ms=self._clock.now_ms()))
        return ids

    def _keep_one(self, connection: Connection, workspace_id: int, one: TopicFound) -> int:
        values: dict[str, Any] = {
            "words": json_text(list(one.words)), "facts": json_text(dict(one.facts)), "centroid": one.centroid,
            "n": len(one.post_ids), "first_ms": one.first_ms, "last_ms": one.last_ms, "gone_ms": 0,
        }  # fmt: skip
        if one.topic_id:
            registers.update(connection, topic, workspace_id, one.topic_id, values)
            topic_id = one.topic_id
        else:
            topic_id = registers.insert(connection, topic, values | {"workspace_id": workspace_id})
        registers.put_posts(connection, workspace_id, REGISTER, topic_id, one.post_ids)
        return topic_id

    def get(self, workspace_id: int, topic_id: int) -> Topic:
        """Raises NotFoundError."""
        with self._ledger.read() as connection:
            return with_posts(connection, [registers.one(connection, topic, workspace_id, topic_id)])[0]

    def all(self, workspace_id: int, *, gone: bool = False) -> list[Topic]:
        """The largest first; gone: also those nobody speaks of any more."""
        query = topic.select().where(topic.c.workspace_id == workspace_id)
        query = query if gone else query.where(topic.c.gone_ms == 0)
        with self._ledger.read() as connection:
            rows = connection.execute(query.order_by(topic.c.n.desc(), topic.c.topic_id)).all()
            return with_posts(connection, rows)

    def rename(self, workspace_id: int, topic_id: int, name: str) -> Topic:
        """ "" gives it back its own words. Raises NotFoundError."""
        with self._ledger.write() as connection:
            registers.update(connection, topic, workspace_id, topic_id, {"name": name.strip()})
        return self.get(workspace_id, topic_id)


PLAIN = ("topic_id", "name", "n", "first_ms", "last_ms", "gone_ms")


def with_posts(connection: Connection, rows: Any) -> list[Topic]:
    posts = registers.posts_of(connection, REGISTER, [row.topic_id for row in rows])
    return [topic_of(row, posts.get(row.topic_id, ())) for row in rows]


def topic_of(row: Any, post_ids: tuple[int, ...]) -> Topic:
    kept = {"words": tuple(json_from(row.words)), "facts": json_from(row.facts), "centroid": row.centroid or b""}
    return Topic(**{name: getattr(row, name) for name in PLAIN}, **kept, post_ids=post_ids)
