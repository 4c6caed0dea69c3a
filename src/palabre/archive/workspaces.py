"""Workspaces: the tenants. ``default`` is there from the start."""

from __future__ import annotations

import re
import uuid

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from palabre.archive.ledger import Ledger
from palabre.archive.tables import workspace
from palabre.archive.types import Workspace
from palabre.archive.vault import Vault
from palabre.clock import Clock
from palabre.errors import InputError, NotFoundError

DEFAULT = "default"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
NAME_CHARS_MAX = 200


class Workspaces:
    def __init__(self, ledger: Ledger, clock: Clock, vault: Vault) -> None:
        self._ledger, self._clock, self._vault = ledger, clock, vault

    def all(self) -> list[Workspace]:
        """Every workspace, oldest first."""
        with self._ledger.read() as connection:
            return list(map(workspace_of, connection.execute(workspace.select().order_by(workspace.c.workspace_id))))

    def get(self, workspace_id: int) -> Workspace:
        """Raises NotFoundError."""
        return self._one(workspace.c.workspace_id == workspace_id, workspace_id)

    def find(self, slug: str) -> Workspace:
        """By the name people type. Raises NotFoundError."""
        return self._one(workspace.c.slug == slug, slug)

    def add(self, slug: str, name: str = "") -> Workspace:
        """A new workspace; one of that slug is given back as it is. Raises InputError for a slug of other signs."""
        if not SLUG.fullmatch(slug):
            raise InputError("archive.bad_slug", slug=slug)
        if len(name) > NAME_CHARS_MAX:
            raise InputError("archive.too_long", field="name", most=NAME_CHARS_MAX)
        with self._ledger.write() as connection:
            ensure_workspace(connection, self._vault, slug, name or slug, self._clock.now_ms())
        return self.find(slug)

    def rename(self, workspace_id: int, name: str) -> Workspace:
        """Raises NotFoundError, InputError."""
        if len(name) > NAME_CHARS_MAX:
            raise InputError("archive.too_long", field="name", most=NAME_CHARS_MAX)
        with self._ledger.write() as connection:
            connection.execute(workspace.update().where(workspace.c.workspace_id == workspace_id).values(name=name))
        return self.get(workspace_id)

    def _one(self, condition: object, asked: object) -> Workspace:
        with self._ledger.read() as connection:
            row = connection.execute(select(workspace).where(condition)).first()  # type: ignore[arg-type]
        if row is None:
            raise NotFoundError("archive.no_workspace", asked=asked)
        return workspace_of(row)


def workspace_of(row: Row[tuple[object, ...]]) -> Workspace:
    return Workspace(row.workspace_id, row.slug, row.name, row.uid, row.created_ms)


def ensure_workspace(connection: Connection, vault: Vault, slug: str, name: str, now_ms: int) -> None:
    """Adds a workspace unless its slug is taken."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    uid = uuid.uuid4().hex
    row = insert(workspace).values(
        slug=slug, name=name, uid=uid, data_key=vault.new_data_key(uid), created_ms=now_ms
    )  # fmt: skip
    connection.execute(row.on_conflict_do_nothing(index_elements=["slug"]))


def has_workspace(ledger: Ledger) -> bool:
    """Is there any?"""
    with ledger.read() as connection:
        return connection.execute(select(workspace.c.workspace_id).limit(1)).first() is not None


def uid_of(connection: Connection, workspace_id: int) -> str:
    """The permanent name of a workspace. Raises NotFoundError."""
    found = connection.execute(select(workspace.c.uid).where(workspace.c.workspace_id == workspace_id)).scalar()
    if found is None:
        raise NotFoundError("archive.no_workspace", asked=workspace_id)
    return str(found)
