"""Every route × method × role × id, generated: who may enters, who may not learns nothing and changes nothing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from palabre.desk.conftest import two_workspaces
from palabre.desk.workspaces.models import ROLES, User, Workspace
from palabre.desk.workspaces.tests.matrix import PUBLIC, SIGNED_IN, Row, sit, table

METHODS = ("GET", "POST")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "X-Frame-Options": "DENY",
}
VARYING = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|<code>[0-9a-f]{12}</code>')


def routes(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """Names of all routes, with their namespace."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"
        else:
            yield from routes(entry, space + (f"{entry.namespace}:" if entry.namespace else ""))


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert {row.route for row in table()} == set(routes())


def test_the_tables_are_there(db: None) -> None:
    """pytest-django makes a database only where a test of the run asks for one by its mark; the others here do not."""
    assert User.objects.count() == 0


def address(row: Row, workspace: Workspace | None, ids: dict[str, Any]) -> str:
    inside = {"workspace_slug": workspace.slug if workspace else "no-such"} if row.inside else {}
    return reverse(row.route, kwargs={**inside, **ids})


class Ground:
    """Two workspaces, a browser for each role, and two counters that tell whether anything was written."""

    def __init__(self, alpha: Workspace, beta: Workspace) -> None:
        self.alpha, self.beta = alpha, beta
        people: dict[str, User | AnonymousUser] = {role: sit(alpha, role) for role in ROLES}
        people |= {"outsider": sit(beta, "owner"), "stranger": User.objects.create_user("stranger@x.example", "x" * 20)}
        people |= {"removed": sit(alpha, "owner", "gone"), "anonymous": AnonymousUser()}
        self.browsers = {role: self.browser(user) for role, user in people.items()}
        from palabre.desk.workspaces import people as acts

        acts.remove(people["removed"].membership_set(manager="doors").get())  # type: ignore[union-attr]
        assert self.browsers["removed"].get("/account").status_code == 302  # their session is over at the next request
        self.archive = sqlite3.connect(f"file:{settings.PALABRE.home / 'palabre.sqlite3'}?mode=ro", uri=True)

    @staticmethod
    def browser(user: Any) -> Client:
        made = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        if user.is_authenticated:
            made.force_login(user)
        return made

    def written(self) -> tuple[int, int]:
        """Changes of rows so far: on the desk, and in the archive."""
        return connection.connection.total_changes, self.archive.execute("PRAGMA data_version").fetchone()[0]

    def ask(self, row: Row, role: str, url: str, method: str = "") -> HttpResponse:
        extra = {"headers": {"hx-request": "true"}} if row.htmx else {}
        browser = self.browsers[role]
        kept = deepcopy(browser.cookies)
        answer: HttpResponse = getattr(browser, (method or row.method).lower())(url, dict(row.data), **extra)
        browser.cookies = kept  # signing out is a row too, and the next one needs the session
        for name, value in HEADERS.items():
            assert value in answer.get(name, ""), (role, url, name)
        return answer


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    """Made once: every request that may write is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = Ground(*two_workspaces())
        yield made
        made.archive.close()
        transaction.set_rollback(True)


def seen(answer: HttpResponse, url: str) -> tuple[int, bytes, str]:
    """What somebody can tell of an answer: status, body, where it leads; without what varies with every request."""
    body = VARYING.sub(b"", answer.content).replace(url.encode(), b"URL")
    return answer.status_code, body, answer.get("Location", "").partition("?")[0]


def may(row: Row, role: str) -> bool:
    if row.needs == PUBLIC:
        return True
    if row.needs == SIGNED_IN:
        return role not in {"anonymous", "removed"}
    return role in ROLES and ROLES.index(role) >= ROLES.index(row.needs)


def refused_status(row: Row, role: str) -> int:
    asked_to_sign_in = role in {"anonymous", "removed"} and row.needs != PUBLIC
    return (401 if row.htmx else 302) if asked_to_sign_in else 404


@pytest.mark.parametrize("row", table(), ids=str)
def test_those_who_may_enter_do(row: Row, ground: Ground) -> None:
    for role in ground.browsers:
        if not may(row, role):
            continue
        with transaction.atomic():
            url = address(row, ground.alpha, row.ids(ground.alpha))
            answer = ground.ask(row, role, url)
            transaction.set_rollback(True)
        expected = row.statuses | ({302} if row.needs == PUBLIC else set())  # somebody signed in is sent on
        assert answer.status_code in expected, (role, answer.status_code, answer.content[:2000])


@pytest.mark.parametrize("row", [row for row in table() if row.needs != PUBLIC], ids=str)
def test_those_who_may_not_learn_nothing_and_change_nothing(row: Row, ground: Ground) -> None:
    own, foreign = row.ids(ground.alpha), row.ids(ground.beta)
    places: list[tuple[Workspace | None, dict[str, Any]]] = [
        (ground.alpha, own),
        (ground.alpha, foreign),
        (ground.alpha, dict(row.absent)),
    ]
    places += [(ground.beta, foreign), (None, dict(row.absent))]
    for role in ground.browsers:
        answers = []
        for place, ids in places:
            entitled = may(row, role) and (ids == own or not row.absent) and place in (ground.alpha, None)
            if (place == ground.alpha and entitled) or (role == "outsider" and place == ground.beta):
                continue
            if not row.inside and may(row, role):
                continue
            url, before = address(row, place, ids), ground.written()
            answer = ground.ask(row, role, url)
            assert answer.status_code == refused_status(row, role), (role, url, answer.status_code)
            assert ground.written() == before, (role, url)
            answers.append(seen(answer, url))
        assert len(set(answers)) <= 1, (role, row)


@pytest.mark.parametrize("route", sorted({row.route for row in table()}))
def test_other_methods_are_refused(route: str, ground: Ground) -> None:
    rows = [row for row in table() if row.route == route]
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - {row.method for row in rows}:
        url, before = address(rows[0], ground.alpha, dict(rows[0].absent)), ground.written()
        assert ground.ask(rows[0], "owner", url, method).status_code == 405, method
        assert ground.written() == before, method
