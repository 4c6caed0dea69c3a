"""How a source is, from its row and its last runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, select

from palabre.archive.tables import post, quarantine, source_run
from palabre.archive.types import Run, SourceHealth

RUNS_LOOKED_AT = 50
SILENT_RHYTHMS = 3  # so many rhythms without anything new are a silence
SILENT_GAPS = 2  # or so many times the usual gap between posts, where that is longer
GAPS_OF = 40


def last_runs(connection: Connection, source_id: int, limit: int) -> list[Run]:
    """Newest first."""
    query = source_run.select().where(source_run.c.source_id == source_id)
    rows = connection.execute(query.order_by(source_run.c.started_ms.desc()).limit(limit))
    return [run_of(row) for row in rows]


def run_of(row: Row[Any]) -> Run:
    values = dict(row._mapping)
    return Run(**values | {"error_params": orjson.loads(row.error_params)})


def waiting_in_quarantine(connection: Connection, source_id: int) -> int:
    query = select(func.count()).where(quarantine.c.source_id == source_id, quarantine.c.state == "waiting")
    return int(connection.execute(query).scalar_one())


def usual_gap(connection: Connection, source_id: int) -> int:
    """The gap (ms) between posts that nine in ten of its last ones kept: how often it publishes, which is not how
    often it is asked. 0: fewer than two posts."""
    newest = select(post.c.sort_ms).where(post.c.source_id == source_id).order_by(post.c.post_id.desc()).limit(GAPS_OF)
    return gap_of(sorted(set(connection.execute(newest).scalars())))


def gap_of(times_ms: Sequence[int]) -> int:
    """The 90th percentile of the gaps between moments in order: the longest of fewer than ten; 0 for none."""
    gaps = sorted(after - before for before, after in pairwise(times_ms))
    return gaps[len(gaps) * 9 // 10] if gaps else 0


def silent_since(row: Row[Any], gap_ms: int, now_ms: int) -> int:
    """Since when nothing new came, once that is longer than can be expected; 0 otherwise, or while it is paused."""
    last = row.last_heard_ms or row.created_ms
    quiet = now_ms - last > max(SILENT_RHYTHMS * row.rhythm_seconds * 1000, SILENT_GAPS * gap_ms)
    return last if quiet and row.state == "active" else 0


def health_of(connection: Connection, row: Row[Any], now_ms: int) -> SourceHealth:
    """row: a source."""
    runs = last_runs(connection, row.source_id, RUNS_LOOKED_AT)
    requests = sum(run.requests for run in runs)
    gap_ms = usual_gap(connection, row.source_id)
    return SourceHealth(
        source_id=row.source_id,
        last_run_ms=row.last_run_ms,
        last_ok_ms=row.last_ok_ms,
        last_heard_ms=row.last_heard_ms,
        silent_since_ms=silent_since(row, gap_ms, now_ms),
        lag_ms=row.lag_ms,
        not_modified_share=sum(run.not_modified for run in runs) / requests if requests else None,
        requests=requests,
        quota_left=row.quota_left,
        failures=row.failures,
        error_key=row.error_key,
        error_params=orjson.loads(row.error_params),
        stored=sum(run.stored for run in runs),
        quarantined=waiting_in_quarantine(connection, row.source_id),
        drift=orjson.loads(row.drift),
        usual_gap_ms=gap_ms,
    )
