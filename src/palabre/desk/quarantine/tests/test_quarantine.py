"""Quarantine: what waits can be seen, tried again and given up; coverage says what is not heard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.desk.engine import archive
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Fault, RawItem

AsUser = Callable[[User], Client]
BASE = "/w/alpha/quarantine"
EMPTY = "connector_feed.errors.empty_item"
ITEM = b'{"kind": "rss", "title": "<script>alert(1)</script>"}'


@pytest.fixture(autouse=True)
def nothing_waits(alpha: Workspace) -> None:
    """The archive is not rolled back between tests."""
    for row in archive().quarantine.all(alpha.id, limit=1000):
        archive().quarantine.settle(alpha.id, row.quarantine_id, "dropped")


def put(alpha: Workspace, n: int = 1, key: str = EMPTY, body: bytes = ITEM) -> int:
    """Items that wait; the id of the newest."""
    source = archive().sources.add(alpha.id, "feed", "Blog", {"url": "https://blog.example/feed.xml"})
    for number in range(n):
        item = RawItem(body + str(number).encode())
        archive().quarantine.add(alpha.id, source.source_id, item, Fault("map", key, {}, "ItemError", "mapping.py:1"))
    return archive().quarantine.all(alpha.id, limit=1)[0].quarantine_id


def waiting(alpha: Workspace) -> int:
    return archive().quarantine.counts(alpha.id).get("waiting", 0)


def test_reasons_are_in_plain_words_with_their_number(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    put(alpha, 3)
    page = as_user(bob).get(BASE).content.decode()
    assert "3 items" in page
    assert EMPTY not in page.replace(f'value="{EMPTY}"', "").replace(f"key={EMPTY}", "")


def test_raw_bytes_are_shown_as_text_and_cut(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    small, large = put(alpha), put(alpha, body=b"x" * 30_000)
    page = as_user(bob).get(f"{BASE}/{small}").content
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert" in page
    assert b"10,001 more characters" in as_user(bob).get(f"{BASE}/{large}").content


def test_an_item_that_still_fails_comes_back_and_says_so(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    number = put(alpha, body=b"no feed item")
    answer = as_user(bob).post(f"{BASE}/{number}/replay", follow=True)
    assert b"came back" in answer.content
    row, _ = archive().quarantine.get(alpha.id, number)
    assert (row.state, row.tries) == ("waiting", 2)


def test_all_items_of_one_reason_are_dropped_and_no_other(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    put(alpha, 4)
    put(alpha, 2, "connector_feed.errors.json", b"other")
    as_user(alice).post(f"{BASE}/drop", {"key": EMPTY})
    assert waiting(alpha) == 2
    as_user(alice).post(f"{BASE}/drop", {})
    assert waiting(alpha) == 2


def test_pages_follow_each_other_by_key(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    put(alpha, 60)
    first = as_user(bob).get(BASE).content.decode()
    assert first.count('<th scope="row" class="n">') == 50
    older = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert as_user(bob).get(f"{BASE}{older}").content.decode().count('<th scope="row" class="n">') == 10


def test_coverage_names_what_is_not_heard(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    source = archive().sources.add(alpha.id, "feed", "Stopped", {"url": "https://s.example/f"}, state="paused")
    page = as_user(alice).get(f"{BASE}/coverage").content.decode()
    assert "Stopped" in page
    assert "what is said there is not heard" in page
    assert "Mastodon" in page
    assert "No watch is active" in page
    archive().sources.remove(source.source_id, alpha.id)
