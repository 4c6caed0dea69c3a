"""Whether posts are still on their way: an empty queue then says so, and not that nothing is to do."""

from __future__ import annotations

from dataclasses import dataclass

from palabre.desk.engine import archive
from palabre.desk.inbox import seams
from palabre.desk.inbox.folding import intake_of
from palabre.desk.workspaces.access import Seat


@dataclass(frozen=True, slots=True)
class Arriving:
    """what: heard (the sample comes in) or read (posts are there, and wait to be read); done, total: posts, 0 where
    nobody counts."""

    what: str
    done: int = 0
    total: int = 0


def arriving(seat: Seat, *, empty: bool) -> Arriving | None:
    """What is on its way; None for nothing. empty: whether the queue shows no case: a post that waits a moment to be
    read is told of only then."""
    job = seams.asked("panel", "filling", seat.workspace)
    if job is not None:
        return Arriving("heard", job.done, job.total)
    return Arriving("read") if empty and behind(seat) else None


def behind(seat: Seat) -> bool:
    """Whether mentions wait for a model, and posts for us to look at them."""
    intake = intake_of(seat.workspace)
    if not intake.mentions or not archive().readings.waits(seat.workspace.id):
        return False
    return intake.stamp < 0 or bool(archive().posts.after(seat.workspace.id, intake.after_mentions, 1))
