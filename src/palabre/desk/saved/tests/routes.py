"""Access rows of the app."""

from __future__ import annotations

from typing import Any

from palabre.desk.saved.models import SavedReply
from palabre.desk.workspaces.models import Workspace, fresh_id
from palabre.desk.workspaces.tests.matrix import ABSENT, Row


def some_saved(workspace: Workspace) -> dict[str, Any]:
    return {"uid": SavedReply.objects.add(workspace, name=fresh_id(), texts={"fr_vous": "Merci"}, changed_ms=1).uid}


SAVED = {"name": "Bonjour", "fr_vous": "Bonjour {person.name|à vous},"}
ROWS: tuple[Row, ...] = (
    Row("saved:index", needs="agent"),
    Row("saved:new", needs="agent"),
    Row("saved:new", "POST", "agent", 302, data=SAVED),
    Row("saved:pick", needs="agent", htmx=True),
    Row("saved:edit", needs="agent", ids=some_saved, absent=ABSENT),
    Row("saved:edit", "POST", "agent", 302, some_saved, ABSENT, SAVED),
    Row("saved:remove", "POST", "agent", 302, some_saved, ABSENT),
    Row("saved:used", "POST", "agent", 204, some_saved, ABSENT),
)
