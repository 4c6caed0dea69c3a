"""Erasing a person for good, and keeping them out afterwards.

In one transaction: their posts (and bare reshares of them) with revisions, raw bytes, mentions and index entries; their
accounts; what is in quarantine and names them; references to them in other people's posts; marks for the lake; the
suppression keys. Then the pages are overwritten (`tidy.purge`). A word another person wrote about them stays that
person's word: it is reported to nobody else, but not rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

import orjson
from sqlalchemy import Connection, select

from palabre.archive.erased import (
    Person,
    cut_references,
    erase_accounts,
    erase_marks,
    erase_posts,
    erase_quarantined,
    erase_tombstones,
    find_person,
    posts_of,
)
from palabre.archive.ledger import Ledger
from palabre.archive.suppression import Entry, Suppression
from palabre.archive.tables import account, audit, post
from palabre.archive.tidy import purge
from palabre.archive.types import Erasure
from palabre.archive.workspaces import uid_of
from palabre.clock import Clock

ANY_NETWORK = ("",)


class Erasing:
    def __init__(self, ledger: Ledger, clock: Clock, suppression: Suppression) -> None:
        self._ledger, self._clock, self._suppression = ledger, clock, suppression

    def preview(self, workspace_id: int, who: str, network: str = "") -> Erasure:
        """How many accounts and posts an erasure would take. who: account uri, profile address or handle."""
        with self._ledger.read() as connection:
            person = find_person(connection, workspace_id, who, network)
            return Erasure(
                accounts=len(person.account_ids), posts=len(posts_of(connection, workspace_id, person))
            )  # fmt: skip

    def known(self, workspace_id: int, who: str, network: str = "") -> tuple[list[str], list[int]]:
        """(uris of the accounts, ids of the posts) that an erasure would take."""
        with self._ledger.read() as connection:
            person = find_person(connection, workspace_id, who, network)
            return list(person.uris), list(posts_of(connection, workspace_id, person))

    def erase(self, workspace_id: int, who: str, network: str = "", *, by: str = "", suppress: bool = True) -> Erasure:
        """Erases a person; with suppress, nothing of theirs is ever kept again. by: who did it, for the audit."""
        with self._ledger.write() as connection:
            person = find_person(connection, workspace_id, who, network)
            gone, uris = self._erase(connection, workspace_id, person)
            if suppress:
                self._suppress(connection, workspace_id, person, uris)
            self._note(connection, workspace_id, gone, by)
        purge(self._ledger)
        return gone

    def erase_post(self, workspace_id: int, post_id: int, *, by: str = "") -> Erasure:
        """Erases one post and keeps it out."""
        with self._ledger.write() as connection:
            mine = post.c.workspace_id == workspace_id, post.c.post_id == post_id
            uris = list(connection.execute(select(post.c.uri).where(*mine)).scalars())
            gone = erase_posts(connection, workspace_id, [post_id] if uris else [])
            self._suppress(connection, workspace_id, Person((), (), (), ()), uris)
            self._note(connection, workspace_id, gone, by)
        purge(self._ledger)
        return gone

    def replay(self) -> Erasure:
        """After a restore: what the file of suppressions knows and the ledger does not is put back, and what it keeps
        out is erased again. Runs before the archive is used."""
        with self._ledger.read() as connection:
            missing = self._suppression.missing(connection)
        total = Erasure()
        for workspace_id, entries in missing.items():
            with self._ledger.write() as connection:
                total += self._replay_workspace(connection, workspace_id, entries)
        if missing:
            purge(self._ledger)
        return total

    def _erase(self, connection: Connection, workspace_id: int, person: Person) -> tuple[Erasure, list[str]]:
        """What went, and the uris that must not come back."""
        found = posts_of(connection, workspace_id, person)
        uris = list(found.values())
        gone = erase_posts(connection, workspace_id, list(found))
        gone += cut_references(connection, workspace_id, uris, person)
        uris += erase_tombstones(connection, workspace_id, person.uris)
        erase_marks(connection, workspace_id, person.uris)
        quarantined = erase_quarantined(connection, workspace_id, [*person.uris, *person.handles])
        return gone + Erasure(accounts=erase_accounts(connection, workspace_id, person), quarantined=quarantined), uris

    def _suppress(self, connection: Connection, workspace_id: int, person: Person, uris: Sequence[str]) -> None:
        book, uid = self._suppression, uid_of(connection, workspace_id)
        keys = [("post", book.key(uid, "post", "", uri)) for uri in uris]
        for network in person.networks or ANY_NETWORK:
            keys += [("account", book.key(uid, "account", network, uri)) for uri in person.uris]
            keys += [("handle", book.key(uid, "handle", network, handle)) for handle in person.handles]
        book.store(connection, workspace_id, uid, keys)

    def _replay_workspace(self, connection: Connection, workspace_id: int, entries: Sequence[Entry]) -> Erasure:
        book, uid = self._suppression, uid_of(connection, workspace_id)
        book.store_rows(connection, workspace_id, [(entry.kind, entry.key, entry.at_ms) for entry in entries])
        keys = {entry.key for entry in entries}

        def listed(kind: str, network: str, value: str) -> bool:
            return bool(value) and book.key(uid, kind, network, value) in keys

        gone, _ = self._erase(connection, workspace_id, listed_person(connection, workspace_id, listed))
        ids = listed_posts(connection, workspace_id, listed) if any(entry.kind == "post" for entry in entries) else []
        return gone + erase_posts(connection, workspace_id, ids)

    def _note(self, connection: Connection, workspace_id: int, gone: Erasure, by: str) -> None:
        row = {"workspace_id": workspace_id, "at_ms": self._clock.now_ms(), "what": "erasure", "who": by}
        connection.execute(audit.insert().values(**row, facts=orjson.dumps(asdict(gone)).decode()))


def listed_person(connection: Connection, workspace_id: int, listed: Callable[[str, str, str], bool]) -> Person:
    """Every account that the list keeps out, as one person."""
    rows = [
        row
        for row in connection.execute(account.select().where(account.c.workspace_id == workspace_id))
        if listed("account", row.network, row.uri) or listed("handle", row.network, row.handle)
    ]
    return Person(
        tuple(row.account_id for row in rows),
        tuple(dict.fromkeys(row.network for row in rows)),
        tuple(row.uri for row in rows),
        tuple(row.handle for row in rows if row.handle),
    )


def listed_posts(connection: Connection, workspace_id: int, listed: Callable[[str, str, str], bool]) -> list[int]:
    query = select(post.c.post_id, post.c.uri).where(post.c.workspace_id == workspace_id)
    return [post_id for post_id, uri in connection.execute(query) if listed("post", "", uri)]
