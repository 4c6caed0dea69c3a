"""Rows of the ledger as posts: one at a time, or a POSTS batch for the matching engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import pyarrow as pa
from sqlalchemy import Connection, Row, Select, select

from palabre.archive.bulk import among
from palabre.archive.columns import NO_URI
from palabre.archive.tables import account, mention, post
from palabre.archive.types import PostRow
from palabre.batches import LISTS, post_of
from palabre.model import POSTS

BOOKKEEPING = ("post_id", "workspace_id", "source_id", "heard_ms", "sort_ms", "revisions")
ACCOUNT = {"account_uri": "uri", "account_handle": "handle", "account_name": "name", "account_url": "url"}
CONVERTED = {"verified": bool, "sensitive": bool}


def column_of(name: str) -> Any:
    """Where a column of POSTS lies."""
    return (account.c[ACCOUNT[name]] if name in ACCOUNT else post.c[name]).label(name)


def post_query() -> Select[Any]:
    """Bookkeeping columns, then those of POSTS."""
    own = [post.c[name] for name in BOOKKEEPING]
    theirs = [column_of(name) for name in POSTS.names]
    return select(*own, *theirs).select_from(post.outerjoin(account, account.c.account_id == post.c.account_id))


def rows_by_id(connection: Connection, workspace_id: int, ids: Sequence[int]) -> list[Row[Any]]:
    """Rows of post_query, in the order of ids; those of another workspace are left out."""
    # The workspace is compared here: asked beside the ids, SQLite walks all posts of the workspace instead.
    query = post_query().where(among(connection, post.c.post_id, ids))
    found = {row[0]: row for row in connection.execute(query).all() if row[1] == workspace_id}
    return [found[post_id] for post_id in ids if post_id in found]


def batch_by_id(
    connection: Connection, workspace_id: int, ids: Sequence[int], columns: Sequence[str]
) -> tuple[list[int], pa.RecordBatch]:
    """Some columns of POSTS for posts of a workspace, in no order: their post_ids, and the batch."""
    own = post.c.post_id, post.c.workspace_id
    ground = post.outerjoin(account, account.c.account_id == post.c.account_id) if ACCOUNT.keys() & columns else post
    query = select(*own, *map(column_of, columns)).select_from(ground).where(among(connection, post.c.post_id, ids))
    rows = [row for row in connection.execute(query).all() if row[1] == workspace_id]  # see rows_by_id
    values = list(zip(*rows, strict=True)) or [()] * (2 + len(columns))
    arrays = [
        pa.array(plain_column(name, list(found)), POSTS.field(name).type)
        for name, found in zip(columns, values[2:], strict=True)
    ]
    return list(values[0]), pa.RecordBatch.from_arrays(
        arrays, schema=pa.schema([POSTS.field(name) for name in columns])
    )


def plain_value(name: str, value: Any) -> Any:
    """A value as POSTS has it."""
    if name in LISTS:
        return orjson.loads(value) if value else []
    if name in CONVERTED:
        return bool(value)
    if name == "account_uri" and value and value.startswith(NO_URI):
        return ""
    return "" if value is None and name in ACCOUNT else value


def plain_column(name: str, values: Sequence[Any]) -> Sequence[Any]:
    """A column as POSTS has it; one without anything to convert is given back as it is."""
    if name in LISTS and not any(values):
        return [[]] * len(values)
    return (
        [plain_value(name, value) for value in values]
        if name in LISTS or name in CONVERTED or name in ACCOUNT
        else values
    )


def watches_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[int]]:
    """post_id -> the watches that want it, by id."""
    found: dict[int, list[int]] = {}
    query = mention.select().where(among(connection, mention.c.post_id, ids)).order_by(mention.c.watch_id)
    for post_id, watch_id in connection.execute(query):
        found.setdefault(post_id, []).append(watch_id)
    return found


def post_rows(connection: Connection, rows: Iterable[Row[Any]]) -> list[PostRow]:
    """Rows of post_query as PostRow, in order."""
    given = list(rows)
    watches = watches_of(connection, [row[0] for row in given])
    return [post_row(row, watches.get(row[0], ())) for row in given]


def post_row(row: Row[Any], watches: Sequence[int]) -> PostRow:
    own = dict(zip(BOOKKEEPING, row, strict=False))
    theirs = {name: plain_value(name, row[len(BOOKKEEPING) + i]) for i, name in enumerate(POSTS.names)}
    return PostRow(**own, post=post_of(theirs), watch_ids=tuple(watches))
