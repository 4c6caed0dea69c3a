"""Authors: one row an account and a workspace, with what the network says of it now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam

from palabre.archive.account_names import forget_names, note_names
from palabre.archive.bulk import among, insert_rows
from palabre.archive.columns import Columns
from palabre.archive.ledger import next_ids
from palabre.archive.tables import account

FIELDS = ("handle", "name", "url")
Author = tuple[str, str]  # network, key
Profile = tuple[str, str, str, str]  # uri, and FIELDS
Stale = dict[int, tuple[Profile, Profile]]  # account_id -> what was said, what is said now


def author_ids(
    connection: Connection, workspace_id: int, columns: Columns, keys: Sequence[str], rows: Sequence[int]
) -> dict[Author, int]:
    """The account_id of every author of these rows; new ones are added, changed ones brought up to date."""
    seen = last_seen(columns, keys, rows)
    known, stale = known_authors(connection, workspace_id, seen)
    if stale:
        refresh(connection, workspace_id, stale)
    fresh = [author for author in seen if author not in known]
    if fresh:
        first = next_ids(connection, "account", len(fresh))
        known |= {author: first + i for i, author in enumerate(fresh)}
        names = ("account_id", "workspace_id", "network", "uri", *FIELDS)
        insert_rows(connection, account, names, [(known[a], workspace_id, *a, *seen[a]) for a in fresh])
        note_names(connection, workspace_id, {known[a]: (a[1], *seen[a][:2]) for a in fresh})
    return known


def last_seen(columns: Columns, keys: Sequence[str], rows: Sequence[int]) -> dict[Author, tuple[str, str, str]]:
    """What the last of these rows says of each author: handle, name, url."""
    network = columns["network"]
    handle, name, url = columns["account_handle"], columns["account_name"], columns["account_url"]
    return {(network[i], keys[i]): (handle[i], name[i], url[i]) for i in rows if keys[i]}


def known_authors(
    connection: Connection, workspace_id: int, seen: dict[Author, tuple[str, str, str]]
) -> tuple[dict[Author, int], Stale]:
    """Those already there, and which of them have changed. An empty value never replaces a known one."""
    known: dict[Author, int] = {}
    stale: Stale = {}
    for network, uris in by_network(seen).items():  # the index holds (workspace, network, uri)
        mine = account.c.workspace_id == workspace_id, account.c.network == network
        for row in connection.execute(account.select().where(*mine, among(connection, account.c.uri, uris))):
            known[network, row.uri] = row.account_id
            old = row.handle, row.name, row.url
            handle, name, url = (now or was for now, was in zip(seen[network, row.uri], old, strict=True))
            if (handle, name, url) != old:
                stale[row.account_id] = (row.uri, *old), (row.uri, handle, name, url)
    return known, stale


def by_network(authors: Iterable[Author]) -> dict[str, list[str]]:
    """network → uris."""
    found: dict[str, list[str]] = {}
    for network, uri in authors:
        found.setdefault(network, []).append(uri)
    return found


def refresh(connection: Connection, workspace_id: int, stale: Stale) -> None:
    rows = [{"key": key} | dict(zip(FIELDS, said, strict=True)) for key, (_, (_, *said)) in stale.items()]
    connection.execute(account.update().where(account.c.account_id == bindparam("key")), rows)
    forget_names(connection, workspace_id, {key: was[:3] for key, (was, _) in stale.items()})
    note_names(connection, workspace_id, {key: now[:3] for key, (_, now) in stale.items()})
