"""Teams and departments with their queues; who must approve what. A case is routed in `cases`; a queue is one of
`GET /cases?queue=team:<id>`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import People, Row, Thing, listed
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.teams import access, forms
from palabre.desk.teams.models import ApprovalPath, Team


class TeamOut(Row):
    """department: cases are handed over to it."""

    name: str
    about: str
    department: bool
    members: People


class PathOut(Row):
    """Which replies somebody reads first, and who: a role, or one of a team."""

    name: str
    on: bool
    roles: list[str]
    networks: list[str]
    labels: list[str]
    first_replies: int
    approver: str
    team: Thing


@operation("GET", "/teams", listed(TeamOut), scope="answer")
def team_list(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.teams(seat_of(request))}


@operation("GET", "/teams/{uid}", TeamOut, scope="answer")
def team(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.team(seat_of(request), uid)


@operation("GET", "/approval-paths", listed(PathOut), scope="answer")
def approval_paths(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.paths(seat_of(request))}


@operation("GET", "/approval-paths/{uid}", PathOut, scope="answer")
def approval_path(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.path(seat_of(request), uid)


TEAM, PATH = "/teams/{uid}", "/approval-paths/{uid}"
ANSWER: Any = {"scope": "answer"}
deed("POST", "/teams", "teams:new", "add_team", body("TeamIn", forms.TeamForm), then=team, status=201, made=Team,
     **ANSWER)  # fmt: skip
deed("PATCH", TEAM, "teams:edit", "change_team", body("TeamChange", forms.TeamForm, part=True), then=team, begins=True,
     **ANSWER)  # fmt: skip
deed("DELETE", TEAM, "teams:remove", "remove_team", **ANSWER)
deed("POST", "/approval-paths", "teams:path_new", "add_approval_path",
     body("PathIn", forms.PathForm, begins=("approver",)), then=approval_path, status=201, made=ApprovalPath,
     begins=True, **ANSWER)  # fmt: skip
deed("PATCH", PATH, "teams:path_edit", "change_approval_path", body("PathChange", forms.PathForm, part=True),
     then=approval_path, begins=True, **ANSWER)  # fmt: skip
deed("DELETE", PATH, "teams:path_remove", "remove_approval_path", **ANSWER)
