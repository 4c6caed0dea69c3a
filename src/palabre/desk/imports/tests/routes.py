"""Access rows of imports."""

from __future__ import annotations

from typing import Any

from palabre.desk.imports import keeping
from palabre.desk.imports.models import DONE, WAITING, Import
from palabre.desk.imports.tests.files import FRENCH
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, Row


def waiting(workspace: Workspace, body: bytes = FRENCH.encode(), name: str = "forum.csv") -> Import:
    """A file that has arrived."""
    row = Import.objects.add(workspace, name=name, size=len(body), arrived=len(body), state=WAITING, made_ms=1)
    keeping.write(row, 0, [body])
    return row


def a_file(workspace: Workspace) -> dict[str, Any]:
    return {"uid": waiting(workspace).uid}


def an_import(workspace: Workspace) -> dict[str, Any]:
    said = {"offered": 2, "stored": 1, "unchanged": 0, "quarantined": 1, "mentions": 0, "kinds": {"csv": 2}}
    return {"uid": Import.objects.add(workspace, name="a.csv", size=9, state=DONE, made_ms=1, said=said).uid}


def room(workspace: Workspace) -> dict[str, Any]:
    """No file waits: only so many may."""
    Import.objects.of(workspace).delete()
    return {}


ROWS = (
    Row("imports:index", needs="manager"),
    Row("imports:index", "POST", "manager", 400),
    Row("imports:begin", "POST", "manager", 200, room, data={"name": "a.csv", "size": "10"}),
    Row("imports:one", needs="manager", ids=a_file, absent=ABSENT),
    Row("imports:one", "POST", "manager", 302, a_file, ABSENT, {"network": "forum"}),
    Row("imports:piece", "POST", "manager", 200, a_file, ABSENT),
    Row("imports:state", needs="manager", ids=an_import, absent=ABSENT, htmx=True),
    Row("imports:start", "POST", "manager", 302, a_file, ABSENT),
    Row("imports:forget", "POST", "manager", 302, a_file, ABSENT),
    Row("imports:leave", "POST", "manager", 302, a_file, ABSENT),
)
