"""WordPress: posts and comments over REST, edits, deletions, backfill, and exports whole or broken."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from palabre.collect.contract import Page, Window
from palabre.collect.feed.format import FeedFormat
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import cuts, head, read
from palabre.collect.wordpress.connector import WordPressConnector
from palabre.collect.wordpress.format import WordPressFormat, WxrFormat
from palabre.collect.wordpress.mapping import map_item
from palabre.collect.wordpress.wxr import read as read_wxr
from palabre.errors import ConfigError, FetchError, ItemError
from palabre.model import Gone, Heard, Post, PostKind

SITE = "https://blog.example"
POSTS = f"{SITE}/wp-json/wp/v2/posts"
COMMENTS = f"{SITE}/wp-json/wp/v2/comments"
LISTED = "orderby=modified&order=asc&per_page=100&_embed=author,wp:term"


def post(number: int, modified: str = "2026-11-20T11:00:00", **more: object) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": number, "guid": {"rendered": f"{SITE}/?p={number}"}, "link": f"{SITE}/2026/un-{number}/",
        "date_gmt": "2026-11-20T10:00:00", "modified_gmt": modified, "modified": modified, "type": "post",
        "status": "publish", "title": {"rendered": "L&rsquo;été"}, "author": 3, "excerpt": {"rendered": ""},
        "content": {"rendered": '<p>Corps <a href="https://a.example/">ici</a></p>', "protected": False},
        "_embedded": {
            "author": [{"id": 3, "name": "Zoé", "slug": "zoe", "link": f"{SITE}/author/zoe/"}],
            "wp:term": [[{"name": "Presse"}], [{"name": "hiver"}]],
        },
    }  # fmt: skip
    return base | more


def comment(number: int, **more: object) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": number, "post": 5, "parent": 0, "author_name": "Léo", "author_url": "", "date_gmt": "2026-11-20T12:00:00",
        "date": "2026-11-20T13:00:00", "content": {"rendered": "<p>Bravo</p>"}, "type": "comment", "status": "approved",
        "link": f"{SITE}/2026/un-5/#comment-{number}",
    }  # fmt: skip
    return base | more


def collect(
    net: FakeNet, cursor: dict[str, object] | None = None, window: Window | None = None, **config: Any
) -> list[Page]:
    connector = WordPressConnector()
    made = connector.validate({"url": SITE, **config})
    return list(connector.pages(made, cursor or {}, fake_means(net), window or Window()))


def events(pages: list[Page]) -> list[Post]:
    found = [event for page in pages for item in page.items for event in map_item(item)]
    return [event.post for event in found if isinstance(event, Heard)]


def test_a_post_has_its_author_its_terms_and_the_guid_of_the_feed() -> None:
    net = FakeNet().answer(f"{POSTS}?{LISTED}&page=1", json=[post(5)], headers={"x-wp-totalpages": "1"})
    (found,) = events(collect(net, comments=False))
    assert (found.uri, found.title, found.text) == (f"{SITE}/?p=5", "L’été", "Corps ici")
    assert (found.tags, found.links) == (("Presse", "hiver"), ("https://a.example/",))
    assert found.edited_ms > found.published_ms
    assert found.account is not None
    assert found.account.handle == "zoe"


def test_comments_answer_their_post_or_another_comment() -> None:
    net = FakeNet().answer(f"{POSTS}?{LISTED}&page=1", json=[])
    net.answer(f"{COMMENTS}?orderby=date_gmt&order=asc&per_page=100&page=1", json=[comment(1), comment(2, parent=1)])
    net.answer(
        f"{POSTS}?include=5&per_page=100&_fields=id,guid",
        json=[{"id": 5, "guid": {"rendered": "https://old.example/?p=5"}}],
    )
    first, second = events(collect(net))
    assert (first.kind, first.root, first.parent) == (
        PostKind.COMMENT,
        "https://old.example/?p=5",
        "https://old.example/?p=5",
    )
    assert second.parent == first.uri == f"{SITE}/2026/un-5/#comment-1"
    assert first.account is not None
    assert first.account.uri == f"{SITE}#commenter:léo"


def test_the_cursor_goes_on_inside_an_answer_and_then_moves_the_mark() -> None:
    net = FakeNet().answer(
        f"{POSTS}?{LISTED}&page=1", json=[post(1, "2026-11-01T00:00:00")], headers={"x-wp-totalpages": "2"}
    )
    net.answer(f"{POSTS}?{LISTED}&page=2", json=[post(2, "2026-11-02T00:00:00")], headers={"x-wp-totalpages": "2"})
    pages = collect(net, comments=False)
    assert [page.cursor["posts"] for page in pages] == [
        {"after": "", "seen": "2026-11-01T00:00:00", "page": 2},
        {"after": "2026-11-02T00:00:00"},
    ]
    net = FakeNet().answer(f"{POSTS}?{LISTED}&page=1&modified_after=2026-11-02T00:00:00", json=[])
    again = collect(net, dict(pages[-1].cursor), comments=False)
    assert again[0].cursor == pages[-1].cursor


def test_a_walk_that_was_cut_resumes_at_its_page() -> None:
    net = FakeNet().answer(f"{POSTS}?{LISTED}&page=2", status=400, json={"code": "rest_post_invalid_page_number"})
    pages = collect(net, {"posts": {"after": "", "seen": "2026-11-01T00:00:00", "page": 2}}, comments=False)
    assert pages[0].cursor == {"posts": {"after": "2026-11-01T00:00:00"}}


def test_a_backfill_asks_for_its_window_and_keeps_only_that() -> None:
    url = f"{POSTS}?{LISTED}&page=1&after=2026-11-19T09:00:00&before=2026-11-21T15:00:00"
    net = FakeNet().answer(url, json=[post(1), post(2, date_gmt="2026-11-18T00:00:00")])
    window = Window(since_ms=1_795_132_800_000, until_ms=1_795_219_200_000)  # 20 November
    assert [one.uri for one in events(collect(net, window=window, comments=False))] == [f"{SITE}/?p=1"]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_site_that_closes_its_interface_says_so_for_good(status: int) -> None:
    with pytest.raises(FetchError) as caught:
        collect(FakeNet().answer(f"{POSTS}?{LISTED}&page=1", status=status))
    assert caught.value.key == "connector_wordpress.errors.no_api"
    assert caught.value.permanent


def test_an_answer_that_is_no_list_is_told() -> None:
    with pytest.raises(FetchError) as caught:
        collect(FakeNet().answer(f"{POSTS}?{LISTED}&page=1", json={"code": "maintenance"}))
    assert "maintenance" in str(caught.value)


def test_what_is_missing_or_new_is_counted() -> None:
    odd = post(1)
    del odd["type"]
    net = FakeNet().answer(f"{POSTS}?{LISTED}&page=1", json=[odd | {"novel": 1}])
    assert collect(net, comments=False)[0].drift == {"-type": 1, "+novel": 1}


def test_the_sweep_names_what_is_no_longer_public() -> None:
    net = FakeNet().answer(f"{POSTS}?include=5,6&per_page=100&_fields=id", json=[{"id": 6}])
    net.answer(f"{COMMENTS}?include=9&per_page=100&_fields=id", json=[])
    uris = [f"{SITE}/?p=5", f"{SITE}/?p=6", f"{SITE}/x/#comment-9", "https://other.example/"]
    found = list(WordPressConnector().sweep({"url": SITE}, uris, fake_means(net)))
    assert found == [Gone(f"{SITE}/?p=5", 1_795_219_200_000), Gone(f"{SITE}/x/#comment-9", 1_795_219_200_000)]


def test_a_protected_post_is_refused_and_saved_answers_are_recognised() -> None:
    body = json.dumps([post(1), post(2, content={"rendered": "", "protected": True}), 7]).encode()
    assert WordPressFormat().sniff(head(body)) > 0.9
    found = read(WordPressFormat(), body)
    assert len(found.posts) == 1
    assert sorted(found.faults) == ["connector_wordpress.errors.protected", "payload.not_object"]
    saved = read(WordPressFormat(), json.dumps([comment(1)]).encode())
    assert saved.posts[0].root == f"{SITE}/?p=5"


def test_the_configuration_takes_the_site_or_its_interface() -> None:
    assert WordPressConnector().validate({"url": f"{SITE}/wp-json/"})["url"] == SITE
    with pytest.raises(ConfigError):
        WordPressConnector().validate({"url": SITE, "nonsense": 1})


# ── exports ──

WXR = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>B</title><language>fr-FR</language>
 <wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://blog.example</wp:base_blog_url>
 <wp:author><wp:author_login>zoe</wp:author_login><wp:author_email>z@e.example</wp:author_email>
 <wp:author_display_name><![CDATA[Zoé]]></wp:author_display_name></wp:author>
 {items}</channel></rss>"""
