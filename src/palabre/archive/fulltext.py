"""The full-text index: which posts hold which folded keys. Keys come ready made; the database never tokenises.

Every key is stored as ``<workspace_id>:<key>``, so that no question can cross workspaces and a count needs no join.
SQLite: FTS5, contentless, detail=none (a sieve asks only "is this key there"); the keys are kept beside it in
``post_token`` because a contentless index can only forget what it is told word for word. The tokenizer `ascii` with
every ASCII sign as a token character splits at spaces alone, so emoji, CJK and signs stay whole.
PostgreSQL: a ``tsvector`` made of the very keys, with a GIN index.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, column, literal, literal_column, table
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.sql import cast

from palabre.archive.bulk import among, copy_rows
from palabre.model import SieveAll, SieveAny, SieveEverything, SieveNode, SieveTerm

KEY_CHARS_MAX = 200  # longer keys are cut, on both sides alike; a lexeme of PostgreSQL holds 2046 bytes
KEYS_BYTES_MAX = 400_000  # of one post; a tsvector holds 1 MB. A longer post is found by WHOLE and verified
WHOLE = "\u0001"  # the key of posts too long to be indexed: every sieve lets them through

LONG_KEY = re.compile(rf"\S{{{KEY_CHARS_MAX + 1},}}")
SEPARATORS = re.compile(r"[\x00-\x20\x7f]+")

index = table("post_fts", column("rowid"), column("post_id"), column("keys"))
token = table("post_token", column("post_id"), column("keys"))
SIGNS = string.punctuation.replace("'", "''").replace('"', '""')

CREATE_SQLITE = (
    "CREATE TABLE post_token (post_id INTEGER PRIMARY KEY REFERENCES post (post_id), keys TEXT NOT NULL)",
    "CREATE VIRTUAL TABLE post_fts USING fts5 (keys, content='', detail=none, columnsize=0, "
    f"tokenize=\"ascii tokenchars '{SIGNS}{chr(1)}'\")",
)
CREATE_POSTGRESQL = (
    "CREATE TABLE post_fts (post_id bigint PRIMARY KEY REFERENCES post (post_id), keys tsvector NOT NULL)",
    "CREATE INDEX ix_post_fts ON post_fts USING gin (keys)",
)


def create(connection: Connection) -> None:
    """Makes the index in an empty ledger."""
    for sql in CREATE_SQLITE if connection.dialect.name == "sqlite" else CREATE_POSTGRESQL:
        connection.exec_driver_sql(sql)
    if connection.dialect.name == "sqlite" and secure_delete_known(connection):
        connection.exec_driver_sql("INSERT INTO post_fts (post_fts, rank) VALUES ('secure-delete', 1)")


def secure_delete_known(connection: Connection) -> bool:
    """SQLite 3.42 and newer overwrite what leaves the index at once; older ones when it is optimised."""
    version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    return tuple(map(int, str(version).split("."))) >= (3, 42)


# writing


def stored_keys(keys: str) -> str:
    """The keys of one post as they are indexed: separated by one space, cut, or WHOLE when there are too many."""
    if len(keys) > KEYS_BYTES_MAX // 4 and len(keys.encode()) > KEYS_BYTES_MAX:
        return WHOLE
    return " ".join(key[:KEY_CHARS_MAX] for key in SEPARATORS.split(keys) if key)


def clean_keys(texts: Sequence[str]) -> Sequence[str]:
    """stored_keys of a batch; one look at all of them together usually shows that nothing needs to be done."""
    everything = " ".join(texts)
    if len(everything) < KEYS_BYTES_MAX // 4 and not LONG_KEY.search(everything) and everything.isprintable():
        return texts
    return [stored_keys(text) for text in texts]


def own(workspace_id: int, keys: str) -> str:
    """Keys with the workspace in front of each."""
    mark = f"{workspace_id}:"
    return mark + keys.replace(" ", f" {mark}") if keys else ""


def add(connection: Connection, workspace_id: int, ids: Sequence[int], texts: Sequence[str]) -> None:
    """Indexes posts that are not in the index yet."""
    rows = list(zip(ids, clean_keys(texts), strict=True))
    if connection.dialect.name != "sqlite":
        vectors = ((post_id, vector_text(own(workspace_id, keys))) for post_id, keys in rows)
        copy_rows(connection, "post_fts", ("post_id", "keys"), vectors)
        return
    connection.exec_driver_sql("INSERT INTO post_token (post_id, keys) VALUES (?, ?)", rows)
    owned = [(post_id, own(workspace_id, keys)) for post_id, keys in rows]
    connection.exec_driver_sql("INSERT INTO post_fts (rowid, keys) VALUES (?, ?)", owned)


def remove(connection: Connection, workspace_id: int, ids: Sequence[int]) -> None:
    """Takes posts out of the index."""
    if connection.dialect.name != "sqlite":
        connection.execute(index.delete().where(among(connection, index.c.post_id, ids)))
        return
    mine = among(connection, token.c.post_id, ids)
    rows = [(row.post_id, own(workspace_id, row.keys)) for row in connection.execute(token.select().where(mine))]
    if rows:
        connection.exec_driver_sql("INSERT INTO post_fts (post_fts, rowid, keys) VALUES ('delete', ?, ?)", rows)
        connection.execute(token.delete().where(mine))


def optimise(connection: Connection) -> None:
    """Rewrites the whole FTS5 index, which removes the words of deleted posts (14 CPU s for 10 million posts)."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO post_fts (post_fts) VALUES ('optimize')")


