"""Where the sweep of a source stands: which of its posts were asked about, when, and what was doubted.

Four counters a source. Its posts are gone through in a ring, newest first, so the next ones are always those that were
asked about longest ago; those of the last days that some watch wanted have a ring of their own, and so come sooner.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, select

from palabre.archive.heard import first_since
from palabre.archive.ledger import Ledger
from palabre.archive.tables import counter, mention, post

PARTS = ("place", "at_ms", "doubts", "recent")


@dataclass(frozen=True, slots=True)
class Sweep:
    """place: posts below this id come next, 0 for the newest; at_ms: of the last sweep; doubts: answers in a row that
    were too bad to be believed; recent: the place in the ring of recent mentions."""

    place: int = 0
    at_ms: int = 0
    doubts: int = 0
    recent: int = 0


class Sweeps:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def get(self, source_id: int) -> Sweep:
        """All zero where there was none."""
        names = {name_of(source_id, part): part for part in PARTS}
        with self._ledger.read() as connection:
            rows = connection.execute(counter.select().where(counter.c.name.in_(names)))
            return Sweep(**{names[row.name]: row.value for row in rows})

    def keep(self, source_id: int, sweep: Sweep) -> None:
        """Notes where it stands now."""
        with self._ledger.write() as connection:
            for part in PARTS:
                put(connection, name_of(source_id, part), getattr(sweep, part))

    def following(self, source_id: int, place: int, limit: int) -> tuple[list[str], int]:
        """Uris of the next posts that this source brought, and the place after them: 0 when the ring is closed."""
        with self._ledger.read() as connection:
            return turn(connection, source_id, place, limit)

    def wanted(self, source_id: int, place: int, limit: int, since_ms: int) -> tuple[list[str], int]:
        """The same among posts heard since then that are in mentions."""
        with self._ledger.read() as connection:
            first = post.c.post_id >= first_since(connection, since_ms)
            return turn(connection, source_id, place, limit, first, exists().where(mention.c.post_id == post.c.post_id))


def turn(
    connection: Connection, source_id: int, place: int, limit: int, *where: ColumnElement[bool]
) -> tuple[list[str], int]:
    """(uris, place after them) of the posts of a source below a place, newest first."""
    query = select(post.c.post_id, post.c.uri).where(post.c.source_id == source_id, *where)
    query = query.where(post.c.post_id < place) if place else query
    rows = connection.execute(query.order_by(post.c.post_id.desc()).limit(limit)).all()
    return [row.uri for row in rows], rows[-1].post_id if len(rows) == limit else 0


def name_of(source_id: int, part: str) -> str:
    return f"sweep:{source_id}:{part}"


def put(connection: Connection, name: str, value: int) -> None:
    this = counter.c.name == name
    if not connection.execute(counter.update().where(this).values(value=value)).rowcount:
        connection.execute(counter.insert().values(name=name, value=value))
