"""A moment that somebody sets on the clock of their wall, as the one that it is. Pure.

Twice a year that is not plain: an hour that the clocks skip never comes, and is refused with the first that does; one
that they run through twice is its first passage.
"""

from __future__ import annotations

from datetime import datetime

from palabre.engage.schedule import at, zone_of
from palabre.errors import InputError

AHEAD_MS_MAX = 366 * 86_400_000
YEARS = (1970, 9000)  # beyond them a moment of a zone may have no place in a calendar


def moment_ms(written: str, zone: str, now_ms: int) -> int:
    """``2026-03-29T09:30`` in an IANA zone as epoch milliseconds. Raises InputError: not a moment, skipped by the
    clocks that night, past, or more than a year away."""
    try:
        naive = datetime.fromisoformat(written.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise InputError("moments.unreadable", written=written[:40]) from error
    known = zone_of(zone)
    if not YEARS[0] <= naive.year <= YEARS[1]:
        raise InputError("moments.past" if naive.year < YEARS[0] else "moments.far", written=f"{naive:%H:%M}")
    ms = at(naive.date(), naive.hour * 60 + naive.minute, zone)
    there = datetime.fromtimestamp(ms / 1000, known).replace(tzinfo=None)
    if there != naive:
        raise InputError("moments.skipped", written=f"{naive:%H:%M}", instead=f"{there:%H:%M}")
    if ms <= now_ms:
        raise InputError("moments.past", written=f"{naive:%H:%M}")
    if ms - now_ms > AHEAD_MS_MAX:
        raise InputError("moments.far")
    return ms
