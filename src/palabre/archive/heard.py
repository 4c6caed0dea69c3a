"""What each source brought, day by day: posts that came in, and whether anybody asked. Days are of UTC.

A day on which nothing came is not yet a quiet day: perhaps nobody asked, or every attempt failed. Both are told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, select

from palabre.archive.tables import post, source, source_run

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class SourceDay:
    """One day of one source. heard: new posts; runs: attempts that began; failed: of these; until_ms: when the last of
    them ended, 0 while one still runs."""

    source_id: int
    day_ms: int
    heard: int = 0
    runs: int = 0
    failed: int = 0
    until_ms: int = 0


def days_of(connection: Connection, workspace_id: int, since_ms: int) -> list[SourceDay]:
    """Days with posts or runs since then, oldest first, for every source of the workspace."""
    heard = {
        (row.source_id, row.day): row.n for row in connection.execute(posts_by_day(connection, workspace_id, since_ms))
    }
    runs = {(row.source_id, row.day): row for row in connection.execute(runs_by_day(workspace_id, since_ms))}
    return [
        SourceDay(source_id, day, heard.get((source_id, day), 0), *run_numbers(runs.get((source_id, day))))
        for source_id, day in sorted({*heard, *runs}, key=lambda key: (key[1], key[0]))
    ]


def run_numbers(row: Any) -> tuple[int, int, int]:
    """runs, failed, until_ms of a day; nothing when there was no run."""
    return (row.runs, int(row.failed or 0), 0 if row.running else row.until_ms) if row is not None else (0, 0, 0)


def posts_by_day(connection: Connection, workspace_id: int, since_ms: int) -> Any:
    """Posts by source and day of arrival. Ids rise with arrival: the first one of the period spares the older posts."""
    first = first_since(connection, since_ms)
    day = (post.c.heard_ms - post.c.heard_ms % DAY_MS).label("day")
    mine = post.c.workspace_id == workspace_id, post.c.source_id.is_not(None), post.c.post_id >= first
    counted = select(post.c.source_id, day, func.count().label("n")).where(*mine, post.c.heard_ms >= since_ms)
    return counted.group_by(post.c.source_id, day)


def first_since(connection: Connection, since_ms: int) -> int:
    """The smallest post_id heard since then, found by halving; one past the newest when there is none."""
    low, high = 0, 1 + (connection.execute(select(func.max(post.c.post_id))).scalar() or 0)
    while low < high:
        middle = (low + high) // 2
        at = connection.execute(
            select(post.c.heard_ms).where(post.c.post_id >= middle).order_by(post.c.post_id).limit(1)
        ).scalar()
        low, high = (low, middle) if at is None or at >= since_ms else (middle + 1, high)
    return low


def runs_by_day(workspace_id: int, since_ms: int) -> Any:
    """Runs by source and day of their beginning."""
    day = (source_run.c.started_ms - source_run.c.started_ms % DAY_MS).label("day")
    failed = func.sum(case((source_run.c.error_key != "", 1), else_=0)).label("failed")
    running = func.sum(case((source_run.c.ended_ms == 0, 1), else_=0)).label("running")
    until = func.max(source_run.c.ended_ms).label("until_ms")
    joined = source_run.join(source, source.c.source_id == source_run.c.source_id)
    counted = select(source_run.c.source_id, day, func.count().label("runs"), failed, running, until)
    mine = source.c.workspace_id == workspace_id, source_run.c.started_ms >= since_ms
    return counted.select_from(joined).where(*mine).group_by(source_run.c.source_id, day)
