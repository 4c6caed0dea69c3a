"""What signals, needs and topics share: the posts behind an entry, and what was done about it, with who and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, select

from palabre.archive.bulk import among, insert_missing
from palabre.archive.removal import own_ids
from palabre.archive.understood import register_event, register_post
from palabre.errors import InputError, NotFoundError

WHY_CHARS_MAX = 4_000
POSTS_MAX = 20_000  # of one entry


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody did: another status, with the reason; status "told": those who asked were told."""

    at_ms: int
    who: str
    status: str
    why: str


def put_posts(connection: Connection, workspace_id: int, register: str, entry_id: int, ids: Iterable[int]) -> None:
    """These posts, and no others, are behind an entry."""
    mine = own_ids(connection, workspace_id, list(dict.fromkeys(ids)))[:POSTS_MAX]
    entry = register_post.c.register == register, register_post.c.entry_id == entry_id
    connection.execute(register_post.delete().where(*entry))
    rows = [(register, entry_id, post_id) for post_id in mine]
    insert_missing(connection, register_post, ("register", "entry_id", "post_id"), rows)


def posts_of(connection: Connection, register: str, entry_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """entry -> its post_ids, oldest first."""
    query = select(register_post.c.entry_id, register_post.c.post_id).where(
        register_post.c.register == register, among(connection, register_post.c.entry_id, entry_ids)
    )
    found: dict[int, list[int]] = {}
    for entry_id, post_id in connection.execute(query.order_by(register_post.c.post_id)):
        found.setdefault(entry_id, []).append(post_id)
    return {entry_id: tuple(ids) for entry_id, ids in found.items()}


def add_event(
    connection: Connection, workspace_id: int, register: str, entry_id: int, who: str, status: str, why: str, at_ms: int
) -> None:
    """Raises InputError for a reason nobody would read."""
    if len(why) > WHY_CHARS_MAX:
        raise InputError("archive.too_long", field="why", most=WHY_CHARS_MAX)
    entry = {"workspace_id": workspace_id, "register": register, "entry_id": entry_id}
    connection.execute(register_event.insert().values(**entry, who=who, status=status, why=why, at_ms=at_ms))


def events_of(connection: Connection, workspace_id: int, register: str, entry_id: int) -> list[Event]:
    """Oldest first."""
    entry = register_event.c.register == register, register_event.c.entry_id == entry_id
    mine = register_event.select().where(register_event.c.workspace_id == workspace_id, *entry)
    rows = connection.execute(mine.order_by(register_event.c.event_id))
    return [Event(row.at_ms, row.who, row.status, row.why) for row in rows]


def one(connection: Connection, table: Table, workspace_id: int, entry_id: int) -> Any:
    """The row of an entry. Raises NotFoundError, also when it belongs to another workspace."""
    key = next(iter(table.primary_key.columns))
    row = connection.execute(table.select().where(table.c.workspace_id == workspace_id, key == entry_id)).first()
    if row is None:
        raise NotFoundError("understood.no_entry", kind=table.name, asked=entry_id)
    return row


def update(connection: Connection, table: Table, workspace_id: int, entry_id: int, values: dict[str, Any]) -> None:
    """Raises NotFoundError."""
    one(connection, table, workspace_id, entry_id)
    key = next(iter(table.primary_key.columns))
    connection.execute(table.update().where(key == entry_id).values(**values))


def insert(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    """The id of the new row."""
    return int(connection.execute(table.insert().values(**values)).inserted_primary_key[0])  # type: ignore[index]


def remove(connection: Connection, table: Table, workspace_id: int, entry_id: int) -> None:
    """An entry with its posts and its history. Raises NotFoundError."""
    one(connection, table, workspace_id, entry_id)
    key = next(iter(table.primary_key.columns))
    for part in (register_post, register_event):
        mine = part.c.register == table.name, part.c.entry_id == entry_id
        connection.execute(part.delete().where(*mine))
    connection.execute(table.delete().where(key == entry_id))


def one_of(value: str, known: Iterable[str], field: str) -> str:
    """The value, if it is one of the known. Raises InputError."""
    if value not in known:
        raise InputError("understood.not_one_of", field=field, value=value, known=", ".join(known))
    return value


def rows_of(connection: Connection, table: Table, workspace_id: int) -> int:
    mine = table.c.workspace_id == workspace_id
    return int(connection.execute(select(func.count()).select_from(table).where(mine)).scalar_one())
