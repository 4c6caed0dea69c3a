"""A time on the clock of a wall as the moment that it is, where clocks are changed twice a year. Pure.

    found = placed(datetime(2027, 3, 28, 2, 30, tzinfo=ZoneInfo("Europe/Paris")))
    found.kind, found.first, found.last     # "skipped": never shown; both are the moment of the change

Whatever settles a clock change asks here. What a feature takes of it is its own: the first passage (what comes round,
what is sent), the last (the end of a shift, a promise), or a question to whoever writes (the calendar).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PLAIN, TWICE, SKIPPED = "plain", "twice", "skipped"


@dataclass(frozen=True, slots=True)
class Placed:
    """first, last: epoch milliseconds. kind: plain: the same moment; twice: its two passages; skipped: both are the
    first moment after the gap."""

    kind: str
    first: int
    last: int


def placed(wall: datetime) -> Placed:
    """wall: with its zone; its fold does not count. Of a time in a gap the later offset gives the earlier moment
    (PEP 495), of one that comes twice the later moment: that tells them apart."""
    one, other = (ms_of(wall.replace(fold=fold)) for fold in (0, 1))
    if one <= other:
        return Placed(PLAIN if one == other else TWICE, one, other)
    change = changed(wall, other, one)
    return Placed(SKIPPED, change, change)


def ms_of(wall: datetime) -> int:
    """Epoch milliseconds, its fold as it is."""
    return round(wall.timestamp() * 1000)


def changed(wall: datetime, low: int, high: int) -> int:
    """The moment, after low and up to high, at which the clocks of its zone are changed, by halving."""
    before = datetime.fromtimestamp(low / 1000, wall.tzinfo).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        same = datetime.fromtimestamp(middle / 1000, wall.tzinfo).utcoffset() == before
        low, high = (middle, high) if same else (low, middle)
    return high
