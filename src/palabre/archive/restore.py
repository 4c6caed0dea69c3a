"""Restoring a backup: checked first, then put in place in one step; those who objected since stay away.

What was there before is kept beside (``*.before-restore``) until the next restore. The suppression list of the data
folder and that of the backup are joined, and replayed before the archive opens.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text

from palabre.archive.backup import (
    DESK_FILE,
    MANIFEST,
    POSTGRESQL_COPY,
    SQLITE_COPY,
    Manifest,
    describe_ledger,
    digest,
    run_tool,
    sync_file,
)
from palabre.archive.lakeside import remove_segments
from palabre.archive.ledger import Ledger, open_ledger
from palabre.archive.suppression import FILE as SUPPRESSIONS
from palabre.archive.suppression import Entry, append_lines, read_lines
from palabre.archive.vault import KEY_FILE, sync_folder
from palabre.errors import ArchiveError
from palabre.settings import Settings

BEFORE = ".before-restore"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a complete backup whose files are what they were. Raises ArchiveError."""
    folder = folder.parent if folder.is_file() else folder
    try:
        table: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
        manifest = Manifest(**table)
        damaged = [name for name, known in manifest.files.items() if digest(folder / name) != known]
    except (OSError, orjson.JSONDecodeError, TypeError) as error:
        raise ArchiveError("archive.no_backup", where=str(folder)) from error
    if damaged:
        raise ArchiveError("archive.backup_damaged", where=str(folder), names=", ".join(damaged))
    return manifest


def restore(settings: Settings, folder: Path) -> Manifest:
    """Puts a backup (its folder, or a file of it) in the place of the archive of these settings. No process may have
    it open. Raises ArchiveError; the archive is then as it was."""
    folder = folder.parent if folder.is_file() else folder
    manifest = read_manifest(folder)
    ledger_name = SQLITE_COPY if manifest.database == "sqlite" else POSTGRESQL_COPY
    if (ledger_name == SQLITE_COPY) != settings.sql_url.startswith("sqlite"):
        raise ArchiveError("archive.other_database", found=manifest.database)
    join_suppressions(settings.home / SUPPRESSIONS, folder / SUPPRESSIONS)
    if ledger_name == SQLITE_COPY:
        replace_sqlite(open_ledger_path(settings), folder / SQLITE_COPY)
        if (folder / DESK_FILE).exists():
            replace_sqlite(settings.home / DESK_FILE, folder / DESK_FILE)
    else:
        replace_postgresql(settings, folder / POSTGRESQL_COPY)
    replace_key(settings, folder / KEY_FILE)
    check_restored(settings, manifest)
    remove_segments(settings)
    return manifest


def join_suppressions(own: Path, other: Path) -> None:
    """Adds to our list what only the backup's knows."""
    known = {(entry.uid, entry.key) for entry in read_lines(own)}
    missing: Sequence[Entry] = [entry for entry in read_lines(other) if (entry.uid, entry.key) not in known]
    append_lines(own, missing)


def replace_sqlite(ledger: Path, copy: Path) -> None:
    """The copy beside first, then two renames."""
    draft = ledger.with_name(ledger.name + ".restoring")
    ledger.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(copy, draft)
    sync_file(draft)
    for ending in ("", "-wal", "-shm"):
        old = ledger.with_name(ledger.name + ending)
        old.with_name(old.name + BEFORE).unlink(missing_ok=True)
        if old.exists():
            old.rename(old.with_name(old.name + BEFORE))
    draft.rename(ledger)
    sync_folder(ledger.parent)


def open_ledger_path(settings: Settings) -> Path:
    """Where the SQLite file of these settings lies."""
    return Path(settings.sql_url.removeprefix("sqlite:///"))


def replace_postgresql(settings: Settings, copy: Path) -> None:
    """One transaction: pg_restore drops the schema's tables and brings back those of the backup."""
    ledger = open_ledger(settings)
    ledger.close()
    run_tool(settings, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(copy))


def replace_key(settings: Settings, copy: Path) -> None:
    """The key the backup's secrets were sealed with; the one there is kept beside when it is another."""
    own = settings.home / KEY_FILE
    if not copy.exists() or settings.secret_key or (own.exists() and own.read_bytes() == copy.read_bytes()):
        return
    if own.exists():
        own.rename(own.with_name(own.name + BEFORE))
    shutil.copyfile(copy, own)
    sync_file(own)


def check_restored(settings: Settings, manifest: Manifest) -> None:
    """Integrity, counts, first and last post. Raises ArchiveError."""
    ledger = open_ledger(settings)
    try:
        found = describe_ledger(ledger)
        sound = integrity(ledger)
    finally:
        ledger.close()
    expected = {name: getattr(manifest, name) for name in found}
    if found != expected or not sound:
        raise ArchiveError("archive.restore_differs", where=ledger.where)


def integrity(ledger: Ledger) -> bool:
    """SQLite's own check of every page and index."""
    if not ledger.sqlite:
        return True
    with ledger.plain() as connection:
        return bool(connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok")


def forget_before(settings: Settings) -> None:
    """Takes away what a restore kept of the ledger before it: it may hold people who were erased."""
    for base in (open_ledger_path(settings), settings.home / DESK_FILE):
        for ending in ("", "-wal", "-shm"):
            base.with_name(base.name + ending + BEFORE).unlink(missing_ok=True)
