"""X: every shape on disk, edits, deletions, the budget, the API, what nobody promised."""

from __future__ import annotations

import json
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from palabre.collect.contract import Window
from palabre.collect.files.streams import walked
from palabre.collect.testing import FakeNet, fake_means, with_params
from palabre.collect.testing_formats import Outcome, cuts, head, read, read_folder, spoilt
from palabre.collect.x import urls
from palabre.collect.x.budget import Budget
from palabre.collect.x.connector import XConnector
from palabre.collect.x.format import XFormat
from palabre.collect.x.shapes import snowflake_ms
from palabre.errors import ConfigError, FetchError, ThrottledError
from palabre.model import Account, Gone
from palabre.road.looking import Asked, Look, look

FIRST, LATER = "1991550000000000000", "1991550100000000000"


def v2(ident: str = FIRST, **more: object) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": ident, "text": "Fish &amp; chips #bio https://t.co/x", "author_id": "7", "lang": "fr",
        "created_at": "2026-11-20T10:00:00.000Z", "conversation_id": FIRST, "possibly_sensitive": False,
        "public_metrics": {"like_count": 1, "reply_count": 2, "retweet_count": 3, "impression_count": 4},
        "entities": {
            "hashtags": [{"tag": "bio", "start": 0, "end": 1}], "mentions": [{"username": "bob"}],
            "urls": [{"url": "https://t.co/x", "expanded_url": "https://e.example/"}, {"url": "u", "media_key": "3_1"}],
        },
    }  # fmt: skip
    return base | more


def page(*posts: object, **more: object) -> dict[str, Any]:
    user = {"id": "7", "username": "lea", "name": "Léa", "public_metrics": {"followers_count": 9}, "verified": True}
    return {"data": list(posts), "includes": {"users": [user]}, "meta": {"result_count": len(posts)}} | more


def v1(ident: str = FIRST, **more: object) -> dict[str, Any]:
    user = {"id_str": "7", "screen_name": "lea", "name": "Léa", "followers_count": 9}
    base: dict[str, Any] = {
        "id_str": ident, "id": int(ident), "text": "court…", "user": user, "lang": "in",
        "created_at": "Fri Nov 20 10:00:00 +0000 2026", "favorite_count": 1,
        "entities": {"hashtags": [{"text": "bio"}], "user_mentions": [{"screen_name": "bob"}], "urls": []},
    }  # fmt: skip
    return base | more


def heard(value: object) -> Outcome:
    return read(XFormat(), json.dumps(value).encode())


def test_a_v2_post_finds_its_author_and_its_links() -> None:
    post = heard(page(v2())).posts[0]
    assert post.text.startswith("Fish & chips")
    assert (post.links, post.tags, post.mentions) == (("https://e.example/",), ("bio",), ("bob",))
    assert post.account is not None
    assert (post.account.uri, post.account.handle, post.account.verified) == ("https://x.com/i/user/7", "lea", True)
    assert post.url == f"https://x.com/lea/status/{FIRST}"
    assert post.metrics.views == 4


def test_the_long_text_is_taken_and_a_retweet_says_what_the_original_says() -> None:
    long = v2(note_tweet={"text": "long " * 100, "entities": {"hashtags": [{"tag": "tard"}]}})
    retweet = v2(LATER, text="RT @lea: long…", referenced_tweets=[{"type": "retweeted", "id": FIRST}])
    found = heard(page(retweet, includes={"tweets": [long], "users": []}))
    reshare = found.by_uri(LATER)
    assert (reshare.kind, reshare.reshare_of) == ("reshare", urls.post_uri(FIRST))
    assert reshare.text == found.by_uri(FIRST).text == "long " * 100
    assert reshare.tags == ("bio", "tard")


def test_an_edited_post_keeps_its_first_address() -> None:
    post = heard(page(v2(LATER, edit_history_tweet_ids=[FIRST, LATER]))).posts[0]
    assert post.uri == urls.post_uri(FIRST)
    assert post.published_ms == snowflake_ms(FIRST)
    assert post.edited_ms == 1_795_168_800_000


def test_replies_and_quotes_point_at_what_they_answer() -> None:
    refs = [{"type": "replied_to", "id": "5"}, {"type": "quoted", "id": "6"}]
    post = heard(page(v2(LATER, referenced_tweets=refs))).posts[0]
    assert (post.kind, post.parent, post.quote_of) == ("reply", urls.post_uri("5"), urls.post_uri("6"))
    assert post.root == urls.post_uri(FIRST)


