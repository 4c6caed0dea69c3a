"""The only doors to sources: they live in the archive, always asked for with the seat's workspace."""

from __future__ import annotations

from palabre.archive.heard import SourceDay
from palabre.archive.types import Run, Source
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.sources.models import Visit
from palabre.desk.workspaces.access import Seat, one
from palabre.errors import NotFoundError
from palabre.health import Report, reports
from palabre.road.imports import CONNECTOR as IMPORT

RUNS_SHOWN = 30


def source(seat: Seat, source_id: int) -> Source:
    """NotFoundError for none, for another workspace's, and for what stands for imported files."""
    found = archive().sources.get(source_id, seat.workspace.id)
    if found.connector == IMPORT:
        raise NotFoundError("archive.no_source", asked=source_id)
    return found


def sources(seat: Seat) -> list[Source]:
    """What is listened to, oldest first; imported files are no source."""
    return [one for one in archive().sources.all(seat.workspace.id) if one.connector != IMPORT]


def health(seat: Seat) -> list[Report]:
    """How each source is, the worst first."""
    return reports(sources(seat), archive().sources.health(seat.workspace.id), now_ms())


def days(seat: Seat, since_ms: int) -> list[SourceDay]:
    return archive().sources.days(seat.workspace.id, since_ms)


def runs(seat: Seat, source_id: int) -> list[Run]:
    """Newest first."""
    return archive().sources.runs(source_id, seat.workspace.id, RUNS_SHOWN)


def secret_names(seat: Seat, source_id: int) -> list[str]:
    """Which secrets are set; their values are never read for a page."""
    return archive().sources.secret_names(source_id, seat.workspace.id)


def visit(seat: Seat, uid: str) -> Visit:
    return one(Visit.objects.of(seat.workspace), uid=uid)


def visits(seat: Seat, source_id: int, limit: int = 5) -> list[Visit]:
    """Newest first."""
    return list(Visit.objects.of(seat.workspace).filter(source_id=source_id)[:limit])
