"""Registers and figures over the API: of one's own workspace, in one's language, each figure with its method."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from palabre.archive.needs import NeedFound
from palabre.archive.signals import Found
from palabre.desk.api import auth
from palabre.desk.api.tests.test_api import asker, key
from palabre.desk.engine import archive
from palabre.desk.mentions.tests.posts import forget
from palabre.desk.workspaces.models import User, Workspace

Ask = Callable[..., Any]


@pytest.fixture
def ask(alice: User, alpha: Workspace) -> Iterator[Ask]:
    auth.buckets.cache_clear()
    yield asker(key(alice, alpha, "read"))
    forget(alpha)


def test_signals_and_needs_are_those_of_the_workspace(ask: Ask, workspaces: Any) -> None:
    for one, title in zip(workspaces, ("Ours", "Theirs"), strict=True):
        archive().signals.note(one.id, Found("weak", "m", title, "They ask more", 1, 2, 0.5, "d", 1))
        archive().needs.keep(one.id, [NeedFound(title, ("blue",), (), 2, 1, 2)])
    found = ask("signals")[1]["items"]
    assert [(one["title"], one["status"]) for one in found] == [("Ours", "open")]
    assert ask(f"signals/{found[0]['id']}")[1] == found[0]
    assert ask("signals", kind="spike")[1]["items"] == []
    assert [one["title"] for one in ask("needs")[1]["items"]] == ["Ours"]
    theirs = archive().signals.all(workspaces[1].id)[0].signal_id
    assert ask(f"signals/{theirs}")[0] == 404


def test_a_figure_says_how_it_is_reckoned_and_when_it_cannot(ask: Ask) -> None:
    status, found = ask("figures/kept_rate")
    assert status == 200
    assert found["value"] is None
    assert found["method"]
    assert ask("figures/nothing")[0] == 404
    assert ask("figures/volume", since="2026-02-01", until="2026-01-01")[0] == 400
    assert ask("figures/volume", since="2000-01-01")[0] == 400
