"""New posts into the tables, and posts that were taken back out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from palabre.archive import fulltext, index_keys
from palabre.archive.accounts import author_ids
from palabre.archive.bulk import among, insert_columns, insert_missing, insert_rows
from palabre.archive.departed import POSTS_A_STEP, departed, take_back_some
from palabre.archive.facts import note_facts
from palabre.archive.ledger import next_ids
from palabre.archive.prepared import Prepared
from palabre.archive.readings import insert_readings, note_unread
from palabre.archive.removal import remove_posts
from palabre.archive.tables import dirty, mention, post, raw, tombstone
from palabre.model import Gone

# Columns of POSTS that lie in `post` under the same name.
PLAIN = (
    "uri", "network", "kind", "title", "text", "html", "url", "lang", "published_ms", "edited_ms", "followers",
    "verified", "parent", "root", "reshare_of", "quote_of", "links", "tags", "mentions", "country", "region", "city",
    "rating", "sensitive", "media", "likes", "replies", "reshares", "views",
)  # fmt: skip
RAW_COLUMNS = ("post_id", "number", "received_ms", "media_type", "note", "body")


def pick(values: Sequence[Any], rows: Sequence[int]) -> Sequence[Any]:
    """The values of these rows; the list itself when they are all of it."""
    return values if len(rows) == len(values) else [values[row] for row in rows]


def authors_of(prepared: Prepared, ids: dict[tuple[str, str], int], rows: Sequence[int]) -> list[int | None]:
    """The account_id of each row; None without an author."""
    networks, keys = prepared.columns["network"], prepared.authors
    return [ids.get((networks[row], keys[row])) for row in rows]


def add_posts(connection: Connection, prepared: Prepared, rows: Sequence[int]) -> int:
    """Writes posts that are not there yet, in order; the highest id given."""
    delivery = prepared.delivery
    n = len(rows)
    first = next_ids(connection, "post", n)
    ids = range(first, first + n)
    authors = author_ids(connection, delivery.workspace_id, prepared.columns, prepared.authors, rows)
    own = {
        "post_id": ids,
        "workspace_id": [delivery.workspace_id] * n,
        "source_id": [delivery.source_id] * n,
        "account_id": authors_of(prepared, authors, rows),
        "heard_ms": [prepared.now_ms] * n,
        "content_hash": pick(prepared.hashes, rows),
    }
    plain = {name: pick(prepared.columns[name], rows) for name in ("sort_ms", *PLAIN)}
    insert_columns(connection, post, own | plain)
    note_facts(connection, prepared, rows)
    fulltext.add(connection, delivery.workspace_id, ids, pick(prepared.index, rows), facts_of(prepared, rows))
    add_mentions(connection, prepared, ids, rows)
    add_raw(connection, prepared, list(zip(ids, rows, [0] * n, strict=True)))
    add_readings(connection, prepared, ids, rows)
    marks = {"post_id": ids, "workspace_id": own["workspace_id"], "is_new": [True] * n}
    insert_columns(connection, dirty, marks)
    return first + n - 1


def facts_of(prepared: Prepared, rows: Sequence[int], networks: Sequence[str] | None = None) -> list[str]:
    """What the index knows of these rows beside their words. networks: of the rows, where they have them already."""
    columns = prepared.columns
    facts = (columns["lang"], columns["kind"], prepared.watches)
    known = pick(columns["network"], rows) if networks is None else networks
    return list(map(index_keys.facts, known, *(pick(values, rows) for values in facts)))


def add_mentions(connection: Connection, prepared: Prepared, ids: Sequence[int], rows: Sequence[int]) -> None:
    """Which watches want these posts; none is noted yet."""
    watches = prepared.watches
    pairs = [(post_id, watch) for post_id, row in zip(ids, rows, strict=True) for watch in watches[row]]
    insert_rows(connection, mention, ("post_id", "watch_id"), pairs)


def add_readings(connection: Connection, prepared: Prepared, ids: Sequence[int], rows: Sequence[int]) -> None:
    """What the models said of posts that have no reading; where nobody asked them, the posts wait."""
    if prepared.readings is None:
        note_unread(connection, prepared.delivery.workspace_id, min(ids), max(ids))
    else:
        insert_readings(connection, ids, pick(prepared.readings, rows), prepared.delivery.reading_version)


def add_raw(connection: Connection, prepared: Prepared, places: Sequence[tuple[int, int, int]]) -> None:
    """The bytes of posts, as (post_id, row, revision number)."""
    now = prepared.now_ms
    found = [(post_id, number, now, *item) for post_id, row, number in places if (item := prepared.raw[row])]
    insert_rows(connection, raw, RAW_COLUMNS, found)


def take_back(
    connection: Connection, workspace_id: int, gone: Sequence[Gone], now_ms: int, remember_unknown: bool
) -> None:
    """Posts taken back by their author or platform: nothing stays but the uri. remember_unknown: also of posts we
    never had, since they may come late; a firehose tells too many of those. Accounts: what is left of their posts."""
    if accounts := departed(gone, now_ms):
        while take_back_some(connection, workspace_id, accounts) == POSTS_A_STEP:
            pass
    uris = {event.uri: event.at_ms or now_ms for event in gone if not event.account}
    if not uris:
        return
    query = select(post.c.post_id, post.c.uri).where(
        post.c.workspace_id == workspace_id, among(connection, post.c.uri, list(uris))
    )
    found = connection.execute(query).all()
    remove_posts(connection, workspace_id, [row.post_id for row in found])
    kept = uris if remember_unknown else {row.uri for row in found}
    rows = [(workspace_id, uri, uris[uri]) for uri in kept]
    insert_missing(connection, tombstone, ("workspace_id", "uri", "gone_ms"), rows)
