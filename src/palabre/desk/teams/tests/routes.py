"""Access rows of the app."""

from __future__ import annotations

from typing import Any

from palabre.desk.inbox.models import Case
from palabre.desk.teams.models import ApprovalPath, Team
from palabre.desk.workspaces.models import Workspace, fresh_id
from palabre.desk.workspaces.tests.matrix import ABSENT, Row


def some_team(workspace: Workspace) -> dict[str, Any]:
    return {"uid": Team.objects.add(workspace, name=fresh_id()).uid}


def some_path(workspace: Workspace) -> dict[str, Any]:
    return {"uid": ApprovalPath.objects.add(workspace, name=fresh_id()).uid}


def some_case(workspace: Workspace) -> dict[str, Any]:
    if not Team._base_manager.filter(uid="a" * 32).exists():  # an id is unique in the whole desk
        Team.objects.add(workspace, name="Juridique", uid="a" * 32)
    return {"uid": Case.objects.add(workspace, title="Frein", opened_ms=1, changed_ms=1).uid}


PATH = {"name": "Tout relire", "approver": "manager"}
ROWS: tuple[Row, ...] = (
    Row("teams:index"),
    Row("teams:new", needs="manager"),
    Row("teams:new", "POST", "manager", 302, data={"name": "Presse"}),
    Row("teams:queue", ids=some_team, absent=ABSENT),
    Row("teams:edit", needs="manager", ids=some_team, absent=ABSENT),
    Row("teams:edit", "POST", "manager", 302, some_team, ABSENT, {"name": "Presse"}),
    Row("teams:remove", "POST", "manager", 302, some_team, ABSENT),
    Row("teams:route", needs="agent", ids=some_case, absent=ABSENT),
    Row("teams:route", "POST", "agent", 302, some_case, ABSENT, {"team": "a" * 32}),
    Row("teams:path_new", needs="manager"),
    Row("teams:path_new", "POST", "manager", 302, data=PATH),
    Row("teams:path_edit", needs="manager", ids=some_path, absent=ABSENT),
    Row("teams:path_edit", "POST", "manager", 302, some_path, ABSENT, PATH),
    Row("teams:path_remove", "POST", "manager", 302, some_path, ABSENT),
)
