"""YouTube: threads, replies, videos and pointers; quota units; what nobody promised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from palabre.collect.contract import Window
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import Outcome, cuts, head, read, read_folder, spoilt
from palabre.collect.youtube import urls
from palabre.collect.youtube.connector import YouTubeConnector
from palabre.collect.youtube.format import YouTubeFormat
from palabre.errors import ConfigError, FetchError, ThrottledError
from palabre.model import Gone


def comment(ident: str = "c1", **more: object) -> dict[str, Any]:
    snippet: dict[str, Any] = {
        "authorDisplayName": "@lea", "authorChannelId": {"value": "UCa"}, "textDisplay": "L&#39;été <br>arrive",
        "textOriginal": "L'été\narrive", "likeCount": 2,
        "publishedAt": "2026-11-20T10:00:00Z", "updatedAt": "2026-11-20T11:00:00Z",
    }  # fmt: skip
    return {"kind": "youtube#comment", "etag": "e", "id": ident, "snippet": snippet | more}


def thread(ident: str = "c1", replies: int = 0, shown: int = 0) -> dict[str, Any]:
    parts = [comment(f"{ident}.r{n}", parentId=ident) for n in range(shown)]
    snippet = {"videoId": "v1", "topLevelComment": comment(ident), "totalReplyCount": replies}
    return {"kind": "youtube#commentThread", "id": ident, "snippet": snippet, "replies": {"comments": parts}}


def video(ident: str = "v1", **more: object) -> dict[str, Any]:
    snippet = {"title": "Été & plage", "description": "d", "publishedAt": "2026-11-20T10:00:00Z", "channelId": "UCa",
               "channelTitle": "Léa", "tags": ["a"], "defaultAudioLanguage": "fr-FR"}  # fmt: skip
    return {"kind": "youtube#video", "id": ident, "snippet": snippet | more, "statistics": {"viewCount": "10"}}


def items(*entries: object, **more: object) -> dict[str, Any]:
    return {"kind": "youtube#listResponse", "items": list(entries), **more}


def heard(value: object) -> Outcome:
    return read(YouTubeFormat(), json.dumps(value).encode())


def test_a_thread_is_its_comments_with_parents_and_root() -> None:
    found = heard(items(thread(replies=1, shown=1)))
    top, reply = found.by_uri(":c1"), found.by_uri(".r0")
    assert (top.kind, top.parent, top.root) == ("comment", "yt:video:v1", "yt:video:v1")
    assert (reply.kind, reply.parent, reply.root) == ("reply", top.uri, "yt:video:v1")
    assert (top.text, top.metrics.likes, top.metrics.replies) == ("L'été\narrive", 2, 1)
    assert top.edited_ms - top.published_ms == 3_600_000
    assert top.account is not None
    assert (top.account.handle, top.account.url) == ("lea", "https://www.youtube.com/channel/UCa")
    assert top.url == "https://www.youtube.com/watch?v=v1&lc=c1"


def test_search_results_are_unescaped_and_channels_are_not_posts() -> None:
    found_video = {"kind": "youtube#searchResult", "id": {"kind": "youtube#video", "videoId": "v1"},
                   "snippet": {"title": "A &amp; B", "channelId": "UCa"}}  # fmt: skip
    whose = {"kind": "youtube#channel", "channelId": "x"}
    channel = {"kind": "youtube#searchResult", "id": whose, "snippet": {"title": "t"}}
    found = heard(items(found_video, channel))
    assert [post.title for post in found.posts] == ["A & B"]
    assert heard(video()).posts[0].lang == "fr"


@pytest.mark.parametrize(
    "value",
    [
        items({"kind": "youtube#channel", "id": "x", "snippet": {"title": "t"}}),
        {"kind": "youtube#caption", "id": "x", "snippet": {}},
        {"error": {"errors": [{"domain": "youtube.comment", "reason": "forbidden"}], "code": 403}},
    ],
)
def test_files_without_posts_are_recognised_and_empty(value: object) -> None:
    assert YouTubeFormat().sniff(head(json.dumps(value).encode())) > 0.5
    assert heard(value).items == 0


# ── the connector ──

THREADS = f"{urls.THREADS}?maxResults=100&order=time&part=snippet%2Creplies&videoId=v1"


def test_threads_come_with_the_replies_that_were_not_shown_and_units_are_counted() -> None:
    net = FakeNet().answer(THREADS, json=items(thread(replies=2, shown=0)))
    replies = f"{urls.COMMENTS}?maxResults=100&parentId=c1&part=snippet"
    net.answer(replies, json=items(comment("c1.a", parentId="c1"), comment("c1.b", parentId="c1")))
    connector = YouTubeConnector()
    config = {"list": "video", "value": "v1"}
    page = next(connector.pages(config, {}, fake_means(net, key="k"), Window()))
    assert len(page.items) == 3
    assert page.quota_left == 9_998
    assert page.cursor["units"] == 2
    assert net.asked[0].headers["X-Goog-Api-Key"] == "k"
    assert "k" not in net.asked[0].url.split("?")[1].split("&")


def test_a_spent_budget_waits_for_the_next_day_in_california() -> None:
    config = {"list": "video", "value": "v1", "units_per_day": 5}
    day = (1_795_219_200_000 - 8 * 3_600_000) // 86_400_000
    with pytest.raises(ThrottledError) as caught:
        next(YouTubeConnector().pages(config, {"day": day, "units": 5}, fake_means(key="k"), Window()))
    assert 0 < (caught.value.retry_after or 0) <= 86_400
    with pytest.raises(ConfigError):
        YouTubeConnector().validate({"list": "search", "value": "bio", "units_per_day": 99})


def test_uploads_become_whole_videos_and_those_that_vanish_are_gone() -> None:
    net = FakeNet()
    channel = items({"contentDetails": {"relatedPlaylists": {"uploads": "UUa"}}})
    net.answer(f"{urls.CHANNELS}?forHandle=%40lea&part=contentDetails", json=channel)
    pointer = {"kind": "youtube#playlistItem", "id": "p", "snippet": {"resourceId": {"videoId": "v1"}, "title": "t"}}
    listed = f"{urls.PLAYLIST_ITEMS}?maxResults=50&part=snippet%2CcontentDetails&playlistId=UUa"
    net.answer(listed, json=items(pointer))
    net.answer(f"{urls.VIDEOS}?id=v1&part=snippet%2Cstatistics", json=items(video()))
    net.answer(f"{urls.VIDEOS}?id=v1&part=snippet%2Cstatistics", json=items())
    connector = YouTubeConnector()
    pages = list(connector.pages({"list": "uploads", "value": "@lea"}, {}, fake_means(net, key="k"), Window()))
    assert pages[0].cursor["uploads"] == "UUa"
    assert list(connector.map(pages[1].items[0], {})) == [Gone("yt:video:v1")]
    assert pages[1].cursor["recent"] == []


@pytest.mark.parametrize(("reason", "kind"), [("quotaExceeded", ThrottledError), ("commentsDisabled", FetchError)])
def test_refusals_say_why(reason: str, kind: type[Exception]) -> None:
    refusal = {"error": {"errors": [{"domain": "youtube.quota", "reason": reason}]}}
    net = FakeNet().answer(THREADS, status=403, json=refusal)
    with pytest.raises(kind, match=reason):
        next(YouTubeConnector().pages({"list": "video", "value": "v1"}, {}, fake_means(net, key="k"), Window()))


# ── what nobody promised ──


def test_no_spoilt_answer_is_more_than_a_quarantined_item() -> None:
    for twisted in spoilt(items(thread(replies=1, shown=1), video())):
        heard(twisted)


def test_cut_answers_never_crash() -> None:
    for part in cuts(json.dumps(items(thread(), video())).encode()):
        YouTubeFormat().sniff(head(part))
        read(YouTubeFormat(), part)


def test_the_recorded_payloads_are_all_recognised(shared: Path) -> None:
    found, sure = read_folder(YouTubeFormat(), shared / "data/payloads/youtube")
    assert min(sure.values()) > 0.5
    assert len(found.uris) > 60
    assert found.faults == []
