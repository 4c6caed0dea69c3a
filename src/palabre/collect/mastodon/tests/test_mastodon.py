"""Mastodon: mapping, files, timelines, streams, and payloads that are not what they should be."""

from __future__ import annotations

import json
import tarfile
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from palabre.collect.contract import Window
from palabre.collect.mastodon import urls
from palabre.collect.mastodon.connector import MastodonConnector, server_events
from palabre.collect.mastodon.format import MastodonFormat
from palabre.collect.mastodon.mapping import lang_of, local_parent, post_of
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import Outcome, cuts, head, read, read_folder, spoilt, take
from palabre.errors import ConfigError
from palabre.model import Gone, Heard, PostKind

SERVER = "https://social.example"
ACCOUNT = {
    "id": "7", "username": "lea", "acct": "lea", "display_name": "Léa", "url": f"{SERVER}/@lea",
    "uri": f"{SERVER}/users/lea", "followers_count": 12,
}  # fmt: skip


def status(ident: str = "100", **more: object) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": ident,
        "uri": f"{SERVER}/users/lea/statuses/{ident}",
        "url": f"{SERVER}/@lea/{ident}",
        "created_at": "2026-11-20T10:00:00.000Z",
        "content": '<p>Bonjour <a href="https://e.example/a?b=1&amp;c=2">lien</a> '
        '<a href="https://social.example/tags/bio" class="mention hashtag">#bio</a></p>',
        "visibility": "public",
        "language": "fr",
        "account": ACCOUNT,
        "tags": [{"name": "bio"}],
        "mentions": [],
        "media_attachments": [{"url": "https://cdn.example/1.png", "description": "Une tomate"}],
        "favourites_count": 3,
        "replies_count": 0,
        "reblogs_count": 1,
        "spoiler_text": "",
        "sensitive": False,
    }
    return base | more


def heard(value: object) -> Outcome:
    return read(MastodonFormat(), json.dumps(value).encode())


def test_a_status_becomes_a_post_with_its_words_links_tags_and_images() -> None:
    post = heard(status()).posts[0]
    assert post.text.startswith("Bonjour lien #bio")
    assert post.text.endswith("Une tomate")
    assert post.links == ("https://e.example/a?b=1&c=2",)
    assert (post.tags, post.lang, post.kind, post.media) == (("bio",), "fr", "note", ("https://cdn.example/1.png",))
    assert post.account is not None
    assert (post.account.handle, post.account.followers) == ("lea@social.example", 12)
    assert post.published_ms == 1_795_168_800_000


def test_a_reshare_and_its_original_are_two_posts() -> None:
    outer = status("200", reblog=status("100"), content="")
    found = heard(outer)
    reshare, original = found.by_uri("200"), found.by_uri("100")
    assert (reshare.kind, reshare.reshare_of) == (PostKind.RESHARE, original.uri)
    assert reshare.text == original.text


def test_a_context_tells_parents_and_the_root() -> None:
    first = status("1")
    second = status("2", in_reply_to_id="1", in_reply_to_account_id="9")
    third = status("3", in_reply_to_id="2", in_reply_to_account_id="9")
    found = heard({"ancestors": [first], "descendants": [second, third]})
    assert (found.by_uri("/3").parent, found.by_uri("/3").root) == (second["uri"], first["uri"])


def test_a_lone_reply_to_oneself_or_to_a_neighbour_still_finds_its_parent() -> None:
    own = status("2", in_reply_to_id="1", in_reply_to_account_id="7")
    assert local_parent(own) == f"{SERVER}/users/lea/statuses/1"
    mentions = [{"id": "9", "acct": "bob"}]
    other = status("2", in_reply_to_id="1", in_reply_to_account_id="9", mentions=mentions)
    assert local_parent(other) == f"{SERVER}/users/bob/statuses/1"
    mentions = [{"id": "9", "acct": "bob@far.example"}]
    assert local_parent(status("2", in_reply_to_id="1", in_reply_to_account_id="9", mentions=mentions)) == ""


@pytest.mark.parametrize("visibility", ["private", "direct", "limited"])
def test_what_is_not_public_is_never_kept(visibility: str) -> None:
    assert heard([status("1", visibility=visibility), status("2")]).uris == {f"{SERVER}/users/lea/statuses/2"}


