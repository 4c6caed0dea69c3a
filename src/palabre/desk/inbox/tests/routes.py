"""Access rows of the inbox."""

from __future__ import annotations

from typing import Any

from palabre.desk.clock import now_ms
from palabre.desk.inbox import access, acts
from palabre.desk.inbox.models import Case
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import Membership, Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, Row
from palabre.model import Account, Post


def heard(workspace: Workspace) -> int:
    """A post that somebody may open a case of."""
    said = Post(
        "https://one.example/help", "web", text="Où est ma commande ?", account=Account("https://one.example/u")
    )
    return hear(workspace, said)[0]


def some_case(workspace: Workspace) -> dict[str, Any]:
    number = Case.objects.of(workspace).count()
    case = Case.objects.add(
        workspace, title=f"Livraison {number}", opened_ms=now_ms(), changed_ms=now_ms(), network="web"
    )
    access.happened(case, "opened", at_ms=case.opened_ms)
    return {"uid": case.uid}


def merged_case(workspace: Workspace) -> dict[str, Any]:
    into, other = some_case(workspace), some_case(workspace)
    rows = Case.objects.of(workspace)
    rows.filter(uid=other["uid"]).update(merged_into=rows.get(uid=into["uid"]))
    return other


NO_POST = {"post_id": str(10**12)}
ROWS = (
    Row("inbox:queue", needs="agent"),
    Row("inbox:counts", needs="agent", htmx=True),
    Row("inbox:new", needs="agent"),
    Row("inbox:new", "POST", "agent", 302, data={"title": "Appel de Mme Durand"}),
    Row("inbox:open", "POST", "agent", 404, data=NO_POST),
    Row("inbox:many", "POST", "agent", 302, data={"what": "resolve"}),
    Row("inbox:undo", "POST", "agent", 404, ids=lambda workspace: dict(ABSENT), absent=ABSENT),
    Row("inbox:notices", "POST", "agent", 302),
    Row("inbox:settings", needs="agent"),
    Row("inbox:settings", "POST", "manager", 302, data={"sure_percent": 70, "days": 7, "answer_hours": 24}),
    Row("inbox:case", needs="agent", ids=some_case, absent=ABSENT),
    Row("inbox:thread", needs="agent", ids=some_case, absent=ABSENT, htmx=True),
    Row("inbox:log", needs="agent", ids=some_case, absent=ABSENT, htmx=True),
    Row("inbox:next", needs="agent", ok=302, ids=some_case, absent=ABSENT),
    Row("inbox:act", "POST", "agent", 302, some_case, ABSENT, {"what": "urgent"}),
    Row("inbox:title", "POST", "agent", 302, some_case, ABSENT, {"title": "Autre nom"}),
    Row("inbox:note", "POST", "agent", 302, some_case, ABSENT, {"text": "À suivre"}),
    Row("inbox:merge", "POST", "agent", 302, some_case, ABSENT),
    Row("inbox:unmerge", "POST", "agent", 302, merged_case, ABSENT),
    Row("inbox:split", "POST", "agent", 302, some_case, ABSENT),
    Row("inbox:presence", "POST", "agent", 200, some_case, ABSENT, htmx=True),
    Row("inbox:lock", "POST", "agent", 200, some_case, ABSENT, {"what": "claim"}, htmx=True),
)
__all__ = ["ROWS", "Membership", "Seat", "acts", "heard", "some_case"]