ITEM = """<item><title>T{n}</title><link>https://blog.example/{n}/</link><guid>https://blog.example/?p={n}</guid>
 <dc:creator>zoe</dc:creator><content:encoded><![CDATA[<!-- wp:paragraph --><p>Corps</p>]]></content:encoded>
 <wp:post_id>{n}</wp:post_id><wp:post_date_gmt>2026-11-20 10:00:00</wp:post_date_gmt><wp:status>{status}</wp:status>
 <wp:post_type>{kind}</wp:post_type><wp:post_password>{password}</wp:post_password><category>Presse</category>
 <wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_author>Léo</wp:comment_author>
 <wp:comment_author_email>leo@secret.example</wp:comment_author_email><wp:comment_author_IP>192.0.2.7</wp:comment_author_IP>
 <wp:comment_content>Bravo</wp:comment_content><wp:comment_approved>{approved}</wp:comment_approved>
 <wp:comment_parent>0</wp:comment_parent></wp:comment></item>"""


def item(n: int, status: str = "publish", kind: str = "post", password: str = "", approved: str = "1") -> str:
    return ITEM.format(n=n, status=status, kind=kind, password=password, approved=approved)


def export(*items: str) -> bytes:
    return WXR.format(items="".join(items)).encode()


def test_an_export_brings_what_the_site_shows_to_everyone_and_nothing_else() -> None:
    body = export(
        item(1), item(2, status="draft"), item(3, status="private"), item(4, password="x"), item(5, kind="attachment"),
        item(6, kind="nav_menu_item"), item(7, approved="0"), item(8, approved="spam"), item(9, kind="page"),
    )  # fmt: skip
    found = read(WxrFormat(), body)
    assert [one.uri for one in found.posts if one.kind is PostKind.ARTICLE] == [f"{SITE}/?p={n}" for n in (1, 7, 8, 9)]
    assert [one.uri for one in found.posts if one.kind is PostKind.COMMENT] == [
        f"{SITE}/{n}/#comment-1" for n in (1, 9)
    ]
    assert found.faults == []
    first = found.posts[0]
    assert (first.title, first.text, first.lang, first.tags) == ("T1", "Corps", "fr", ("Presse",))
    assert first.account is not None
    assert first.account.name == "Zoé"
    assert found.posts[1].parent == first.uri


