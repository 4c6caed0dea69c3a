"""The only doors to reports, kept copies, alerts and what they told."""

from __future__ import annotations

from typing import Any

from palabre.desk.reports.models import Alert, Copy, Firing, Report
from palabre.desk.service import access as service
from palabre.desk.today.access import house_zone
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Membership, User, Workspace


def report(seat: Seat, uid: str) -> Report:
    return one(Report.objects.of(seat.workspace).select_related("owner"), uid=uid)


def reports(workspace: Workspace) -> Any:
    return Report.objects.of(workspace).select_related("owner")


def copy(seat: Seat, uid: str) -> Copy:
    return one(Copy.objects.of(seat.workspace).select_related("report", "by"), uid=uid)


def copies(workspace: Workspace) -> Any:
    """Newest first, without their bodies."""
    return Copy.objects.of(workspace).select_related("report", "by").defer("body")


def alert(seat: Seat, uid: str) -> Alert:
    return one(Alert.objects.of(seat.workspace).select_related("owner"), uid=uid)


def alerts(workspace: Workspace) -> Any:
    return Alert.objects.of(workspace).select_related("owner")


def firing(seat: Seat, uid: str) -> Firing:
    return one(Firing.objects.of(seat.workspace).select_related("alert"), uid=uid)


def firings(workspace: Workspace) -> Any:
    """Newest first."""
    return Firing.objects.of(workspace).select_related("alert", "judged_by")


def seat_of(workspace: Workspace, user: User | None) -> Seat | None:
    """The seat in whose name something is made; None for somebody who has left."""
    held = Membership.objects.of(workspace).filter(user=user).first() if user and user.is_active else None
    return Seat(workspace, user, held.role) if held and user else None


def zone_of(seat: Seat) -> str:
    """The zone of the workspace's hours of work; that of the house where nobody said when it works."""
    work = service.clockwork(seat.workspace)
    return str(work.usual.zone.key if work.decided else house_zone().key)
