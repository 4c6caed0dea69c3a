"""The door of the room of persons to replies: those that reached a person."""

from __future__ import annotations

from typing import Any

from palabre.desk.replies.models import Reply
from palabre.desk.workspaces.models import Workspace


def sent_to(workspace: Workspace, person_id: int) -> Any:
    """Replies to a person that were sent off, as a query set."""
    return Reply.objects.of(workspace).filter(case__person_id=person_id, state="sent_off").select_related("case", "by")


def written_since(workspace: Workspace, since_ms: int) -> Any:
    """Persons (keys) to whom a reply was sent off since then, as values for a filter."""
    rows = Reply.objects.of(workspace).filter(state="sent_off", changed_ms__gte=since_ms)
    return rows.exclude(case__person=None).values("case__person_id")
