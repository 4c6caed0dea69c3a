"""Feeds: two roads with one result, bombs, wrong charsets, polling, archives, hubs, lists."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.collect.contract import Page, Window
from palabre.collect.feed import guard, opml, websub
from palabre.collect.feed.connector import FeedConnector
from palabre.collect.feed.discovery import discover, hub_of, link_header, next_after_ms
from palabre.collect.feed.format import FeedFormat
from palabre.collect.feed.mapping import absolute, items_of, map_item
from palabre.collect.feed.parse import is_fast, parse_feed, parse_tolerant
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import cuts, head, read
from palabre.errors import ConfigError, FetchError, ItemError
from palabre.model import Gone, Heard, Post

URL = "https://journal.example/flux"
NOW = 1_795_219_200_000  # 2026-11-21 00:00 UTC
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Le Journal</title><link>https://journal.example/</link><language>fr-FR</language><ttl>30</ttl>
<item><title>L’été déçu &amp; l’hiver</title><link>https://journal.example/a</link>
<guid isPermaLink="false">12</guid><pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate>
<dc:creator>Zoé Œuvrard</dc:creator><category>Météo</category>
<content:encoded><![CDATA[<p>Un <a href="https://ailleurs.example/x?a=1&amp;b=2">lien</a>.</p>]]></content:encoded></item>
<item><title>Deux</title><link>https://journal.example/b</link><description>Rien</description>
<pubDate>Thu, 19 Nov 2026 10:00:00 GMT</pubDate></item>
</channel></rss>"""


def posts(body: str | bytes, base: str = URL) -> list[Post]:
    feed = parse_feed(body.encode() if isinstance(body, str) else body)
    events = [event for item in items_of(feed, base) for event in map_item(item)]
    return [event.post for event in events if isinstance(event, Heard)]


def test_an_entry_becomes_a_post_with_everything_it_says() -> None:
    post = posts(RSS)[0]
    assert post.uri == f"{URL}#12"
    assert post.title == "L’été déçu & l’hiver"
    assert (post.url, post.lang, post.tags) == ("https://journal.example/a", "fr", ("Météo",))
    assert post.text == "Un lien."
    assert post.links == ("https://ailleurs.example/x?a=1&b=2",)
    assert post.published_ms == 1_795_165_200_000
    assert post.account is not None
    assert post.account.name == "Zoé Œuvrard"


def test_the_fast_road_and_the_tolerant_one_give_the_same_posts() -> None:
    assert is_fast(RSS.encode())
    slow = [e for item in items_of(parse_tolerant(RSS.encode(), {}), URL) for e in map_item(item)]
    assert parse_feed(RSS.encode()).parser == "fastfeedparser"
    assert [event.post for event in slow if isinstance(event, Heard)] == posts(RSS)


@pytest.mark.parametrize(
    "change",
    [
        ("L’été", "L&eacute;t&eacute;"),
        ("L’été", "L\x07été"),
        ('<rss version="2.0"', '<!DOCTYPE rss><rss version="2.0"'),
        ("https://ailleurs.example/x", "/x"),
        ('encoding="UTF-8"', 'encoding="windows-1252"'),
        ("<channel>", '<channel xml:base="https://b.example/">'),
    ],
)
def test_what_the_fast_parser_reads_wrongly_takes_the_tolerant_road(change: tuple[str, str]) -> None:
    assert not is_fast(RSS.replace(*change).encode())


def test_cp1252_bytes_declared_utf_8_lose_no_letter() -> None:
    body = RSS.replace("’", "'").replace("Œ", "OE").encode("cp1252")
    assert posts(body)[0].title == "L'été déçu & l'hiver"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32", "cp037", "iso-8859-15"])
def test_every_declared_encoding_is_read_and_recognised(encoding: str) -> None:
    text = RSS.replace("’", "'").replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
    body = (text if encoding != "cp037" else text.replace("Œ", "O")).encode(encoding)
    assert FeedFormat().sniff(head(body, "x.xml")) >= 0.8
    assert [post.title for post in posts(body)] == ["L'été déçu & l'hiver", "Deux"]


