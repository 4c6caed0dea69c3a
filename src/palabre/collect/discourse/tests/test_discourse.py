"""Discourse: posts, replies, what the forum hides, the walk down, saved pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from palabre.collect.contract import Page, Window
from palabre.collect.discourse.connector import DiscourseConnector
from palabre.collect.discourse.format import DiscourseFormat
from palabre.collect.discourse.mapping import map_item
from palabre.collect.payload import raw
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import Outcome, head, read, spoilt, take
from palabre.errors import FetchError, ItemError
from palabre.model import Gone, Heard, Post, PostKind

SITE = "https://forum.example"


def post(ident: int, number: int = 2, **more: object) -> dict[str, Any]:
    return {
        "id": ident, "username": "lea", "name": "Léa", "created_at": f"2026-11-{10 + ident % 20:02}T10:00:00.000Z",
        "updated_at": "2026-11-30T10:00:00.000Z", "version": 1, "post_number": number, "post_type": 1, "topic_id": 9,
        "topic_slug": "un-sujet", "topic_title": "Un sujet", "reply_to_post_number": None, "reply_count": 3,
        "reads": 40,
        "cooked": '<p>Bonjour <a class="mention" href="/u/max">@max</a> <a href="/t/1">ici</a></p>',
        "actions_summary": [{"id": 2, "count": 6}],
    } | more  # fmt: skip


def heard(found: dict[str, Any], site: str = SITE) -> Post:
    (event,) = map_item(raw(found, site=site))
    assert isinstance(event, Heard)
    return event.post


def test_the_first_post_opens_the_thread_and_has_its_title() -> None:
    found = heard(post(1, number=1))
    assert (found.uri, found.url) == (f"{SITE}/t/9/1", f"{SITE}/t/un-sujet/9/1")
    assert (found.kind, found.title, found.parent, found.root) == (PostKind.ARTICLE, "Un sujet", "", "")
    assert (found.mentions, found.links) == (("max",), (f"{SITE}/t/1",))
    assert (found.metrics.likes, found.metrics.replies, found.metrics.views) == (6, 3, 40)


def test_an_answer_names_what_it_answers() -> None:
    assert heard(post(3, number=4, reply_to_post_number=2)).parent == f"{SITE}/t/9/2"
    assert heard(post(3, number=4)).parent == f"{SITE}/t/9/1"
    assert heard(post(3, number=4)).title == ""
    assert heard(post(3, version=2)).edited_ms > 0
    assert heard(post(3, version=1)).edited_ms == 0


@pytest.mark.parametrize("mark", [{"user_deleted": True}, {"hidden": True}, {"deleted_at": "2026-11-20T00:00:00Z"}])
def test_what_the_forum_hides_is_gone(mark: dict[str, Any]) -> None:
    (event,) = map_item(raw(post(3, **mark), site=SITE))
    assert isinstance(event, Gone)
    assert event.uri == f"{SITE}/t/9/2"


@pytest.mark.parametrize("odd", [{"topic_id": None}, {"post_number": "x" * 0}, {"post_type": 3}])
def test_what_is_no_post_goes_to_quarantine(odd: dict[str, Any]) -> None:
    with pytest.raises(ItemError):
        list(map_item(raw(post(3, **odd), site=SITE)))


def test_spoilt_posts_never_break_the_mapping() -> None:
    for odd in spoilt(post(1)):
        take(Outcome(), raw(odd, site=SITE), map_item)


def walk(net: FakeNet, cursor: dict[str, object], window: Window | None = None) -> list[Page]:
    return list(DiscourseConnector().pages({"url": SITE}, cursor, fake_means(net), window or Window()))


def ids(pages: list[Page]) -> list[int]:
    return [json.loads(item.body)["id"] for page in pages for item in page.items]


def served(*groups: tuple[str, list[dict[str, Any]]]) -> FakeNet:
    net = FakeNet()
    for query, found in groups:
        net.answer(f"{SITE}/posts.json{query}", json={"latest_posts": found})
    return net


def test_a_visit_goes_down_to_the_last_known_post() -> None:
    net = served(("", [post(9), post(8)]), ("?before=8", [post(7), post(6, post_type=3), post(5)]))
    pages = walk(net, {"last": 5})
    assert ids(pages) == [9, 8, 7, 5]  # the forum's own action is nobody's speech
    assert [page.cursor for page in pages] == [{"last": 5, "top": 9, "before": 8}, {"last": 9}]


def test_a_forum_that_answers_the_same_page_for_ever_ends_the_visit() -> None:
    net = served(("", [post(9)]), ("?before=9", [post(9)]))
    assert walk(net, {"last": 2})[-1].cursor == {"last": 9}


def test_a_cut_visit_goes_on_where_it_was() -> None:
    net = served(("?before=8", [post(7), post(5)]))
    pages = walk(net, {"last": 5, "top": 9, "before": 8})
    assert pages[-1].cursor == {"last": 9}


def test_a_new_source_does_not_swallow_the_whole_forum() -> None:
    net = served(("", [post(100)]), *((f"?before={n}", [post(n - 1)]) for n in range(100, 90, -1)))
    assert len(walk(net, {})) == 4


def test_a_backfill_goes_down_to_its_window() -> None:
    net = served(("", [post(9), post(8)]), ("?before=8", [post(3), post(2)]))
    window = Window(since_ms=1_794_480_000_000, until_ms=1_794_733_200_000)  # 12.5 to 15.4 November
    assert ids(walk(net, {"last": 9}, window)) == [3]


@pytest.mark.parametrize(("status", "key"), [(403, "closed"), (404, "closed")])
def test_a_closed_forum_says_so(status: int, key: str) -> None:
    with pytest.raises(FetchError) as caught:
        walk(FakeNet().answer(f"{SITE}/posts.json", status=status), {})
    assert caught.value.key == f"connector_discourse.errors.{key}"


def test_something_else_than_a_forum_is_told() -> None:
    with pytest.raises(FetchError) as caught:
        walk(FakeNet().answer(f"{SITE}/posts.json", json={"x": 1}), {})
    assert caught.value.key == "connector_discourse.errors.answer"


def test_drift_is_counted() -> None:
    odd = post(9)
    del odd["cooked"]
    assert walk(served(("", [odd | {"zz": 1}])), {"last": 9})[0].drift == {"-cooked": 1, "+zz": 1}


def test_the_sweep_asks_post_by_post() -> None:
    net = FakeNet().answer(f"{SITE}/posts/by_number/9/2.json", status=404)
    net.answer(f"{SITE}/posts/by_number/9/3.json", json=post(3)).answer(
        f"{SITE}/posts/by_number/9/4.json", json=post(4, hidden=True)
    )
    uris = [f"{SITE}/t/9/{n}" for n in (2, 3, 4)] + ["https://other.example/t/9/2"]
    found = DiscourseConnector().sweep({"url": SITE}, uris, fake_means(net))
    assert [gone.uri for gone in found] == [f"{SITE}/t/9/2", f"{SITE}/t/9/4"]


def test_saved_pages_of_every_shape_are_read() -> None:
    topic = {
        "id": 9,
        "title": "Titre",
        "slug": "titre",
        "post_stream": {"posts": [post(1, 1, topic_title=None), post(2)]},
    }
    shapes = [
        topic,
        {"latest_posts": [post(1)]},
        [post(1)],
        post(1),
        {"topic_list": {"topics": [{"id": 4, "title": "S"}]}},
    ]
    for shape in shapes:
        body = json.dumps(shape).encode()
        assert DiscourseFormat().sniff(head(body)) >= 0.9
        found = read(DiscourseFormat(), body)
        assert found.posts
        assert not found.faults
    assert read(DiscourseFormat(), json.dumps(topic).encode()).posts[0].title == "Titre"
    assert DiscourseFormat().sniff(head(b'{"posts": [{"id": 1}]}')) == 0


def test_the_real_pages_are_read(shared: Path) -> None:
    for path in sorted((shared / "data/payloads/perceval_discourse").glob("*.json")):
        body = path.read_bytes()
        assert DiscourseFormat().sniff(head(body, path.name)) > 0.9, path.name
        found = read(DiscourseFormat(), body)
        assert found.posts or "empty" in path.name
        assert found.faults == [], path.name
