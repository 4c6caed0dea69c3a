"""The web connectors over the real network client and a real (loopback) server: what a fake network cannot prove."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from tests.conftest import Web

from palabre.clock import FixedClock
from palabre.collect.contract import Means, Page, Window
from palabre.collect.discourse.connector import DiscourseConnector
from palabre.collect.feed import websub
from palabre.collect.feed.connector import FeedConnector
from palabre.collect.webmention.connector import Mention, look
from palabre.collect.webmention.mapping import map_item
from palabre.collect.webpage.connector import WebPageConnector
from palabre.collect.wordpress.connector import WordPressConnector
from palabre.errors import FetchError
from palabre.model import Gone, Heard
from palabre.net import Net

RSS = "<rss version='2.0'><channel><item><title>Déçu</title><guid>1</guid></item></channel></rss>".encode()


@pytest.fixture
def means(net: Net, clock: FixedClock) -> Means:
    return Means(net=net, clock=clock)


def poll(means: Means, url: str, cursor: Mapping[str, object]) -> Page:
    return next(iter(FeedConnector().pages({"url": url}, cursor, means, Window())))


def test_a_feed_is_polled_conditionally(web: Web, means: Means) -> None:
    web.routes["/flux"] = (200, {"ETag": '"a"', "Content-Type": "application/rss+xml"}, RSS)
    first = poll(means, f"{web.url}/flux", {})
    web.routes["/flux"] = (304, {"ETag": '"a"'}, b"")
    second = poll(means, f"{web.url}/flux", first.cursor)
    assert (len(first.items), second.not_modified, second.items) == (1, 1, ())
    assert web.asked[-1][2]["if-none-match"] == '"a"'


def test_a_moved_feed_is_remembered_and_a_dead_one_is_told(web: Web, means: Means) -> None:
    web.routes["/flux"] = (301, {"Location": "/neuf"}, b"")
    web.routes["/neuf"] = (200, {}, RSS)
    assert poll(means, f"{web.url}/flux", {}).cursor["url"] == f"{web.url}/neuf"
    web.routes["/neuf"] = (410, {}, b"")
    with pytest.raises(FetchError) as caught:
        poll(means, f"{web.url}/neuf", {})
    assert caught.value.key == "connector_feed.errors.gone"


def test_a_hub_receives_the_subscription(web: Web, means: Means) -> None:
    web.routes["/hub"] = (202, {}, b"")
    websub.subscribe(means.net, f"{web.url}/hub", f"{web.url}/flux", "https://we.example/in/websub/t", "s")
    assert b"hub.mode=subscribe" in web.bodies[-1]


def test_a_wordpress_site_is_read_page_by_page(web: Web, means: Means) -> None:
    post = {
        "id": 1,
        "guid": {"rendered": f"{web.url}/?p=1"},
        "link": f"{web.url}/un/",
        "date_gmt": "2026-11-20T10:00:00",
    }
    found = json.dumps([post | {"title": {"rendered": "Un"}, "content": {"rendered": "<p>Corps</p>"}}]).encode()
    web.routes["/wp-json/wp/v2/posts"] = (200, {"X-WP-TotalPages": "1", "Content-Type": "application/json"}, found)
    web.routes["/wp-json/wp/v2/comments"] = (200, {"Content-Type": "application/json"}, b"[]")
    config = WordPressConnector().validate({"url": web.url})
    pages = list(WordPressConnector().pages(config, {}, means, Window()))
    events = [event for page in pages for item in page.items for event in WordPressConnector().map(item, config)]
    assert [event.post.text for event in events if isinstance(event, Heard)] == ["Corps"]


def test_a_forum_and_a_site_are_read(web: Web, means: Means) -> None:
    post = {"id": 3, "topic_id": 9, "post_number": 2, "cooked": "<p>Bonjour</p>", "created_at": "2026-11-20T10:00:00Z"}
    web.routes["/posts.json"] = (200, {}, json.dumps({"latest_posts": [post]}).encode())
    (page,) = DiscourseConnector().pages({"url": web.url}, {"last": 3}, means, Window())
    assert (len(page.items), page.cursor) == (1, {"last": 3})
    web.routes["/a"] = (
        200,
        {"Content-Type": "text/html"},
        "<html><article><h1>Été</h1><p>Déçue</p></article>".encode(),
    )
    config = WebPageConnector().validate({"url": f"{web.url}/a", "follow": "page"})
    (page,) = WebPageConnector().pages(config, {}, means, Window())
    (event,) = WebPageConnector().map(page.items[0], config)
    assert isinstance(event, Heard)
    assert "Déçue" in event.post.text


def test_a_webmention_source_is_fetched_and_a_dead_one_taken_back(web: Web, means: Means) -> None:
    target = "https://nous.example/a"
    web.routes["/r"] = (
        200,
        {"Content-Type": "text/html"},
        f'<div class="h-entry"><p class="e-content">Vu <a href="{target}">là</a>'.encode(),
    )
    (item,) = look(Mention(f"{web.url}/r", target), means)
    assert isinstance(next(iter(map_item(item))), Heard)
    web.routes["/r"] = (410, {}, b"")
    (item,) = look(Mention(f"{web.url}/r", target), means)
    assert list(map_item(item)) == [Gone(f"{web.url}/r")]
