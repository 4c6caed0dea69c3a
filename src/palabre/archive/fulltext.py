"""The full-text index: which posts hold which folded keys. Keys come ready made; the database never tokenises.

Every key is stored as ``<workspace_id>:<key>``, so that no question can cross workspaces and a count needs no join.
Beside its words a post has keys for the watches that want it and for its network, language and kind (they begin with a
control character, which no word can hold): a search within a watch is one look into the index. Measured, 10,000
watches, 5 mentions a post: half the time and a sixth of the writes of a B-tree by watch, which grows worse with size.

SQLite: FTS5, contentless, with places (detail=full), so that phrases and nearness are asked of it like words. Its
columns are the parts of `index_keys.Parts`. A ledger of before schema 0006 has an index without places (`has_places`),
whose candidates are looked at one by one, until upkeep has made it anew (`reindex`). The words are kept beside it in
``post_token`` because a contentless index can only forget what it is told word for word. The tokenizer `ascii` with
every ASCII sign as a token character splits at spaces alone, so emoji, CJK and signs stay whole.
PostgreSQL: a ``tsvector`` made of the very keys, with a GIN index; no places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, column, func, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.sql import cast

from palabre.archive.bulk import among, copy_rows, insert_missing
from palabre.archive.index_keys import (
    WATCH,
    Parts,
    clean_keys,
    facts,
    joined,
    named,
    own,
    placed,
    placed_all,
    vector_text,
)
from palabre.archive.ledger import counter_value
from palabre.archive.sieved import expression
from palabre.archive.tables import mention, post
from palabre.model import SieveNode, SieveTerm

vector: ColumnElement[Any] = literal_column("post_fts.keys", TSVECTOR)
# ! to ~ without letters and digits, as the tokenizer wants them written, and the two marks of our own keys.
SIGNS = """!""#$%&''()*+,-./:;<=>?@[\\]^_`{|}~""" + "\x01\x02"
NEW = "post_fts_new"  # the index with places, while it is made
index = table("post_fts", column("rowid", BigInteger), column("post_id", BigInteger), column("keys"))
token = table("post_token", column("post_id", BigInteger), column("keys"))


def secure_delete_known(connection: Connection) -> bool:
    """SQLite 3.42 and newer overwrite what leaves the index at once; older ones when it is optimised."""
    version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    return tuple(map(int, str(version).split("."))) >= (3, 42)


def has_places(connection: Connection) -> bool:
    """Whether the index knows where in a post its keys stand."""
    return connection.dialect.name == "sqlite" and counter_value(connection, "places") > 0


def create(connection: Connection, name: str) -> None:
    """An empty index with places (SQLite)."""
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {name} USING fts5 (keys, title, beside, content='', detail=full, columnsize=0, "
        f"tokenize=\"ascii tokenchars '{SIGNS}'\")"
    )
    options = {"automerge": 8} | ({"secure-delete": 1} if secure_delete_known(connection) else {})
    for option, value in options.items():
        connection.exec_driver_sql(f"INSERT INTO {name} ({name}, rank) VALUES ('{option}', {value})")  # noqa: S608


# writing


def add(
    connection: Connection, workspace_id: int, ids: Sequence[int], texts: Sequence[str], beside: Sequence[str]
) -> None:
    """Indexes posts that are not in the index; texts: their words, beside: their `facts`."""
    words = clean_keys(texts)
    if connection.dialect.name == "sqlite":
        rows = list(zip(ids, words, strict=True))
        connection.exec_driver_sql("INSERT INTO post_token (post_id, keys) VALUES (?, ?)", rows)
    put(connection, list(zip(ids, placed_all(workspace_id, words, beside), strict=True)))


def put(connection: Connection, rows: Sequence[tuple[int, Parts]]) -> None:
    """(post_id, all its keys) into the index."""
    if connection.dialect.name == "sqlite":
        tell(connection, rows)
    else:
        copy_rows(connection, "post_fts", ("post_id", "keys"), ((i, vector_text(joined(parts))) for i, parts in rows))


def tell(connection: Connection, rows: Sequence[tuple[int, Parts]], *, forget: bool = False) -> None:
    """Rows for FTS5 to know or to forget; and for the index that takes its place, as far as that one has come."""
    if has_places(connection):
        tell_places(connection, "post_fts", rows, forget=forget)
        return
    flat = [(post_id, joined(parts)) for post_id, parts in rows]
    connection.exec_driver_sql(statement("post_fts", ("keys",), forget), flat)
    upto = counter_value(connection, "replaced")
    tell_places(connection, NEW, [row for row in rows if row[0] <= upto], forget=forget)


def tell_places(connection: Connection, name: str, rows: Sequence[tuple[int, Parts]], *, forget: bool = False) -> None:
    if rows:
        flat = [(post_id, *parts) for post_id, parts in rows]
        connection.exec_driver_sql(statement(name, ("keys", "title", "beside"), forget), flat)


def statement(name: str, columns: Sequence[str], forget: bool) -> str:
    """FTS5 takes its commands as an insert into a column of its own name."""
    names, marks = ", ".join(("rowid", *columns)), ", ".join("?" * (1 + len(columns)))
    if forget:
        names, marks = f"{name}, {names}", f"'delete', {marks}"
    return f"INSERT INTO {name} ({names}) VALUES ({marks})"  # noqa: S608  # names are ours


