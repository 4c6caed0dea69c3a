"""Access rows of quarantine and coverage."""

from __future__ import annotations

from typing import Any

from palabre.desk.engine import archive
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import Row
from palabre.model import Fault, RawItem


def some_item(workspace: Workspace) -> dict[str, Any]:
    """An item that waits."""
    kept = archive()
    source = kept.sources.add(workspace.id, "feed", "Blog", {"url": "https://blog.example/feed.xml"})
    fault = Fault("map", "connector_feed.errors.empty_item")
    kept.quarantine.add(workspace.id, source.source_id, RawItem(b'{"a": "<script>"}'), fault)
    return {"quarantine_id": kept.quarantine.all(workspace.id, limit=1)[0].quarantine_id}


NONE = {"quarantine_id": 10**12}
ROWS = (
    Row("quarantine:index", needs="agent"),
    Row("quarantine:coverage"),
    Row("quarantine:item", "GET", "agent", 200, some_item, NONE),
    Row("quarantine:replay", "POST", "agent", 302, some_item, NONE),
    Row("quarantine:drop", "POST", "manager", 302, some_item, NONE),
    Row("quarantine:replay_all", "POST", "agent", 302, data={"key": "nothing.like.it"}),
    Row("quarantine:drop_all", "POST", "manager", 302, data={"key": "nothing.like.it"}),
)
