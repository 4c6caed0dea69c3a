"""Visits asked for by hand: a canary, an estimate, a backfill. Each in a thread, with a row that says what it found."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection

from palabre import plugins, sourcing
from palabre.archive.types import Source
from palabre.collect.contract import Window
from palabre.desk.clock import CLOCK, now_ms
from palabre.desk.engine import archive
from palabre.desk.sources.models import Visit
from palabre.desk.workspaces.access import Seat
from palabre.errors import InputError, PalabreError
from palabre.pipeline import Pipeline

LOG = logging.getLogger("palabre.desk.sources")
Found = Mapping[str, Any]
Work = Callable[[Pipeline, Source], Found]


def start(seat: Seat, source: Source, what: str, work: Work) -> Visit:
    """Begins; the row is there at once. A visit of that kind that is under way is not begun again."""
    own = Visit.objects.of(seat.workspace).filter(source_id=source.source_id, what=what, state="running")
    under_way = next((one for one in own if one.running), None)
    if under_way is not None:
        return under_way
    visit = Visit.objects.add(
        seat.workspace, source_id=source.source_id, what=what, user=seat.user, started_ms=now_ms()
    )
    if settings.JOBS_IN_THREADS:
        threading.Thread(target=_apart, args=(visit, source, work), name=f"visit-{what}", daemon=True).start()
    else:
        perform(visit, source, work)
    return visit


def _apart(visit: Visit, source: Source, work: Work) -> None:
    close_old_connections()
    try:
        perform(visit, source, work)
    finally:
        connection.close()


def perform(visit: Visit, source: Source, work: Work) -> None:
    """The work to its end, whatever happens; the row keeps what it found, or the key and values of its failure."""
    from palabre.net import Net

    try:
        with Net(settings.PALABRE, CLOCK) as net:
            said: Found = work(Pipeline(archive(), net, CLOCK, settings.PALABRE), source)
        visit.state, visit.said = "done", plain(said)
    except PalabreError as error:
        visit.state, visit.error_key, visit.said = "failed", error.key, plain(error.params)
    except Exception:
        LOG.exception("visit %s failed", visit.uid)
        visit.state, visit.error_key = "failed", "sources.visit.broken"
    visit.ended_ms = now_ms()
    visit.save()


def plain(values: Found) -> dict[str, Any]:
    """Values that JSON can hold."""
    return {name: value if isinstance(value, int | float | str) else str(value)[:300] for name, value in values.items()}


# The work


def canary(pipeline: Pipeline, source: Source) -> Found:
    """Raises what the platform says; InputError when it says nothing."""
    means = pipeline.means(source)
    return {"n": sourcing.canary(pipeline, plugins.connector(source.connector), source.config, means.secrets)}


def can_estimate(connector: str) -> bool:
    """Whether a connector can tell what it would cost."""
    return hasattr(plugins.connector(connector), "estimate")


def estimate(pipeline: Pipeline, source: Source) -> Found:
    """posts: a day; usd: a day."""
    found = plugins.connector(source.connector).estimate(source.config, pipeline.means(source))  # type: ignore[attr-defined]  # asked for where `can_estimate`
    return {"posts": round(found.posts_per_day), "usd": f"{found.usd_per_day:.2f}"}


def backfill(window: Window) -> Work:
    """Posts of a past period."""

    def work(pipeline: Pipeline, source: Source) -> Found:
        tally = pipeline.collect(source, window)
        if tally is None:
            raise InputError("pipeline.source_busy", name=source.name)
        if tally.error:
            raise PalabreError(tally.error, retry_after=None, **tally.params)
        return {"n": tally.receipt.kept, "pages": tally.pages}

    return work
