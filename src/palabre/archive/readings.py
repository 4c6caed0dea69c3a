"""Readings in the ledger: written with their post or later, asked for by post; which posts still wait to be read.

What waits is a range of post_ids a workspace (`unread`): those inside it that have no reading of the present version
are read by a background step (`palabre.reread`), oldest first. It can be stopped anywhere and goes on where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, and_, func, or_, select

from palabre.archive.bulk import among, insert_rows
from palabre.archive.ledger import Ledger
from palabre.archive.reading_rows import (
    BITS,
    COLUMNS,
    Packed,
    Reading,
    overlaid,
    packed,
    read_back,
    reading_of,
    written,
)
from palabre.archive.removal import mark_dirty, own_ids
from palabre.archive.tables import mention, post
from palabre.archive.understood import correction, opinion, reading, reading_version, unread
from palabre.clock import Clock

STEP_POSTS = 2_000
WORDS = ("title", "text", "lang")


@dataclass(frozen=True, slots=True)
class Waiting:
    """n: posts without a reading of the present version; total: posts of the workspace."""

    n: int
    total: int


@dataclass(frozen=True, slots=True)
class Step:
    """Posts to be read next, oldest first: their WORDS. low: where the range begins; after: where it begins once these
    are read."""

    ids: tuple[int, ...]
    posts: pa.RecordBatch
    low: int
    after: int


class Readings:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def of(self, workspace_id: int, post_ids: Sequence[int]) -> dict[int, Reading]:
        """post_id -> its reading, of those that were read and belong to the workspace."""
        columns = [reading.c[name] for name in COLUMNS], reading_version.c.models, reading_version.c.layer
        query = select(*columns[0], *columns[1:]).select_from(
            reading.join(post, post.c.post_id == reading.c.post_id).outerjoin(
                reading_version, reading_version.c.version_id == reading.c.version_id
            )
        )
        with self._ledger.read() as connection:
            mine = own_ids(connection, workspace_id, list(post_ids))
            rows = connection.execute(query.where(among(connection, reading.c.post_id, mine)))
            return {row.post_id: reading_of(row) for row in rows}

    def version(self, workspace_id: int, models: str, layer: int = 0) -> int:
        """The number of a set of models with a layer of the workspace; a new one makes all posts wait to be read."""
        asked = (reading_version.c.workspace_id == workspace_id) & (reading_version.c.models == models)
        query = select(reading_version.c.version_id).where(asked, reading_version.c.layer == layer)
        with self._ledger.read() as connection:
            found = connection.execute(query).scalar()
            present = connection.execute(
                select(unread.c.version_id).where(unread.c.workspace_id == workspace_id)
            ).scalar()
        if found is not None and found == present:
            return int(found)
        with self._ledger.write() as connection:
            found = connection.execute(query).scalar()
            if found is None:
                row = {"workspace_id": workspace_id, "models": models, "layer": layer, "at_ms": self._clock.now_ms()}
                found = connection.execute(reading_version.insert().values(**row)).inserted_primary_key[0]  # type: ignore[index]
            ask_for_all(connection, workspace_id, int(found))
        return int(found)

    def waiting(self, workspace_id: int) -> Waiting:
        """How many posts wait to be read."""
        with self._ledger.read() as connection:
            mine = post.c.workspace_id == workspace_id
            total = connection.execute(select(func.count()).select_from(post).where(mine)).scalar_one()
            state = state_of(connection, workspace_id)
            if state is None or not state.before:
                return Waiting(0, total)
            there = without_reading(state).with_only_columns(func.count())
            return Waiting(connection.execute(there.where(mine)).scalar_one(), total)

    def waits(self, workspace_id: int) -> bool:
        """Whether any post may wait to be read."""
        with self._ledger.read() as connection:
            state = state_of(connection, workspace_id)
            return state is not None and bool(state.before)

    def next(self, workspace_id: int, limit: int = STEP_POSTS, *, mentions_only: bool = False) -> Step | None:
        """The next posts to be read; None when nothing waits."""
        with self._ledger.read() as connection:
            state = state_of(connection, workspace_id)
            if state is None or not state.before:
                return None
            query = without_reading(state).where(post.c.workspace_id + 0 == workspace_id)
            if mentions_only:
                query = query.where(select(mention.c.post_id).where(mention.c.post_id == post.c.post_id).exists())
            ids = list(connection.execute(query.order_by(post.c.post_id).limit(limit)).scalars())
            after = ids[-1] + 1 if len(ids) == limit else state.before
            return Step(*words_of(connection, ids), state.low, after)

    def keep(self, workspace_id: int, version_id: int, step: Step, readings: pa.RecordBatch) -> int:
        """Writes what a step read, and moves on; posts that went meanwhile are left out. How many were written."""
        with self._ledger.write() as connection:
            mine = set(own_ids(connection, workspace_id, list(step.ids)))
            rows = [row for row, post_id in enumerate(step.ids) if post_id in mine]
            ids = [step.ids[row] for row in rows]
            fresh = packed(readings)
            replace_readings(connection, ids, [fresh[row] for row in rows], version_id)
            mark_dirty(connection, workspace_id, ids)
            move_on(connection, workspace_id, version_id, step)
        return len(ids)

    def ask_again(self, workspace_id: int) -> None:
        """All posts without a reading of the present version wait again (a wider setting, a lost range)."""
        with self._ledger.write() as connection:
            state = state_of(connection, workspace_id)
            ask_for_all(connection, workspace_id, int(state.version_id) if state is not None else 0)


def words_of(connection: Connection, ids: Sequence[int]) -> tuple[tuple[int, ...], pa.RecordBatch]:
    """What a reading looks at, with the ids it has: columns title, text, lang."""
    columns = [post.c[name] for name in WORDS]
    query = select(post.c.post_id, *columns).where(among(connection, post.c.post_id, ids)).order_by(post.c.post_id)
    rows = connection.execute(query).all()
    values = list(zip(*rows, strict=True)) or [()] * (1 + len(WORDS))
    return values[0], pa.RecordBatch.from_arrays([pa.array(one, pa.string()) for one in values[1:]], names=list(WORDS))


def state_of(connection: Connection, workspace_id: int) -> Any:
    return connection.execute(unread.select().where(unread.c.workspace_id == workspace_id)).first()


def without_reading(state: Any) -> Any:
    """post_ids of the range that have no reading of the present version."""
    lacking = or_(reading.c.post_id.is_(None), reading.c.version_id != state.version_id)
    within = and_(post.c.post_id >= state.low, post.c.post_id < state.before)
    joined = post.outerjoin(reading, reading.c.post_id == post.c.post_id)
    return select(post.c.post_id).select_from(joined).where(within, lacking)


def ask_for_all(connection: Connection, workspace_id: int, version_id: int) -> None:
    """Every post of the workspace waits for this version."""
    newest = connection.execute(select(func.max(post.c.post_id))).scalar() or 0
    values = {"version_id": version_id, "low": 1, "before": newest + 1}
    put_state(connection, workspace_id, values)


def put_state(connection: Connection, workspace_id: int, values: dict[str, int]) -> None:
    change = unread.update().where(unread.c.workspace_id == workspace_id).values(**values)
    if not connection.execute(change).rowcount:
        connection.execute(unread.insert().values(workspace_id=workspace_id, **values))


def note_unread(connection: Connection, workspace_id: int, low: int, high: int) -> None:
    """Posts from low to high, both included, came or changed without being read."""
    state = state_of(connection, workspace_id)
    if state is None or not state.before:
        put_state(connection, workspace_id, {"low": low, "before": high + 1})
    elif low < state.low or high >= state.before:
        put_state(connection, workspace_id, {"low": min(low, state.low), "before": max(high + 1, state.before)})


def move_on(connection: Connection, workspace_id: int, version_id: int, step: Step) -> None:
    """The range begins after what was read, unless older posts or another version came into it meanwhile."""
    state = state_of(connection, workspace_id)
    if state is not None and (state.version_id, state.low) == (version_id, step.low):
        done = step.after >= state.before
        put_state(connection, workspace_id, {"low": 0, "before": 0} if done else {"low": step.after})


def insert_readings(connection: Connection, ids: Sequence[int], rows: Sequence[Packed], version_id: int) -> None:
    """Readings of posts that have none; rows: one an id."""
    whole = [(post_id, version_id, *row) for post_id, row in zip(ids, rows, strict=True)]
    insert_rows(connection, reading, [name for name in COLUMNS if name != "corrected"], whole)


def replace_readings(connection: Connection, ids: Sequence[int], rows: Sequence[Packed], version_id: int) -> None:
    """Readings in the place of those that are there; second opinions stay, and over them what members corrected."""
    forget_readings(connection, ids)
    insert_readings(connection, ids, rows, version_id)
    keep_opinions(connection, ids)
    keep_corrections(connection, ids)


def forget_readings(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(reading.delete().where(among(connection, reading.c.post_id, ids)))


def keep_opinions(connection: Connection, ids: Sequence[int]) -> None:
    """Puts second opinions back over fresh readings; an opinion remembers what our models say now."""
    answered = opinion.c.said.is_not(None), opinion.c.silent == 0
    found = opinion.select().where(among(connection, opinion.c.post_id, ids), *answered)
    for one in connection.execute(found).all():
        row = connection.execute(reading.select().where(reading.c.post_id == one.post_id)).first()
        if row is not None:
            put_opinion(connection, row, one.name, one.said, one.scores)


def put_opinion(connection: Connection, row: Any, name: str, said: str, scores: bytes | None) -> None:
    """Sets label and scores of a reading that no member corrected under this name."""
    this = opinion.c.post_id == row.post_id, opinion.c.name == name
    connection.execute(opinion.update().where(*this).values(machine=written(name, row)))
    put_scores(connection, row, name, scores)
    put_label(connection, row, name, said, corrected=False)


def put_scores(connection: Connection, row: Any, name: str, scores: bytes | None) -> None:
    values = {"scores": overlaid(row.scores, name, scores)}
    connection.execute(reading.update().where(reading.c.post_id == row.post_id).values(**values))


def keep_corrections(connection: Connection, ids: Sequence[int]) -> None:
    """Puts corrected labels back over fresh readings; a correction remembers what the machine says now."""
    standing = correction.select().where(among(connection, correction.c.post_id, ids), correction.c.undone_ms == 0)
    for one in connection.execute(standing.order_by(correction.c.correction_id)).all():
        row = connection.execute(reading.select().where(reading.c.post_id == one.post_id)).first()
        if row is None:
            continue
        this = correction.c.correction_id == one.correction_id
        if not row.corrected & BITS[one.name]:
            connection.execute(correction.update().where(this).values(machine=written(one.name, row)))
        put_label(connection, row, one.name, one.said, corrected=True)


def put_label(connection: Connection, row: Any, name: str, text: str, *, corrected: bool) -> None:
    """Sets a label of one reading."""
    bits = row.corrected | BITS[name] if corrected else row.corrected & ~BITS[name]
    values = {name: read_back(name, text), "corrected": bits}
    connection.execute(reading.update().where(reading.c.post_id == row.post_id).values(**values))


def drop_judgements(connection: Connection, ids: Sequence[int]) -> None:
    """Other words came in the place of those that a member or another model judged: what was said of the old ones
    goes."""
    for table in (correction, opinion):
        connection.execute(table.delete().where(among(connection, table.c.post_id, ids)))
