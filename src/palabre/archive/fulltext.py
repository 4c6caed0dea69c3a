"""The full-text index: which posts hold which folded keys. Keys come ready made; the database never tokenises.

Every key is stored as ``<workspace_id>:<key>``, so that no question can cross workspaces and a count needs no join.
Beside its words a post has keys for the watches that want it and for its network, language and kind (they begin with a
control character, which no word can hold): a search within a watch is one look into the index. Measured, 10,000
watches, 5 mentions a post: half the time and a sixth of the writes of a B-tree by watch, which grows worse with size.

SQLite: FTS5, contentless, detail=none (a sieve asks only "is this key there"); the words are kept beside it in
``post_token`` because a contentless index can only forget what it is told word for word. The tokenizer `ascii` with
every ASCII sign as a token character splits at spaces alone, so emoji, CJK and signs stay whole.
PostgreSQL: a ``tsvector`` made of the very keys, with a GIN index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, column, func, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.sql import cast

from palabre.archive.bulk import among, copy_rows, insert_missing
from palabre.archive.tables import mention, post
from palabre.model import SieveAll, SieveAny, SieveEverything, SieveNode, SieveTerm

KEY_CHARS_MAX = 200  # longer keys are cut, on both sides alike; a lexeme of PostgreSQL holds 2046 bytes
KEYS_BYTES_MAX = 400_000  # of one post; a tsvector holds 1 MB. A longer post is found by WHOLE and verified
WATCH, NETWORK, LANG, KIND = "\u0002w", "\u0002n", "\u0002l", "\u0002k"  # before what they name
WHOLE = "\u0001"  # the key of posts too long to be indexed: every sieve lets them through

ODD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]|  | \n|\n ")  # what a line of clean keys has not
SEPARATORS = re.compile(r"[\x00-\x20\x7f]+")

vector: ColumnElement[Any] = literal_column("post_fts.keys", TSVECTOR)
index = table("post_fts", column("rowid", BigInteger), column("post_id", BigInteger), column("keys"))
token = table("post_token", column("post_id", BigInteger), column("keys"))


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
    return texts if all_clean(texts) else list(map(stored_keys, texts))


def all_clean(texts: Sequence[str]) -> bool:
    """No separator but single spaces between keys, no long key, not too many keys in one text."""
    whole = "\n".join(texts)
    if whole.count("\n") != len(texts) - 1 or ODD.search(whole) or whole[:1] == " " or whole[-1:] == " ":
        return False
    longest = max(map(len, whole.replace("\n", " ").split(" ")))
    return longest <= KEY_CHARS_MAX and max(map(len, texts)) <= KEYS_BYTES_MAX // 4


def own(workspace_id: int, keys: str) -> str:
    """Keys with the workspace in front of each."""
    mark = f"{workspace_id}:"
    return mark + keys.replace(" ", f" {mark}")


def owned(workspace_id: int, texts: Sequence[str]) -> list[str]:
    """`own` of many at once. No key holds a line end."""
    return own(workspace_id, "\n".join(texts)).replace("\n", f"\n{workspace_id}:").split("\n") if texts else []


def named(mark: str, value: object) -> str:
    """The key of a fact beside the words."""
    return mark + SEPARATORS.sub("_", str(value))[: KEY_CHARS_MAX - 2]


def facts(network: str, lang: str, kind: str, watches: Iterable[int]) -> str:
    """The keys of a post beside its words."""
    marks = " ".join([f"{WATCH}{watch}" for watch in watches])
    return f"{place(network, lang, kind)} {marks}" if marks else place(network, lang, kind)


@lru_cache(maxsize=10_000)
def place(network: str, lang: str, kind: str) -> str:
    return " ".join((named(NETWORK, network), named(LANG, lang), named(KIND, kind)))


def add(
    connection: Connection, workspace_id: int, ids: Sequence[int], texts: Sequence[str], beside: Sequence[str]
) -> None:
    """Indexes posts that are not in the index; texts: their words, beside: their `facts`."""
    words = clean_keys(texts)
    if connection.dialect.name == "sqlite":
        rows = list(zip(ids, words, strict=True))
        connection.exec_driver_sql("INSERT INTO post_token (post_id, keys) VALUES (?, ?)", rows)
    lines = [f"{fact} {keys}" if keys else fact for fact, keys in zip(beside, words, strict=True)]
    put(connection, zip(ids, owned(workspace_id, lines), strict=True))


def put(connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
    """(post_id, all its keys) into the index."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO post_fts (rowid, keys) VALUES (?, ?)", list(rows))
    else:
        copy_rows(connection, "post_fts", ("post_id", "keys"), ((i, vector_text(keys)) for i, keys in rows))


def entries(connection: Connection, workspace_id: int, ids: Sequence[int]) -> list[tuple[int, str]]:
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
        found.append((post_id, own(workspace_id, f"{fact} {keys}" if keys else fact)))
    return found


def forget(connection: Connection, workspace_id: int, ids: Sequence[int]) -> None:
    """Takes posts out of the index, before their rows change or go; their words stay in ``post_token``."""
    if connection.dialect.name != "sqlite":
        connection.execute(index.delete().where(among(connection, index.c.post_id, ids)))
        return
    rows = entries(connection, workspace_id, ids)
    if rows:
        connection.exec_driver_sql("INSERT INTO post_fts (post_fts, rowid, keys) VALUES ('delete', ?, ?)", rows)


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
        connection.exec_driver_sql("INSERT INTO post_fts (post_fts) VALUES ('optimize')")


def vector_text(keys: str) -> str:
    """Keys as the text form of a tsvector without positions."""
    return " ".join(map(quoted, keys.split(" "))) if keys else ""


def quoted(key: str) -> str:
    """A lexeme in tsvector or tsquery text."""
    return "'" + key.replace("\\", "\\\\").replace("'", "''") + "'"


# asking


def is_key(key: str) -> bool:
    """Words hold no separator; our own marks hold one, in front."""
    return bool(key) and not SEPARATORS.search(key.removeprefix("\u0002"))


def simplified(node: SieveNode) -> SieveNode | None:
    """Without the parts that let everything through; None: everything gets through."""
    if isinstance(node, SieveTerm):
        return node if is_key(node.key) else None
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


def matches(connection: Connection, node: SieveNode, workspace_id: int, *, words: bool = True) -> ColumnElement[bool]:
    """The condition on `index`, with one bound value. words: the node asks for words, which too long posts may hold."""
    sqlite = connection.dialect.name == "sqlite"
    asked = literal((question if words else expression)(node, workspace_id, sqlite))
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
    wanted = matches(connection, SieveTerm(named(WATCH, watch_id)), workspace_id, words=False)
    key = index_id(connection)
    query = select(key).select_from(index).where(wanted).order_by(key.desc()).limit(limit)
    if lowest:
        query = query.where(key >= lowest)
    return list(connection.execute(query.where(key < before) if before else query).scalars())


def keys_fit(node: SieveNode) -> bool:
    """No key of the sieve had to be cut or left out."""
    if isinstance(node, SieveTerm):
        return is_key(node.key) and len(node.key) <= KEY_CHARS_MAX
    return isinstance(node, SieveEverything) or all(map(keys_fit, node.parts))


def has_whole_posts(connection: Connection, workspace_id: int) -> bool:
    """Is there any post too long for the index?"""
    there = select(index_id(connection)).select_from(index).limit(1)
    wanted = matches(connection, SieveTerm(WHOLE), workspace_id, words=False)
    return connection.execute(there.where(wanted)).first() is not None
