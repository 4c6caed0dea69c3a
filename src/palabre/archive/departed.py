"""Accounts that are gone: everything they published is taken back.

An account may have any number of posts, so they leave in short transactions of their own, before the delivery that
says so; its cursor moves only then. A crash in between costs nothing: the event comes again, and the rest goes.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from palabre.archive.bulk import among, insert_missing
from palabre.archive.ledger import Ledger
from palabre.archive.removal import remove_posts
from palabre.archive.tables import account, post, tombstone
from palabre.model import Gone

POSTS_A_STEP = 2_000


def departed(gone: Sequence[Gone], now_ms: int) -> dict[str, int]:
    """account uri -> when, of the events that are about whole accounts."""
    return {event.uri: event.at_ms or now_ms for event in gone if event.account}


def clear_accounts(ledger: Ledger, workspace_id: int, gone: Sequence[Gone], now_ms: int) -> None:
    """Takes back all posts of the accounts that are gone, some at a time."""
    accounts = departed(gone, now_ms)
    while accounts:
        with ledger.write() as connection:
            if take_back_some(connection, workspace_id, accounts) < POSTS_A_STEP:
                return


def take_back_some(connection: Connection, workspace_id: int, accounts: dict[str, int]) -> int:
    """The next posts of these accounts, at most POSTS_A_STEP: each leaves its uri, as a tombstone. How many."""
    ids = account_ids(connection, workspace_id, list(accounts))
    if not ids:
        return 0
    rows = connection.execute(
        select(post.c.post_id, post.c.uri, account.c.uri)
        .join(account, account.c.account_id == post.c.account_id)
        .where(among(connection, post.c.account_id, ids))
        .limit(POSTS_A_STEP)
    ).all()
    remove_posts(connection, workspace_id, [row[0] for row in rows])
    marks = [(workspace_id, row[1], accounts[row[2]]) for row in rows]
    insert_missing(connection, tombstone, ("workspace_id", "uri", "gone_ms"), marks)
    return len(rows)


def account_ids(connection: Connection, workspace_id: int, uris: Sequence[str]) -> list[int]:
    """The index of accounts begins with workspace and network: each network is asked for."""
    found: list[int] = []
    for network in networks(connection, workspace_id) if uris else ():
        one = account.c.workspace_id == workspace_id, account.c.network == network
        query = select(account.c.account_id).where(*one, among(connection, account.c.uri, uris))
        found += connection.execute(query).scalars()
    return found


def networks(connection: Connection, workspace_id: int) -> list[str]:
    """Those with an account, one step of the index each."""
    found: list[str] = []
    query = select(account.c.network).where(account.c.workspace_id == workspace_id).order_by(account.c.network).limit(1)
    following = query
    while (network := connection.execute(following).scalar()) is not None:
        found.append(network)
        following = query.where(account.c.network > network)
    return found
