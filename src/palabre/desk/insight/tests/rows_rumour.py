"""Access rows of one rumour file."""

from __future__ import annotations

from typing import Any

from palabre.desk.engine import archive
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import Row

NOWHERE = {"rumour_id": 10**9}


def some_file(workspace: Workspace) -> dict[str, Any]:
    return {"rumour_id": archive().rumours.open(workspace.pk, "Des batteries prennent feu", "feu").rumour_id}


ROWS = (
    Row("insight:rumour_complete", "POST", "agent", 302, some_file, NOWHERE, {"sources": "https://gazette.example/a"}),
    Row("insight:rumour_judge", "POST", "agent", 302, some_file, NOWHERE, {"status": "answered", "outcome": "false"}),
)