def test_french_dates_are_read_where_parsers_give_up() -> None:
    body = RSS.replace("Fri, 20 Nov 2026 10:00:00 +0100", "ven., 20 nov. 2026 10:00:00 +0100")
    assert posts(body)[0].published_ms == 1_795_165_200_000


@pytest.mark.parametrize(
    "date", ["Thu, 15 Mar 201", "Wed, 15 Mar 1950 10:00:00 GMT", "1950-03-15", "0201-03-15T00:00:00Z"]
)
def test_a_date_before_1970_is_none_on_both_roads(date: str) -> None:
    for body in (RSS, f"<!-- slow -->{RSS}"):
        assert posts(body.replace("Fri, 20 Nov 2026 10:00:00 +0100", date))[0].published_ms == 0


def test_script_links_are_not_links_and_mail_addresses_are_not_names() -> None:
    body = RSS.replace("https://journal.example/a", "javascript:alert(1)").replace(
        "Zoé Œuvrard", "zoe@journal.example (Zoé)"
    )
    post = posts(body)[0]
    assert post.url == ""
    assert post.account is not None
    assert post.account.name == "Zoé"
    assert absolute("data:text/html,x", URL) == absolute("javascript:x", "") == absolute("//[", URL) == ""


def test_a_tombstone_takes_the_post_back() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">
    <id>urn:f</id><at:deleted-entry ref="tag:x,2026:1" when="2026-11-20T10:00:00Z"/></feed>"""
    events = [event for item in items_of(parse_feed(body), URL) for event in map_item(item)]
    assert events == [Gone("tag:x,2026:1", 1_795_168_800_000)]


def test_json_feed_says_the_same_things() -> None:
    body = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "F", "language": "fr", "items": [
    {"id": "https://j.example/1", "url": "https://j.example/1", "title": "T", "content_html": "<p>Corps</p>",
     "date_published": "2026-11-20T10:00:00Z", "authors": [{"name": "Al", "url": "https://al.example/"}],
     "tags": ["a"], "attachments": [{"url": "https://j.example/a.mp3"}]}, 7, {"id": 5}]}"""
    found = read(FeedFormat(), body)
    assert (len(found.posts), found.faults) == (2, ["connector_feed.errors.not_an_object"])
    post = found.posts[0]
    assert (post.text, post.tags, post.media, post.lang) == ("Corps", ("a",), ("https://j.example/a.mp3",), "fr")
    assert post.account is not None
    assert post.account.uri == "https://al.example/"


LAUGHS = b"<!DOCTYPE r [%s]><rss>&e0;</rss>" % b"".join(
    b'<!ENTITY e%d "&e%d;&e%d;">' % (i, i + 1, i + 1) for i in range(60)
)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello", "not_a_feed"),
        (b"<html><body>no</body></html>", "not_a_feed"),
        (b'{"a": 1}', "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": 3}', "not_a_feed"),
        (b'{"version": ', "json"),
        (b"<rss>" + b"<a>" * 200_000, "too_deep"),
        (b"<rss>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</rss>", "too_deep"),
        (b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 5000 + b'">]><rss>' + b"&a;" * 5000 + b"</rss>", "entities"),
        (b'<!DOCTYPE r [<!ENTITY a "&b;"><!ENTITY b "&a;">]><rss>&a;</rss>', "entities"),
        (LAUGHS, "entities"),
        (b"<rss>" + b"a" * 5_000_001, "too_large"),
        (b"\x4c\x6f\xa7\x94\x93", "not_a_feed"),
        (b"<?xml version='1.0' encoding='\x00utf-8'?><x/>", None),
        (b"<?xml version=\"1.0\" encoding=\"\xff\xfe\"?><y/>", None),
    ],
)  # fmt: skip
def test_a_broken_or_hostile_feed_is_refused_within_a_second_with_its_reason(body: bytes, key: str | None) -> None:
    start = time.process_time()
    with pytest.raises(ItemError) as caught:
        parse_feed(body)
    assert time.process_time() - start < 1
    assert key is None or caught.value.key == f"connector_feed.errors.{key}"
    assert str(caught.value) != caught.value.key


