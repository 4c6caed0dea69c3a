"""Backups: one folder with a consistent copy of the ledger, the keys beside it, the suppression list, and a manifest.

``ledger.sqlite3`` and ``desk.sqlite3`` (VACUUM INTO: one moment, while others write) or ``ledger.dump`` (pg_dump of
both schemas, custom format);
``secret.key`` (who holds both can read the secrets: keep it elsewhere); ``suppressions.ndjson``; ``manifest.json`` with
counts and SHA-256 of each file, written last: a backup without it is not complete.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, func, make_url, select

from palabre.archive.ledger import Ledger
from palabre.archive.migrate import current_version
from palabre.archive.suppression import FILE as SUPPRESSIONS
from palabre.archive.tables import account, mention, post, revision, source, watch, workspace
from palabre.archive.vault import KEY_FILE, sync_folder
from palabre.clock import Clock, to_datetime
from palabre.errors import ArchiveError
from palabre.settings import Settings

MANIFEST = "manifest.json"
SQLITE_COPY, POSTGRESQL_COPY = "ledger.sqlite3", "ledger.dump"
DESK_FILE = "desk.sqlite3"  # the desk's own tables, where the ledger is SQLite too
COUNTED = (workspace, source, watch, account, post, revision, mention)
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. counts: rows by table; files: name -> SHA-256; oldest_id, newest_id: of posts."""

    made_ms: int
    schema: str
    database: str
    counts: Mapping[str, int]
    oldest_id: int
    newest_id: int
    files: Mapping[str, str]


def back_up(ledger: Ledger, settings: Settings, clock: Clock, folder: Path) -> Path:
    """Makes a backup in a new folder inside ``folder``; the path of that folder. Raises ArchiveError."""
    stamp = to_datetime(clock.now_ms()).astimezone(UTC).strftime("palabre-%Y%m%dT%H%M%S.%fZ")
    target = folder / stamp
    try:
        target.mkdir(parents=True, mode=0o700)
        copy = copy_ledger(ledger, settings, target)
        beside = [copy_file(settings.home / name, target / name) for name in (KEY_FILE, SUPPRESSIONS)]
        beside.append(copy_desk(settings.home / DESK_FILE, target / DESK_FILE) if ledger.sqlite else None)
        files = {path.name: digest(path) for path in (copy, *beside) if path}
        facts = describe_copy(ledger, copy) if ledger.sqlite else describe_ledger(ledger)
        manifest = Manifest(made_ms=clock.now_ms(), database=ledger.engine.dialect.name, files=files, **facts)
        write_synced(target / MANIFEST, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
    except OSError as error:
        raise ArchiveError("archive.backup_failed", where=str(target), reason=error.strerror or "") from error
    sync_folder(folder)
    return target


def copy_ledger(ledger: Ledger, settings: Settings, target: Path) -> Path:
    """A copy of one moment."""
    if ledger.sqlite:
        path = target / SQLITE_COPY
        with ledger.plain() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
        sync_file(path)
        return path
    path = target / POSTGRESQL_COPY
    run_tool(
        settings, "pg_dump", "--format=custom", "--schema=archive", "--schema=desk", "--no-owner", f"--file={path}"
    )
    sync_file(path)
    return path


def copy_desk(path: Path, target: Path) -> Path | None:
    """A copy of one moment of the desk's tables (members, views, tokens); None where there is no desk yet."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    sync_file(target)
    return target


def run_tool(settings: Settings, tool: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs; the password goes by the environment. Raises ArchiveError."""
    url = make_url(settings.sql_url)
    program = shutil.which(tool) or newest_program(tool)
    if program is None:
        raise ArchiveError("archive.no_tool", name=tool)
    done = subprocess.run(  # noqa: S603  # our own arguments, no shell
        [program, *connection_arguments(url), *arguments],
        env=os.environ | ({"PGPASSWORD": url.password} if url.password else {}),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ArchiveError(
            "archive.tool_failed", name=tool, reason=reason[-1][:200] if reason else str(done.returncode)
        )


def newest_program(tool: str) -> str | None:
    """Debian keeps PostgreSQL's programs out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"))
    return str(found[-1]) if found else None


def connection_arguments(url: URL) -> list[str]:
    host = url.host or str(url.query.get("host", "localhost"))
    return [f"--host={host}", f"--port={url.port or 5432}", f"--username={url.username or 'postgres'}",
            f"--dbname={url.database}"]  # fmt: skip


def describe_ledger(ledger: Ledger) -> dict[str, Any]:
    with ledger.read() as connection:
        return describe(connection)


def describe_copy(ledger: Ledger, path: Path) -> dict[str, Any]:
    """Facts of the copy itself, not of a ledger that has moved on."""
    from sqlalchemy import create_engine

    engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return describe(connection)
    finally:
        engine.dispose()


def describe(connection: Connection) -> dict[str, Any]:
    """Schema, counts by table, first and last post."""
    counts = {
        str(table.name): int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in COUNTED
    }
    low, high = connection.execute(select(func.min(post.c.post_id), func.max(post.c.post_id))).one()
    return {"schema": current_version(connection), "counts": counts, "oldest_id": low or 0, "newest_id": high or 0}


def copy_file(path: Path, target: Path) -> Path | None:
    """A copy readable by its owner alone; None when there is nothing to copy."""
    if not path.exists():
        return None
    write_synced(target, path.read_bytes())
    return target


def write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    path.chmod(0o600)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()
