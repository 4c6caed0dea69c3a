"""The only doors to the panel's rows: watches live in the archive, always asked for with their workspace."""

from __future__ import annotations

from collections.abc import Mapping

from palabre.archive.types import Watch, WatchTest, WatchVersion
from palabre.desk.engine import archive
from palabre.desk.panel import jobs
from palabre.desk.panel.models import Job, Judgement
from palabre.desk.panel.noise import Noise, noise
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace


def watch(seat: Seat, watch_id: int) -> Watch:
    """NotFoundError for none and for another workspace's."""
    return archive().watches.get(watch_id, seat.workspace.id)


def watches(seat: Seat) -> list[Watch]:
    return archive().watches.all(seat.workspace.id)


def versions(seat: Seat, watch_id: int) -> list[WatchVersion]:
    """Newest first."""
    return archive().watches.versions(watch_id, seat.workspace.id)


def tests(seat: Seat, watch_id: int) -> list[WatchTest]:
    """Oldest first."""
    return archive().watches.tests(watch_id, seat.workspace.id)


def lists(seat: Seat) -> Mapping[str, str]:
    """Named lists: name -> query text."""
    return archive().watches.lists(seat.workspace.id)


def judged(seat: Seat, query_hash: str) -> dict[int, bool]:
    """post_id -> wanted, for one text of query."""
    rows = Judgement.objects.of(seat.workspace).filter(query_hash=query_hash)
    return dict(rows.values_list("post_id", "wanted"))


def noise_of(seat: Seat, query_hash: str) -> Noise:
    """What the judgements so far say."""
    answers = list(judged(seat, query_hash).values())
    return noise(sum(answers), len(answers) - sum(answers))


def filling(workspace: Workspace) -> Job | None:
    """The sample that is coming in just now."""
    return next(iter(jobs.running(workspace, "sample")), None)


def job(seat: Seat, uid: str) -> Job:
    return one(Job.objects.of(seat.workspace), uid=uid)
