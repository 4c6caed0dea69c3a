"""kill -9 at random instants: nothing acknowledged is lost, nothing is doubled, the cursor fits the posts."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.contract.conftest import new_database
from tests.crash.writer import STEP

from palabre.archive import Archive, Filters, open_archive
from palabre.model import Sieve, SieveTerm
from palabre.settings import load

ROOT = Path(__file__).resolve().parents[2]


def killed_writer(home: Path, url: str, seconds: float) -> int:
    """Lets a writer work for so long after its first word, kills it; the last number it gave."""
    command = [sys.executable, "-m", "tests.crash.writer", str(home), *([url] if url else [])]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    first = process.stdout.readline()
    if not first:
        raise AssertionError(process.stderr.read().decode())
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    lines = [first, *process.stdout.read().splitlines(keepends=True)]
    process.wait()
    process.stdout.close()
    process.stderr.close()
    return int([line for line in lines if line.endswith(b"\n")][-1])


def check(archive: Archive, acknowledged: int) -> None:
    """Every number of every acknowledged batch once; table, index, mentions and cursor agree."""
    batch = archive.sources.get(1).cursor["batch"]
    assert isinstance(batch, int)
    assert batch >= acknowledged
    with archive.ledger.read() as connection:
        uris = connection.exec_driver_sql("SELECT uri FROM post").scalars().all()
    numbers = sorted(int(uri.rsplit("/", 1)[1]) for uri in uris)
    assert numbers == list(range(batch * STEP))
    common = Sieve(SieveTerm("commun"), exact=True)
    assert archive.count(1, common).n == len(numbers)
    assert archive.count(1, filters=Filters(watch_ids=(1,))).n == len(numbers)
    assert archive.count(1, Sieve(SieveTerm(f"mot{numbers[-1]}"), exact=True)).n == 1
    if archive.ledger.sqlite:
        with archive.ledger.plain() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def kill_again_and_again(home: Path, url: str, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    environ = {"PALABRE_DATABASE_URL": url} if url else {}
    for _ in range(kills):
        acknowledged = killed_writer(home, url, rng.random() * 0.3)
        with open_archive(load(home, environ)) as archive:
            check(archive, acknowledged)


def test_five_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, "", 5, seed=1)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, "", 100, seed=2)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_kills_of_a_writer_on_postgresql(tmp_path: Path, postgresql_server: str) -> None:
    kill_again_and_again(tmp_path, new_database(postgresql_server), 50, seed=3)
