"""What belongs to a person, and how each piece of it leaves. Inside a write()."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import zstandard
from sqlalchemy import Connection, func, or_, select

from palabre.archive.account_names import forget_names
from palabre.archive.bulk import among
from palabre.archive.removal import mark_dirty, remove_posts
from palabre.archive.tables import account, mention, post, quarantine, raw, revision, tombstone
from palabre.archive.types import Erasure
from palabre.archive.understood import source_mark

REFERENCES = ("parent", "root", "reshare_of", "quote_of")
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Person:
    """Accounts of one person in one workspace; uris, handles: all their spellings, for look-ups in raw bytes."""

    account_ids: tuple[int, ...]
    networks: tuple[str, ...]
    uris: tuple[str, ...]
    handles: tuple[str, ...]


def find_person(connection: Connection, workspace_id: int, who: str, network: str = "") -> Person:
    """Accounts whose uri, profile address or handle is ``who``; the handle with or without @, in any case."""
    handle = who.lstrip("@").lower()
    asked = or_(account.c.uri == who, account.c.url == who, func.lower(account.c.handle) == handle)
    query = account.select().where(account.c.workspace_id == workspace_id, asked)
    if network:
        query = query.where(account.c.network == network)
    rows = connection.execute(query).all()
    uris = dict.fromkeys([*(row.uri for row in rows), *([who] if ":" in who else [])])
    handles = dict.fromkeys([*(row.handle for row in rows if row.handle), *([] if ":" in who else [who.lstrip("@")])])
    networks = dict.fromkeys([*(row.network for row in rows), *([network] if network else [])])
    return Person(tuple(row.account_id for row in rows), tuple(networks), tuple(uris), tuple(handles))


def posts_of(connection: Connection, workspace_id: int, person: Person) -> dict[int, str]:
    """post_id -> uri of what they published, and of bare reshares of it (those hold their words)."""
    written = select(post.c.post_id, post.c.uri).where(
        post.c.workspace_id == workspace_id, among(connection, post.c.account_id, person.account_ids)
    )
    found: dict[int, str] = {row[0]: row[1] for row in connection.execute(written)}
    uris = list(found.values())
    for start in range(0, len(uris), CHUNK):
        part = among(connection, post.c.reshare_of, uris[start : start + CHUNK])
        reshares = select(post.c.post_id, post.c.uri).where(post.c.workspace_id == workspace_id, part)
        found |= {row[0]: row[1] for row in connection.execute(reshares)}
    return found


def count_of(connection: Connection, table: Any, ids: Sequence[int]) -> int:
    query = select(func.count()).select_from(table).where(among(connection, table.c.post_id, ids))
    return int(connection.execute(query).scalar_one())


def erase_posts(connection: Connection, workspace_id: int, ids: Sequence[int]) -> Erasure:
    """Posts with everything that hangs on them."""
    gone = Erasure(
        revisions=count_of(connection, revision, ids),
        raw=count_of(connection, raw, ids),
        mentions=count_of(connection, mention, ids),
        posts=remove_posts(connection, workspace_id, ids),
    )
    return gone


def cut_references(connection: Connection, workspace_id: int, uris: Sequence[str], person: Person) -> Erasure:
    """Other people's posts stay, but no longer point to the person: references, lists of mentions, raw bytes."""
    names = {spelling.lower() for spelling in (*person.uris, *person.handles)}
    touched: set[int] = set()
    for start in range(0, len(uris), CHUNK):
        touched |= pointing_at(connection, workspace_id, uris[start : start + CHUNK])
    touched |= drop_from_mentions(connection, workspace_id, names)
    ids = sorted(touched)
    raws = connection.execute(raw.delete().where(among(connection, raw.c.post_id, ids))).rowcount if ids else 0
    mark_dirty(connection, workspace_id, ids)
    return Erasure(raw=raws)


def pointing_at(connection: Connection, workspace_id: int, uris: Sequence[str]) -> set[int]:
    """Empties references to these uris; ids of the posts that had one."""
    touched: set[int] = set()
    for name in REFERENCES:
        column = post.c[name]
        change = post.update().where(post.c.workspace_id == workspace_id, column != "", among(connection, column, uris))
        touched |= set(connection.execute(change.values({name: ""}).returning(post.c.post_id)).scalars())
    return touched


def drop_from_mentions(connection: Connection, workspace_id: int, names: Iterable[str]) -> set[int]:
    """Takes a person out of the lists of accounts that posts mention; ids of those posts."""
    wanted = set(names)
    touched: set[int] = set()
    for name in wanted:
        inside = func.lower(post.c.mentions).contains(orjson.dumps(name).decode()[1:-1], autoescape=True)
        query = select(post.c.post_id, post.c.mentions).where(post.c.workspace_id == workspace_id, inside)
        for post_id, text in connection.execute(query).all():
            left = [entry for entry in orjson.loads(text) if entry.lower().lstrip("@") not in wanted]
            changed = orjson.dumps(left).decode() if left else ""
            if changed != text:
                connection.execute(post.update().where(post.c.post_id == post_id).values(mentions=changed))
                touched.add(post_id)
    return touched


def erase_quarantined(connection: Connection, workspace_id: int, spellings: Sequence[str]) -> int:
    """Quarantined items whose bytes name the person; how many."""
    marks = {form.lower() for spelling in spellings for form in byte_forms(spelling)}
    query = select(quarantine).where(quarantine.c.workspace_id == workspace_id)
    ids = [row.quarantine_id for row in connection.execute(query) if names_person(row, marks)]
    mine = among(connection, quarantine.c.quarantine_id, ids)
    return int(connection.execute(quarantine.delete().where(mine)).rowcount) if ids else 0


def byte_forms(spelling: str) -> set[bytes]:
    """How a uri or a handle may stand in bytes: as it is, and in the ways JSON writes it."""
    plain = spelling.encode()
    escaped = spelling.encode("ascii", "backslashreplace")
    return {plain, escaped, plain.replace(b"/", b"\\/"), escaped.replace(b"/", b"\\/")} - {b""}


def names_person(row: Any, marks: Iterable[bytes]) -> bool:
    body = zstandard.decompress(row.body).lower() if row.body else b""
    beside = (row.note + row.params).lower().encode()
    return any(mark in body or mark in beside for mark in marks)


def erase_tombstones(connection: Connection, workspace_id: int, uris: Sequence[str]) -> list[str]:
    """Tombstones whose uri begins with the person's; their uris, to be suppressed by key instead."""
    gone: list[str] = []
    for uri in uris:
        mine = tombstone.c.workspace_id == workspace_id, tombstone.c.uri.startswith(uri, autoescape=True)
        gone += connection.execute(tombstone.delete().where(*mine).returning(tombstone.c.uri)).scalars().all()
    return gone


def erase_accounts(connection: Connection, workspace_id: int, person: Person) -> int:
    chosen = among(connection, account.c.account_id, person.account_ids)
    rows = connection.execute(account.select().where(chosen)).all()
    forget_names(connection, workspace_id, {row.account_id: (row.uri, row.handle, row.name) for row in rows})
    return int(connection.execute(account.delete().where(chosen)).rowcount)


def erase_marks(connection: Connection, workspace_id: int, uris: Sequence[str]) -> None:
    """What members said of the person as a source."""
    mine = source_mark.c.workspace_id == workspace_id, among(connection, source_mark.c.name, uris)
    connection.execute(source_mark.delete().where(*mine))
