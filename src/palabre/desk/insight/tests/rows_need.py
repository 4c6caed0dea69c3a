"""Access rows of one need."""

from __future__ import annotations

from typing import Any

from palabre.archive.needs import NeedFound
from palabre.desk.engine import archive
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import Row

NOWHERE = {"need_id": 10**9}


def some_need(workspace: Workspace) -> dict[str, Any]:
    found = NeedFound("siège · enfant", ("siège", "enfant"), (), 3, 1, 2)
    return {"need_id": archive().needs.keep(workspace.pk, [found])[0]}


ROWS = (
    Row("insight:need_judge", "POST", "agent", 302, some_need, NOWHERE, {"status": "considered"}),
    Row("insight:need_told", "POST", "agent", 302, some_need, NOWHERE),
    Row("insight:need_rename", "POST", "agent", 302, some_need, NOWHERE, {"title": "Un siège pour enfant"}),
)
