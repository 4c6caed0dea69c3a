"""Managers that refuse to answer until told for which workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

if TYPE_CHECKING:
    from palabre.desk.workspaces.models import Workspace

M = TypeVar("M", bound=models.Model)


class UnscopedError(RuntimeError):
    """A query on a workspace's rows that does not say which: a fault of ours, never shown as an empty list."""


class ScopedManager(models.Manager[M]):
    """``Model.objects.of(workspace)`` is the only way in; everything else raises UnscopedError.

    Django's own needs (cascades, migrations) use the plain base manager and are not concerned.
    """

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet[M]:
        raise UnscopedError(f"{self.model.__name__}.objects needs .of(workspace)")

    def of(self, workspace: Workspace) -> models.QuerySet[M]:
        """The rows of one workspace."""
        return super().get_queryset().filter(workspace=workspace)

    def add(self, workspace: Workspace, **values: Any) -> M:
        """A new row of that workspace."""
        row = self.model(workspace=workspace, **values)
        row.save(force_insert=True)
        return row
