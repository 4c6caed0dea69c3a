"""Trying items again, and giving them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from palabre.archive import QuarantineRow
from palabre.desk.engine import archive
from palabre.desk.inbound.views import pipeline
from palabre.desk.quarantine import access
from palabre.desk.workspaces.access import Seat

ALL_MAX = 2_000  # in one request; the rest waits for the next press of the button
STEP = 200


def replayed(seat: Seat, quarantine_id: int) -> bool:
    """One item through the road once more; False when it came back."""
    row, raw = access.item(seat, quarantine_id)
    source = archive().sources.get(row.source_id, seat.workspace.id) if row.source_id is not None else None
    pipeline().replay(seat.workspace.id, source, [raw])
    if access.item(seat, quarantine_id)[0].tries > row.tries:
        return False
    archive().quarantine.settle(seat.workspace.id, quarantine_id, "replayed")
    return True


def replay_many(seat: Seat, rows: Iterable[QuarantineRow]) -> tuple[int, int]:
    """(tried, came back)."""
    results = [replayed(seat, row.quarantine_id) for row in rows]
    return len(results), results.count(False)


def drop_many(seat: Seat, rows: Iterable[QuarantineRow]) -> int:
    """Gives items up; their bytes go."""
    n = 0
    for row in rows:
        archive().quarantine.settle(seat.workspace.id, row.quarantine_id, "dropped")
        n += 1
    return n


def waiting(seat: Seat, key: str) -> Iterator[QuarantineRow]:
    """Items that wait for one reason ("": for any), newest first, ALL_MAX at most."""
    before, n = None, 0
    while n < ALL_MAX:
        page = access.rows(seat, "waiting", None, key, before, STEP)
        yield from page
        n += len(page)
        if len(page) < STEP:
            return
        before = page[-1].quarantine_id
