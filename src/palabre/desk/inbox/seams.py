"""What other apps add to a case, asked for at one place; an app that is not installed adds nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from palabre.desk.inbox.models import Case
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import Workspace
from palabre.measure.hours import Hours, always
from palabre.measure.sla_figures import Targets

HOUR_MS = 3_600_000


def address(route: str, seat: Seat, **ids: Any) -> str:
    """A route of another app in the seat's workspace; "" where there is none."""
    try:
        return reverse(route, kwargs={"workspace_slug": seat.workspace.slug, **ids})
    except NoReverseMatch:
        return ""


def access_of(label: str) -> Any:
    """The doors of another app; None where it is not installed."""
    return import_module(f"palabre.desk.{label}.access") if apps.is_installed(f"palabre.desk.{label}") else None


def asked(label: str, name: str, *args: Any) -> Any:
    """What a function of another app's doors says; None where there is none."""
    function = getattr(access_of(label), name, None)
    return function(*args) if function else None


def hours_of(workspace: Workspace) -> Hours:
    """When we work; round the clock where nobody said."""
    found = asked("service", "hours", workspace)
    return found if isinstance(found, Hours) else always()


def hours_of_case(case: Case) -> Hours:
    """Those of the team a case is with, else the workspace's."""
    found = asked("service", "hours_of", case)
    return found if isinstance(found, Hours) else always()


def target_ms(workspace: Workspace, otherwise_hours: int) -> int:
    """How long a first reply may take, in working time."""
    found = asked("service", "targets", workspace)
    first = found.first if isinstance(found, Targets) else None
    return first or otherwise_hours * HOUR_MS
