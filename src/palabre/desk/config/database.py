"""Where the desk's tables are: a file of their own on SQLite, a schema of their own on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from palabre.errors import ConfigError
from palabre.settings import Settings

SCHEMA = "desk"
# secure_delete: what is erased is overwritten, not only unlinked. The journal mode stays with the file: see `prepared`.
PRAGMAS = "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"


def entry(settings: Settings) -> dict[str, Any]:
    """Django's DATABASES entry for these settings. Raises ConfigError for a kind of database we do not know."""
    scheme = urlsplit(settings.database_url).scheme.partition("+")[0]
    if scheme in {"", "sqlite"}:
        return sqlite(settings)
    if scheme in {"postgresql", "postgres"}:
        return postgresql(settings.database_url)
    raise ConfigError("desk.unknown_database", kind=scheme)


def sqlite(settings: Settings) -> dict[str, Any]:
    """One file in the data folder; writers queue instead of failing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": settings.home / "desk.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": settings.lock_seconds, "init_command": PRAGMAS},
    }


def prepared(entry: Mapping[str, Any]) -> None:
    """The file of an SQLite desk in the journal mode in which readers and writers do not wait for each other."""
    from palabre.archive.ledger import log_ahead

    if entry["ENGINE"].endswith("sqlite3") and "memory" not in str(entry["NAME"]):
        log_ahead(Path(entry["NAME"]), entry["OPTIONS"]["timeout"])


def postgresql(url: str) -> dict[str, Any]:
    """The schema ``desk`` of that database. The URL's query (sslmode …) goes to the driver."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "OPTIONS": {**dict(parse_qsl(parts.query)), "options": f"-c search_path={SCHEMA}"},
    }
