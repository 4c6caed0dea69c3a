"""A backup holds the desk too: members, views, tokens come back with the posts."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from palabre.archive import open_archive
from palabre.archive.backup import DESK_FILE, back_up
from palabre.archive.restore import read_manifest, restore
from palabre.clock import FixedClock
from palabre.settings import Settings


def names(settings: Settings) -> list[str]:
    with closing(sqlite3.connect(settings.home / DESK_FILE)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM member ORDER BY name")]


def write(settings: Settings, sql: str) -> None:
    with closing(sqlite3.connect(settings.home / DESK_FILE)) as connection, connection:
        connection.execute(sql)


def test_the_desk_comes_back_with_the_posts(own_settings: Settings) -> None:
    write(own_settings, "CREATE TABLE member (name TEXT)")
    write(own_settings, "INSERT INTO member VALUES ('Alice')")
    with open_archive(own_settings, FixedClock()) as archive:
        made = back_up(archive.ledger, own_settings, FixedClock(), own_settings.home / "backups")
    write(own_settings, "INSERT INTO member VALUES ('Bob')")
    assert DESK_FILE in read_manifest(made).files
    restore(own_settings, made)
    assert names(own_settings) == ["Alice"]


def test_an_archive_without_a_desk_has_a_backup_without_one(own_settings: Settings) -> None:
    with open_archive(own_settings, FixedClock()) as archive:
        made = back_up(archive.ledger, own_settings, FixedClock(), own_settings.home / "backups")
    assert DESK_FILE not in read_manifest(made).files
