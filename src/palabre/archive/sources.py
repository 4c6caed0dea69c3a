"""Sources: configured connectors, their cursor, their secrets, who works on them now. Health is in `health`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.sqlite import insert

from palabre.archive.health import health_of, last_runs
from palabre.archive.heard import SourceDay, days_of
from palabre.archive.ledger import Ledger
from palabre.archive.tables import counter, source, source_run, source_secret, workspace
from palabre.archive.types import Json, Run, Source, SourceHealth
from palabre.archive.vault import Vault, place_of, seal, unseal
from palabre.clock import Clock
from palabre.errors import InputError, NotFoundError

KEEPS = ("all", "matched")
STATES = ("active", "paused")
NAME_CHARS_MAX = 300
CONFIG_BYTES_MAX = 100_000
LEASE_AHEAD_MAX_MS = 86_400_000
CLOCK_SLACK_MS = 300_000


class Sources:
    """What takes no workspace_id is for the pipeline alone; the desk always gives the workspace."""

    def __init__(self, ledger: Ledger, clock: Clock, vault: Vault) -> None:
        self._ledger, self._clock, self._vault = ledger, clock, vault

    def add(
        self,
        workspace_id: int,
        connector: str,
        name: str,
        config: Json,
        *,
        keep: str = "all",
        rhythm_seconds: int = 3600,
        state: str = "active",
        secrets: Mapping[str, str] | None = None,
    ) -> Source:
        """A new source, due at once. Raises InputError."""
        values = checked(name=name, config=config, keep=keep, rhythm_seconds=rhythm_seconds, state=state)
        now = self._clock.now_ms()
        with self._ledger.write() as connection:
            values |= fresh_number(connection)
            row = source.insert().values(
                workspace_id=workspace_id, connector=connector, created_ms=now, next_due_ms=now, **values
            )  # fmt: skip
            source_id = int(connection.execute(row).inserted_primary_key[0])  # type: ignore[index]
            for secret, value in (secrets or {}).items():
                self._store(connection, source_id, secret, value)
        return self.get(source_id, workspace_id)

    def get(self, source_id: int, workspace_id: int | None = None) -> Source:
        """Raises NotFoundError, also when it belongs to another workspace."""
        with self._ledger.read() as connection:
            row = connection.execute(source.select().where(mine(source_id, workspace_id))).first()
        if row is None:
            raise NotFoundError("archive.no_source", asked=source_id)
        return source_of(row)

    def all(self, workspace_id: int | None = None) -> list[Source]:
        """Oldest first; None: of every workspace (the pipeline)."""
        query = source.select().order_by(source.c.source_id)
        if workspace_id is not None:
            query = query.where(source.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return list(map(source_of, connection.execute(query)))

    def find(self, workspace_id: int, connector: str, name: str) -> Source | None:
        """By connector and name, e.g. the one that stands for imports of a kind."""
        query = source.select().where(source.c.workspace_id == workspace_id, source.c.connector == connector)
        with self._ledger.read() as connection:
            row = connection.execute(query.where(source.c.name == name).order_by(source.c.source_id)).first()
        return source_of(row) if row is not None else None

    def change(self, source_id: int, workspace_id: int | None = None, **changes: Any) -> Source:
        """Changes any of name, config, keep, rhythm_seconds, state, cursor, next_due_ms. Raises InputError."""
        values = checked(**changes)
        with self._ledger.write() as connection:
            connection.execute(source.update().where(mine(source_id, workspace_id)).values(**values))
        return self.get(source_id, workspace_id)

    def remove(self, source_id: int, workspace_id: int) -> None:
        """The source goes; its posts stay. Raises NotFoundError."""
        self.get(source_id, workspace_id)
        with self._ledger.write() as connection:
            connection.execute(source.delete().where(mine(source_id, workspace_id)))

    # who works on it

    def due(self, now_ms: int, limit: int = 100) -> list[Source]:
        """Active sources to be asked now that nobody has, the longest waiting first."""
        query = source.select().where(source.c.state == "active", its_time(now_ms), is_free(now_ms))
        with self._ledger.read() as connection:
            return list(map(source_of, connection.execute(query.order_by(source.c.next_due_ms).limit(limit))))

    def claim(self, source_id: int, until_ms: int) -> bool:
        """Takes a source until then; False if another worker has it. Call again with a later time to keep it."""
        now = self._clock.now_ms()
        with self._ledger.write() as connection:
            free = source.c.source_id == source_id, is_free(now)
            taken = connection.execute(source.update().where(*free).values(lease_until_ms=until_ms))
        return bool(taken.rowcount)

    def extend(self, source_id: int, until_ms: int) -> None:
        """A worker that has a source keeps it longer."""
        self.change_lease(source_id, until_ms)

    def release(self, source_id: int) -> None:
        """Gives a source back."""
        self.change_lease(source_id, 0)

    def change_lease(self, source_id: int, until_ms: int) -> None:
        with self._ledger.write() as connection:
            connection.execute(source.update().where(source.c.source_id == source_id).values(lease_until_ms=until_ms))

    def finish_run(
        self, source_id: int, started_ms: int, *, error_key: str = "", error_params: Json | None = None,
        next_due_ms: int = 0
    ) -> None:  # fmt: skip
        """Ends a run that began at started_ms, well (error_key "") or not, and says when to ask again (0: rhythm)."""
        now = self._clock.now_ms()
        params = orjson.dumps(error_params or {}, default=str).decode()
        with self._ledger.write() as connection:
            row = connection.execute(source.select().where(source.c.source_id == source_id)).first()
            if row is None:
                return
            ended = {"ended_ms": now, "error_key": error_key, "error_params": params}
            this = source_run.c.source_id == source_id, source_run.c.started_ms == started_ms
            if not connection.execute(source_run.update().where(*this).values(**ended)).rowcount:
                connection.execute(source_run.insert().values(source_id=source_id, started_ms=started_ms, **ended))
            good = {"last_ok_ms": now, "failures": 0} if not error_key else {"failures": row.failures + 1}
            connection.execute(
                source.update()
                .where(source.c.source_id == source_id)
                .values(
                    last_run_ms=now,
                    error_key=error_key,
                    error_params=params,
                    next_due_ms=next_due_ms or now + row.rhythm_seconds * 1000,
                    lease_until_ms=0,
                    **good,
                )
            )

    def finish_push(self, source_id: int, started_ms: int) -> None:
        """Ends what others pushed at started_ms. A poll that is at work keeps its lease, and its time stays its own."""
        now = self._clock.now_ms()
        this = source_run.c.source_id == source_id, source_run.c.started_ms == started_ms
        with self._ledger.write() as connection:
            connection.execute(source_run.update().where(*this).values(ended_ms=now))
            connection.execute(source.update().where(source.c.source_id == source_id).values(last_ok_ms=now))

    def note(self, source_id: int, **values: object) -> None:
        """Writes some values into a source's cursor and leaves the others as they are now."""
        with self._ledger.write() as connection:
            query = select(source.c.cursor).where(source.c.source_id == source_id)
            row = connection.execute(query.with_for_update()).first()
            if row is not None:
                cursor = json_text("cursor", orjson.loads(row.cursor) | values)
                connection.execute(source.update().where(source.c.source_id == source_id).values(cursor=cursor))

    # health

    def health(self, workspace_id: int | None = None) -> list[SourceHealth]:
        """How each source is, oldest first."""
        query = source.select().order_by(source.c.source_id)
        if workspace_id is not None:
            query = query.where(source.c.workspace_id == workspace_id)
        with self._ledger.read() as connection:
            return [health_of(connection, row, self._clock.now_ms()) for row in connection.execute(query).all()]

    def runs(self, source_id: int, workspace_id: int, limit: int = 50) -> list[Run]:
        """Newest first. Raises NotFoundError."""
        self.get(source_id, workspace_id)
        with self._ledger.read() as connection:
            return last_runs(connection, source_id, limit)

    def days(self, workspace_id: int, since_ms: int) -> list[SourceDay]:
        """What each source brought on each day since then, oldest first; days without posts and runs are left out."""
        with self._ledger.read() as connection:
            return days_of(connection, workspace_id, since_ms)

    # secrets

    def set_secret(self, source_id: int, workspace_id: int, name: str, value: str) -> None:
        """Seals a secret; "" takes it away. Raises NotFoundError."""
        self.get(source_id, workspace_id)
        with self._ledger.write() as connection:
            self._store(connection, source_id, name, value)

    def secret_names(self, source_id: int, workspace_id: int) -> list[str]:
        """Which secrets are set: all that a screen may know."""
        self.get(source_id, workspace_id)
        query = select(source_secret.c.name).where(source_secret.c.source_id == source_id)
        with self._ledger.read() as connection:
            return list(connection.execute(query.order_by(source_secret.c.name)).scalars())

    def secrets(self, source_id: int) -> dict[str, str]:
        """Opened, for the connector alone. Raises ArchiveError when the key is another one."""
        with self._ledger.read() as connection:
            uid, key = self._keys(connection, source_id)
            rows = connection.execute(source_secret.select().where(source_secret.c.source_id == source_id)).all()
        return {row.name: unseal(key, row.sealed, place_of(uid, source_id, row.name)).decode() for row in rows}

    def _store(self, connection: Connection, source_id: int, name: str, value: str) -> None:
        uid, key = self._keys(connection, source_id)
        this = source_secret.c.source_id == source_id, source_secret.c.name == name
        connection.execute(source_secret.delete().where(*this))
        if value:
            sealed = seal(key, value.encode(), place_of(uid, source_id, name))
            connection.execute(
                source_secret.insert().values(
                    source_id=source_id, name=name, sealed=sealed, updated_ms=self._clock.now_ms()
                )
            )

    def _keys(self, connection: Connection, source_id: int) -> tuple[str, bytes]:
        """uid and data key of the workspace a source belongs to."""
        query = select(workspace.c.uid, workspace.c.data_key).join(source).where(source.c.source_id == source_id)
        row = connection.execute(query).first()
        if row is None:
            raise NotFoundError("archive.no_source", asked=source_id)
        return row.uid, self._vault.data_key(row.data_key, row.uid)


