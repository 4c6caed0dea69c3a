"""Where the desk's tables are: a file of their own on SQLite, a schema of their own on PostgreSQL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from palabre.errors import ConfigError
from palabre.settings import Settings

SCHEMA = "desk"
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000;"


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
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": PRAGMAS},
    }


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
