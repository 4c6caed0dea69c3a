"""Schemathesis throws what the description allows, and what it does not, at every operation: never a 5xx."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings

from palabre.desk.api.bucket import Buckets
from palabre.desk.api.tests.test_api import key
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Account, Post

EXAMPLES, EXAMPLES_LONG = 4, 600
PARTS = 12  # each a test: none takes long by itself
POST = Post("https://one.example/fuzz", "web", text="la pluie", account=Account("u", "ana"))


@pytest.fixture
def schema(alice: User, alpha: Workspace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The description, as the program of an owner reads it; nobody counts its calls."""
    endless = Buckets(10**9, 10**9)
    monkeypatch.setattr("palabre.desk.api.auth.buckets", lambda: endless)
    hear(alpha, POST)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palabre.desk.config.testing")
    loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    loaded.config.headers = {"Authorization": f"Bearer {key(alice, alpha)}"}
    return loaded


def trial(name: str, faults: list[str]) -> Callable[[Any], None]:
    """One call of an operation, always in a workspace that exists."""

    def tried(case: Any) -> None:
        case.path_parameters = {**(case.path_parameters or {}), "workspace_slug": "alpha"}
        answer = case.call()
        if answer.status_code >= 500:
            faults.append(f"{name} {answer.status_code} {case.as_curl_command()[:600]}")

    return tried


def campaign(schema: Any, examples: int, part: int) -> list[str]:
    """Every operation of a part with so many examples; what went wrong."""
    faults: list[str] = []
    quiet = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    for found in islice(schema.get_all_operations(), part, None, PARTS):
        operation = found.ok()
        quiet(given(case=operation.as_strategy())(trial(operation.label, faults)))()
    return faults


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_breaks_the_server(schema: Any, part: int) -> None:
    assert campaign(schema, EXAMPLES, part) == []


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_breaks_the_server_in_a_long_campaign(schema: Any, part: int) -> None:
    assert campaign(schema, EXAMPLES_LONG, part) == []