def entries(connection: Connection, workspace_id: int, ids: Sequence[int]) -> list[tuple[int, Parts]]:
    """(post_id, all its keys) as the tables say now. SQLite only: PostgreSQL need not be told what to forget."""
    chosen = among(connection, post.c.post_id, ids)
    watches: dict[int, list[int]] = {}
    for post_id, watch_id in connection.execute(mention.select().where(among(connection, mention.c.post_id, ids))):
        watches.setdefault(post_id, []).append(watch_id)
    columns = post.c.workspace_id, post.c.post_id, post.c.network, post.c.lang, post.c.kind, token.c["keys"]
    joined = select(*columns).join(token, token.c.post_id == post.c.post_id)
    found = []
    for owner, post_id, network, lang, kind, keys in connection.execute(joined.where(chosen)).all():
        if owner != workspace_id:  # compared here: see rows_by_id
            continue
        fact = facts(network, lang, kind, watches.get(post_id, ()))
        found.append((post_id, placed(workspace_id, keys, fact)))
    return found


def forget(connection: Connection, workspace_id: int, ids: Sequence[int]) -> None:
    """Takes posts out of the index, before their rows change or go; their words stay in ``post_token``."""
    if connection.dialect.name != "sqlite":
        connection.execute(index.delete().where(among(connection, index.c.post_id, ids)))
        return
    rows = entries(connection, workspace_id, ids)
    if rows:
        tell(connection, rows, forget=True)


def remove(connection: Connection, workspace_id: int, ids: Sequence[int]) -> None:
    """Takes posts and their words out, before their rows change or go."""
    forget(connection, workspace_id, ids)
    if connection.dialect.name == "sqlite":
        connection.execute(token.delete().where(among(connection, token.c.post_id, ids)))


def change_mentions(
    connection: Connection, workspace_id: int, watch_id: int, lost: Sequence[int], won: Sequence[int]
) -> None:
    """A watch no longer wants some posts, and wants others: in the table and in the index."""
    ids = [*lost, *won]
    if not ids:
        return
    if connection.dialect.name == "sqlite":
        forget(connection, workspace_id, ids)
    mine = mention.c.watch_id == watch_id, among(connection, mention.c.post_id, lost)
    connection.execute(mention.delete().where(*mine))
    insert_missing(connection, mention, ("post_id", "watch_id"), [(post_id, watch_id) for post_id in won])
    if connection.dialect.name == "sqlite":
        put(connection, entries(connection, workspace_id, ids))
        return
    key = own(workspace_id, named(WATCH, watch_id))
    for chosen, change in ((lost, func.ts_delete(vector, key)), (won, vector.op("||")(func.array_to_tsvector([key])))):
        if chosen:
            connection.execute(index.update().where(among(connection, index.c.post_id, chosen)).values(keys=change))


def optimise(connection: Connection) -> None:
    """Rewrites the whole FTS5 index, which removes the words of deleted posts (14 CPU s for 10 million posts)."""
    if connection.dialect.name == "sqlite":
        for name in ("post_fts", NEW) if counter_value(connection, "replaced") else ("post_fts",):
            connection.exec_driver_sql(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608  # names are ours


# asking


def words_of(connection: Connection, workspace_id: int, ids: Sequence[int]) -> dict[int, str]:
    """post_id -> keys, as they were indexed, with spaces between; in PostgreSQL also those beside the words."""
    if connection.dialect.name == "sqlite":
        query = select(token.c.post_id, token.c["keys"]).where(among(connection, token.c.post_id, ids))
        return {row.post_id: row[1] for row in connection.execute(query)}
    keys = func.array_to_string(func.tsvector_to_array(vector), " ")
    query = select(index.c.post_id, keys).where(among(connection, index.c.post_id, ids))
    mark = f"{workspace_id}:"
    return {post_id: keys.removeprefix(mark).replace(f" {mark}", " ") for post_id, keys in connection.execute(query)}


def matches(connection: Connection, node: SieveNode, workspace_id: int) -> ColumnElement[bool]:
    """The condition on `index`, with one bound value."""
    sqlite = connection.dialect.name == "sqlite"
    asked = literal(expression(node, workspace_id, sqlite))
    if sqlite:
        return literal_column("post_fts").op("MATCH")(asked)
    return vector.op("@@")(cast(asked, TSQUERY))


def index_id(connection: Connection) -> ColumnElement[int]:
    """The column of `index` that holds the post_id."""
    return index.c.rowid if connection.dialect.name == "sqlite" else index.c.post_id


def posts_of_watch(
    connection: Connection, workspace_id: int, watch_id: int, *, before: int = 0, lowest: int = 0, limit: int = 1_000
) -> list[int]:
    """post_ids that a watch wants in [lowest, before), newest first; before 0: from the newest."""
    wanted = matches(connection, SieveTerm(named(WATCH, watch_id)), workspace_id)
    key = index_id(connection)
    query = select(key).select_from(index).where(wanted).order_by(key.desc()).limit(limit)
    if lowest:
        query = query.where(key >= lowest)
    return list(connection.execute(query.where(key < before) if before else query).scalars())
