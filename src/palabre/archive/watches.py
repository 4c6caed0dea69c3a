"""Watches: the panel. Every change raises one number (``stamp``), so that a running pipeline sees it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, exists, func, or_, select

from palabre.archive import fulltext
from palabre.archive.ledger import Ledger, counter_value, next_ids, raise_counter
from palabre.archive.removal import mark_dirty
from palabre.archive.tables import post, term_list, watch, watch_removed, watch_test, watch_version
from palabre.archive.types import Watch, WatchTest, WatchVersion
from palabre.clock import Clock
from palabre.errors import InputError, NotFoundError
from palabre.model import WatchKind

NAME_CHARS_MAX = 300
QUERY_CHARS_MAX = 1_000_000
STATES = ("active", "paused")


class Watches:
    """The queries are kept as text; whoever adds one has parsed it."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    def add(
        self, workspace_id: int, name: str, query: str, *, kind: str = WatchKind.THEME, who: str = "", why: str = ""
    ) -> Watch:
        """A new watch; its history has still to be matched (see `Watch.history_before`). Raises InputError."""
        return self.add_many(workspace_id, [(name, query, kind)], who=who, why=why)[0]

    def add_many(
        self, workspace_id: int, watches: Iterable[tuple[str, str, str]], *, who: str = "", why: str = ""
    ) -> list[Watch]:
        """Watches as (name, query, kind), in order, in one transaction. Raises InputError."""
        given = [checked(name, query, kind) for name, query, kind in watches]
        if not given:
            return []
        now = self._clock.now_ms()
        with self._ledger.write() as connection:
            stamp = raise_counter(connection, "panel")
            first = next_ids(connection, "watch", len(given))
            history = counter_value(connection, "post") + 1
            common = {"workspace_id": workspace_id, "stamp": stamp, "history_before": history}
            times = {"created_ms": now, "updated_ms": now}
            rows = [{"watch_id": first + i} | row | common | times for i, row in enumerate(given)]
            connection.execute(watch.insert(), rows)
            said = {"version": 1, "who": who, "why": why, "at_ms": now}
            connection.execute(watch_version.insert(), [version_row(row) | said for row in rows])
            ids = watch.c.watch_id.between(first, first + len(rows) - 1)
            return list(map(watch_of, connection.execute(watch.select().where(ids).order_by(watch.c.watch_id))))

    def get(self, watch_id: int, workspace_id: int | None = None) -> Watch:
        """Raises NotFoundError, also when it belongs to another workspace."""
        with self._ledger.read() as connection:
            return watch_of(one(connection, watch_id, workspace_id))

    def all(self, workspace_id: int | None = None, *, active: bool = False) -> list[Watch]:
        """Oldest first; active: without those that are paused."""
        query = watch.select().order_by(watch.c.watch_id)
        if workspace_id is not None:
            query = query.where(watch.c.workspace_id == workspace_id)
        if active:
            query = query.where(watch.c.state == "active")
        with self._ledger.read() as connection:
            return list(map(watch_of, connection.execute(query)))

    def change(
        self,
        watch_id: int,
        workspace_id: int,
        *,
        name: str | None = None,
        query: str | None = None,
        kind: str | None = None,
        who: str = "",
        why: str = "",
    ) -> Watch:
        """None leaves it. Another query is another version: its mentions stay until history is matched again."""
        with self._ledger.write() as connection:
            old = one(connection, watch_id, workspace_id)
            new = checked(
                old.name if name is None else name, old.query if query is None else query, kind or old.kind
            )  # fmt: skip
            other = new["query"] != old.query
            values = new | {"updated_ms": self._clock.now_ms(), "version": old.version + other}
            if other:
                values["history_before"] = counter_value(connection, "post") + 1
            values["stamp"] = raise_counter(connection, "panel")
            connection.execute(watch.update().where(watch.c.watch_id == watch_id).values(**values))
            if other:
                row = version_row(values | {"watch_id": watch_id})
                said = {"version": values["version"], "who": who, "why": why, "at_ms": values["updated_ms"]}
                connection.execute(watch_version.insert().values(**row, **said))
            return watch_of(one(connection, watch_id, workspace_id))

    def set_state(self, watch_id: int, workspace_id: int, state: str) -> Watch:
        """active or paused. Raises InputError, NotFoundError."""
        if state not in STATES:
            raise InputError("archive.bad_choice", field="state", value=state, choices=", ".join(STATES))
        with self._ledger.write() as connection:
            old = one(connection, watch_id, workspace_id)
            values: dict[str, Any] = {"state": state, "stamp": raise_counter(connection, "panel")}
            if state == "active" and old.state != "active":
                values["history_before"] = counter_value(connection, "post") + 1
            connection.execute(watch.update().where(watch.c.watch_id == watch_id).values(**values))
            return watch_of(one(connection, watch_id, workspace_id))

    def remove(self, watch_id: int, workspace_id: int) -> None:
        """The watch goes, with its versions, tests and mentions; the posts stay. Raises NotFoundError."""
        with self._ledger.write() as connection:
            one(connection, watch_id, workspace_id)
            stamp = raise_counter(connection, "panel")
            connection.execute(watch_removed.insert().values(watch_id=watch_id, stamp=stamp))
            connection.execute(watch.delete().where(watch.c.watch_id == watch_id))
        while self._forget_mentions(watch_id, workspace_id):
            pass

    def _forget_mentions(self, watch_id: int, workspace_id: int) -> int:
        """Some mentions of a watch that is gone, in a short transaction; how many."""
        with self._ledger.write() as connection:
            ids = fulltext.posts_of_watch(connection, workspace_id, watch_id, limit=2_000)
            fulltext.change_mentions(connection, workspace_id, watch_id, ids, [])
            mark_dirty(connection, workspace_id, ids)
        return len(ids)

    # what a running pipeline asks

    def stamp(self) -> int:
        """Rises with every change of any watch or list."""
        with self._ledger.read() as connection:
            return counter_value(connection, "panel")

    def changed_since(self, stamp: int) -> tuple[list[Watch], list[int]]:
        """Watches added or changed (look at their state) and ids of watches removed after that stamp."""
        with self._ledger.read() as connection:
            changed = connection.execute(watch.select().where(watch.c.stamp > stamp).order_by(watch.c.watch_id))
            gone = select(watch_removed.c.watch_id).where(watch_removed.c.stamp > stamp)
            return list(map(watch_of, changed)), list(connection.execute(gone).scalars())

    def with_history(self, limit: int = 1000) -> list[Watch]:
        """Active watches whose present query has not yet seen all posts."""
        query = watch.select().where(watch.c.history_before > 0, watch.c.state == "active")
        with self._ledger.read() as connection:
            return list(map(watch_of, connection.execute(query.order_by(watch.c.watch_id).limit(limit))))

    def settle_history(self) -> int:
        """Ends the history of watches that no post is older than: new watches of an empty archive. How many."""
        waits = watch.c.history_before > 0
        with self._ledger.read() as connection:
            if connection.execute(select(watch.c.watch_id).where(waits).limit(1)).first() is None:
                return 0
            oldest = connection.execute(select(func.min(post.c.post_id))).scalar_one()
        empty = ~exists().where(post.c.workspace_id == watch.c.workspace_id)
        nothing = empty if oldest is None else or_(watch.c.history_before <= oldest, empty)
        with self._ledger.read() as connection:
            if connection.execute(select(watch.c.watch_id).where(waits, nothing).limit(1)).first() is None:
                return 0
        with self._ledger.write() as connection:
            return connection.execute(watch.update().where(waits, nothing).values(history_before=0)).rowcount

    # versions, tests, lists

    def versions(self, watch_id: int, workspace_id: int) -> list[WatchVersion]:
        """Newest first. Raises NotFoundError."""
        with self._ledger.read() as connection:
            one(connection, watch_id, workspace_id)
            query = watch_version.select().where(watch_version.c.watch_id == watch_id)
            rows = connection.execute(query.order_by(watch_version.c.version.desc()))
            return [WatchVersion(**row._mapping) for row in rows]

    def add_test(self, watch_id: int, workspace_id: int, text: str, must_match: bool) -> WatchTest:
        """Raises NotFoundError."""
        with self._ledger.write() as connection:
            one(connection, watch_id, workspace_id)
            row = watch_test.insert().values(watch_id=watch_id, text=text, must_match=must_match)
            key = connection.execute(row).inserted_primary_key
        return WatchTest(int(key[0]), watch_id, text, must_match)  # type: ignore[index]

    def tests(self, watch_id: int, workspace_id: int) -> list[WatchTest]:
        """Oldest first. Raises NotFoundError."""
        with self._ledger.read() as connection:
            one(connection, watch_id, workspace_id)
            query = watch_test.select().where(watch_test.c.watch_id == watch_id).order_by(watch_test.c.test_id)
            return [WatchTest(**row._mapping) for row in connection.execute(query)]

    def remove_test(self, test_id: int, watch_id: int, workspace_id: int) -> None:
        """Raises NotFoundError."""
        with self._ledger.write() as connection:
            one(connection, watch_id, workspace_id)
            this = watch_test.c.test_id == test_id, watch_test.c.watch_id == watch_id
            connection.execute(watch_test.delete().where(*this))

    def lists(self, workspace_id: int) -> Mapping[str, str]:
        """Named lists of terms: name -> query text, as `match.parse` takes them."""
        query = select(term_list.c.name, term_list.c.query).where(term_list.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return {row.name: row.query for row in connection.execute(query.order_by(term_list.c.name))}

    def set_list(self, workspace_id: int, name: str, query: str) -> None:
        """Makes or changes a list; "" takes it away. Watches whose query names it are read again."""
        this = term_list.c.workspace_id == workspace_id, term_list.c.name == name
        with self._ledger.write() as connection:
            connection.execute(term_list.delete().where(*this))
            if query:
                row = {"workspace_id": workspace_id, "name": name, "query": query}
                connection.execute(term_list.insert().values(**row, updated_ms=self._clock.now_ms()))
            values = {
                "stamp": raise_counter(connection, "panel"),
                "history_before": counter_value(connection, "post") + 1,
            }
            mine = watch.c.workspace_id == workspace_id, watch.c.query.contains(name, autoescape=True)
            connection.execute(watch.update().where(*mine).values(**values))


def one(connection: Connection, watch_id: int, workspace_id: int | None) -> Row[Any]:
    query = watch.select().where(watch.c.watch_id == watch_id)
    if workspace_id is not None:
        query = query.where(watch.c.workspace_id == workspace_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError("archive.no_watch", asked=watch_id)
    return row


def checked(name: str, query: str, kind: str) -> dict[str, Any]:
    """Raises InputError for what a watch cannot have."""
    for field, value, most in (("name", name, NAME_CHARS_MAX), ("query", query, QUERY_CHARS_MAX)):
        if len(value) > most:
            raise InputError("archive.too_long", field=field, most=most)
    if kind not in set(WatchKind):
        raise InputError("archive.bad_choice", field="kind", value=kind, choices=", ".join(WatchKind))
    return {"name": name, "query": query, "kind": str(kind)}


def version_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("watch_id", "name", "query")}


def watch_of(row: Row[Any]) -> Watch:
    return Watch(
        watch_id=row.watch_id,
        workspace_id=row.workspace_id,
        name=row.name,
        kind=WatchKind(row.kind),
        query=row.query,
        version=row.version,
        state=row.state,
        history_before=row.history_before,
        created_ms=row.created_ms,
        updated_ms=row.updated_ms,
    )
