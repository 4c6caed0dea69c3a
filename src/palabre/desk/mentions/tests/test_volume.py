"""Bars of the volume chart: of hours, days, months or years."""

from __future__ import annotations

import pytest

from palabre.archive import Bucket
from palabre.desk.mentions.selection import DAY_MS
from palabre.desk.mentions.volume import LEAST_DAYS, volume_of


@pytest.mark.parametrize(
    ("days", "unit", "bars"), [(1, "day", 1), (400, "day", 400), (401, "month", 14), (9_500, "year", 27)]
)
def test_bars_get_longer_where_days_would_be_too_many(days: int, unit: str, bars: int) -> None:
    found = volume_of([Bucket(day * DAY_MS, 2) for day in range(days)], DAY_MS)
    assert (found.unit, len(found.bars), found.n) == (unit, bars, 2 * days)
    assert all(left.end_ms <= right.start_ms for left, right in zip(found.bars, found.bars[1:], strict=False))
    assert found.to_ms - found.from_ms >= LEAST_DAYS * DAY_MS


def test_hours_stay_hours() -> None:
    found = volume_of([Bucket(0, 1)], DAY_MS // 24)
    assert (found.unit, found.bars[0].first) == ("hour", "")


def test_nothing_has_no_bars() -> None:
    assert volume_of([], DAY_MS).highest is None
