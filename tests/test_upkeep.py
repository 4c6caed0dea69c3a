"""Upkeep: changed watches meet history, the lake follows, the daily part comes once a night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.contract.deliveries import delivery, note

from palabre.archive import Archive, Filters, open_archive
from palabre.clock import FixedClock
from palabre.insight import nightly
from palabre.settings import Settings
from palabre.upkeep import HOUR_MS, STAMP, Upkeep, after_work, is_due, look_back


@pytest.fixture
def archive(own_settings: Settings, clock: FixedClock) -> Iterator[Archive]:
    with open_archive(own_settings, clock) as opened:
        yield opened


def count(archive: Archive, watch_id: int) -> int:
    return archive.count(1, filters=Filters(watch_ids=(watch_id,))).n


def test_a_new_watch_meets_the_posts_that_were_there_before(archive: Archive, clock: FixedClock) -> None:
    archive.write(delivery([note(n, f"la mer {n}") for n in range(30)]))
    watch = archive.watches.add(1, "mer", "mer")
    Upkeep(archive, clock).look_back()
    assert count(archive, watch.watch_id) == 30
    assert archive.watches.with_history() == []


def test_watches_below_which_there_is_no_post_are_done_at_once(archive: Archive) -> None:
    archive.watches.add_many(1, [(f"w{n}", f"mot{n}", "theme") for n in range(50)])
    assert archive.watches.settle_history() == 50
    assert archive.watches.settle_history() == 0


def test_a_query_that_can_no_longer_be_read_does_not_hold_up_the_others(archive: Archive) -> None:
    archive.write(delivery([note(1, "la mer")]))
    archive.watches.add(1, "broken", "AND AND (")
    good = archive.watches.add(1, "mer", "mer")
    assert not look_back(archive)
    assert count(archive, good.watch_id) == 1


def test_new_posts_go_into_the_lake_when_it_is_time(archive: Archive, clock: FixedClock) -> None:
    upkeep = Upkeep(archive, clock)
    archive.write(delivery([note(n) for n in range(10)]))
    upkeep.lake()
    assert archive.lake.status().new == 10
    clock.ms += 6_000
    upkeep.lake()
    assert (archive.lake.status().new, archive.lake.status().rows) == (0, 10)


def test_many_small_files_become_one(archive: Archive, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("palabre.upkeep.SMALL_FILES_MAX", 3)
    upkeep = Upkeep(archive, clock)
    for n in range(5):
        archive.write(delivery([note(n)]))
        clock.ms += 6_000
        upkeep.lake()
    assert archive.lake.status().files == 2


def test_the_daily_part_is_done_once_a_night(archive: Archive, clock: FixedClock) -> None:
    upkeep = Upkeep(archive, clock)
    upkeep.daily()
    stamp = archive.settings.home / STAMP
    assert stamp.read_text() == str(clock.ms)
    clock.ms += 31 * HOUR_MS
    upkeep.daily()
    assert stamp.read_text() == str(clock.ms)


@pytest.mark.parametrize(
    ("hours", "hour", "due"), [(1, 3, False), (13, 3, True), (13, 12, False), (29, 12, False), (30, 12, True)]
)
def test_the_daily_part_prefers_the_night(hours: int, hour: int, due: bool) -> None:
    assert is_due(hours * HOUR_MS, 0, datetime(2026, 1, 1, hour, tzinfo=UTC)) is due


def test_a_command_leaves_little_behind(archive: Archive, clock: FixedClock) -> None:
    archive.write(delivery([note(1, "la mer")]))
    watch = archive.watches.add(1, "mer", "mer")
    after_work(archive, clock)
    assert count(archive, watch.watch_id) == 1
    assert archive.lake.status().new == 0


@pytest.mark.parametrize(("more", "minutes", "due"), [(1, 2, False), (1, 61, True), (30, 0, False), (30, 2, True)])
def test_understanding_waits_an_hour_unless_much_came(
    archive: Archive, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, more: int, minutes: int, due: bool
) -> None:
    monkeypatch.setattr(type(archive.readings), "waits", lambda *_: False)
    archive.write(delivery([note(n) for n in range(20)]))
    nightly.run(archive, 1, "stories")
    archive.write(delivery([note(20 + n) for n in range(more)]))
    clock.ms += minutes * 60_000
    assert nightly.is_due(archive, 1, "stories") is due
