"""`palabre import` under kill -9 at random instants: nothing written is lost, and importing again doubles nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from palabre.archive import Archive, Filters, open_archive
from palabre.model import Sieve, SieveTerm
from palabre.settings import load

POSTS = 20_000  # more than SMALL_BYTES of a file: read by a process of its own, as big imports are
EACH = 3  # kills before the import is allowed to end
COMMON = Sieve(SieveTerm("commun"), exact=True)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """posts.ndjson (every post says "commun", every other one "pair") and watches.ndjson."""
    folder = tmp_path_factory.mktemp("files")
    filler = "une phrase assez longue pour que le fichier dépasse ce qui se lit dans le même processus " * 2
    with (folder / "posts.ndjson").open("w") as out:
        for n in range(POSTS):
            text = f"commun mot{n} {'pair' if n % 2 == 0 else 'impair'} {filler}"
            line = {"id": str(n), "network": "forum", "text": text, "lang": "fr", "date": "2026-01-02"}
            out.write(json.dumps(line) + "\n")
    watches = [{"name": "all", "query": "commun"}, {"name": "even", "query": "pair"}]
    (folder / "watches.ndjson").write_text("".join(json.dumps(watch) + "\n" for watch in watches))
    return folder


def begin(home: Path, files: Path) -> subprocess.Popen[bytes]:
    words = ["import", "--json", "--watches", str(files / "watches.ndjson"), str(files / "posts.ndjson")]
    environ = os.environ | {"PALABRE_HOME": str(home), "PALABRE_IMPORT_BATCH_POSTS": "500", "PALABRE_LANG": "en"}
    command = [sys.executable, "-c", "from palabre.cli.main import main; main()", *words]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finished(home: Path, files: Path) -> dict[str, Any]:
    """A whole import; its summary."""
    out, err = begin(home, files).communicate(timeout=600)
    assert out, err.decode()
    summary: dict[str, Any] = json.loads(out.splitlines()[-1])
    return summary


def written(home: Path) -> int:
    """How many posts the import has been given ids for so far; 0 while there is no database."""
    try:
        with closing(sqlite3.connect(f"file:{home}/palabre.sqlite3?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT value FROM counter WHERE name = 'post'").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return 0


def killed(home: Path, files: Path, rng: random.Random) -> bool:
    """An import that gets SIGKILL at random: one in five at its start, the others while it writes. False: it had
    ended before."""
    process = begin(home, files)
    target = rng.randrange(written(home), POSTS) if rng.random() < 0.8 else -1
    while target >= 0 and written(home) <= target and process.poll() is None:
        time.sleep(0.002)
    time.sleep(rng.uniform(0, 0.05) if target >= 0 else rng.uniform(0.1, 2))
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def check(archive: Archive) -> int:
    """Table, index and mentions of the same posts, each once; how many posts there are."""
    with archive.ledger.read() as connection:
        n, different = connection.exec_driver_sql("SELECT count(*), count(DISTINCT uri) FROM post").one()
    watches = {watch.name: watch.watch_id for watch in archive.watches.all(1)}
    assert n == different
    assert archive.count(1, COMMON).n == n
    if watches:
        assert archive.count(1, filters=Filters(watch_ids=(watches["all"],))).n == n
    with archive.ledger.plain() as connection:
        assert connection.exec_driver_sql("PRAGMA quick_check").scalar_one() == "ok"
    return int(n)


def kill_again_and_again(folder: Path, files: Path, kills: int, seed: int) -> None:
    """Homes with EACH kills, then an import that ends: every post once, whatever was killed when."""
    rng = random.Random(seed)
    done = 0
    while done < kills:
        home, before = folder / f"home{done}", 0
        places: list[int] = []
        while len(places) < EACH and before < POSTS and killed(home, files, rng):
            with open_archive(load(home, {})) as archive:
                now = check(archive)
            assert now >= before, "posts that had been written are gone"
            before = now
            places.append(now)
        done += len(places)
        check_whole(home, files, before)
        sys.stdout.write(f"killed at {places} of {POSTS} posts: 0 lost, 0 doubled\n")
        sys.stdout.flush()


def check_whole(home: Path, files: Path, before: int) -> None:
    """Importing again brings what was missing, and nothing twice."""
    summary = finished(home, files)
    assert (summary["offered"], summary["stored"]) == (POSTS, POSTS - before)
    with open_archive(load(home, {})) as archive:
        assert check(archive) == POSTS
        even = next(watch.watch_id for watch in archive.watches.all(1) if watch.name == "even")
        assert archive.count(1, filters=Filters(watch_ids=(even,))).n == POSTS // 2


def test_an_archive_whose_first_process_was_killed_before_its_workspace_gets_one(tmp_path: Path) -> None:
    with open_archive(load(tmp_path, {})) as archive, archive.ledger.write() as connection:
        connection.exec_driver_sql("DELETE FROM workspace")
    with open_archive(load(tmp_path, {})) as archive:
        assert archive.workspaces.find("default").slug == "default"


@pytest.mark.timeout(300)
def test_an_import_killed_three_times_loses_and_doubles_nothing(tmp_path: Path, files: Path) -> None:
    kill_again_and_again(tmp_path, files, 3, seed=1)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_an_import_killed_a_hundred_times_loses_and_doubles_nothing(tmp_path: Path, files: Path) -> None:
    kill_again_and_again(tmp_path, files, 100, seed=2)
