"""The sample in a workspace: its conversation by the same road as everything, and the panel kept on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson

from palabre.model import Post, RawItem

if TYPE_CHECKING:
    from palabre.archive import Archive
    from palabre.clock import Clock

Report = Callable[[int, int], None]
BATCH = 2_000
FLAT = {"account_uri": "uri", "account_handle": "handle", "account_name": "name", "account_url": "url"}


def record(post: Post) -> dict[str, object]:
    """A post as a flat record with the names of POSTS, as in NDJSON; empty fields are left out."""
    flat = asdict(post)
    account, metrics = flat.pop("account") or {}, flat.pop("metrics")
    flat |= {name: account.get(key) for name, key in FLAT.items()} | metrics
    flat |= {"followers": account.get("followers"), "verified": account.get("verified", False), "kind": str(post.kind)}
    return {name: value for name, value in flat.items() if value not in ("", None, (), False, 0)}


def raw_item(post: Post) -> RawItem:
    """What the platform would have sent."""
    return RawItem(orjson.dumps(record(post)))


def add_panel(archive: Archive, workspace_id: int, lang: str, who: str = "") -> int:
    """The sample's watches, those that are not there yet. Returns how many were made."""
    from palabre.sample.panel import PANEL

    there = {watch.name for watch in archive.watches.all(workspace_id)}
    wanted = [(watch.fr if lang == "fr" else watch.en, watch.query, str(watch.kind)) for watch in PANEL]
    fresh = [row for row in wanted if row[0] not in there]
    archive.watches.add_many(workspace_id, fresh, who=who)
    return len(fresh)


def load(archive: Archive, clock: Clock, workspace_id: int, report: Report, seed: int = 7) -> int:
    """Plays the sample so that it ends last midnight, and marks the company's own accounts as official. Returns how
    many posts were stored; again: none is doubled."""
    from palabre.batches import batch_of
    from palabre.pipeline import Pipeline
    from palabre.road.guard import Batch
    from palabre.road.ready import delivery, ready
    from palabre.sample.play import play

    lines = play(clock.now_ms(), seed)
    posts = [line.post for line in lines]
    for uri in sorted({line.post.account.uri for line in lines if line.role == "official" and line.post.account}):
        archive.marks.put(workspace_id, "account", uri, "official", "")
    pipeline, stored = Pipeline(archive, None, clock, archive.settings), 0
    for done, part in slices(posts, BATCH):
        batch = Batch(batch_of(part), tuple(map(raw_item, part)), (), ())
        one = ready(batch, pipeline.panels.of(workspace_id), pipeline.languages, pipeline.readers.of(workspace_id))
        stored += archive.write(delivery(one, workspace_id, None)).stored
        report(done + len(part), len(posts))
    return stored


def slices(posts: Sequence[Post], size: int) -> Iterator[tuple[int, Sequence[Post]]]:
    """(position, part) after part."""
    for start in range(0, len(posts), size):
        yield start, posts[start : start + size]


def load_if_empty(archive: Archive, clock: Clock, workspace_id: int, lang: str = "fr") -> int:
    """0 where the workspace already holds posts."""
    if archive.search(workspace_id, limit=1):
        return 0
    add_panel(archive, workspace_id, lang)
    return load(archive, clock, workspace_id, lambda done, total: None)