@pytest.mark.parametrize(
    ("code", "lang"), [("fr", "fr"), ("zh-TW", "zh"), ("PT_br", "pt"), ("", ""), ("und", ""), ("x", ""), ("1é", "")]
)
def test_languages_are_two_letters_or_not_said(code: str, lang: str) -> None:
    assert lang_of(code) == lang


def test_an_edit_keeps_the_address_and_says_when() -> None:
    post = post_of(status(edited_at="2026-11-20T11:00:00Z"), {})
    assert post.edited_ms - post.published_ms == 3_600_000


@pytest.mark.parametrize(
    "lacking",
    [
        {"uri": f"{SERVER}/lea/p/1", "id": "1", "content": "salut", "account": {"acct": "lea", "url": f"{SERVER}/lea"}},
        status(content=None, pleroma={"content": {"text/plain": "salut"}}),
        status(quote={"uri": "https://a.example/1"}, content="salut"),
    ],
    ids=["snac", "pleroma", "akkoma"],
)
def test_other_servers_may_leave_fields_out(lacking: dict[str, Any]) -> None:
    assert "salut" in heard(lacking).posts[0].text


def test_a_captured_stream_is_read_and_a_broken_line_is_quarantined() -> None:
    lines = [json.dumps(status("1")), json.dumps(status("2"))[:90], json.dumps(status("3"))]
    found = read(MastodonFormat(), "\n".join(lines).encode())
    assert len(found.posts) == 2
    assert found.faults == ["payload.not_json"]
    events = f"event: update\ndata: {json.dumps(status('4'))}\n\n:thump\n\nevent: delete\ndata: 4\n\n"
    assert len(read(MastodonFormat(), events.encode()).posts) == 1


OTHERS: list[object] = [
    [ACCOUNT],
    {"uri": "a", "title": "b", "version": "4.3", "stats": {}, "urls": {}},
    [{"shortcode": "a", "url": "b", "static_url": "c", "visible_in_picker": True}],
    {"request_uri": f"{SERVER}/api/v1/instance/peers", "link": None, "body": ["a.example"]},
]


@pytest.mark.parametrize("value", OTHERS)
def test_a_file_without_statuses_is_recognised_and_empty(value: object) -> None:
    body = json.dumps(value).encode()
    assert MastodonFormat().sniff(head(body)) > 0.5
    assert read(MastodonFormat(), body) == Outcome()


# ── the connector ──


def config(**more: object) -> dict[str, object]:
    return {"server": SERVER, **more}


def page_url(**params: str) -> str:
    extra = "".join(f"&{name}={value}" for name, value in params.items())
    return f"{SERVER}/api/v1/timelines/public?limit=40{extra}"


def test_pages_go_back_to_what_was_seen_and_the_cursor_survives_a_crash_half_way() -> None:
    net = FakeNet()
    net.answer(page_url(), json=[status("30"), status("29")], headers={"x-ratelimit-remaining": "299"})
    net.answer(page_url(max_id="29"), json=[status("28"), status("27")])
    net.answer(page_url(max_id="27"), json=[status("26"), status("20")])
    connector, means = MastodonConnector(), fake_means(net)
    pages = connector.pages(config(), {"seen": ["20"]}, means, Window())
    first = next(pages)
    assert (len(first.items), first.quota_left) == (2, 299)
    assert first.cursor["token"] == "29"
    resumed = list(connector.pages(config(), first.cursor, means, Window()))
    assert resumed[1].cursor["seen"] == ["30", "29"]
    assert [len(page.items) for page in resumed] == [2, 2, 2]


def test_a_first_visit_takes_one_page_and_a_window_goes_back_by_date() -> None:
    net = FakeNet()
    old = status("9", created_at="2026-11-01T00:00:00Z")
    net.answer(page_url(), json=[status("30"), status("29")])
    net.answer(page_url(max_id="29"), json=[old])
    assert len(list(MastodonConnector().pages(config(), {}, fake_means(net), Window()))) == 1
    window = Window(since_ms=1_794_000_000_000)
    pages = list(MastodonConnector().pages(config(), {}, fake_means(net), window))
    assert [len(page.items) for page in pages] == [2, 0]


def test_people_who_ask_not_to_be_indexed_are_left_out_and_counted() -> None:
    shy = status("30", account={**ACCOUNT, "noindex": True})
    net = FakeNet().answer(page_url(), json=[shy, status("29"), status("28", visibility="private")])
    page = next(MastodonConnector().pages(config(), {}, fake_means(net), Window()))
    assert len(page.items) == 1
    assert (page.drift["skipped: noindex"], page.drift["skipped: private"]) == (1, 1)


