"""A disk that remembers every write, and can be cut at any instant.

A VFS of APSW records writes, truncations and syncs. `image` rebuilds what a disk may hold after a power cut: what was
synced is there; of what was not, anything may be: nothing, all, some writes, or half a write (torn at 512 bytes).
`ApswModule` lets SQLAlchemy drive APSW as if it were sqlite3, so that the archive's own code writes to that disk.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
MODES = ("dropped", "kept", "some", "torn")


@dataclass(frozen=True)
class Step:
    """kind: write, truncate, sync, delete or ack (a batch was acknowledged; at: its number)."""

    kind: str
    file: str = ""
    at: int = 0
    data: bytes = b""


class Recorder(apsw.VFS):
    """The default VFS, remembered in ``steps``."""

    def __init__(self, name: str) -> None:
        self.steps: list[Step] = []
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return RecordedFile(self.steps, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self.steps.append(Step("delete", Path(filename).name))


class RecordedFile(apsw.VFSFile):
    def __init__(self, steps: list[Step], name: Any, flags: list[int]) -> None:
        self.steps = steps
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.name = Path(path).name if path else ""
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self.steps.append(Step("write", self.name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        super().xTruncate(newsize)
        self.steps.append(Step("truncate", self.name, newsize))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self.steps.append(Step("sync", self.name))


def apply(content: bytearray, step: Step) -> None:
    if step.kind == "truncate":
        del content[step.at :]
        return
    if len(content) < step.at:
        content.extend(bytes(step.at - len(content)))
    content[step.at : step.at + len(step.data)] = step.data


def survived(step: Step, mode: str, rng: random.Random) -> Step | None:
    """What is left of a step that was not synced."""
    if mode == "kept" or (mode in ("some", "torn") and rng.random() < 0.5):
        return step
    if mode == "torn" and step.kind == "write" and len(step.data) > SECTOR:
        return Step("write", step.file, step.at, step.data[: rng.randrange(1, len(step.data) // SECTOR + 1) * SECTOR])
    return None


def image(steps: Sequence[Step], mode: str, rng: random.Random) -> dict[str, bytes]:
    """File name -> content of a disk that was cut after these steps."""
    last_sync: dict[str, int] = {}
    for number, step in enumerate(steps):
        if step.kind == "sync":
            last_sync[step.file] = number
    disk: dict[str, bytearray] = {}
    for number, step in enumerate(steps):
        if step.kind == "delete":
            disk.pop(step.file, None)
        elif step.kind in ("write", "truncate"):
            synced = number < last_sync.get(step.file, -1)
            left = step if synced else survived(step, mode, rng)
            content = disk.setdefault(step.file, bytearray())
            if left:
                apply(content, left)
    return {name: bytes(content) for name, content in disk.items() if name}


def write_image(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


# sqlite3's interface over APSW: as much of it as SQLAlchemy and the archive use


class ApswCursor:
    arraysize = 1

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection, self.cursor = connection, connection.cursor()
        self.description: Any = None
        self.rowcount, self.lastrowid = -1, 0
        self.rows: list[tuple[Any, ...]] = []
        self.cursor.exec_trace = self.describe

    def describe(self, cursor: apsw.Cursor, _sql: str, _values: Any) -> bool:
        """The columns can only be asked for before the first row."""
        self.description = [(column[0], *[None] * 6) for column in cursor.get_description()] or None
        return True

    def execute(self, sql: str, values: Sequence[Any] = ()) -> ApswCursor:
        before = self.connection.total_changes()
        self.cursor.execute(sql, tuple(values))
        self.rows = list(self.cursor)
        self.rowcount = self.connection.total_changes() - before
        self.lastrowid = self.connection.last_insert_rowid()
        return self

    def executemany(self, sql: str, many: Iterable[Sequence[Any]]) -> ApswCursor:
        before = self.connection.total_changes()
        self.cursor.executemany(sql, [tuple(values) for values in many])
        self.description, self.rows = None, []
        self.rowcount = self.connection.total_changes() - before
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        return self.rows.pop(0) if self.rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        rows, self.rows = self.rows, []
        return rows

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        rows, self.rows = self.rows[:size], self.rows[size:]
        return rows

    def close(self) -> None:
        self.cursor.close()


class ApswConnection:
    """isolation_level is for sqlite3 alone: here a transaction begins when BEGIN is said."""

    isolation_level: str | None = None

    def __init__(self, path: Path, vfs: str) -> None:
        self.connection = apsw.Connection(str(path), vfs=vfs)
        self.connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # a VFS in Python has no shared memory for the WAL

    def cursor(self) -> ApswCursor:
        return ApswCursor(self.connection)

    def execute(self, sql: str) -> ApswCursor:
        return self.cursor().execute(sql)

    def create_function(self, name: str, narg: int, function: Any, **_: Any) -> None:
        self.connection.create_scalar_function(name, function, narg)

    def commit(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")

    def rollback(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()
