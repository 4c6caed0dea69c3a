"""Fixtures of the desk's tests: two workspaces that know nothing of each other, and people in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.desk import engine
from palabre.desk.workspaces.mirror import follow
from palabre.desk.workspaces.models import User, Workspace
from palabre.desk.workspaces.tests.matrix import sit


@pytest.fixture(autouse=True)
def short_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty thousand posts are not for every test."""
    monkeypatch.setattr("palabre.desk.panel.sample.play", lambda archive, workspace_id, report: report(1, 1))


@pytest.fixture
def workspaces(db: None) -> tuple[Workspace, Workspace]:
    """alpha and beta, in the archive and on the desk."""
    return two_workspaces()


def set_aside(slugs: tuple[str, ...]) -> None:
    """The archive is not rolled back between tests: what was alpha is alpha no more, and each test begins empty."""
    from sqlalchemy import update

    from palabre.archive.tables import workspace

    old = workspace.c.slug.in_(slugs)
    with engine.archive().ledger.write() as connection:
        connection.execute(update(workspace).where(old).values(slug=workspace.c.slug + "-" + workspace.c.uid))


def two_workspaces() -> tuple[Workspace, Workspace]:
    """The same, where no test is running."""
    set_aside(("alpha", "beta"))
    kept = [engine.archive().workspaces.add(slug, slug.title()) for slug in ("alpha", "beta")]
    follow(kept)
    Workspace.objects.update(set_up=True)
    alpha, beta = (Workspace.objects.get(slug=entry.slug) for entry in kept)
    return alpha, beta


@pytest.fixture
def alpha(workspaces: tuple[Workspace, Workspace]) -> Workspace:
    return workspaces[0]


@pytest.fixture
def alice(alpha: Workspace) -> User:
    """Owner of alpha."""
    return sit(alpha, "owner", "alice")


@pytest.fixture
def bob(alpha: Workspace) -> User:
    """Agent in alpha."""
    return sit(alpha, "agent", "bob")


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger with an account and no seat."""
    return User.objects.create_user("charlie@nowhere.example", "a fine long sentence", name="charlie")


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A browser in which that user is signed in."""

    def signed_in(user: User) -> Client:
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(user)
        return browser

    return signed_in
