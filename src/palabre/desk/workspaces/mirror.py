"""The desk's workspaces follow the archive's: same id, same slug."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from palabre.desk.workspaces.models import Workspace


class Kept(Protocol):
    """What the archive says of a workspace."""

    @property
    def workspace_id(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...


def follow(kept: Iterable[Kept]) -> None:
    """Makes the rows that are missing; the name given on the desk stays."""
    known = set(Workspace.objects.values_list("id", flat=True))
    for entry in kept:
        if entry.workspace_id not in known:
            Workspace.objects.create(id=entry.workspace_id, slug=entry.slug, name=entry.name)
