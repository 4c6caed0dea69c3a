"""Access rows of exports."""

from __future__ import annotations

from typing import Any

from palabre.desk.exports.models import FeedLink
from palabre.desk.mentions.tests.routes import shared_view
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, PUBLIC, Row, sit

WRONG = {"token": "never-given"}
REASON = {"kind": "csv", "reason": "answer to a complaint"}


def some_link(workspace: Workspace) -> dict[str, Any]:
    """Somebody else's: a manager may revoke it."""
    from palabre.desk.mentions.models import SavedView

    view = SavedView.objects.of(workspace).get(**shared_view(workspace))
    user = sit(workspace, "reader", f"feeds{FeedLink.doors.count()}")
    link = FeedLink.objects.add(workspace, view=view, user=user, token_hash=tokens.hashed(tokens.fresh()), made_ms=1)
    return {"uid": link.uid}


ROWS = (
    Row("exports:feed", needs=PUBLIC, ok=404, ids=lambda _: WRONG, absent=WRONG),
    Row("exports:page", ids=shared_view, absent=ABSENT),
    Row("exports:file", ids=shared_view, absent=ABSENT, data={"kind": "csv"}),
    Row("exports:named", "POST", "manager", 200, shared_view, ABSENT, REASON),
    Row("exports:make_link", "POST", "reader", 200, shared_view, ABSENT),
    Row("exports:revoke_link", "POST", "manager", 302, some_link, ABSENT),
)