@pytest.mark.parametrize(("before", "tag", "after"), [(b"", b"&lt;div&gt;", b""), (b"<![CDATA[", b"<div>", b"]]>")])
def test_tags_nested_inside_a_text_cost_less_than_a_second(before: bytes, tag: bytes, after: bytes) -> None:
    inside = b"<description>" + before + tag * 200_000 + after + b"</description>"
    body = b'<rss version="2.0"><channel><item><title>ok</title>' + inside + b"</item></channel></rss>"
    start = time.process_time()
    assert [post.title for post in posts(body)] == ["ok"]
    assert time.process_time() - start < 1.5


@pytest.mark.parametrize("body", [b"<a" * 2_000_000, b"<![CDATA[" * 400_000, b"&" * 4_000_000, b"<!--" * 900_000])
def test_the_guard_itself_stays_linear(body: bytes) -> None:
    start = time.process_time()
    guard.depth_of(guard.glance(body))
    guard.expanded_size(guard.glance(body))
    assert time.process_time() - start < 1


def test_any_number_of_comments_before_a_feed_costs_no_more_than_their_reading() -> None:
    before = time.process_time()
    assert not is_fast(b"<!--x-->" * 300 + b"<other>")  # thirty of them took a minute, each one more twice as long
    assert is_fast(b"<!-- a -->\n<!-- -- - b -->" + b'<rss version="2.0"><channel></channel></rss>')
    assert time.process_time() - before < 1


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_an_item_error(body: bytes) -> None:
    read(FeedFormat(), body)
    read(FeedFormat(), b'<rss version="2.0"><channel><item>' + body)
    assert 0 <= FeedFormat().sniff(head(body)) <= 1


def test_a_feed_cut_anywhere_is_read_or_refused() -> None:
    for part in cuts(RSS.encode()):
        read(FeedFormat(), part)


# ── polling ──


def poll(
    net: FakeNet, cursor: dict[str, object] | None = None, window: Window | None = None, url: str = URL
) -> list[Page]:
    config = FeedConnector().validate({"url": url})
    return list(FeedConnector().pages(config, cursor or {}, fake_means(net), window or Window()))


def test_a_second_visit_is_conditional_and_costs_a_304() -> None:
    net = FakeNet().answer(URL, body=RSS, headers={"etag": '"1"', "last-modified": "x"})
    (page,) = poll(net)
    assert len(page.items) == 2
    assert page.next_after_ms == NOW + 30 * 60_000
    net = FakeNet().answer(URL, status=304)
    (again,) = poll(net, dict(page.cursor))
    assert net.asked[0].validators is not None
    assert net.asked[0].validators.etag == '"1"'
    assert (again.items, again.not_modified, again.cursor) == ((), 1, page.cursor)


def test_the_same_bytes_without_validators_bring_nothing_twice() -> None:
    net = FakeNet().answer(URL, body=RSS)
    (page,) = poll(net)
    assert poll(net, dict(page.cursor))[0].items == ()


def test_a_feed_that_moved_for_good_is_asked_at_its_new_address() -> None:
    net = FakeNet().answer(URL, body=RSS, moved_to="https://neuf.example/flux")
    (page,) = poll(net)
    assert page.cursor["url"] == "https://neuf.example/flux"
    net = FakeNet().answer("https://neuf.example/flux", body=RSS + " ")
    assert poll(net, dict(page.cursor))[0].cursor["url"] == "https://neuf.example/flux"


def test_what_others_note_in_the_cursor_survives_a_visit() -> None:
    (page,) = poll(FakeNet().answer(URL, body=RSS), {"renew_ms": 7, "hub": "https://gone.example/", "topic": "x"})
    assert page.cursor["renew_ms"] == 7
    assert "hub" not in page.cursor


