"""Reddit: things of every wrapping, forests with "more", deletions, the connector with a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from palabre.collect.contract import Window
from palabre.collect.reddit import urls
from palabre.collect.reddit.connector import RedditConnector
from palabre.collect.reddit.format import RedditFormat
from palabre.collect.reddit.mapping import tokens
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import Outcome, cuts, head, read, read_folder, spoilt
from palabre.errors import ConfigError


def submission(ident: str = "abc", **more: object) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": ident, "name": f"t3_{ident}", "author": "lea", "title": "Fish &amp; chips", "selftext": "a &lt; b",
        "selftext_html": "&lt;div class=\"md\"&gt;&lt;p&gt;a &amp;lt; b "
        "&lt;a href=\"https://e.example/?a=1&amp;amp;b=2\"&gt;x&lt;/a&gt;&lt;/p&gt;&lt;/div&gt;",
        "created_utc": 1795168800.0, "edited": False, "subreddit": "france", "subreddit_type": "public",
        "permalink": f"/r/france/comments/{ident}/fish/", "score": 12, "num_comments": 2, "is_self": True,
        "url": f"https://www.reddit.com/r/france/comments/{ident}/fish/", "over_18": False,
    }  # fmt: skip
    return {"kind": "t3", "data": data | more}


def comment(ident: str = "c1", parent: str = "t3_abc", **more: object) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": ident, "name": f"t1_{ident}", "author": "bob", "body": "oui", "body_html": "",
        "created_utc": 1795168900, "edited": 1795169000.0, "subreddit": "france", "link_id": "t3_abc",
        "parent_id": parent, "permalink": f"/r/france/comments/abc/fish/{ident}/", "score": -3, "replies": "",
    }  # fmt: skip
    return {"kind": "t1", "data": data | more}


def listing(*things: object, after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(things), "after": after, "before": None}}


def heard(value: object) -> Outcome:
    return read(RedditFormat(), json.dumps(value).encode())


def test_a_submission_is_unescaped_once_and_keeps_its_links() -> None:
    post = heard(listing(submission())).posts[0]
    assert (post.title, post.text.split(" x")[0]) == ("Fish & chips", "a < b")
    assert post.links == ("https://e.example/?a=1&b=2",)
    assert post.uri == urls.submission_uri("abc")
    assert (post.metrics.likes, post.metrics.replies, post.tags) == (12, 2, ("r/france",))


def test_comments_know_their_parent_their_root_and_their_edit() -> None:
    reply = comment("c2", "t1_c1")
    found = heard([listing(submission()), listing(comment(replies=listing(reply)))])
    first, second = found.by_uri("/c1/"), found.by_uri("/c2/")
    assert (first.kind, second.kind) == ("comment", "reply")
    assert (second.parent, second.root) == (first.uri, urls.submission_uri("abc"))
    assert first.edited_ms == 1_795_169_000_000
    assert first.metrics.likes is None


@pytest.mark.parametrize(
    "thing",
    [
        comment(body="[deleted]", author="[deleted]"),
        comment(body="[removed]"),
        submission(selftext="[removed]"),
        submission(removed_by_category="moderator"),
    ],
)
def test_what_was_deleted_or_removed_is_gone(thing: dict[str, Any]) -> None:
    found = heard(listing(thing))
    assert (len(found.gone), len(found.posts)) == (1, 0)


def test_words_whose_author_left_stay_without_author() -> None:
    post = heard(listing(comment(author="[deleted]"))).posts[0]
    assert (post.account, post.text) == (None, "oui")


def test_a_crosspost_is_a_reshare_and_its_original_comes_along() -> None:
    original = submission("orig")["data"]
    found = heard(listing(submission("x", crosspost_parent="t3_orig", crosspost_parent_list=[original])))
    assert found.by_uri("/x/").reshare_of == found.by_uri("/orig/").uri


@pytest.mark.parametrize(
    "wrap",
    [
        lambda thing: thing,
        lambda thing: [{"request_uri": "https://oauth.reddit.com/x", "status": {}, "body": listing(thing)}],
        lambda thing: {"json": {"errors": [], "data": {"things": [thing]}}},
        lambda thing: thing["data"],
    ],
    ids=["thing", "recording", "action", "dump"],
)
def test_every_wrapping_is_recognised(wrap: Any) -> None:
    body = json.dumps(wrap(comment())).encode()
    assert RedditFormat().sniff(head(body)) > 0.5
    assert len(read(RedditFormat(), body).posts) == 1


def test_more_tokens_are_found_however_deep() -> None:
    more = {"kind": "more", "data": {"children": ["c3"], "parent_id": "t1_c1"}}
    empty = {"kind": "more", "data": {"children": []}}
    forest = [listing(submission()), listing(comment(replies=listing(more)), empty)]
    assert [token["children"] for token in tokens(forest)] == [["c3"]]


# ── the connector ──


def key(**more: object) -> dict[str, object]:
    return {"value": "r/france", "client_id": "id", **more}


def net_with_token() -> FakeNet:
    return FakeNet().answer(urls.TOKEN, method="POST", json={"access_token": "t"})


def new(after: str = "") -> str:
    return f"{urls.subreddit_new('france')}?{f'after={after}&' if after else ''}limit=100&raw_json=0"


def test_without_a_key_the_feed_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        RedditConnector().validate({"value": "france"})
    assert caught.value.key == "connector_reddit.errors.no_key"
    assert "/r/france/new/.rss" in str(caught.value)


def test_pages_bring_forests_and_then_ask_what_became_of_the_recent_ones() -> None:
    net = net_with_token()
    net.answer(new(), json=listing(submission()), headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "60"})
    more = {"kind": "more", "data": {"children": ["c3"], "parent_id": "t3_abc"}}
    net.answer(f"{urls.forest('abc')}?limit=500&raw_json=0", json=[listing(submission()), listing(comment(), more)])
    things = {"json": {"data": {"things": [comment("c3")]}}}
    net.answer(f"{urls.more()}?api_type=json&children=c3&link_id=t3_abc&raw_json=0", json=things)
    gone = submission(selftext="[removed]")
    net.answer(f"{urls.info()}?id=t3_abc&raw_json=0", json=listing(gone))
    connector = RedditConnector()
    pages = list(connector.pages(key(forest=True), {}, fake_means(net, client_secret="s"), Window()))
    assert len(pages[0].items) == 3
    assert (pages[0].quota_left, pages[0].next_after_ms) == (0, 1_795_219_260_000)
    events = list(connector.map(pages[1].items[0], {}))
    assert events[0].uri == urls.submission_uri("abc")  # type: ignore[union-attr]
    assert pages[1].cursor["seen"] == ["t3_abc"]
    assert net.asked[1].headers["Authorization"] == "Bearer t"


def test_a_window_goes_back_until_everything_is_older() -> None:
    net = net_with_token()
    net.answer(new(), json=listing(submission(), after="t3_abc"))
    net.answer(new("t3_abc"), json=listing(submission("old", created_utc=1_000_000_000), after="t3_old"))
    window = Window(since_ms=1_795_000_000_000)
    pages = list(RedditConnector().pages(key(), {}, fake_means(net, client_secret="s"), window))
    assert [len(page.items) for page in pages] == [1, 0]


# ── what nobody promised ──


def test_no_spoilt_listing_is_more_than_a_quarantined_item() -> None:
    crosspost = submission(crosspost_parent_list=[submission("o")["data"]])
    value = [listing(crosspost), listing(comment(replies=listing(comment())))]
    for twisted in spoilt(value):
        heard(twisted)


def test_cut_listings_never_crash() -> None:
    for part in cuts(json.dumps(listing(submission(), comment())).encode()):
        RedditFormat().sniff(head(part))
        read(RedditFormat(), part)


def test_the_recorded_payloads_are_all_recognised(shared: Path) -> None:
    found, sure = read_folder(RedditFormat(), shared / "data/payloads/reddit")
    assert min(sure.values()) > 0.5
    assert len(found.uris) + len(set(found.gone)) > 5_900
    assert found.faults == []