def test_a_live_stream_catches_up_first_then_hears_edits_and_deletions() -> None:
    net = FakeNet().answer(page_url(), json=[status("30")])
    net.streams[f"{SERVER}/api/v1/streaming/public"] = [
        ":)", "", "event: update", f"data: {json.dumps(status('31'))}", "", ":thump", "",
        "event: status.update", f"data: {json.dumps(status('31', edited_at='2026-11-20T12:00:00Z'))}", "", ":thump",
        "event: delete", "data: 30", "", ":thump",
        "event: update", "data: {broken", "", ":thump",
    ]  # fmt: skip
    connector = MastodonConnector()
    pages = list(islice(connector.pages(config(live=True), {}, fake_means(net), Window()), 5))
    found = Outcome()
    events = [event for page in pages[:4] for item in page.items for event in connector.map(item, config())]
    assert [type(event) for event in events] == [Heard, Heard, Heard, Gone]
    assert events[3] == Gone(f"{SERVER}/users/lea/statuses/30")
    take(found, pages[4].items[0], lambda item: connector.map(item, config()))
    assert found.faults == ["payload.not_json"]
    assert "31" in pages[1].cursor["seen"]  # type: ignore[operator]


def test_an_account_is_looked_up_once_and_a_search_pages_by_offset() -> None:
    net = FakeNet()
    net.answer(f"{SERVER}/api/v1/accounts/lookup?acct=lea", json=ACCOUNT)
    net.answer(f"{SERVER}/api/v1/accounts/7/statuses?limit=40", json=[status("5")])
    settings = config(timeline="account", value="@lea")
    page = next(MastodonConnector().pages(settings, {}, fake_means(net), Window()))
    assert page.cursor["account_id"] == "7"
    next(MastodonConnector().pages(settings, page.cursor, fake_means(net), Window()))
    assert sum("lookup" in call.url for call in net.asked) == 1
    net.answer(f"{SERVER}/api/v2/search?limit=40&q=bio&type=statuses", json={"statuses": [status("5")]})
    net.answer(f"{SERVER}/api/v2/search?limit=40&offset=1&q=bio&type=statuses", json={"statuses": []})
    search = config(timeline="search", value="bio")
    pages = list(MastodonConnector().pages(search, {}, fake_means(net, token="t"), Window(since_ms=1)))
    assert len(pages) == 2
    assert net.asked[-1].headers["Authorization"] == "Bearer t"