def test_no_address_of_a_commenter_leaves_the_export() -> None:
    bodies = b"".join(one.body for one in read_wxr(BytesIO(export(item(1)))))
    assert b"secret" not in bodies
    assert b"192.0.2" not in bodies
    assert b"z@e" not in bodies


def test_an_export_is_an_export_before_it_is_a_feed() -> None:
    body = export(item(1))
    assert WxrFormat().sniff(head(body)) > FeedFormat().sniff(head(body))
    assert WxrFormat().sniff(head(b"<rss><channel/></rss>")) == 0


def test_control_characters_do_not_stop_an_export() -> None:
    assert len(read(WxrFormat(), export(item(1)).replace(b"Corps", b"Co\x08rps\x0b")).posts) == 2


@pytest.mark.parametrize("version", ["", "abc", "1.2; drop"])
def test_a_file_that_does_not_say_which_export_it_is_is_refused(version: str) -> None:
    body = export(item(1)).replace(b"<wp:wxr_version>1.2", f"<wp:wxr_version>{version}".encode())
    with pytest.raises(ItemError) as caught:
        list(read_wxr(BytesIO(body)))
    assert caught.value.key == "connector_wordpress.errors.not_wxr"


def test_a_broken_export_keeps_what_came_before_and_says_the_line() -> None:
    body = export(item(1), "<item><title>", item(2))
    found = read(WxrFormat(), body)
    assert [one.uri for one in found.posts][:1] == [f"{SITE}/?p=1"]
    assert found.faults == ["connector_wordpress.errors.xml"]


def test_entities_and_deep_nesting_are_harmless() -> None:
    bomb = export(item(1)).replace(
        b'<?xml version="1.0"?>',
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "bbbb">]>',
    )
    text = "".join(one.text for one in read(WxrFormat(), bomb.replace(b"Bravo", b"&a;&b;x")).posts)
    assert "root:" not in text
    nested = export(item(1), "<item>" + "<a>" * 50_000)
    assert "connector_wordpress.errors.xml" in read(WxrFormat(), nested).faults


def test_an_export_cut_anywhere_is_read_as_far_as_it_goes() -> None:
    for part in cuts(export(item(1), item(2))):
        read(WxrFormat(), part)


def test_the_real_exports_are_read_or_refused_with_a_reason(shared: Path) -> None:
    folder = shared / "data" / "payloads" / "wordpress_wxr"
    broken: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.xml")):
        body = path.read_bytes()
        assert WxrFormat().sniff(head(body, path.name)) > 0.9, path.name
        found = read(WxrFormat(), body)
        broken |= {path.name: found.faults} if found.faults else {}
        assert len({one.uri for one in found.posts}) >= 0.95 * len(found.posts), path.name
    assert broken == {"malformed.xml": ["connector_wordpress.errors.xml"]}
