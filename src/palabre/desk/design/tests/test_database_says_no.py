"""A database that is held by another writer, or has no room, is a sentence and not a failure without a word."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.test import Client

from palabre.desk.teams import access
from palabre.desk.workspaces.models import User


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "said"), [(sqlite3.SQLITE_BUSY, "in use by another writer"), (sqlite3.SQLITE_FULL, "is full")]
)
def test_a_database_that_says_no_is_told(
    monkeypatch: pytest.MonkeyPatch, as_user: Callable[[User], Client], alice: User, code: int, said: str
) -> None:
    def fails(*_: object) -> None:
        cause = sqlite3.OperationalError("database is locked")
        cause.sqlite_errorcode = code
        raise OperationalError("database is locked") from cause

    monkeypatch.setattr(access, "teams", fails)
    answer = as_user(alice).get("/w/alpha/teams")
    assert answer.status_code == 503
    assert said in answer.content.decode()
