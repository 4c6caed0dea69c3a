"""What the database says, as errors a user can act on (`archive.*`). Nothing of a failed transaction stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError as AlchemyDataError
from sqlalchemy.exc import DBAPIError, IntegrityError

from palabre.errors import ArchiveError

SQLITE = {
    sqlite3.SQLITE_FULL: "archive.disk_full",
    sqlite3.SQLITE_READONLY: "archive.read_only",
    sqlite3.SQLITE_BUSY: "archive.locked",
    sqlite3.SQLITE_LOCKED: "archive.locked",
    sqlite3.SQLITE_CORRUPT: "archive.corrupted",
    sqlite3.SQLITE_NOTADB: "archive.corrupted",
    sqlite3.SQLITE_CANTOPEN: "archive.cannot_open",
    sqlite3.SQLITE_PERM: "archive.cannot_open",
    sqlite3.SQLITE_IOERR: "archive.disk_fault",
    sqlite3.SQLITE_INTERRUPT: "archive.interrupted",
}
POSTGRESQL = {  # SQLSTATE, longest beginning first
    "53100": "archive.disk_full",
    "25006": "archive.read_only",
    "55P03": "archive.locked",
    "40P01": "archive.locked",
    "57014": "archive.interrupted",
    "58030": "archive.disk_fault",
    "XX001": "archive.corrupted",
    "XX002": "archive.corrupted",
    "08": "archive.cannot_open",
    "28": "archive.cannot_open",
    "3D": "archive.cannot_open",
    "53": "archive.overloaded",
    "57P": "archive.cannot_open",
}
REFUSED = (IntegrityError, AlchemyDataError)  # the rows are at fault, not the database


def sqlite_key(error: sqlite3.Error) -> str:
    """The message key of an SQLite error: its primary result code decides."""
    code = getattr(error, "sqlite_errorcode", None)
    return SQLITE.get(code & 0xFF, "archive.failed") if code is not None else "archive.failed"


def postgresql_key(error: BaseException) -> str:
    """The message key of a psycopg error; without SQLSTATE the server was not reached."""
    state = getattr(error, "sqlstate", None)
    if not state:
        return "archive.cannot_open"
    return next((key for start, key in POSTGRESQL.items() if state.startswith(start)), "archive.failed")


def reason_of(error: BaseException | None) -> str:
    """First line of what the driver says, bounded: a driver may quote rows in the next ones."""
    lines = str(error).splitlines() if error else []
    return lines[0][:200] if lines else type(error).__name__


def translate(error: BaseException, where: str) -> ArchiveError:
    """The error for the user. error: of the driver; where: file or server, never a password."""
    key = sqlite_key(error) if isinstance(error, sqlite3.Error) else postgresql_key(error)
    return ArchiveError(key, where=where, reason=reason_of(error))


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Database errors inside leave as ArchiveError."""
    try:
        yield
    except DBAPIError as error:
        raise translate(error.orig or error, where) from error
