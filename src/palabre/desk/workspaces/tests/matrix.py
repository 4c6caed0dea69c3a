"""The access matrix: who may call which route, as one table a desk app (`<app>/tests/routes.py`, a tuple ``ROWS``).

A new route needs a row; the generated test tries every row with every role and with own, foreign and absent ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from palabre.desk.config.apps import found_names
from palabre.desk.workspaces.models import ROLES, Membership, User, Workspace

PUBLIC, SIGNED_IN = "public", "signed in"  # `needs` of routes outside workspaces
ABSENT: Mapping[str, Any] = {"uid": "0" * 32}
Ids = Callable[[Workspace], dict[str, Any]]


def no_ids(_workspace: Workspace) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """One route and method. needs: a role, PUBLIC or SIGNED_IN; ok: status (or several) for those who may; ids: makes
    an object of a workspace and gives the route's ids; absent: ids that never exist; data: what is posted or asked.
    """

    route: str
    method: str = "GET"
    needs: str = "reader"
    ok: int | tuple[int, ...] = 200
    ids: Ids = no_ids
    absent: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    htmx: bool = False

    @property
    def statuses(self) -> set[int]:
        """What those who may are answered."""
        return {self.ok} if isinstance(self.ok, int) else set(self.ok)

    @property
    def inside(self) -> bool:
        """Whether the route lives under /w/<slug>/."""
        return self.needs in ROLES

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


@cache
def table() -> tuple[Row, ...]:
    """The rows of every app."""
    return tuple(row for name in found_names() for row in _rows(name))


def _rows(name: str) -> tuple[Row, ...]:
    try:
        module = import_module(f"palabre.desk.{name}.tests.routes")
    except ModuleNotFoundError:
        return ()
    rows: tuple[Row, ...] = module.ROWS
    return rows


def sit(workspace: Workspace, role: str, name: str = "") -> User:
    """A new user with that role there."""
    user = User.objects.create_user(
        f"{name or role}@{workspace.slug}.example", "a fine long sentence", name=name or role
    )
    Membership.objects.add(workspace, user=user, role=role, since_ms=1)
    return user