def its_time(now_ms: int) -> Any:
    """Due; or last run in the future: what was noted then was noted while the clock of this machine was wrong."""
    return (source.c.next_due_ms <= now_ms) | (source.c.last_run_ms > now_ms + CLOCK_SLACK_MS)


def is_free(now_ms: int) -> Any:
    """In nobody's hands; a lease that would last longer than any does was taken while the clock was wrong."""
    return (source.c.lease_until_ms <= now_ms) | (source.c.lease_until_ms > now_ms + LEASE_AHEAD_MAX_MS)


def mine(source_id: int, workspace_id: int | None) -> Any:
    """This source, if it belongs to the workspace (None: whichever)."""
    this = source.c.source_id == source_id
    return this if workspace_id is None else this & (source.c.workspace_id == workspace_id)


def source_of(row: Row[Any]) -> Source:
    return Source(
        source_id=row.source_id,
        workspace_id=row.workspace_id,
        connector=row.connector,
        name=row.name,
        config=orjson.loads(row.config),
        keep=row.keep,
        rhythm_seconds=row.rhythm_seconds,
        state=row.state,
        cursor=orjson.loads(row.cursor),
        next_due_ms=row.next_due_ms,
        lease_until_ms=row.lease_until_ms,
        created_ms=row.created_ms,
    )


