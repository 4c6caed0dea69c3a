"""Every route, asked with what no form offers: never an answer that says the fault is ours.

Which words a route reads is not written down here: a first request tells, by what it looks up. Each of them is then
given nasty values, all words at once in the quick test, one by one between good ones in the long campaign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import NoReverseMatch, reverse

from palabre.desk.conftest import two_workspaces
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import Row, sit, table

NASTY = (
    "", "-1", "0", "1", "9" * 25, "9" * 5_000, "0000009", "nan", "-inf", "1e999", "²", "٣٤", "\0", "é" * 70_000,
    "\U0010ffff\u202e\r\n", "0001-01-01", "9999-12-31", "9999-12-31T23:59", "2026-02-30", "24:61", "[]", "null",
    '{"a": [1]}', "on", "all", "none", "a=1&" * 600, "a.b", "1.1.1", "1.nan", "1.inf", "1.1e999", "nan_1", "f" * 32,
    "<script>alert(1)</script>", "' OR 1=1 --", "{% x %}{{ y }}", "javascript:alert(1)", "https://[::1",
    "//evil.example", "a@b\r\nBcc: c@d", "a@b.example", "../../etc/passwd", "a AND (", "after:9999-99-99", "+1 day",
    "Europe/Nowhere", "kind",
)  # fmt: skip
PATHS = ("9" * 25, "²\0\u202e.." + "x" * 2_000)
FILES = (b"", b"\0" * 100, b"\xff\xfe\x00", b"BEGIN:VCALENDAR\n", b"BEGIN:VCARD\nVERSION:4.0\n", b"[1, null]",
         b'{"@type": 1}', b'name,email\n"', b"<opml><body>", b"PK\x03\x04", b"\xef\xbb\xbf;;;\n;;;\n")  # fmt: skip
# What the addresses of the stream and of questions are read by: they are looked through whole.
LISTED = ("q", "days", "since", "until", "scope", "watch", "source", "network", "lang", "kind", "tone", "emotion",
          "intent", "axis", "story", "account", "folded", "register", "post", "who", "by", "need", "state", "every",
          "below", "file", "alert", "begins", "what")  # fmt: skip
SLUG = "alpha"
QUICK = 2  # requests a row; each gives every word another value


class Words(dict[str, Any]):
    """A plain copy that remembers what was looked up in it."""

    def get(self, key: str, default: Any = None) -> Any:
        Spying.asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        Spying.asked.add(key)
        return super().__getitem__(key)


class Spying(QueryDict):
    """What came with a request; it remembers what was looked up in it, by whichever request."""

    asked: set[str] = set()  # noqa: RUF012  # one for all

    def __getitem__(self, key: str) -> Any:
        Spying.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        Spying.asked.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        Spying.asked.add(key)
        return super().getlist(key, default)

    def dict(self) -> Any:
        return Words(super().dict())

    def lists(self) -> Any:
        Spying.asked.update(LISTED)
        return super().lists()


@pytest.fixture(scope="module")
def alpha_and_owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Workspace, Client]]:
    """Made once: what a request writes is taken back."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        for module in ("django.http", "django.http.request", "django.core.handlers.wsgi"):
            patch.setattr(f"{module}.QueryDict", Spying)
        alpha, _ = two_workspaces()
        browser = Client(headers={"accept-language": "fr"})  # a fault is raised here, with its trace
        browser.force_login(sit(alpha, "owner"))
        yield alpha, browser
        transaction.set_rollback(True)


def test_the_tables_are_there(db: None) -> None:
    """pytest-django makes a database only where a test of the run asks for one by its mark; the others here do not."""


def ask(browser: Client, row: Row, url: str, given: Mapping[str, Any]) -> HttpResponse:
    """Raises what the view raised; what it wrote is taken back."""
    extra = {"headers": {"hx-request": "true"}} if row.htmx else {}
    with transaction.atomic():
        answer: HttpResponse = getattr(browser, row.method.lower())(url, dict(given), **extra)
        leads_to = answer.get("Location", "")
        if row.method == "POST" and leads_to.startswith(f"/w/{SLUG}/"):
            assert browser.get(leads_to).status_code < 500  # what was taken can be shown
        transaction.set_rollback(True)
    assert answer.status_code != 500, (row, given)
    return answer


def words_of(browser: Client, row: Row, url: str) -> list[str]:
    """What the route looks up when it is asked as it should be."""
    Spying.asked.clear()
    ask(browser, row, url, row.data)
    return sorted(Spying.asked - {"csrfmiddlewaretoken"})


def place_of(row: Row, alpha: Workspace) -> str:
    inside = {"workspace_slug": alpha.slug} if row.inside else {}
    return reverse(row.route, kwargs={**inside, **row.ids(alpha)})


def nasty_file(n: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("\u202eé\r\n.csv", FILES[n % len(FILES)])


def all_at_once(words: list[str], turn: int, seed: int) -> dict[str, Any]:
    """Every word another value; another one at the next turn."""
    step = seed + turn * (len(NASTY) // QUICK)
    given: dict[str, Any] = {word: NASTY[(step + 7 * place) % len(NASTY)] for place, word in enumerate(words)}
    return given | ({"file": nasty_file(step)} if "file" in given else {})


def one_by_one(row: Row, words: list[str]) -> Iterator[dict[str, Any]]:
    """Each word each value, among good ones."""
    for word in words:
        yield from ({**row.data, word: value} for value in NASTY)
        yield from ({**row.data, word: [value, "2"]} for value in ("", "1"))


ASKED = [row for row in table() if row.method in {"GET", "POST"} and not row.route.startswith("api:v1")]


@pytest.mark.parametrize("row", ASKED, ids=str)
def test_no_values_break_a_route(row: Row, alpha_and_owner: tuple[Workspace, Client]) -> None:
    alpha, browser = alpha_and_owner
    with transaction.atomic():
        url = place_of(row, alpha)
        words = words_of(browser, row, url)
        for turn in range(QUICK if words else 0):
            ask(browser, row, url, all_at_once(words, turn, len(str(row))))
        transaction.set_rollback(True)


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("row", ASKED, ids=str)
def test_no_value_breaks_a_route_between_good_ones(row: Row, alpha_and_owner: tuple[Workspace, Client]) -> None:
    alpha, browser = alpha_and_owner
    with transaction.atomic():
        url = place_of(row, alpha)
        for given in one_by_one(row, words_of(browser, row, url)):
            ask(browser, row, url, given)
        transaction.set_rollback(True)


@pytest.mark.parametrize("row", [row for row in ASKED if row.absent], ids=str)
def test_no_address_breaks_a_route(row: Row, alpha_and_owner: tuple[Workspace, Client]) -> None:
    alpha, browser = alpha_and_owner
    inside = {"workspace_slug": alpha.slug} if row.inside else {}
    for text in PATHS:
        try:
            url = reverse(row.route, kwargs={**inside, **dict.fromkeys(row.absent, text)})
        except NoReverseMatch:
            continue
        ask(browser, row, url, row.data)
