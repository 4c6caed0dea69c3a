"""The same contract on both databases: a PostgreSQL server of our own, made for the session and thrown away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from palabre.archive import Archive, open_archive
from palabre.clock import FixedClock
from palabre.settings import Settings, load

BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path("/nowhere")]
START_SECONDS = 30


def as_postgres(*command: object) -> list[str]:
    """PostgreSQL refuses to run as root: there, it runs as its own user."""
    plain = [str(part) for part in command]
    if os.geteuid() != 0:
        return plain
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *plain]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def why_not() -> str:
    if not (BIN[-1] / "initdb").exists():
        return "PostgreSQL is not installed (/usr/lib/postgresql)"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "running as root without setpriv: PostgreSQL cannot be started"
    return ""


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a running server, without a database name."""
    if reason := why_not():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="palabre-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    data = folder / "data"
    done = subprocess.run(
        as_postgres(BIN[-1] / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8"),
        capture_output=True,
        cwd="/",
    )
    if done.returncode:
        pytest.skip(f"initdb failed: {done.stderr.decode()[-200:]}")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=50"
    subprocess.run(
        as_postgres(
            BIN[-1] / "pg_ctl", "-D", data, "-w", "-t", START_SECONDS, "-l", folder / "log", "-o", options, "start"
        ),
        check=True,
        capture_output=True,
        cwd="/",
    )
    yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    subprocess.run(as_postgres(BIN[-1] / "pg_ctl", "-D", data, "-m", "immediate", "stop"), capture_output=True, cwd="/")
    shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """A fresh database on the server; its URL."""
    name = f"palabre_{uuid.uuid4().hex[:12]}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an archive that does not exist yet, on each database."""
    if request.param == "sqlite":
        return load(tmp_path / "home", {})
    url = new_database(request.getfixturevalue("postgresql_server"))
    (tmp_path / "home").mkdir()
    return load(tmp_path / "home", {"PALABRE_DATABASE_URL": url})


@pytest.fixture
def archive(settings: Settings, clock: FixedClock) -> Iterator[Archive]:
    with open_archive(settings, clock) as opened:
        yield opened
