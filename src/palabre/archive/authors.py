"""Accounts by name, and what several accounts published together: what the desk asks to show the person behind them.

An author is ``(network, uri)``, as posts name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import zstandard
from sqlalchemy import Connection, Select, and_, func, or_, select

from palabre.archive.accounts import by_network
from palabre.archive.bulk import among
from palabre.archive.columns import NO_URI
from palabre.archive.departed import networks
from palabre.archive.ledger import Ledger
from palabre.archive.rows import post_rows, rows_by_id
from palabre.archive.suppression import Judge, Suppression
from palabre.archive.tables import account, post, raw
from palabre.archive.types import PostRow
from palabre.archive.understood import register_post
from palabre.archive.workspaces import uid_of
from palabre.model import Account

Author = tuple[str, str]
PAGE = 5_000
ADDRESSES = 400  # in one question


@dataclass(frozen=True, slots=True)
class Known:
    """An account as it was last heard. account_id: rises with arrival; posts, last_ms: 0 where not asked."""

    account_id: int
    network: str
    account: Account
    posts: int = 0
    last_ms: int = 0


class Authors:
    def __init__(self, ledger: Ledger, suppression: Suppression) -> None:
        self._ledger, self._suppression = ledger, suppression

    def get(self, workspace_id: int, network: str, uri: str) -> Known | None:
        """One account with its number of posts."""
        return self.counted(workspace_id, [(network, uri)]).get((network, uri))

    def of_uri(self, workspace_id: int, uri: str) -> list[Known]:
        """Accounts with this uri, or whose profile is at this address, on whatever network."""
        return self.of_addresses(workspace_id, [uri]).get(uri, [])

    def of_addresses(self, workspace_id: int, addresses: Iterable[str]) -> dict[str, list[Known]]:
        """The same for many: address -> accounts; only those that are there."""
        found: dict[str, list[Known]] = {}
        asked = sorted({one for one in addresses if one})
        with self._ledger.read() as connection:
            for start in range(0, len(asked), ADDRESSES):
                part = asked[start : start + ADDRESSES]
                either = or_(account.c.uri.in_(part), account.c.url.in_(part))
                for row in connection.execute(account.select().where(account.c.workspace_id == workspace_id, either)):
                    for address in {row.uri, row.url} & set(part):
                        found.setdefault(address, []).append(known_of(row))
        return found

    def all(self, workspace_id: int) -> Iterator[Known]:
        """Every account of the workspace, in pages of a read each."""
        after = -1
        while True:
            query = account.select().where(account.c.workspace_id == workspace_id, account.c.account_id > after)
            with self._ledger.read() as connection:
                rows = connection.execute(query.order_by(account.c.account_id).limit(PAGE)).all()
            yield from (known_of(row) for row in rows if not row.uri.startswith(NO_URI))
            if len(rows) < PAGE:
                return
            after = rows[-1].account_id

    def networks(self, workspace_id: int) -> list[str]:
        """Where anybody was heard."""
        with self._ledger.read() as connection:
            return networks(connection, workspace_id)

    def counted(self, workspace_id: int, authors: Iterable[Author]) -> dict[Author, Known]:
        """Each that is there, with its number of posts and its last one."""
        with self._ledger.read() as connection:
            rows = rows_of(connection, workspace_id, authors)
            ids = [row.account_id for row in rows]
            n, last = func.count(), func.max(post.c.sort_ms)
            query = select(post.c.account_id, n, last).where(among(connection, post.c.account_id, ids))
            found = {one[0]: one[1:] for one in connection.execute(query.group_by(post.c.account_id))} if ids else {}
        return {(row.network, row.uri): known_of(row, *found.get(row.account_id, (0, 0))) for row in rows}

    def posts(
        self, workspace_id: int, authors: Iterable[Author], before: tuple[int, int] | None = None, limit: int = 50
    ) -> list[PostRow]:
        """What they published, newest first. before: (sort_ms, post_id) that all are older than."""
        with self._ledger.read() as connection:
            query = written(connection, workspace_id, authors).with_only_columns(post.c.post_id)
            if before:
                at, key = before
                query = query.where(or_(post.c.sort_ms < at, and_(post.c.sort_ms == at, post.c.post_id < key)))
            newest = query.order_by(post.c.sort_ms.desc(), post.c.post_id.desc()).limit(limit)
            ids = list(connection.execute(newest).scalars())
            return post_rows(connection, rows_by_id(connection, workspace_id, ids))

    def needs(self, workspace_id: int, authors: Iterable[Author]) -> dict[int, list[int]]:
        """need_id -> post_ids of theirs behind it."""
        found: dict[int, list[int]] = {}
        with self._ledger.read() as connection:
            theirs = written(connection, workspace_id, authors).with_only_columns(post.c.post_id)
            query = select(register_post.c.entry_id, register_post.c.post_id).where(
                register_post.c.register == "need", register_post.c.post_id.in_(theirs)
            )
            for need_id, post_id in connection.execute(query.order_by(register_post.c.post_id.desc())):
                found.setdefault(need_id, []).append(post_id)
        return found

    def behind_need(self, workspace_id: int, need_id: int) -> list[Author]:
        """Who asked for a need."""
        asked = post.c.post_id == register_post.c.post_id, register_post.c.entry_id == need_id
        query = select(account.c.network, account.c.uri).where(
            account.c.workspace_id == workspace_id,
            account.c.account_id == post.c.account_id,
            *asked,
            register_post.c.register == "need",
        )
        with self._ledger.read() as connection:
            return [(row[0], row[1]) for row in connection.execute(query.distinct())]

    def payloads(self, workspace_id: int, account_ids: Sequence[int]) -> Iterator[tuple[int, bytes, str]]:
        """(account_id, bytes, media type) of the newest raw item of each account, while raw items are kept."""
        newest = select(func.max(post.c.post_id)).where(post.c.workspace_id == workspace_id)
        for start in range(0, len(account_ids), PAGE):
            part = account_ids[start : start + PAGE]
            with self._ledger.read() as connection:
                last = newest.where(among(connection, post.c.account_id, part)).group_by(post.c.account_id)
                query = select(post.c.account_id, raw.c.body, raw.c.media_type).where(
                    raw.c.post_id == post.c.post_id, post.c.post_id.in_(last)
                )
                rows = connection.execute(query).all()
            yield from ((row[0], zstandard.decompress(row[1]), row[2]) for row in rows if row[1])

    def kept_out(self, workspace_id: int, network: str, uri: str, handle: str = "") -> bool:
        """Whether this account objected: nothing of it may be kept."""
        return bool(self.kept_out_among(workspace_id, [(network, uri, handle)]))

    def kept_out_among(self, workspace_id: int, accounts: Iterable[tuple[str, str, str]]) -> set[Author]:
        """Which of these (network, uri, handle) objected."""
        with self._ledger.read() as connection:
            keys = self._suppression.load(connection, workspace_id)
            if not keys:
                return set()
            judge = Judge(self._suppression, uid_of(connection, workspace_id), keys)
        return {
            (network, uri)
            for network, uri, handle in accounts
            if judge.listed("account", network, uri) or judge.listed("handle", network, handle)
        }


def known_of(row: Any, posts: int = 0, last_ms: int = 0) -> Known:
    return Known(
        row.account_id, row.network, Account(row.uri, row.handle, row.name, row.url), int(posts), int(last_ms or 0)
    )


def rows_of(connection: Connection, workspace_id: int, authors: Iterable[Author]) -> list[Any]:
    """Rows of `account`; those nobody heard are left out."""
    found: list[Any] = []
    for network, uris in by_network(authors).items():
        mine = account.c.workspace_id == workspace_id, account.c.network == network
        found += connection.execute(account.select().where(*mine, among(connection, account.c.uri, uris))).all()
    return found


def written(connection: Connection, workspace_id: int, authors: Iterable[Author]) -> Select[Any]:
    """Posts of these authors."""
    ids = [row.account_id for row in rows_of(connection, workspace_id, authors)]
    return post.select().where(post.c.account_id.in_(ids or [-1]))
