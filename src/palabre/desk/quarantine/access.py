"""The only doors to quarantine: items of the seat's workspace."""

from __future__ import annotations

from collections.abc import Mapping

from palabre.archive import QuarantineRow
from palabre.archive.quarantine import Reason
from palabre.archive.types import Source
from palabre.desk.engine import archive
from palabre.desk.workspaces.access import Seat
from palabre.model import RawItem

PAGE = 50


def rows(
    seat: Seat, state: str, source_id: int | None, key: str, before: int | None, limit: int = PAGE + 1
) -> list[QuarantineRow]:
    """Newest first, one more than a page."""
    return archive().quarantine.all(
        seat.workspace.id, state=state, source_id=source_id, key=key, before=before, limit=limit
    )


def item(seat: Seat, quarantine_id: int) -> tuple[QuarantineRow, RawItem]:
    """NotFoundError for none and for another workspace's."""
    return archive().quarantine.get(seat.workspace.id, quarantine_id)


def counts(seat: Seat) -> Mapping[str, int]:
    """state -> number of items."""
    return archive().quarantine.counts(seat.workspace.id)


def reasons(seat: Seat) -> list[Reason]:
    """Why items wait, the commonest first."""
    return archive().quarantine.reasons(seat.workspace.id)


def sources(seat: Seat) -> Mapping[int, Source]:
    return {one.source_id: one for one in archive().sources.all(seat.workspace.id)}
