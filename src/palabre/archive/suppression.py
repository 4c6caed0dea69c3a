"""Who objected, and what may not come back: HMAC keys, so that the list itself names nobody.

A key is HMAC-SHA256 (key derived from the master key) over workspace, kind, network and value. The list is kept twice:
in the ledger, and in the file ``suppressions.ndjson`` of the data folder, which no restore of an older backup
replaces. When the archive opens, what the file knows and the ledger does not is put back, and erased again.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, select

from palabre.archive.bulk import insert_missing
from palabre.archive.columns import Columns
from palabre.archive.ledger import Ledger, counter_value, raise_counter
from palabre.archive.tables import suppression, workspace
from palabre.archive.vault import Vault, sync_folder
from palabre.archive.workspaces import uid_of
from palabre.clock import Clock

FILE = "suppressions.ndjson"
KEY_CHARS = 40
SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. uid: of the workspace; kind: account, handle or post."""

    uid: str
    kind: str
    key: str
    at_ms: int


class Suppression:
    def __init__(self, ledger: Ledger, clock: Clock, vault: Vault, home: Path) -> None:
        self._ledger, self._clock = ledger, clock
        self._secret = vault.derived("suppression")
        self.path = home / FILE
        self._cache: dict[int, tuple[int, dict[str, frozenset[str]]]] = {}

    def key(self, uid: str, kind: str, network: str, value: str) -> str:
        """The key of an account's uri, a handle or a post's uri (these know no network)."""
        plain = value.lstrip("@").casefold() if kind == "handle" else value
        message = SEPARATOR.join((uid, kind, "" if kind == "post" else network, plain))
        return hmac.digest(self._secret, message.encode("utf-8", "replace"), "sha256").hex()[:KEY_CHARS]

    def add_account(self, workspace_id: int, network: str, *, uri: str = "", handle: str = "") -> None:
        """From now on nothing of this account is kept. What is there already stays: see `erase`."""
        with self._ledger.write() as connection:
            uid = uid_of(connection, workspace_id)
            given = (("account", uri), ("handle", handle))
            keys = [(kind, self.key(uid, kind, network, value)) for kind, value in given if value]
            self.store(connection, workspace_id, uid, keys)

    def add_post(self, workspace_id: int, uri: str) -> None:
        """From now on this post is not kept."""
        with self._ledger.write() as connection:
            uid = uid_of(connection, workspace_id)
            self.store(connection, workspace_id, uid, [("post", self.key(uid, "post", "", uri))])

    def lift(self, workspace_id: int, network: str, *, uri: str = "", handle: str = "") -> int:
        """The person withdraws the objection; how many keys went."""
        with self._ledger.write() as connection:
            uid = uid_of(connection, workspace_id)
            given = (("account", uri), ("handle", handle))
            keys = {self.key(uid, kind, network, value) for kind, value in given if value}
            mine = suppression.c.workspace_id == workspace_id, suppression.c.key.in_(keys)
            n = connection.execute(suppression.delete().where(*mine)).rowcount
            raise_counter(connection, "suppression")
            write_lines(self.path, [entry for entry in self.entries() if entry.key not in keys])
        return n

    def count(self, workspace_id: int) -> int:
        """How many keys a workspace has."""
        with self._ledger.read() as connection:
            return sum(map(len, self.load(connection, workspace_id).values()))

    def store(self, connection: Connection, workspace_id: int, uid: str, keys: Iterable[tuple[str, str]]) -> None:
        """Writes (kind, key) pairs to the file first: if the ledger's commit fails, too much is kept out, not too
        little. Inside a write()."""
        now = self._clock.now_ms()
        known = {entry.key for entry in self.entries() if entry.uid == uid}
        pairs = list(dict.fromkeys(keys))
        append_lines(self.path, [Entry(uid, kind, key, now) for kind, key in pairs if key not in known])
        self.store_rows(connection, workspace_id, [(kind, key, now) for kind, key in pairs])

    def store_rows(self, connection: Connection, workspace_id: int, rows: Sequence[tuple[str, str, int]]) -> None:
        names = ("workspace_id", "kind", "key", "at_ms")
        insert_missing(connection, suppression, names, [(workspace_id, *row) for row in rows])
        raise_counter(connection, "suppression")

    def load(self, connection: Connection, workspace_id: int) -> dict[str, frozenset[str]]:
        """kind -> keys; read again only when a counter says that they changed."""
        stamp = counter_value(connection, "suppression")
        cached = self._cache.get(workspace_id)
        if cached and cached[0] == stamp:
            return cached[1]
        query = select(suppression.c.kind, suppression.c.key).where(suppression.c.workspace_id == workspace_id)
        found: dict[str, set[str]] = {}
        for kind, key in connection.execute(query):
            found.setdefault(kind, set()).add(key)
        frozen = {kind: frozenset(keys) for kind, keys in found.items()}
        self._cache[workspace_id] = (stamp, frozen)
        return frozen

    def rows_kept_out(
        self, connection: Connection, workspace_id: int, columns: Columns, rows: Sequence[int]
    ) -> frozenset[int]:
        """Rows of a batch that may not be kept: by author, by uri, or as a reshare of such a post."""
        keys = self.load(connection, workspace_id)
        if not keys:
            return frozenset()
        judge = Judge(self, uid_of(connection, workspace_id), keys)
        named = ("network", "account_uri", "account_handle", "uri", "reshare_of")
        lists = [columns[name] for name in named]
        return frozenset(row for row in rows if judge.refuses(*(values[row] for values in lists)))

    def entries(self) -> list[Entry]:
        """What the file holds; a line cut off by a crash is passed over."""
        return list(read_lines(self.path))

    def missing(self, connection: Connection) -> dict[int, list[Entry]]:
        """workspace_id -> entries of the file that the ledger does not know (it was restored from a backup)."""
        entries = self.entries()
        if not entries:
            return {}
        ids = {row.uid: row.workspace_id for row in connection.execute(workspace.select())}
        missing: dict[int, list[Entry]] = {}
        known = {number: frozenset().union(*self.load(connection, number).values()) for number in ids.values()}
        for entry in entries:
            number = ids.get(entry.uid)
            if number is not None and entry.key not in known[number]:
                missing.setdefault(number, []).append(entry)
        return missing


