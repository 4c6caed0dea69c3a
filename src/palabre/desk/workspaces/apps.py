"""People of the desk: who may enter which workspace, and what was done there."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class WorkspacesConfig(AppConfig):
    name = "palabre.desk.workspaces"
    label = "workspaces"
    doors = (
        Door(room="house", title="auth.members.title", route="workspaces:members", needs="reader", rank=10),
        Door(room="house", title="auth.tokens.title", route="workspaces:tokens", needs="agent", rank=20),
        Door(room="house", title="auth.journal.title", route="workspaces:journal", needs="manager", rank=30),
    )

    def ready(self) -> None:
        from palabre.desk.config import checks  # noqa: F401  # registers the system checks
