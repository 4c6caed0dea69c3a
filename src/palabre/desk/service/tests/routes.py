"""Access rows of the app."""

from __future__ import annotations

from typing import Any

from palabre.desk.service.models import Target, WorkHours
from palabre.desk.teams.models import Team
from palabre.desk.workspaces.models import Workspace, fresh_id
from palabre.desk.workspaces.tests.matrix import ABSENT, Row


def some_hours(workspace: Workspace) -> dict[str, Any]:
    team = Team.objects.add(workspace, name=fresh_id())
    return {"uid": WorkHours.objects.add(workspace, team=team, hours="24/7", zone="UTC").uid}


def some_target(workspace: Workspace) -> dict[str, Any]:
    return {"uid": Target.objects.add(workspace, first=60).uid}


CHART = {"chart": "silent", "kind": "csv"}
HOURS = {"hours": "mon-fri 09:00-18:00", "zone": "Europe/Paris", "country": "fr"}
TARGET = {"first": "4 h", "clock": "business"}
ROWS: tuple[Row, ...] = (
    Row("service:index"),
    Row("service:cases"),
    Row("service:chart", ids=lambda _: CHART, absent=CHART | {"chart": "none"}),
    Row("service:export", needs="agent"),
    Row("service:settings"),
    Row("service:hours", needs="manager"),
    Row("service:hours", "POST", "manager", 302, data=HOURS),
    Row("service:hours_remove", "POST", "manager", 302, some_hours, ABSENT),
    Row("service:target_new", needs="manager"),
    Row("service:target_new", "POST", "manager", 302, data=TARGET),
    Row("service:target", needs="manager", ids=some_target, absent=ABSENT),
    Row("service:target", "POST", "manager", 302, some_target, ABSENT, TARGET),
    Row("service:target_remove", "POST", "manager", 302, some_target, ABSENT),
)
