"""Power cuts at random instants: what the archive acknowledged is there, and what is there is whole."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool
from tests.contract.deliveries import delivery, note

from palabre.archive import Archive
from palabre.archive.ledger import APPLICATION_ID, Ledger, begin_sqlite, prepare_sqlite
from palabre.archive.migrate import migrate
from palabre.archive.vault import open_vault
from palabre.archive.workspaces import ensure_workspace
from palabre.clock import FixedClock
from palabre.settings import load

apsw = pytest.importorskip("apsw", reason="apsw (requirements/dev.in) is not installed")
from tests.crash.recorder import MODES, ApswConnection, Recorder, Step, image, write_image  # noqa: E402

BATCHES, POSTS = 40, 6
NAME = "palabre.sqlite3"


@dataclass(frozen=True)
class Verdict:
    """corrupt: images that are no sound database; lost: acknowledged batches missing; torn: half a batch, or an index
    that does not fit."""

    corrupt: int = 0
    lost: int = 0
    torn: int = 0


def recorded_archive(home: Path, vfs: str) -> Archive:
    """An archive whose every byte passes the recorder; the code is that of `open_archive`."""
    settings, clock = load(home, {}), FixedClock()
    connection = ApswConnection(home / NAME, vfs)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA journal_mode=WAL")  # as `check_sqlite` leaves the file
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    ledger, vault = Ledger(engine, NAME), open_vault(settings)
    migrate(ledger)
    with ledger.write() as opened:
        ensure_workspace(opened, vault, "default", "", clock.now_ms())
    return Archive(settings, clock, ledger, vault)


def record(home: Path, synchronous: str) -> list[Step]:
    """What the disk saw while batches were written, edited and taken back, with each acknowledgement."""
    home.mkdir()
    vfs = Recorder(f"recorder-{home.name}")
    archive = recorded_archive(home, f"recorder-{home.name}")
    with archive.ledger.plain() as connection:
        connection.exec_driver_sql(f"PRAGMA synchronous={synchronous}")
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint=60")
    source_id = archive.sources.add(1, "numbers", "n", {}).source_id
    vfs.steps.append(Step("ack", at=0))
    for batch in range(1, BATCHES + 1):
        posts = [note(number, f"mot{number} commun") for number in range((batch - 1) * POSTS, batch * POSTS)]
        archive.write(delivery(posts, source_id=source_id, cursor={"batch": batch}))
        vfs.steps.append(Step("ack", at=batch))
    steps = list(vfs.steps)
    archive.close()
    vfs.unregister()
    return steps


def judge(folder: Path, acknowledged: int) -> Verdict:
    """One image: is it sound, is every acknowledged batch there, is every batch whole?"""
    connection = sqlite3.connect(folder / NAME)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            return Verdict(corrupt=1)
        batch = int(connection.execute("SELECT json_extract(cursor, '$.batch') FROM source").fetchone()[0] or 0)
        posts = connection.execute("SELECT count(*) FROM post").fetchone()[0]
        found = connection.execute("SELECT count(*) FROM post_fts WHERE post_fts MATCH '\"1:commun\"'").fetchone()[0]
    except (sqlite3.DatabaseError, TypeError):
        return Verdict(corrupt=1)
    finally:
        connection.close()
    return Verdict(lost=batch < acknowledged, torn=not posts == found == batch * POSTS)


def cut_at_random(steps: Sequence[Step], folder: Path, images: int, seed: int) -> Verdict:
    """Disks cut at random instants after the archive was made."""
    rng = random.Random(seed)
    first = next(number for number, step in enumerate(steps) if step.kind == "ack")
    corrupt = lost = torn = 0
    for number in range(images):
        end = rng.randrange(first + 1, len(steps) + 1)
        acknowledged = max((step.at for step in steps[:end] if step.kind == "ack"), default=0)
        place = folder / f"image{number}"
        write_image(place, image(steps[:end], MODES[number % len(MODES)], rng))
        verdict = judge(place, acknowledged)
        shutil.rmtree(place)
        corrupt, lost, torn = corrupt + verdict.corrupt, lost + verdict.lost, torn + verdict.torn
    return Verdict(corrupt, lost, torn)


def test_a_power_cut_loses_nothing_acknowledged(tmp_path: Path) -> None:
    assert cut_at_random(record(tmp_path / "full", "FULL"), tmp_path, 60, seed=1) == Verdict()


def test_the_simulation_has_teeth(tmp_path: Path) -> None:
    """Without syncs the same images must show losses: otherwise the test above would prove nothing."""
    verdict = cut_at_random(record(tmp_path / "off", "OFF"), tmp_path, 60, seed=1)
    assert verdict.lost + verdict.corrupt > 10


def test_commits_that_are_not_synced_are_noticed(tmp_path: Path) -> None:
    """NORMAL keeps the database sound and loses the last commits: that is why the archive uses FULL."""
    verdict = cut_at_random(record(tmp_path / "normal", "NORMAL"), tmp_path, 60, seed=1)
    assert verdict.corrupt == 0
    assert verdict.lost > 0


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_two_thousand_power_cuts_lose_nothing_acknowledged(tmp_path: Path) -> None:
    assert cut_at_random(record(tmp_path / "full", "FULL"), tmp_path, 2_000, seed=2) == Verdict()
