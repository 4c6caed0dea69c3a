"""Hacker News: items, hits, deletions, the walk down by date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from palabre.collect.contract import Page, Window
from palabre.collect.hackernews import connector as module
from palabre.collect.hackernews import urls
from palabre.collect.hackernews.connector import HackerNewsConnector
from palabre.collect.hackernews.format import HackerNewsFormat
from palabre.collect.hackernews.mapping import map_item
from palabre.collect.payload import raw
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import Outcome, head, read, spoilt, take
from palabre.errors import FetchError, ItemError
from palabre.model import Gone, Heard, PostKind, RawItem
from palabre.net import Headers, Response

NOW = 1_795_219_200
STORY: dict[str, Any] = {
    "id": 10, "type": "story", "by": "pg", "time": NOW - 100, "title": "Caf&eacute; &amp; code", "url": "https://a.example/x",
    "score": 7, "descendants": 2, "kids": [11],
}  # fmt: skip
COMMENT: dict[str, Any] = {
    "id": 11, "type": "comment", "by": "dang", "time": NOW - 90, "parent": 10,
    "text": 'I agree&#x27;d.<p>See <a href="https:&#x2F;&#x2F;b.example&#x2F;y" rel="nofollow">this</a>',
}  # fmt: skip


def hit(number: int, at: int, kind: str = "comment", **more: object) -> dict[str, Any]:
    return {
        "objectID": str(number), "author": "al", "created_at_i": at, "_tags": [kind, "author_al", "story_10"],
        "comment_text": "<p>Hello", "story_id": 10, "parent_id": 10,
    } | more  # fmt: skip


def heard(found: dict[str, Any]):  # type: ignore[no-untyped-def]
    (event,) = map_item(raw(found))
    assert isinstance(event, Heard)
    return event.post


def test_a_story_points_to_its_page_and_carries_its_score() -> None:
    post = heard(STORY)
    assert (post.uri, post.title, post.links) == (f"{urls.ITEM_PAGE}10", "Café & code", ("https://a.example/x",))
    assert (post.metrics.likes, post.metrics.replies, post.published_ms) == (7, 2, (NOW - 100) * 1000)


def test_a_comment_answers_and_its_html_is_text() -> None:
    post = heard(COMMENT)
    assert post.kind is PostKind.COMMENT
    assert post.parent == f"{urls.ITEM_PAGE}10"
    assert post.text == "I agree'd.\n\nSee this"
    assert post.links == ("https://b.example/y",)


def test_a_hit_and_its_item_are_one_post() -> None:
    found = hit(11, NOW - 90, story_title="Not mine", comment_text=COMMENT["text"])
    assert heard(found).uri == heard(COMMENT).uri
    assert heard(found).text == heard(COMMENT).text
    assert (heard(found).root, heard(found).title) == (f"{urls.ITEM_PAGE}10", "")


@pytest.mark.parametrize("mark", ["deleted", "dead"])
def test_what_was_taken_back_is_gone(mark: str) -> None:
    assert list(map_item(raw({"id": 5, "type": "comment", mark: True}))) == [Gone(f"{urls.ITEM_PAGE}5")]


@pytest.mark.parametrize("found", [{}, {"id": 1}, {"id": 1, "type": "zebra"}, {"objectID": ""}])
def test_an_item_of_no_known_kind_goes_to_quarantine(found: dict[str, Any]) -> None:
    with pytest.raises(ItemError):
        list(map_item(raw(found)))


def test_spoilt_items_never_break_the_mapping() -> None:
    for original in (STORY, COMMENT, hit(1, NOW)):
        for odd in spoilt(original):
            take(Outcome(), raw(odd), map_item)


# ── the walk ──


class Algolia:
    """A search over known hits, newest first, a few at a time."""

    def __init__(self, hits: list[dict[str, Any]]) -> None:
        self.hits, self.calls = hits, 0

    def __call__(self, params: dict[str, str]) -> Response:
        self.calls += 1
        low, high = (int(part.split("=")[-1].split("<")[-1]) for part in params["numericFilters"].split(","))
        inside = [one for one in self.hits if low <= one["created_at_i"] < high]
        inside.sort(key=lambda one: -one["created_at_i"])
        return Response(
            200, urls.SEARCH_BY_DATE, Headers(), json.dumps({"hits": inside[: urls.HITS_PER_PAGE]}).encode()
        )


class AlgoliaNet(FakeNet):
    """The fake network in front of it."""

    def serve(self, search: Algolia) -> AlgoliaNet:
        self.search = search
        return self

    def request(self, method: str, url: str, **options: Any) -> Response:
        return self.search(options["params"])


def walk(search: Algolia, cursor: dict[str, object], window: Window | None = None, stop: int = 99) -> list[Page]:
    net = AlgoliaNet().serve(search)
    pages = HackerNewsConnector().pages({"query": "x", "what": "all"}, cursor, fake_means(net), window or Window())
    return [page for page, _ in zip(pages, range(stop), strict=False)]


def ids(pages: list[Page]) -> set[str]:
    return {json.loads(item.body)["objectID"] for page in pages for item in page.items}


def test_every_hit_since_the_last_visit_comes_even_if_the_walk_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "HITS_PER_PAGE", 10)
    search = Algolia([hit(n, NOW - 5_000 + n * 7) for n in range(95)])
    before = walk(search, {"since": NOW - 5_000}, stop=3)
    after = walk(search, dict(before[-1].cursor))
    assert ids(before) | ids(after) == {str(n) for n in range(95)}
    assert after[-1].cursor == {"since": NOW - 5_000 + 94 * 7}
    assert ids(walk(search, dict(after[-1].cursor))) <= {str(n) for n in range(5, 95)}  # the overlap only


def test_a_full_page_in_one_second_does_not_hold_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "HITS_PER_PAGE", 5)
    search = Algolia([hit(n, NOW - 50) for n in range(9)] + [hit(99, NOW - 60)])
    pages = walk(search, {"since": NOW - 100}, stop=50)
    assert len(pages) < 10
    assert "99" in ids(pages)


def test_a_backfill_keeps_to_its_window() -> None:
    search = Algolia([hit(1, NOW - 900), hit(2, NOW - 500), hit(3, NOW - 100)])
    window = Window(since_ms=(NOW - 600) * 1000, until_ms=(NOW - 200) * 1000)
    assert ids(walk(search, {"since": NOW}, window)) == {"2"}


def test_an_answer_without_hits_is_told() -> None:
    with pytest.raises(FetchError) as caught:
        module.hits_of({"message": "no"})
    assert caught.value.key == "connector_hackernews.errors.answer"


def test_the_sweep_asks_the_item_store() -> None:
    edited = {
        "id": 6,
        "type": "comment",
        "by": "dang",
        "text": "I meant <i>battery</i>",
        "parent": 2,
        "time": 1700000000,
    }
    net = FakeNet().answer(urls.item("5"), json={"id": 5, "deleted": True}).answer(urls.item("6"), json=edited)
    net.answer(urls.item("7"), body="null")
    connector, asked = HackerNewsConnector(), [urls.page(n) for n in ("5", "6", "7")] + ["https://x.example/"]
    gone, now, never = connector.sweep({}, asked, fake_means(net))
    assert isinstance(gone, Gone)
    assert isinstance(now, RawItem)
    assert isinstance(never, Gone)
    assert [gone.uri, never.uri] == [urls.page("5"), urls.page("7")]
    (heard,) = connector.map(now, {})
    assert isinstance(heard, Heard)
    assert heard.post.uri == urls.page("6")
    assert heard.post.text == "I meant battery"


def test_saved_items_and_answers_are_recognised() -> None:
    for body in (
        json.dumps([STORY, COMMENT, None]),
        json.dumps({"hits": [hit(1, NOW)], "nbHits": 1}),
        json.dumps(STORY),
    ):
        assert HackerNewsFormat().sniff(head(body.encode())) >= 0.9
        assert read(HackerNewsFormat(), body.encode()).faults == []
    assert HackerNewsFormat().sniff(head(b'[{"id": 1, "type": "note", "time": 3}]')) == 0


def test_the_real_items_are_read(shared: Path) -> None:
    found = read(HackerNewsFormat(), (shared / "data/payloads/hackernews/items.json").read_bytes())
    assert (len(found.posts), found.faults) == (2, [])