def test_twarc_flattened_lines_carry_their_author_and_originals_inside() -> None:
    author = {"id": "7", "username": "lea", "name": "Léa"}
    inner = {"type": "quoted", **v2(FIRST, author=author)}
    found = heard(v2(LATER, author=author, referenced_tweets=[inner]))
    assert found.uris == {urls.post_uri(FIRST), urls.post_uri(LATER)}
    assert found.by_uri(LATER).quote_of == urls.post_uri(FIRST)


def test_v1_statuses_give_their_whole_text_and_those_inside_them() -> None:
    extended = v1(
        extended_tweet={"full_text": "le texte &gt; entier", "entities": {"urls": [{"expanded_url": "https://e.x/"}]}}
    )
    found = heard({"statuses": [v1(LATER, retweeted_status=extended)], "search_metadata": {}})
    assert found.by_uri(LATER).text == found.by_uri(FIRST).text == "le texte > entier"
    assert found.by_uri(LATER).links == ("https://e.x/",)
    assert found.by_uri(FIRST).lang == "id"
    assert found.by_uri(FIRST).published_ms == 1_795_168_800_000


def test_a_v1_user_brings_the_newest_status_along() -> None:
    user = v1()["user"] | {"id_str": "7", "status": {name: part for name, part in v1().items() if name != "user"}}
    post = heard([user]).posts[0]
    assert post.account is not None
    assert (post.account.handle, post.uri) == ("lea", urls.post_uri(FIRST))


def archive_js(name: str = "tweets", **more: object) -> bytes:
    tweet = {"id_str": FIRST, "full_text": "salut", "created_at": "Fri Nov 20 10:00:00 +0000 2026"} | more
    return f"window.YTD.{name}.part0 = {json.dumps([{'tweet': tweet}])}".encode()


def test_a_file_of_an_account_archive_is_known_and_its_deletions_are_followed() -> None:
    assert XFormat().sniff(head(archive_js())) > 0.9
    assert read(XFormat(), archive_js()).uris == {urls.post_uri(FIRST)}
    gone = archive_js("deleted_tweets", id_str=LATER, deleted_at="2026-11-20T10:00:00Z")
    assert read(XFormat(), gone).gone == [urls.post_uri(LATER)]


def account_js(**said: object) -> bytes:
    return f"window.YTD.account.part0 = {json.dumps([{'account': said}])}".encode()


def read_by_import(path: Path) -> Look:
    return look(path, Asked("", {}, 10**8, 10**6))


