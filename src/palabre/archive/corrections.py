"""What members say against a reading, and the layer that a workspace learns from it.

A correction is in force at once: the label of the reading is what the member said, with a mark; the machine's word is
kept beside and comes back when the correction is undone. Who knows the models learns the layer (`palabre.insight`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, select

from palabre.archive.bulk import among
from palabre.archive.ledger import Ledger
from palabre.archive.reading_rows import BITS, read_back, written
from palabre.archive.readings import put_label
from palabre.archive.removal import mark_dirty, own_ids
from palabre.archive.understood import correction, layer, reading
from palabre.clock import Clock
from palabre.errors import InputError, NotFoundError

LAYERS_KEPT = 5
POSTS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Correction:
    """name: tone, emotion, intents (joined by spaces), axis or language; machine: what it said; said: by the member.
    undone_ms: 0 while it stands."""

    correction_id: int
    post_id: int
    name: str
    machine: str
    said: str
    who: str
    at_ms: int
    undone_ms: int = 0
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """What a workspace taught its readings. body: for those who made it; facts: its effect on a held-back part."""

    version: int
    body: bytes
    at_ms: int
    facts: Mapping[str, Any] = field(default_factory=dict)


class Corrections:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def correct(self, workspace_id: int, post_ids: Sequence[int], name: str, said: str, who: str) -> list[Correction]:
        """One label of one post or of many; what was said of them before is undone by it. Raises InputError for a
        label nobody knows, NotFoundError when no post of the workspace was named that has a reading."""
        check(name, said)
        if len(post_ids) > POSTS_MAX:
            raise InputError("understood.too_many_posts", n=len(post_ids), most=POSTS_MAX)
        now = self._clock.now_ms()
        with self._ledger.write() as connection:
            rows = readings_of(connection, own_ids(connection, workspace_id, list(post_ids)))
            if not rows:
                raise NotFoundError("understood.no_reading", asked=", ".join(map(str, post_ids[:5])))
            made = [correct_one(connection, workspace_id, row, name, said, who, now) for row in rows]
            mark_dirty(connection, workspace_id, [row.post_id for row in rows])
            return made

    def undo(self, workspace_id: int, correction_ids: Sequence[int], who: str) -> int:
        """The machine's word is in force again. How many corrections stood."""
        with self._ledger.write() as connection:
            mine = correction.c.workspace_id == workspace_id, correction.c.undone_ms == 0
            standing = correction.select().where(among(connection, correction.c.correction_id, correction_ids), *mine)
            found = connection.execute(standing).all()
            for one in found:
                undo_one(connection, one, who, self._clock.now_ms())
            mark_dirty(connection, workspace_id, [one.post_id for one in found])
            return len(found)

    def of(self, workspace_id: int, post_ids: Sequence[int]) -> list[Correction]:
        """Everything that was said of these posts, undone or not, oldest first."""
        with self._ledger.read() as connection:
            asked = correction.c.workspace_id == workspace_id, among(connection, correction.c.post_id, post_ids)
            query = correction.select().where(*asked).order_by(correction.c.correction_id)
            return [correction_of(row) for row in connection.execute(query)]

    def all(self, workspace_id: int, *, limit: int = 100_000, undone: bool = False) -> list[Correction]:
        """Those that stand (undone: all), newest first."""
        query = correction.select().where(correction.c.workspace_id == workspace_id)
        query = query if undone else query.where(correction.c.undone_ms == 0)
        with self._ledger.read() as connection:
            rows = connection.execute(query.order_by(correction.c.correction_id.desc()).limit(limit))
            return [correction_of(row) for row in rows]

    def layer(self, workspace_id: int) -> Layer | None:
        """The newest layer; None where nothing was taught."""
        query = layer.select().where(layer.c.workspace_id == workspace_id).order_by(layer.c.version.desc()).limit(1)
        with self._ledger.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else Layer(row.version, row.body, row.at_ms, orjson.loads(row.facts))

    def layer_version(self, workspace_id: int) -> tuple[int, int]:
        """(version, when it was learnt) of the newest layer; zeros where nothing was taught."""
        mine = layer.c.workspace_id == workspace_id
        query = select(layer.c.version, layer.c.at_ms).where(mine).order_by(layer.c.version.desc()).limit(1)
        with self._ledger.read() as connection:
            row = connection.execute(query).first()
        return (row.version, row.at_ms) if row is not None else (0, 0)

    def keep_layer(self, workspace_id: int, body: bytes, facts: Mapping[str, Any]) -> Layer:
        """A new layer in the place of the last; a few earlier ones are kept."""
        now = self._clock.now_ms()
        with self._ledger.write() as connection:
            mine = layer.c.workspace_id == workspace_id
            known = list(connection.execute(select(layer.c.version).where(mine).order_by(layer.c.version)).scalars())
            version = known[-1] + 1 if known else 1
            row = {"workspace_id": workspace_id, "version": version, "body": body, "at_ms": now}
            connection.execute(layer.insert().values(**row, facts=orjson.dumps(facts).decode()))
            connection.execute(layer.delete().where(mine, layer.c.version <= version - LAYERS_KEPT))
        return Layer(version, body, now, facts)

    def drop_layer(self, workspace_id: int, version: int) -> Layer | None:
        """Takes a layer back; the one before it, None when there is none."""
        with self._ledger.write() as connection:
            connection.execute(layer.delete().where(layer.c.workspace_id == workspace_id, layer.c.version == version))
        return self.layer(workspace_id)


def check(name: str, said: str) -> None:
    """InputError for a label or a value of no vocabulary."""
    try:
        if name not in BITS:
            raise ValueError(name)
        read_back(name, said)
    except ValueError as error:
        raise InputError("understood.bad_label", name=name, said=said) from error


def readings_of(connection: Connection, ids: Sequence[int]) -> list[Any]:
    return list(connection.execute(reading.select().where(among(connection, reading.c.post_id, ids))).all())


def correct_one(
    connection: Connection, workspace_id: int, row: Any, name: str, said: str, who: str, now_ms: int
) -> Correction:
    """One label of one reading; ``machine`` is what the machine said, not what another member did."""
    same = correction.c.post_id == row.post_id, correction.c.name == name, correction.c.undone_ms == 0
    before = connection.execute(correction.select().where(*same)).first()
    machine = before.machine if before is not None else written(name, row)
    connection.execute(correction.update().where(*same).values(undone_ms=now_ms, undone_by=who))
    values = {"post_id": row.post_id, "name": name, "machine": machine, "said": said, "who": who, "at_ms": now_ms}
    done = connection.execute(correction.insert().values(workspace_id=workspace_id, **values))
    put_label(connection, row, name, said, corrected=True)
    return Correction(done.inserted_primary_key[0], **values)  # type: ignore[index]


def undo_one(connection: Connection, one: Any, who: str, now_ms: int) -> None:
    this = correction.c.correction_id == one.correction_id
    connection.execute(correction.update().where(this).values(undone_ms=now_ms, undone_by=who))
    for row in readings_of(connection, [one.post_id]):
        put_label(connection, row, one.name, one.machine, corrected=False)


def correction_of(row: Any) -> Correction:
    return Correction(row.correction_id, row.post_id, row.name, row.machine, row.said, row.who, row.at_ms,
                      row.undone_ms, row.undone_by)  # fmt: skip
