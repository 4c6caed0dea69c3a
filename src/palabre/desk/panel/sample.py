"""The sample in a workspace: its conversation, brought in by the same road as everything, and the panel kept on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from palabre.desk.clock import CLOCK, now_ms

if TYPE_CHECKING:
    from palabre.archive import Archive
    from palabre.model import Post

Report = Callable[[int, int], None]
BATCH = 2_000
ORGANISATION = "Cyclovent"


def add_panel(archive: Archive, workspace_id: int, lang: str, who: str = "") -> int:
    """The sample's watches, those that are not there yet. Returns how many were made."""
    from palabre.sample.panel import PANEL

    there = {watch.name for watch in archive.watches.all(workspace_id)}
    wanted = [(watch.fr if lang == "fr" else watch.en, watch.query, str(watch.kind)) for watch in PANEL]
    fresh = [row for row in wanted if row[0] not in there]
    archive.watches.add_many(workspace_id, fresh, who=who)
    return len(fresh)


def load(archive: Archive, workspace_id: int, report: Report) -> int:
    """Plays the sample so that it ends last midnight. Returns how many posts were stored; again: none is doubled."""
    from palabre.batches import batch_of
    from palabre.pipeline import Pipeline
    from palabre.road.guard import Batch
    from palabre.road.ready import delivery, ready
    from palabre.sample import play

    posts = [line.post for line in play(now_ms())]
    pipeline, stored = Pipeline(archive, None, CLOCK, archive.settings), 0
    for done, part in slices(posts, BATCH):
        batch = Batch(batch_of(part), (None,) * len(part), (), ())
        one = ready(batch, pipeline.panels.of(workspace_id), pipeline.languages)
        stored += archive.write(delivery(one, workspace_id, None)).stored
        report(done + len(part), len(posts))
    return stored


def slices(posts: Sequence[Post], size: int) -> Iterator[tuple[int, Sequence[Post]]]:
    """(position, part) after part."""
    for start in range(0, len(posts), size):
        yield start, posts[start : start + size]


def load_if_empty(archive: Archive, workspace_id: int, lang: str = "fr") -> int:
    """For `palabre up --sample`: 0 where the workspace already holds posts."""
    if archive.search(workspace_id, limit=1):
        return 0
    add_panel(archive, workspace_id, lang)
    return load(archive, workspace_id, lambda done, total: None)