def test_a_feed_that_is_gone_says_so_for_good() -> None:
    with pytest.raises(FetchError) as caught:
        poll(FakeNet().answer(URL, status=410))
    assert caught.value.key == "connector_feed.errors.gone"
    assert caught.value.permanent


def test_a_feed_that_cannot_be_read_is_one_item_for_the_quarantine() -> None:
    (page,) = poll(FakeNet().answer(URL, body=b"<rss>" + b"<a>" * 5_000))
    with pytest.raises(ItemError) as caught:
        list(FeedConnector().map(page.items[0], {}))
    assert caught.value.key == "connector_feed.errors.too_deep"
    assert "5001" in str(caught.value)


def test_a_site_is_followed_by_the_feed_its_page_announces() -> None:
    html = '<html><link rel="alternate" type="application/rss+xml" href="/flux"></html>'
    net = FakeNet().answer("https://journal.example/", body=html).answer(URL, body=RSS)
    (page,) = poll(net, url="https://journal.example/")
    assert (len(page.items), page.requests, page.cursor["url"]) == (2, 2, URL)
    with pytest.raises(FetchError) as caught:
        poll(FakeNet().answer("https://vide.example/", body="<html></html>"), url="https://vide.example/")
    assert caught.value.key == "connector_feed.errors.no_feed_in_page"


def test_a_backfill_follows_the_archive_of_the_feed_down_to_its_window() -> None:
    link = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="/2"/>'
    linked = RSS.replace("<channel>", "<channel>" + link)
    older = RSS.replace("2026", "2025").replace(">12<", ">11<")
    net = FakeNet().answer(URL, body=linked).answer("https://journal.example/2", body=older)
    pages = poll(net, window=Window(since_ms=1_795_100_000_000))
    assert [len(page.items) for page in pages] == [1, 0]  # the second page is all before the window
    assert pages[-1].cursor == pages[0].cursor


def test_the_address_of_a_feed_is_kept_to_its_last_slash() -> None:
    assert FeedConnector().validate({"url": "https://a.example/feed/"})["url"] == "https://a.example/feed/"
    assert FeedConnector().validate({"url": "a.example/feed"})["url"] == "https://a.example/feed"
    with pytest.raises(ConfigError):
        FeedConnector().validate({})


@pytest.mark.parametrize(
    ("head_", "headers", "wait_minutes"),
    [
        ({"ttl": "60"}, {}, 60),
        ({}, {"cache-control": "public, max-age=600"}, 10),
        ({"period": "hourly", "frequency": "2"}, {}, 30),
        ({"ttl": "999999999999"}, {}, 0),
        ({"ttl": "100000"}, {}, 24 * 60),
        ({"ttl": "30", "skip_hours": [0, 1]}, {}, 120),
        ({"skip_hours": list(range(24))}, {}, 0),
        ({"ttl": "-3", "frequency": "0", "period": "daily"}, {}, 24 * 60),
    ],
)
def test_a_feed_says_when_it_may_be_asked_again(
    head_: dict[str, object], headers: dict[str, str], wait_minutes: int
) -> None:
    assert next_after_ms(head_, headers, NOW) == (NOW + wait_minutes * 60_000 if wait_minutes else 0)


def test_feeds_of_a_page_in_its_order_comments_last() -> None:
    html = """<base href="https://b.example/x/"><LINK REL="alternate" TYPE="application/rss+xml" HREF="comments/feed">
    <link rel=alternate type=application/atom+xml href="feed.atom" title="A &amp; B">
    <link rel="stylesheet" href="s.css">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
    <link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">"""
    found = discover(html, "https://a.example/")
    assert [one.url for one in found] == ["https://b.example/x/feed.atom", "https://b.example/x/comments/feed"]
    assert found[0].title == "A & B"


def test_a_hub_is_announced_by_headers_or_by_the_feed() -> None:
    header = '<https://hub.example/>; rel="hub", <https://journal.example/f>; rel=self'
    assert link_header(header)["hub"] == ["https://hub.example/"]
    assert hub_of({"link": header}, {}, URL) == ("https://hub.example/", "https://journal.example/f")
    link = '<channel><link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/h"/>'
    inside = RSS.replace("<channel>", link)
    assert hub_of({}, parse_feed(inside.encode()).head, URL) == ("https://hub.example/h", URL)
    assert hub_of({}, {}, URL) == ("", "")


