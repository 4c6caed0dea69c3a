"""Brings the ledger to the schema of this version, forward only, inside one transaction.

A ledger that a newer Palabre wrote is refused. Two processes that start together migrate one after the other.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection, inspect

from palabre.archive.ledger import Ledger
from palabre.errors import ArchiveError

SCRIPTS = "palabre.archive.migrations"


@cache
def known_versions() -> tuple[str, ...]:
    """Versions this code knows, oldest first: the four digits its files begin with."""
    names = (entry.name for entry in (files(SCRIPTS) / "versions").iterdir())
    return tuple(sorted(name[:4] for name in names if name[:4].isdigit() and name.endswith(".py")))


def current_version(connection: Connection) -> str:
    """The version of a ledger; "" when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def migrate(ledger: Ledger, target: str = "") -> bool:
    """Upgrades to target ("" is the newest); True if anything was done. Raises ArchiveError."""
    target = target or known_versions()[-1]
    with ledger.read() as connection:
        found = current_version(connection)
    check_known(found, ledger.where)
    if found >= target:
        return False
    with ledger.write() as connection:
        upgrade(connection, target)
    return True


def check_known(version: str, where: str) -> None:
    """Refuses a ledger of a newer Palabre."""
    if version and version not in known_versions():
        raise ArchiveError("archive.newer_schema", where=where, found=version, known=known_versions()[-1])


def upgrade(connection: Connection, target: str) -> None:
    """Runs Alembic on an open transaction (imported here: it costs 0.2 s, and is rarely needed)."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(str(files(SCRIPTS)))))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
