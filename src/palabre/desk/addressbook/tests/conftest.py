"""A server of address books, and a book on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings

from palabre.desk import clock
from palabre.desk.addressbook import server
from palabre.desk.addressbook.models import Book
from palabre.desk.addressbook.tests.routes import made
from palabre.desk.addressbook.tests.shelf import Shelf
from palabre.desk.workspaces.models import Workspace
from palabre.net import Net


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """A server that the guard lets pass, by name."""
    one = Shelf()
    known = replace(settings.PALABRE, allowed_hosts_private=one.host, host_interval_seconds=0.0)
    net = Net(known, clock.CLOCK)
    net.budget.tokens = 0.0  # no second tries within a call: they would only cost time here
    monkeypatch.setattr(net.budget, "spend", lambda: False)
    monkeypatch.setattr(server, "net", lambda: net)
    yield one
    one.close()


@pytest.fixture
def book(alpha: Workspace, shelf: Shelf) -> Book:
    return made(alpha, shelf.url)
