"""The only doors to contacts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from palabre.desk.outreach.models import Contact, Round
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace
from palabre.engage.promises import local_day, ms_of


def contact(seat: Seat, uid: str) -> Contact:
    found: Contact = one(contacts(seat), uid=uid)
    return found


def contacts(seat: Seat) -> Any:
    """All of the workspace, the most pressing first, as a query set."""
    return Contact.objects.of(seat.workspace).select_related("person", "owner", "suggested_to", "case")


def of_person(seat: Seat, person: Any) -> Any:
    """What was done to reach a person, newest first."""
    return contacts(seat).filter(person=person).exclude(state="suggested").order_by("-made_ms")


def round_of(workspace: Workspace) -> Round:
    return Round.objects.of(workspace).first() or Round(workspace=workspace)


def week_start(now_ms: int, zone: ZoneInfo) -> int:
    """Monday at midnight, on the clock of the house."""
    day = local_day(now_ms, zone)
    return ms_of(datetime.combine(day - timedelta(days=day.weekday()), time(), zone))


def taken_since(workspace: Workspace, since_ms: int) -> int:
    return Contact.objects.of(workspace).filter(taken_ms__gte=since_ms).count()
