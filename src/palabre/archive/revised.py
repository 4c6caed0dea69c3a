"""Posts we know: edits become revisions, counts become fresher, other sources are noted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam

from palabre.archive import fulltext
from palabre.archive.accounts import author_ids
from palabre.archive.applied import PLAIN, add_mentions, add_raw, add_readings, authors_of, facts_of
from palabre.archive.bulk import among, insert_missing, insert_rows
from palabre.archive.facts import note_facts
from palabre.archive.known import METRICS, Known
from palabre.archive.prepared import Prepared
from palabre.archive.readings import drop_judgements, forget_readings
from palabre.archive.removal import mark_dirty
from palabre.archive.tables import hearing, mention, post, revision

REVISIONS_MAX = 24  # of one post; further edits replace the words without keeping the earlier ones
KEPT = ("title", "text", "html", "edited_ms")
STEADY = {"uri", "network", *METRICS}  # an edit does not change these; counts have their own rule


def revise_posts(connection: Connection, prepared: Prepared, rows: Sequence[int], known: dict[str, Known]) -> None:
    """The present words become a revision, the new ones take their place; index and mentions follow."""
    workspace_id = prepared.delivery.workspace_id
    old = [known[prepared.columns["uri"][row]] for row in rows]
    ids = [post.post_id for post in old]
    kept = [post for post in old if post.revisions < REVISIONS_MAX]
    keep_versions(connection, kept, prepared.now_ms)
    authors = author_ids(connection, workspace_id, prepared.columns, prepared.authors, rows)
    who = authors_of(prepared, authors, rows)
    fulltext.remove(connection, workspace_id, ids)
    update_posts(connection, prepared, rows, old, who)
    connection.execute(mention.delete().where(among(connection, mention.c.post_id, ids)))
    note_facts(connection, prepared, rows)
    facts = facts_of(prepared, rows, [was.network for was in old])
    fulltext.add(connection, workspace_id, ids, [prepared.index[row] for row in rows], facts)
    add_mentions(connection, prepared, ids, rows)
    numbered = zip(ids, rows, old, strict=True)
    add_raw(connection, prepared, [(i, row, was.revisions + 1) for i, row, was in numbered if was in kept])
    forget_readings(connection, ids)
    add_readings(connection, prepared, ids, rows)
    drop_judgements(connection, ids)
    note_hearing(connection, prepared, old)
    mark_dirty(connection, workspace_id, ids)


def keep_versions(connection: Connection, kept: Sequence[Known], now_ms: int) -> None:
    """The present words of these posts, as revisions numbered from 0."""
    number = {was.post_id: was.revisions for was in kept}
    present = post.select().where(among(connection, post.c.post_id, list(number)))
    names = ("post_id", "number", "at_ms", *KEPT)
    rows = [
        (row.post_id, number[row.post_id], now_ms, *(getattr(row, name) for name in KEPT))
        for row in connection.execute(present)
    ]
    insert_rows(connection, revision, names, rows)


def update_posts(
    connection: Connection, prepared: Prepared, rows: Sequence[int], old: Sequence[Known], who: Sequence[int | None]
) -> None:
    """All facts but identity; a publication time and a thread once known are not unlearned."""
    names = [name for name in PLAIN if name not in STEADY]
    values = []
    for row, was, account_id in zip(rows, old, who, strict=True):
        fact: dict[str, Any] = {name: prepared.columns[name][row] for name in names}
        if not fact["published_ms"]:
            del fact["published_ms"]
        else:
            fact["sort_ms"] = prepared.columns["sort_ms"][row]
        if not fact["root"]:
            del fact["root"]
        fact |= {"content_hash": prepared.hashes[row], "account_id": account_id}
        fact |= {"revisions": min(was.revisions + 1, REVISIONS_MAX)} | counts(prepared, row, was)
        values.append((was.post_id, fact))
    for post_id, fact in values:  # edits are few: one statement each
        connection.execute(post.update().where(post.c.post_id == post_id).values(**fact))


def counts(prepared: Prepared, row: int, was: Known) -> dict[str, int | None]:
    """The platform's counts; one it no longer tells stays as it was."""
    given = [prepared.columns[name][row] for name in METRICS]
    fresh = [old if new is None else new for new, old in zip(given, was.metrics, strict=True)]
    return dict(zip(METRICS, fresh, strict=True))


def refresh_metrics(
    connection: Connection,
    prepared: Prepared,
    same: Sequence[int],
    other: Sequence[int],
    known: dict[str, Known],
) -> None:
    """Known posts heard again: fresher counts, another source, and for the same words watches added meanwhile."""
    uris = prepared.columns["uri"]
    heard = [(row, known[uris[row]]) for row in (*same, *other)]
    changed: list[dict[str, int | None]] = [
        {"key": was.post_id, **new}
        for row, was in heard
        if tuple((new := counts(prepared, row, was)).values()) != was.metrics
    ]
    if changed:
        values: dict[str, Any] = {name: bindparam(name) for name in METRICS}
        connection.execute(post.update().where(post.c.post_id == bindparam("key")).values(**values), changed)
        mark_dirty(connection, prepared.delivery.workspace_id, [int(row["key"] or 0) for row in changed])
    note_hearing(connection, prepared, [was for _, was in heard])
    add_watches(connection, prepared, {known[uris[row]].post_id: prepared.watches[row] for row in same})


def add_watches(connection: Connection, prepared: Prepared, wanted: dict[int, tuple[int, ...]]) -> None:
    """Watches that were added since these posts were stored (post_id -> watches that want it)."""
    there: dict[int, set[int]] = {}
    for post_id, watch_id in connection.execute(
        mention.select().where(among(connection, mention.c.post_id, list(wanted)))
    ):
        there.setdefault(post_id, set()).add(watch_id)
    won: dict[int, list[int]] = {}
    for post_id, watches in wanted.items():
        for watch_id in set(watches) - there.get(post_id, set()):
            won.setdefault(watch_id, []).append(post_id)
    for watch_id, ids in won.items():
        fulltext.change_mentions(connection, prepared.delivery.workspace_id, watch_id, [], ids)
        mark_dirty(connection, prepared.delivery.workspace_id, ids)


def note_hearing(connection: Connection, prepared: Prepared, heard: Sequence[Known]) -> None:
    """This source has these posts too."""
    source_id = prepared.delivery.source_id
    if source_id is not None:
        rows = [(was.post_id, source_id, prepared.now_ms) for was in heard if was.source_id != source_id]
        insert_missing(connection, hearing, ("post_id", "source_id", "first_ms"), rows)
