"""Posts for tests, by the one write door."""

from __future__ import annotations

from palabre.archive.types import Delivery
from palabre.batches import batch_of
from palabre.desk.engine import archive
from palabre.desk.workspaces.models import Workspace
from palabre.match.panel import Panel
from palabre.match.parser import parse
from palabre.model import Post, RawItem


def hear(workspace: Workspace, *posts: Post, source_id: int | None = None, raw: bytes = b'{"a": 1}') -> list[int]:
    """Writes posts, matched against the workspace's watches. Returns their post_ids, in order."""
    panel = Panel()
    for watch in archive().watches.all(workspace.id, active=True):
        panel.add(watch.watch_id, parse(watch.query))
    batch = batch_of(list(posts))
    items = [RawItem(raw)] * len(posts)
    archive().write(Delivery(workspace.id, source_id, batch, items, panel.index_texts(batch), panel.match(batch)))
    known = archive().posts.by_uris(workspace.id, [post.uri for post in posts])
    return [known[post.uri].post_id for post in posts]


def forget(workspace: Workspace) -> None:
    """The archive is not rolled back between tests: take away what one of them left."""
    for watch in archive().watches.all(workspace.id):
        archive().watches.remove(watch.watch_id, workspace.id)