def test_conversations_come_along_where_they_are_wanted() -> None:
    net = FakeNet().answer(page_url(), json=[status("30", replies_count=1)])
    reply = status("31", in_reply_to_id="30", in_reply_to_account_id="7")
    net.answer(f"{SERVER}/api/v1/statuses/30/context", json={"ancestors": [], "descendants": [reply]})
    page = next(MastodonConnector().pages(config(replies=True), {}, fake_means(net), Window()))
    assert len(page.items) == 2
    assert page.items[1].note["parent"].endswith("/30")


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({}, "payload.missing_option"),
        ({"server": "social.example/ x"}, "payload.bad_option"),
        (config(timeline="hashtag"), "connector_mastodon.errors.value_needed"),
        (config(timeline="account", value="a", live=True), "connector_mastodon.errors.not_streamed"),
        (config(nonsense=1), "payload.unknown_option"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(wrong: dict[str, object], key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        MastodonConnector().validate(wrong)
    assert caught.value.key == key


def test_server_sent_events_follow_the_standard() -> None:
    lines = [b"event: a", b"data: 1", b"data: 2", b"", b": keep", b"data:3", b"", b"event: lost", b""]
    assert list(server_events(lines)) == [("a", "1\n2"), ("", ""), ("message", "3")]


# ── what nobody promised ──


def test_no_spoilt_status_is_more_than_a_quarantined_item() -> None:
    value = status("2", reblog=status("1"), poll={"options": [{"title": "a"}]}, quote={"quoted_status": status("3")})
    for twisted in spoilt(value):
        heard(twisted)


def test_a_cut_file_gives_what_came_before_the_cut() -> None:
    body = json.dumps([status(str(n)) for n in range(1, 6)]).encode()
    for part in cuts(body):
        MastodonFormat().sniff(head(part))
        assert len(read(MastodonFormat(), part).posts) <= 5
    assert len(read(MastodonFormat(), body[:-40]).posts) == 4


def test_the_recorded_payloads_are_all_recognised(shared: Path) -> None:
    found, sure = read_folder(MastodonFormat(), shared / "data/payloads/mastodon")
    assert min(sure.values()) > 0.5
    assert len(found.uris) > 300
    assert set(found.faults) <= {"payload.not_json"}


def test_every_recorded_exchange_of_a_real_server_is_read(shared: Path) -> None:
    """Mastodon 4.6 of 2026, as Mastodon.py's own tests recorded it: searches, edits, quotes, streams."""
    yaml = pytest.importorskip("yaml")
    total = Outcome()
    with tarfile.open(shared / "data/payloads/recordings/mastodon_py.tar.xz") as recordings:
        for member in recordings.getmembers():
            stream = recordings.extractfile(member) if member.name.endswith(".yaml") and member.size < 500_000 else None
            for exchange in yaml.load(stream, Loader=yaml.CSafeLoader)["interactions"] if stream else ():
                body = exchange["response"]["body"]["string"]
                body = body.encode() if isinstance(body, str) else body
                if body[:1] in (b"{", b"[", b":", b"e"):
                    one = read(MastodonFormat(), body)
                    total.posts += one.posts
                    total.faults += one.faults
    assert len(total.uris) > 150
    assert total.faults == []


def test_timelines_are_asked_again_for_deletions_and_edits() -> None:
    away = "https://elsewhere.example/users/tom/statuses/5"
    uris = [f"{SERVER}/users/lea/statuses/{n}" for n in (1, 2)] + [f"{SERVER}/users/lea/statuses/3/activity", away]
    net = FakeNet().answer(urls.several(SERVER, ["1", "2"]), status=404)  # a server before Mastodon 4.3
    net.answer(
        f"{SERVER}/api/v1/statuses/1", json=status("1", content="<p>Corrigé</p>", edited_at="2026-11-21T10:00:00Z")
    )
    net.answer(f"{SERVER}/api/v1/statuses/2", status=404)
    net.answer(f"{SERVER}/users/lea/statuses/3/activity", status=200)
    net.answer(away, status=410)
    found = list(MastodonConnector().sweep({"server": SERVER}, uris, fake_means(net)))
    assert [one.uri for one in found if isinstance(one, Gone)] == [uris[1], away]
    posts = [event for one in found if not isinstance(one, Gone) for event in MastodonConnector().map(one, {})]
    assert [event.post.text.split("\n")[0] for event in posts if isinstance(event, Heard)] == ["Corrigé"]
    assert net.asked[-1].headers["Accept"] == "application/activity+json"


def test_a_server_that_shows_several_at_once_is_asked_alone_only_for_those_it_leaves_out() -> None:
    uris = [f"{SERVER}/users/lea/statuses/{n}" for n in range(1, 25)]
    shown = [status(str(n), content=f"<p>Corrigé {n}</p>") for n in range(1, 25) if n != 7]
    net = FakeNet()
    net.answer(urls.several(SERVER, [str(n) for n in range(1, 21)]), json=shown[:19])
    net.answer(urls.several(SERVER, [str(n) for n in range(21, 25)]), json=shown[19:])
    net.answer(f"{SERVER}/api/v1/statuses/7", status=404)
    found = list(MastodonConnector().sweep({"server": SERVER}, uris, fake_means(net)))
    assert [one.uri for one in found if isinstance(one, Gone)] == [uris[6]]
    assert sum(not isinstance(one, Gone) for one in found) == 23
    assert len(net.asked) == 3


def test_a_page_in_place_of_an_answer_for_several_changes_nothing() -> None:
    net = FakeNet().answer(urls.several(SERVER, ["1", "2"]), body=b"<html>Bienvenue</html>")
    for n in (1, 2):
        net.answer(f"{SERVER}/api/v1/statuses/{n}", json=status(str(n)))
    uris = [f"{SERVER}/users/lea/statuses/{n}" for n in (1, 2)]
    found = list(MastodonConnector().sweep({"server": SERVER}, uris, fake_means(net)))
    assert [isinstance(one, Gone) for one in found] == [False, False]


def test_a_server_that_refuses_says_nothing_about_a_post() -> None:
    net = FakeNet().answer(f"{SERVER}/api/v1/statuses/1", status=401)
    assert (
        list(MastodonConnector().sweep({"server": SERVER}, [f"{SERVER}/users/lea/statuses/1"], fake_means(net))) == []
    )