def vector_text(keys: str) -> str:
    """Keys as the text form of a tsvector without positions."""
    return " ".join(map(quoted, keys.split(" "))) if keys else ""


def quoted(key: str) -> str:
    """A lexeme in tsvector or tsquery text."""
    return "'" + key.replace("\\", "\\\\").replace("'", "''") + "'"


# asking


def simplified(node: SieveNode) -> SieveNode | None:
    """Without the parts that let everything through; None: everything gets through."""
    if isinstance(node, SieveTerm):
        return None if not node.key or SEPARATORS.search(node.key) else node
    if isinstance(node, SieveEverything):
        return None
    parts = [simplified(part) for part in node.parts]
    kept = tuple(part for part in parts if part is not None)
    if isinstance(node, SieveAny):
        return SieveAny(kept) if len(kept) == len(parts) else None
    return SieveAll(kept) if kept else None


def expression(node: SieveNode, workspace_id: int, sqlite: bool) -> str:
    """A simplified sieve in the language of the index. Every key is quoted; it is bound as one value."""
    if isinstance(node, SieveTerm):
        return term_text(node, workspace_id, sqlite)
    if isinstance(node, SieveEverything):
        raise ValueError("simplify the sieve first")
    joint = {True: (" AND ", " OR "), False: (" & ", " | ")}[sqlite][isinstance(node, SieveAny)]
    if not node.parts:
        return term_text(SieveTerm("\u0002"), workspace_id, sqlite)  # an empty choice: no post holds this key
    return "(" + joint.join(expression(part, workspace_id, sqlite) for part in node.parts) + ")"


def term_text(term: SieveTerm, workspace_id: int, sqlite: bool) -> str:
    key = f"{workspace_id}:{term.key[:KEY_CHARS_MAX]}"
    if sqlite:
        return '"' + key.replace('"', '""') + '"' + (" *" if term.prefix else "")
    return quoted(key) + (":*" if term.prefix else "")


def question(node: SieveNode, workspace_id: int, sqlite: bool) -> str:
    """The whole question: the sieve, or a post too long to be indexed."""
    whole = term_text(SieveTerm(WHOLE), workspace_id, sqlite)
    return f"{expression(node, workspace_id, sqlite)} {'OR' if sqlite else '|'} {whole}"


def matches(connection: Connection, node: SieveNode, workspace_id: int) -> ColumnElement[bool]:
    """The condition on `index`, with one bound value."""
    sqlite = connection.dialect.name == "sqlite"
    asked = literal(question(node, workspace_id, sqlite))
    if sqlite:
        return literal_column("post_fts").op("MATCH")(asked)
    found: ColumnElement[Any] = literal_column("post_fts.keys", TSVECTOR)
    return found.op("@@")(cast(asked, TSQUERY))


def index_id(connection: Connection) -> ColumnElement[int]:
    """The column of `index` that holds the post_id."""
    return index.c.rowid if connection.dialect.name == "sqlite" else index.c.post_id