def fresh_number(connection: Connection) -> dict[str, int]:
    """The number of the next source. SQLite would give that of a deleted newest one again, and what others keep beside
    it (a channel of the desk) would then stand for another source; PostgreSQL never does."""
    if connection.dialect.name != "sqlite":
        return {}
    highest = select(func.coalesce(func.max(source.c.source_id), 0)).scalar_subquery()
    connection.execute(insert(counter).values(name="source", value=0).on_conflict_do_nothing())
    mine = counter.update().where(counter.c.name == "source")
    raised = mine.values(value=func.max(counter.c.value, highest) + 1).returning(counter.c.value)
    return {"source_id": int(connection.execute(raised).scalar_one())}


def checked(**values: Any) -> dict[str, Any]:
    """Values as columns. Raises InputError for what a source cannot have."""
    allowed = {"name", "config", "keep", "rhythm_seconds", "state", "cursor", "next_due_ms"}
    if set(values) - allowed:
        raise TypeError(f"a source has no {sorted(set(values) - allowed)}")
    if values.get("keep", "all") not in KEEPS:
        raise InputError("archive.bad_choice", field="keep", value=values["keep"], choices=", ".join(KEEPS))
    if values.get("state", "active") not in STATES:
        raise InputError("archive.bad_choice", field="state", value=values["state"], choices=", ".join(STATES))
    if len(values.get("name", "")) > NAME_CHARS_MAX:
        raise InputError("archive.too_long", field="name", most=NAME_CHARS_MAX)
    return values | {key: json_text(key, values[key]) for key in ("config", "cursor") if key in values}


def json_text(field: str, value: Json) -> str:
    """A mapping as JSON text, within bounds. Raises InputError."""
    found = orjson.dumps(value, default=str).decode()
    if len(found) > CONFIG_BYTES_MAX:
        raise InputError("archive.too_long", field=field, most=CONFIG_BYTES_MAX)
    return found