# ── WebSub ──


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_push_brings_its_entries(method: str) -> None:
    secret = websub.secret_for("house", "7", URL)
    sign = hmac.new(secret.encode(), RSS.encode(), getattr(hashlib, method)).hexdigest()
    items = websub.receive(secret, RSS.encode(), {"x-hub-signature": f"{method}={sign}"}, URL)
    uris = [event.post.uri for item in items for event in map_item(item) if isinstance(event, Heard)]
    assert uris[0] == f"{URL}#12"


@pytest.mark.parametrize("header", ["", "sha256", "sha256=", "md5=abc", "sha256=" + "0" * 64, "sha1=é"])
def test_a_push_that_is_not_signed_is_refused(header: str) -> None:
    with pytest.raises(websub.SignatureError):
        websub.receive("s", RSS.encode(), {"x-hub-signature": header}, URL)
    assert not websub.is_signed("", b"", header)


def test_subscribing_asks_the_hub_and_its_check_is_answered_only_for_our_topic() -> None:
    net = FakeNet().answer("https://hub.example/", method="POST", status=202)
    websub.subscribe(fake_means(net).net, "https://hub.example/", URL, "https://we.example/in/websub/t", "s")
    form = net.asked[0].body
    assert isinstance(form, dict)
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", URL)
    query = {"hub.mode": "subscribe", "hub.topic": URL, "hub.challenge": "abc", "hub.lease_seconds": "60"}
    assert websub.verify(query, URL) == "abc"
    assert websub.lease_seconds(query) == 60
    assert websub.verify(query, "https://other.example/") is None
    assert websub.verify(query | {"hub.mode": "unsubscribe"}, URL) is None
    assert websub.callback_url("", "t") == ""
    refusing = FakeNet().answer("https://hub.example/", method="POST", status=403)
    with pytest.raises(FetchError):
        websub.subscribe(fake_means(refusing).net, "https://hub.example/", URL, "c", "s")


# ── OPML ──

ENTRIES = [
    opml.FeedEntry("https://a.example/feed?x=1&y=2", 'A "quoted" & <tagged>', "https://a.example/", "Presse/Nationale"),
    opml.FeedEntry("https://b.example/", "Été", "", ""),
]


def test_a_list_written_is_read_back_the_same() -> None:
    found = opml.parse(opml.write(ENTRIES))
    assert sorted(found, key=str) == sorted(ENTRIES, key=str)


def test_lists_of_others_are_read() -> None:
    body = b"""<?xml version="1.0" encoding="ISO-8859-1"?><OPML version="1.1"><body><outline title="Caf\xe9">
    <outline XMLURL="https://a.example/f" text="A"/><outline xmlUrl="javascript:x"/></outline>
    <outline type="rss" xmlUrl="https://a.example/f"/></body></OPML>"""
    assert opml.parse(body) == [opml.FeedEntry("https://a.example/f", "A", "", "Café")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rss/>",
        b'<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body><outline text="&a;"/></body></opml>',
        b"<opml>" + b"<outline>" * 100_000,
    ],
)
def test_a_list_that_is_none_or_a_bomb_is_refused(body: bytes) -> None:
    with pytest.raises(ItemError):
        opml.parse(body)


URLS = st.sampled_from(["https://a.example/1", "https://b.example/é"])
LISTS = st.lists(st.builds(opml.FeedEntry, URLS, st.text(), st.just(""), st.just("")), unique_by=lambda one: one.url)


@given(LISTS)
def test_any_title_survives_a_list(entries: list[opml.FeedEntry]) -> None:
    wanted = [replace(one, title=" ".join(opml.clean(one.title).split()) or one.url) for one in entries]
    assert opml.parse(opml.write(entries)) == wanted