def test_an_account_archive_says_whose_its_posts_are_as_a_zip_and_as_a_folder(tmp_path: Path) -> None:
    account = account_js(username="lea", accountId="7", accountDisplayName="Léa", email="lea@a.example")
    files = {"account.js": account, "tweets.js": archive_js(), "like.js": b"window.YTD.like.part0 = []"}
    (tmp_path / "x/data/tweets_media").mkdir(parents=True)
    (tmp_path / "x/data/tweets_media/1.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "x/Your archive.html").write_text("<html>")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as bag:
        for name, body in files.items():
            bag.writestr(f"data/{name}", body)
            (tmp_path / "x/data" / name).write_bytes(body)
    (lying,) = walked([str(tmp_path / "x")])
    assert lying is not None
    for one in (tmp_path / "x.zip", lying):
        (post,) = read_by_import(one).posts
        assert post.account == Account(urls.user_uri("7"), "lea", "Léa", "https://x.com/lea")
        assert post.url == urls.post_page("lea", FIRST)


@pytest.mark.parametrize("account", [b"", b"window.YTD.account.part0 = [", account_js(email="a@b.example"), b"\xff{}"])
def test_an_archive_that_does_not_say_whose_it_is_is_read_all_the_same(account: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as bag:
        bag.writestr("data/account.js", account)
        bag.writestr("data/tweets.js", archive_js())
    (post,) = read_by_import(tmp_path / "x.zip").posts
    assert post.account is None


def test_a_damaged_account_file_costs_no_post(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as bag:
        bag.writestr("data/account.js", account_js(username="lea"))
        bag.writestr("data/tweets.js", archive_js())
    spoilt_bag = (tmp_path / "x.zip").read_bytes().replace(b'"username": "lea"', b'"username": "leo"', 1)
    (tmp_path / "x.zip").write_bytes(spoilt_bag)
    (post,) = read_by_import(tmp_path / "x.zip").posts
    assert post.account is None


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ({"id": FIRST, "action": "delete", "created_at": "MADE", "reason": "deleted"}, urls.post_uri(FIRST)),
        ({"id": "777", "action": "delete", "created_at": "2013-06-04T16:25:04Z", "reason": "x"}, urls.user_uri("777")),
        ({"delete": {"status": {"id_str": FIRST, "id": 1}}}, urls.post_uri(FIRST)),
        ({"data": {"delete": {"tweet": {"id": FIRST}, "event_at": "2026-11-20T10:00:00Z"}}}, urls.post_uri(FIRST)),
        (
            {"errors": [{"resource_type": "tweet", "value": FIRST, "type": "https://x/problems/resource-not-found"}]},
            urls.post_uri(FIRST),
        ),
    ],
)
def test_deletions_of_every_kind_are_honoured(line: dict[str, Any], gone: str) -> None:
    from palabre.clock import to_datetime

    if line.get("created_at") == "MADE":
        line = line | {"created_at": to_datetime(snowflake_ms(FIRST)).isoformat()}
    assert heard(line).gone == [gone]


@pytest.mark.parametrize(
    "wrapped",
    [{"lea": {"data": [v2()], "meta": {}}}, {"accounts": [{"name": "lea", "posts": [v2(), v1(LATER)]}]}],
)
def test_posts_wrapped_in_somebody_s_own_way_are_recognised(wrapped: dict[str, Any]) -> None:
    assert XFormat().sniff(head(json.dumps(wrapped).encode())) > 0.5
    assert heard(wrapped).posts


def test_a_stranger_s_lines_with_an_id_and_a_text_are_not_taken_for_x() -> None:
    line = {"id": "12", "text": "salut", "created_at": "2026-11-20T10:00:00Z", "lang": "fr"}
    assert XFormat().sniff(head(json.dumps(line).encode())) == 0.0


@pytest.mark.parametrize(
    "value",
    [
        page(meta={"result_count": 0}),
        {"data": [{"start": "a", "end": "b", "tweet_count": 3}], "meta": {"total_tweet_count": 3}},
        {"data": [{"id": "7", "name": "n", "username": "u", "public_metrics": {"tweet_count": 1}}]},
        {"data": {"id": "7", "name": "l", "owner_id": "1", "member_count": 2, "follower_count": 1}},
    ],
)
def test_files_without_posts_are_recognised_and_empty(value: object) -> None:
    assert XFormat().sniff(head(json.dumps(value).encode())) > 0.5
    assert heard(value).items == 0


# ── the budget and the API ──

SEARCH = {"list": "search", "value": "bio"}


def recent(**params: str) -> str:
    return with_params(urls.RECENT, {**urls.FIELDS, "query": "bio", "max_results": "100", **params})


def test_a_search_pays_for_what_it_reads_and_never_twice() -> None:
    net = FakeNet().answer(recent(), json=page(v2()))
    connector = XConnector()
    first = next(connector.pages(SEARCH, {}, fake_means(net, token="t"), Window()))
    assert (first.cursor["items"], first.quota_left) == (1, 199)
    net.answer(recent(since_id=FIRST), json=page(v2(LATER), meta={"next_token": "n"}))
    net.answer(recent(since_id=FIRST, next_token="n"), json=page())
    pages = list(connector.pages(SEARCH, first.cursor, fake_means(net, token="t"), Window()))
    assert pages[-1].cursor["seen"] == [LATER]
    assert pages[-1].cursor["items"] == 2


def test_a_walk_left_half_way_is_finished_before_the_newest_are_asked_for() -> None:
    net = FakeNet()
    net.answer(recent(since_id="5", next_token="n"), json=page(v2("9")))
    net.answer(recent(since_id=FIRST), json=page())
    cursor = {"seen": ["5"], "fresh": [FIRST], "token": "n"}
    pages = list(XConnector().pages(SEARCH, cursor, fake_means(net, token="t"), Window()))
    assert pages[-1].cursor["seen"] == [FIRST]


def test_nothing_is_asked_once_the_budget_is_spent() -> None:
    day = 1_795_219_200_000 // 86_400_000
    with pytest.raises(ThrottledError) as caught:
        next(XConnector().pages(SEARCH, {"day": day, "items": 195}, fake_means(token="t"), Window()))
    assert caught.value.params["spent"] == 0.975
    assert Budget.of({"day": day - 1, "items": 195}, 1.0, 0.005, 1_795_219_200_000).left == 200
    with pytest.raises(ConfigError):
        XConnector().validate({**SEARCH, "budget_usd_per_day": 0.01})


def test_what_a_search_costs_is_estimated_before_it_starts() -> None:
    net = FakeNet()
    net.answer(f"{urls.COUNTS}?granularity=day&query=bio", json={"data": [], "meta": {"total_tweet_count": 700}})
    estimate = XConnector().estimate(SEARCH, fake_means(net, token="t"))
    assert (estimate.posts_per_day, estimate.usd_per_day) == (100.0, 0.5)


def test_mentions_look_the_user_up_once_and_deleted_posts_are_noticed() -> None:
    net = FakeNet().answer(urls.USER + "lea", json={"data": {"id": "7"}})
    net.answer(with_params(urls.mentions("7"), {**urls.FIELDS, "max_results": "100"}), json=page(v2()))
    error = {"resource_type": "tweet", "value": FIRST, "type": "https://api.x.com/2/problems/resource-not-found"}
    net.answer(with_params(urls.LOOKUP, {**urls.FIELDS, "ids": FIRST}), json={"errors": [error]})
    config = {"list": "mentions", "value": "@lea", "recheck": True}
    connector = XConnector()
    pages = list(connector.pages(config, {}, fake_means(net, token="t"), Window()))
    assert pages[0].cursor["user_id"] == "7"
    assert list(connector.map(pages[1].items[0], config)) == [Gone(urls.post_uri(FIRST))]
    assert pages[1].cursor["recent"] == []


def test_the_stream_sets_its_rule_skips_keep_alives_and_stops_with_the_budget() -> None:
    net = FakeNet()
    net.answer(urls.RULES, json={"data": [{"id": "1", "value": "other"}]})
    net.answer(urls.RULES, method="POST", json={"meta": {}})
    line = json.dumps({"data": v2(), "includes": {"users": []}})
    net.streams[with_params(urls.STREAM, urls.FIELDS)] = ["", line, "{broken", line]
    config = {"list": "stream", "value": "bio", "budget_usd_per_day": 0.06}
    pages = XConnector().pages(config, {}, fake_means(net, token="t"), Window())
    assert [len(page.items) for page in islice(pages, 3)] == [1, 1, 1]
    assert [call.body for call in net.asked if call.method == "POST"][1] == {
        "add": [{"value": "bio", "tag": "palabre"}]
    }


def test_a_refusal_is_said_plainly() -> None:
    net = FakeNet().answer(recent(), status=403, json={"title": "Forbidden", "detail": "no access"})
    with pytest.raises(FetchError, match="no access"):
        next(XConnector().pages(SEARCH, {}, fake_means(net, token="t"), Window()))


# ── what nobody promised ──


@pytest.mark.parametrize(
    "value",
    [
        page(v2(referenced_tweets=[{"type": "quoted", "id": "5"}]), includes={"tweets": [v2("5")], "users": []}),
        v1(retweeted_status=v1(LATER), place={"country_code": "FR"}),
        {"id": FIRST, "action": "delete", "created_at": "2026-11-20T10:00:00Z", "reason": "deleted"},
    ],
)
def test_no_spoilt_answer_is_more_than_a_quarantined_item(value: object) -> None:
    for twisted in spoilt(value):
        heard(twisted)


def test_cut_files_never_crash() -> None:
    for body in (json.dumps(page(v2(), v2(LATER))).encode(), archive_js()):
        for part in cuts(body):
            XFormat().sniff(head(part))
            read(XFormat(), part)


def test_the_recorded_payloads_are_all_recognised(shared: Path) -> None:
    found, sure = read_folder(XFormat(), shared / "data/payloads/twitter_v2")
    assert min(sure.values()) > 0.5
    assert len(found.uris) > 730
    assert found.faults in ([], ["payload.not_json"])
    _, searches = read_folder(XFormat(), shared / "data/payloads/perceval_twitter")
    assert min(searches.values()) > 0.5
