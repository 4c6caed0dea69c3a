"""A query tried on the archive, and how far long work on the archive is."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from palabre.archive import Archive, Bucket, Filters, PostRow, Watch
from palabre.desk.panel import queries
from palabre.desk.panel.models import Job
from palabre.desk.workspaces.models import Workspace
from palabre.match.query import Query
from palabre.model import Span
from palabre.search import ask_query

DAY_MS = 24 * 3600 * 1000
DAYS = 90
DRAWN_FROM = 1_000
SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Tried:
    """A post of the sample with the pieces of its title and text that are marked."""

    row: PostRow
    title: list[tuple[str, bool]]
    text: list[tuple[str, bool]]

    @property
    def author(self) -> str:
        """The name people see; the network where the post has no author."""
        account = self.row.post.account
        return (account.name or account.handle if account else "") or self.row.post.network


@dataclass(frozen=True, slots=True)
class Trial:
    """n: posts of the last 90 days that match; days: (start of the day, posts), all 90, oldest first."""

    n: int
    days: tuple[tuple[int, int], ...]
    sample: tuple[Tried, ...]

    @property
    def table(self) -> list[tuple[int, int]]:
        """The days that have posts, newest first: the chart as a table."""
        return [(day, n) for day, n in reversed(self.days) if n]


def trial(archive: Archive, workspace_id: int, query: Query, now_ms: int) -> Trial:
    """Volume over 90 days, and a sample drawn from the newest posts, the same for the same query and archive."""
    since = (now_ms // DAY_MS - DAYS + 1) * DAY_MS
    asked = ask_query(archive, workspace_id, query, Filters(since_ms=since))
    days = every_day(asked.volume(DAY_MS), since)
    rows = asked.rows(limit=DRAWN_FROM)
    drawn = rows if len(rows) <= SAMPLE else random.Random(queries.digest(query.text)).sample(rows, SAMPLE)  # noqa: S311
    drawn = sorted(drawn, key=lambda row: -row.sort_ms)
    sample = tuple(map(tried, drawn, asked.spans(drawn)))
    return Trial(sum(n for _, n in days), days, sample)


def every_day(buckets: Iterable[Bucket], since_ms: int) -> tuple[tuple[int, int], ...]:
    """Ninety days from ``since_ms`` on, empty ones too."""
    known = {bucket.start_ms // DAY_MS: bucket.n for bucket in buckets}
    first = since_ms // DAY_MS
    return tuple((day * DAY_MS, known.get(day, 0)) for day in range(first, first + DAYS))


def tried(row: PostRow, found: Sequence[Span]) -> Tried:
    """With its spans."""
    return Tried(row, queries.pieces(row.post.title, found, "title"), queries.excerpt(row.post.text, found))


@dataclass(frozen=True, slots=True)
class History:
    """How far the present query has looked back. share: 0 to 1."""

    running: bool
    share: float

    @property
    def percent(self) -> int:
        return int(self.share * 100)


def history(archive: Archive, kept: Watch) -> History:
    """`Watch.history_before` against the newest post: both are numbers that rise with arrival."""
    newest = archive.search(kept.workspace_id, limit=1)
    if kept.history_before <= 1 or not newest or kept.state != "active":
        return History(False, 1.0)
    return History(True, 1 - min(1.0, kept.history_before / (newest[0].post_id + 1)))


def progress(workspace: Workspace, archive: Archive) -> dict[str, Any]:
    """What the filling page shows: posts so far, work under way, sources with their health; deaf: none answers."""
    latest = list(Job.objects.of(workspace).order_by("-pk")[:3])
    health = {one.source_id: one for one in archive.sources.health(workspace.id)}
    sources = [(one, health.get(one.source_id)) for one in archive.sources.all(workspace.id)]
    busy = any(job.state == "running" for job in latest)
    over = bool(latest) and not busy and not sources
    posts = archive.count(workspace.id).n
    deaf = bool(sources) and not posts and not busy and all(one and one.error_key for _, one in sources)
    return {"jobs": latest, "sources": sources, "posts": posts, "over": over, "deaf": deaf}
