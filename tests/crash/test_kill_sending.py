"""kill -9 between "sending" and "sent": nothing is sent twice, nothing is lost, and what nobody can tell is shown."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.contract.conftest import new_database
from tests.crash.fake_platform import FakePlatform, platform

NURSERY = Path(__file__).with_name("sending_nursery.py")
WORKERS = 8


class Nursery:
    """The process that bears workers; its home is a data folder of its own, or a database on a server."""

    def __init__(self, home: Path, url: str, database_url: str = "") -> None:
        environ = os.environ | {"PALABRE_HOME": str(home), "PALABRE_LOG_LEVEL": "ERROR"}
        environ |= {"PALABRE_SEND_INTERVAL_SECONDS": "0"}
        environ |= {"PALABRE_DATABASE_URL": database_url} if database_url else {}
        environ.pop("DJANGO_SETTINGS_MODULE", None)
        command = [sys.executable, str(NURSERY), url]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": (home / "errors.log").open("w")}
        self.process = subprocess.Popen(command, env=environ, text=True, **pipes)  # type: ignore[call-overload]
        self.workers: list[int] = []
        assert self.answer() == "ready"

    def answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the nursery died"
        return json.loads(line)

    def ask(self, *words: object) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def start(self) -> int:
        self.workers.append(self.ask("start"))
        return self.workers[-1]

    def kill(self, pid: int) -> None:
        """A worker; one that is gone already is well."""
        self.workers.remove(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def settle(self, seconds: float) -> Counter[str]:
        """Lets the workers go on until nothing is under way."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            states: Counter[str] = Counter(self.ask("state"))
            if not any(states[name] for name in ("queued", "sending", "unknown", "untold")):
                break
            time.sleep(0.1)
        return states


@contextmanager
def nursery(home: Path, server: FakePlatform, database_url: str = "") -> Iterator[Nursery]:
    made = Nursery(home, server.url, database_url)
    try:
        yield made
    finally:
        for pid in list(made.workers):
            made.kill(pid)
        made.process.kill()
        made.process.wait()


@pytest.fixture
def home(tmp_path: Path, ready_home: Path) -> Path:
    """A data folder of its own, with its tables."""
    return Path(shutil.copytree(ready_home, tmp_path / "home"))


@pytest.fixture
def database(postgresql_server: str) -> str:
    """An empty database on the server."""
    return new_database(postgresql_server)


def in_the_middle(home: Path, since_ms: int) -> bool:
    """Whether the worker that was just killed was between "sending" and "sent"."""
    with closing(sqlite3.connect(f"file:{home}/desk.sqlite3?mode=ro", uri=True)) as desk:
        query = "SELECT count(*) FROM outbox_sending WHERE state = 'sending' AND tried_ms >= ?"
        return bool(desk.execute(query, (since_ms,)).fetchone()[0])


def check(rows: list[dict[str, Any]], server: FakePlatform, made: int) -> Counter[str]:
    """0 doubled, 0 lost, each settled as it is on the platform, and its case told exactly once."""
    assert len(rows) == made
    assert [key for key, n in server.taken.items() if n > 1] == []
    outcomes: Counter[str] = Counter()
    for row in rows:
        there = server.taken[row["key"]]
        outcomes[f"{row['state']} late" if row["late"] else row["state"]] += 1
        if row["state"] == "sent":
            assert (there, row["events"], row["reply"]) == (1, 1, "sent_off"), row
        elif row["state"] == "refused":
            assert (there, row["events"], row["reply"]) == (0, 0, "draft"), row
        else:
            assert (row["state"], row["events"], row["reply"]) == ("unknown", 0, "sent_off"), row
    return outcomes


def kill_again_and_again(home: Path, kills: int, seed: int) -> str:
    """A worker at a time, each killed while a message of its own is under way; the last is left to finish."""
    rng = random.Random(seed)
    done = elsewhere = made = 0
    with platform(seed) as server, nursery(home, server) as outbox:
        while done < kills:
            if Counter(outbox.ask("state"))["queued"] < 10:
                made += len(outbox.ask("make", 60, 3))
            since = time.time_ns() // 1_000_000
            pid = outbox.start()
            until = time.monotonic() + 20
            while not in_the_middle(home, since) and time.monotonic() < until:
                time.sleep(0.001)
            time.sleep(rng.uniform(0, 0.08))
            outbox.kill(pid)
            time.sleep(0.01)
            hit = in_the_middle(home, since)
            done, elsewhere = done + hit, elsewhere + (not hit)
        outbox.start()
        outbox.settle(120)
        outcomes = check(outbox.ask("report"), server, made)
        return (
            f"{done} kills in the middle, {elsewhere} elsewhere; {made} messages: {dict(outcomes)}; {dict(server.ways)}"
        )


def workers_race(home: Path, messages: int, kills: int, seed: int, database_url: str = "") -> str:
    """Eight workers on the same queue, some of them killed."""
    rng = random.Random(seed)
    with platform(seed) as server, nursery(home, server, database_url) as outbox:
        made = len(outbox.ask("make", messages, 3))
        for _ in range(WORKERS):
            outbox.start()
        for _ in range(kills):
            time.sleep(rng.uniform(0.05, 0.4))
            outbox.kill(rng.choice(outbox.workers))
            outbox.start()
        outbox.settle(400)
        outcomes = check(outbox.ask("report"), server, made)
        return f"{WORKERS} workers, {kills} kills; {made} messages: {dict(outcomes)}; {dict(server.ways)}"


def told(figures: str) -> None:
    sys.stdout.write(figures + "\n")
    sys.stdout.flush()


@pytest.mark.timeout(240)
def test_a_worker_killed_in_the_middle_doubles_and_loses_nothing(home: Path) -> None:
    told(kill_again_and_again(home, 8, seed=1))


@pytest.mark.timeout(240)
def test_eight_workers_send_each_message_at_most_once(home: Path) -> None:
    told(workers_race(home, 100, 4, seed=2))


@pytest.mark.long
@pytest.mark.timeout(900)
def test_eight_workers_on_postgresql_send_each_message_at_most_once(tmp_path: Path, database: str) -> None:
    told(workers_race(tmp_path, 100, 4, seed=3, database_url=database))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_hundred_kills_in_the_middle_double_and_lose_nothing(tmp_path: Path) -> None:
    told(kill_again_and_again(tmp_path, 100, seed=4))


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("server", ["sqlite", "postgresql"])
def test_eight_workers_a_thousand_messages_and_forty_kills(
    tmp_path: Path, server: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("database") if server == "postgresql" else ""
    told(workers_race(tmp_path, 1_000, 40, seed=5, database_url=url))
