"""Access rows of the stream."""

from __future__ import annotations

from typing import Any

from palabre.desk.mentions.models import SavedView
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, Row
from palabre.model import Post


def some_post(workspace: Workspace) -> dict[str, Any]:
    return {"post_id": hear(workspace, Post("https://one.example/1", "web", text="la pluie"))[0]}


def shared_view(workspace: Workspace) -> dict[str, Any]:
    """Somebody else's, shared: all members read it, managers change it."""
    view = SavedView.objects.add(
        workspace, name="Pluie", asks="q=pluie", shared=True, user=None, made_ms=1, changed_ms=1
    )
    return {"uid": view.uid}


NO_POST = {"post_id": 10**12}
ROWS = (
    Row("mentions:stream"),
    Row("mentions:more", htmx=True),
    Row("mentions:summary", htmx=True),
    Row("mentions:fresh", htmx=True),
    Row("mentions:check", htmx=True),
    Row("mentions:chart"),
    Row("mentions:provenance", ids=some_post, absent=NO_POST),
    Row("mentions:thread", ids=some_post, absent=NO_POST),
    Row("mentions:save", "POST", ok=302, data={"name": "Pluie", "asks": "q=pluie"}),
    Row("mentions:view", ids=shared_view, absent=ABSENT),
    Row("mentions:view", "POST", "manager", 302, shared_view, ABSENT, {"name": "Soleil", "shared": "on"}),
    Row("mentions:remove", "POST", "manager", 302, shared_view, ABSENT),
)
