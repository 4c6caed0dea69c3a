"""The connection to the SQL truth: SQLite in the data folder, or PostgreSQL by one setting. One writer at a time.

SQLite: WAL, synchronous=FULL (a power cut loses nothing acknowledged), secure_delete=ON (what is deleted is
overwritten), BEGIN IMMEDIATE for writers. PostgreSQL: schema ``archive``; writers take one advisory lock for the
length of their transaction, so that ids rise in the order of commits and both databases behave alike.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from palabre.archive.failures import explained, reason_of, sqlite_key
from palabre.archive.tables import counter
from palabre.clock import SystemClock
from palabre.errors import ArchiveError
from palabre.settings import Settings

APPLICATION_ID = 0x50414C41  # "PALA"
WRITER_LOCK = 0x50414C41
SQLITE_CACHE_KIB = 24_576
CHECKPOINT_PAGES = 16_000  # 64 MB of log: a page that is written again and again goes to the database once
AGAIN_SECONDS = 0.05


class Ledger:
    """read() and write() are transactions; every database error leaves them as ArchiveError."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self.where = where
        self.sqlite = engine.dialect.name == "sqlite"
        self.path = Path(engine.url.database or "") if self.sqlite else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the ledger."""
        with explained(self.where), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The one writer: commits at the end, or rolls everything back."""
        with explained(self.where), self.engine.connect() as connection:
            connection = connection.execution_options(palabre_write=True)
            with connection.begin():
                if not self.sqlite:
                    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
                yield connection

    @contextmanager
    def plain(self) -> Iterator[Connection]:
        """Outside any transaction: pragmas, VACUUM, checkpoints."""
        with explained(self.where), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT", palabre_plain=True)

    def close(self) -> None:
        self.engine.dispose()


def next_ids(connection: Connection, name: str, n: int) -> int:
    """Takes n numbers of a counter inside a write(); the first of them. They rise with commits, and never return."""
    taken = counter.update().where(counter.c.name == name).values(value=counter.c.value + n).returning(counter.c.value)
    return int(connection.execute(taken).scalar_one()) - n + 1


def counter_value(connection: Connection, name: str) -> int:
    return int(connection.execute(counter.select().where(counter.c.name == name)).one().value)


def raise_counter(connection: Connection, name: str) -> int:
    """The next number of a counter."""
    return next_ids(connection, name, 1)


def open_ledger(settings: Settings) -> Ledger:
    """Connects and checks that the database is ours (not its schema: see `migrate`). Raises ArchiveError."""
    url = make_url(settings.sql_url)
    if url.get_backend_name() == "sqlite":
        return sqlite_ledger(Path(url.database or ""), settings)
    if url.get_backend_name() == "postgresql":
        return postgresql_ledger(settings)
    raise ArchiveError("archive.unknown_database", name=url.get_backend_name())


def sqlite_ledger(path: Path, settings: Settings) -> Ledger:
    """The ledger in one file, made (readable by its owner alone) if it is not there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise ArchiveError("archive.cannot_open", where=str(path), reason=error.strerror or "") from error
    check_sqlite(path, settings.lock_seconds)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": settings.lock_seconds})
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return Ledger(engine, str(path))


def prepare_sqlite(connection: Any, _record: object) -> None:
    """Every new connection: what makes it durable, erasable and patient."""
    connection.isolation_level = None  # begin_sqlite says how a transaction begins
    for pragma in (
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        f"cache_size=-{SQLITE_CACHE_KIB}",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: a transaction that starts by reading could not be upgraded safely."""
    options = connection.get_execution_options()
    if not options.get("palabre_plain"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("palabre_write") else "BEGIN")


def check_sqlite(path: Path, lock_seconds: float) -> None:
    """Ours, or empty (then it is marked as ours). Another program's database is only looked at."""
    try:
        patiently(lambda: mark_sqlite(path), lock_seconds)
        log_ahead(path, lock_seconds)
    except sqlite3.Error as error:
        raise ArchiveError(sqlite_key(error), where=str(path), reason=reason_of(error)) from error


def mark_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)) as connection:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if found == APPLICATION_ID:
            return
        if found or tables:
            raise ArchiveError("archive.not_ours", where=str(path))
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")


def log_ahead(path: Path, lock_seconds: float) -> None:
    """Puts an SQLite file into WAL mode, which stays with the file: its writers then never wait for readers."""

    def change() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")

    patiently(change, lock_seconds)


def patiently(work: Callable[[], None], seconds: float) -> None:
    """Again while the file is busy. SQLite's own patience does not cover a change of the journal mode: of two processes
    that open a new file together, one is told "database is locked" at once."""
    for _ in range(max(1, round(seconds / AGAIN_SECONDS))):
        try:
            return work()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            SystemClock().sleep(AGAIN_SECONDS)
    return work()


def postgresql_ledger(settings: Settings) -> Ledger:
    """The ledger in the schema `archive` of a PostgreSQL database."""
    url = make_url(settings.sql_url)
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={
                "options": f"-c search_path=archive -c lock_timeout={int(settings.lock_seconds * 1000)}",
                "connect_timeout": max(2, int(settings.lock_seconds)),
            },
        )
    except ModuleNotFoundError as error:
        raise ArchiveError("archive.no_driver", name=error.name or "psycopg") from error
    ledger = Ledger(engine, f"{url.host or 'localhost'}/{url.database}")
    with ledger.write() as connection:  # under the writer's lock: two that start together must not both make it
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS archive")
    return ledger
