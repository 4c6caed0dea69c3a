"""Access rows of topics."""

from __future__ import annotations

from typing import Any

from palabre.archive.topics import TopicFound
from palabre.desk.engine import archive
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import Row


def some_topic(workspace: Workspace) -> dict[str, Any]:
    return {"topic_id": archive().topics.keep(workspace.pk, [TopicFound(("frein", "pluie"), (), 1, 2)])[0]}


ROWS = (Row("insight:topic_rename", "POST", "agent", 302, some_topic, {"topic_id": 10**9}, {"name": "Freins"}),)