class Judge:
    """Decides about posts of one batch; authors come again and again, so their verdicts are remembered."""

    def __init__(self, book: Suppression, uid: str, keys: dict[str, frozenset[str]]) -> None:
        self._book, self._uid, self._keys = book, uid, keys
        self._verdicts: dict[tuple[str, str, str], bool] = {}

    def refuses(self, network: str, account: str, handle: str, uri: str, reshare_of: str) -> bool:
        return (
            self.listed("account", network, account)
            or self.listed("handle", network, handle)
            or self.listed("post", "", uri)
            or (bool(reshare_of) and self.refuses_original(network, reshare_of))
        )

    def refuses_original(self, network: str, uri: str) -> bool:
        """Is the reshared post listed, or by a listed account? Uris often begin with their author's."""
        return self.listed("post", "", uri) or any(self.listed("account", network, part) for part in beginnings(uri))

    def listed(self, kind: str, network: str, value: str) -> bool:
        if not value or kind not in self._keys:
            return False
        asked = (kind, network, value)
        if asked not in self._verdicts:
            self._verdicts[asked] = self._book.key(self._uid, kind, network, value) in self._keys[kind]
        return self._verdicts[asked]


def beginnings(uri: str) -> Iterator[str]:
    """What a uri begins with, cut at each slash, with and without ``at://``: where its author's uri may stand."""
    for i, sign in enumerate(uri):
        if sign == "/" and i and uri[i - 1] not in ":/":
            yield uri[:i]
            if uri.startswith("at://"):
                yield uri[len("at://") : i]


def read_lines(path: Path) -> Iterator[Entry]:
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            row: dict[str, Any] = orjson.loads(line)
            yield Entry(row["workspace"], row["kind"], row["key"], row["at_ms"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            continue


def line_of(entry: Entry) -> bytes:
    row = {"workspace": entry.uid, "kind": entry.kind, "key": entry.key, "at_ms": entry.at_ms}
    return orjson.dumps(row) + b"\n"


def append_lines(path: Path, entries: Sequence[Entry]) -> None:
    """Adds lines and waits until the disk has them."""
    if not entries:
        return
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(b"".join(map(line_of, entries)))
        file.flush()
        os.fsync(file.fileno())
    if new:
        sync_folder(path.parent)


def write_lines(path: Path, entries: Sequence[Entry]) -> None:
    """Replaces the file in one step."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    append_lines(draft, entries)
    if not entries:
        draft.touch(mode=0o600)
    draft.replace(path)
    sync_folder(path.parent)
