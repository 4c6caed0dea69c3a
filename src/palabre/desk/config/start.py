"""Getting a desk ready: Django set up, tables migrated, static files laid out, the archive's workspaces followed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

SETTINGS_MODULE = "palabre.desk.config.settings"


def django() -> None:
    """Django, with our settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    import django as framework

    framework.setup()


def tables() -> None:
    """The desk's tables as this version wants them; on PostgreSQL in a schema of their own."""
    from django.core.management import call_command
    from django.db import connection

    from palabre.desk.config.database import SCHEMA, prepared

    prepared(connection.settings_dict)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{SCHEMA}"')
    if not _migrated():
        call_command("migrate", interactive=False, verbosity=0)


def _migrated() -> bool:
    """Whether every migration was applied: much quicker than a migrate that does nothing."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def static_files() -> None:
    """Styles and scripts under their hashed names, compressed once, only when one of them changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = [Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list([])]
    root, mark = Path(settings.STATIC_ROOT), print_of(found)
    stamp = root / ".print"
    if stamp.exists() and stamp.read_text("ascii") == mark:
        return
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    root.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark, "ascii")


def print_of(paths: Iterable[Path]) -> str:
    """A digest of files by name and content."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def workspaces() -> None:
    """Opens the archive (it migrates itself) and follows its workspaces."""
    from palabre.desk.engine import archive
    from palabre.desk.workspaces.mirror import follow

    follow(archive().workspaces.all())


def jobs() -> None:
    """What an earlier process left running is marked as stopped; imports go on."""
    from palabre.desk.imports import working
    from palabre.desk.panel.jobs import interrupted

    interrupted()
    working.interrupted()


def faults() -> list[str]:
    """What forbids the start, in words."""
    from django.core.checks import ERROR, run_checks

    return [str(found.msg) for found in run_checks(tags=["palabre"]) if found.level >= ERROR]


def warnings() -> list[str]:
    """What deserves a look, in words."""
    from django.core.checks import ERROR, WARNING, run_checks

    return [str(found.msg) for found in run_checks(tags=["palabre"]) if WARNING <= found.level < ERROR]
