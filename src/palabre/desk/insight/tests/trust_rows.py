"""Objects for the access rows of the Trust room."""

from __future__ import annotations

from typing import Any

from palabre.archive import Filters
from palabre.desk.engine import archive
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.workspaces.models import Workspace
from palabre.insight import Scope
from palabre.insight.audits import draw
from palabre.model import Post
from palabre.reader import Readers
from palabre.reread import reread


def read_all(workspace: Workspace) -> None:
    """What waits is read, as the running product does."""
    reread(archive(), Readers(archive()), workspace.id)


def a_post(workspace: Workspace) -> dict[str, Any]:
    ids = {"post_id": hear(workspace, Post("https://teach.example/1", "web", text="Une batterie fragile"))[0]}
    read_all(workspace)
    return ids


def a_sample(workspace: Workspace) -> dict[str, Any]:
    a_post(workspace)
    scope = Scope(Filters(mentioned=False))
    return {"sample_id": draw(archive(), workspace.id, "tone", scope.evidence, n=5, who="Ada").sample_id}
