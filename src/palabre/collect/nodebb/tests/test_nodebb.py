"""NodeBB: posts, answers, what the forum took back, the walk through topics, answering by the documented shapes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from palabre import plugins
from palabre.collect import sending
from palabre.collect.contract import Means, Page, Window
from palabre.collect.nodebb.connector import NodebbConnector
from palabre.collect.nodebb.mapping import map_item, whole
from palabre.collect.payload import raw
from palabre.collect.sending import Outgoing, Sender
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import Outcome, spoilt, take
from palabre.errors import BlockedError, FetchError, ItemError, PalabreError, RefusedError, UnknownOutcomeError
from palabre.model import Gone, Heard, Post, PostKind

SITE = "https://forum.example"
V3 = f"{SITE}/api/v3"
NOW = 1_795_219_200_000
MINUTE = 60_000
WORDS = "Bonjour, nous revenons vers vous vendredi."
TOPIC = {"tid": 9, "title": "Un &amp; sujet", "slug": "9/un-sujet", "mainPid": 1, "viewcount": 40, "deleted": 0,
         "tags": [{"value": "aide", "score": 2}], "lastposttime": NOW}  # fmt: skip


def post(pid: int, /, **more: object) -> dict[str, Any]:
    return {
        "pid": pid, "uid": 7, "tid": 9, "timestamp": NOW + pid * MINUTE, "timestampISO": "2026-11-21T00:00:00.000Z",
        "edited": 0, "deleted": 0, "upvotes": 3, "votes": 3, "index": pid, "replies": {"count": 2, "hasMore": False},
        "user": {"uid": 7, "username": "lea", "userslug": "lea", "displayname": "Léa", "picture": None},
        "content": '<p><a class="plugin-mentions-user plugin-mentions-a" href="/user/max">@<bdi>max</bdi></a>'
        ' voir <a href="/topic/1">ici</a></p>',
    } | more  # fmt: skip


def heard(found: dict[str, Any], **topic: object) -> Post:
    (event,) = map_item(raw(whole(found, TOPIC | topic), site=SITE))
    assert isinstance(event, Heard)
    return event.post


def test_the_first_post_opens_the_thread_and_has_its_title() -> None:
    found = heard(post(1))
    assert (found.uri, found.url) == (f"{SITE}/post/1", f"{SITE}/topic/9/un-sujet")
    assert (found.kind, found.title, found.parent, found.root) == (PostKind.ARTICLE, "Un & sujet", "", "")
    assert (found.mentions, found.links, found.tags) == (("max",), (f"{SITE}/topic/1",), ("aide",))
    assert (found.metrics.likes, found.metrics.replies, found.metrics.views) == (3, 2, 40)
    assert found.account is not None
    assert (found.account.uri, found.account.handle, found.account.name) == (f"{SITE}/uid/7", "lea", "Léa")


def test_an_answer_names_what_it_answers() -> None:
    answer = heard(post(4, toPid=3, edited=NOW + 9 * MINUTE))
    assert (answer.parent, answer.root, answer.title) == (f"{SITE}/post/3", f"{SITE}/post/1", "")
    assert (answer.published_ms, answer.edited_ms) == (NOW + 4 * MINUTE, NOW + 9 * MINUTE)
    assert heard(post(4)).parent == f"{SITE}/post/1"
    assert heard(post(4, toPid="0")).parent == f"{SITE}/post/1"


def test_a_guest_has_no_account_and_a_post_of_another_server_keeps_its_place() -> None:
    assert heard(post(4, uid=0)).account is None
    far = heard(post(4, pid="https://m.example/n/1"))
    assert far.uri == f"{SITE}/post/https%3A%2F%2Fm.example%2Fn%2F1"


@pytest.mark.parametrize("gone", [{"deleted": 1}, {"deleted": True}])
def test_what_was_deleted_is_taken_back(gone: dict[str, Any]) -> None:
    (event,) = map_item(raw(whole(post(3, **gone), TOPIC), site=SITE))
    assert isinstance(event, Gone)
    assert event.uri == f"{SITE}/post/3"
    assert isinstance(next(iter(map_item(raw(whole(post(3), TOPIC | {"deleted": 1}), site=SITE)))), Gone)


def test_what_is_no_post_goes_to_quarantine_and_spoilt_posts_never_break_the_mapping() -> None:
    with pytest.raises(ItemError):
        list(map_item(raw(post(3, pid=None), site=SITE)))
    for odd in spoilt(whole(post(1), TOPIC)):
        take(Outcome(), raw(odd, site=SITE), map_item)


# ── the walk ──


def walk(net: FakeNet, cursor: dict[str, object], window: Window | None = None) -> list[Page]:
    return list(NodebbConnector().pages({"url": SITE}, cursor, fake_means(net), window or Window()))


def pids(pages: list[Page]) -> list[int]:
    return [json.loads(item.body)["pid"] for page in pages for item in page.items]


def forum(*lists: list[dict[str, Any]]) -> FakeNet:
    """Pages of recent topics."""
    net = FakeNet()
    for step, topics in enumerate(lists, 1):
        query = f"?page={step}" if step > 1 else ""
        net.answer(f"{SITE}/api/recent{query}", json={"topics": topics, "pagination": {"pageCount": len(lists)}})
    return net


def thread(net: FakeNet, tid: int, *pages: list[dict[str, Any]]) -> FakeNet:
    for step, posts in enumerate(pages, 1):
        query = f"?page={step}" if step > 1 else ""
        body = TOPIC | {"tid": tid, "posts": posts, "pagination": {"pageCount": len(pages)}}
        net.answer(f"{SITE}/api/topic/{tid}{query}", json=body)
    return net


def recent(tid: int, last: int) -> dict[str, Any]:
    return TOPIC | {"tid": tid, "lastposttime": NOW + last * MINUTE}


def test_a_visit_reads_what_was_said_since_the_last_one_and_what_was_edited() -> None:
    net = forum([recent(9, 9), recent(8, 3)])
    thread(net, 9, [post(1), post(2, edited=NOW + 8 * MINUTE)], [post(5), post(6)], [post(8), post(9)])
    pages = walk(net, {"last": NOW + 6 * MINUTE})
    assert pids(pages) == [2, 8, 9, 6]
    assert pages[-1].cursor == {"last": NOW + 9 * MINUTE}
    assert [asked.url for asked in net.asked if "/8" in asked.url] == []


def test_a_long_walk_goes_on_from_page_to_page_and_where_it_was_cut() -> None:
    net = forum([recent(9, 9)], [recent(8, 7)], [recent(7, 1)])
    for tid, pid in ((9, 9), (8, 7)):
        thread(net, tid, [post(pid)])
    pages = walk(net, {"last": NOW + 5 * MINUTE})
    assert pids(pages) == [9, 7]
    last, top = NOW + 5 * MINUTE, NOW + 9 * MINUTE
    assert pages[1].cursor == {"last": last, "top": top, "page": 2}
    assert pids(walk(net, {"last": last, "top": top, "page": 2})) == [7]
    assert pages[-1].cursor == {"last": top}


def test_a_new_source_begins_with_the_newest_page_of_recent_topics() -> None:
    net = forum([recent(9, 9)], [recent(8, 7)])
    thread(net, 9, [post(1)], [post(5)], [post(9)])
    assert pids(walk(net, {})) == [1, 9]
    assert len(net.asked) == 3


def test_a_backfill_goes_down_to_its_window() -> None:
    net = forum([recent(9, 9), recent(8, 2)])
    thread(net, 9, [post(3), post(4)], [post(5), post(9)])
    window = Window(NOW + 4 * MINUTE, NOW + 9 * MINUTE)
    assert pids(walk(net, {"last": NOW + 9 * MINUTE}, window)) == [4, 5]


def test_a_topic_that_vanished_meanwhile_costs_nothing_else() -> None:
    net = forum([recent(9, 9), recent(8, 8)]).answer(f"{SITE}/api/topic/9", status=404)
    thread(net, 8, [post(8)])
    assert pids(walk(net, {"last": NOW})) == [8]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_closed_forum_says_so(status: int) -> None:
    with pytest.raises(FetchError) as caught:
        walk(FakeNet().answer(f"{SITE}/api/recent", status=status), {})
    assert (caught.value.key, caught.value.permanent) == ("connector_nodebb.errors.closed", True)


def test_something_else_than_a_forum_is_told() -> None:
    with pytest.raises(FetchError) as caught:
        walk(FakeNet().answer(f"{SITE}/api/recent", json=[1]), {})
    assert caught.value.key == "connector_nodebb.errors.answer"


def test_drift_is_counted() -> None:
    odd = post(9)
    del odd["content"]
    assert walk(thread(forum([recent(9, 9)]), 9, [odd | {"zz": 1}]), {})[0].drift == {"-content": 1, "+zz": 1}


def test_the_sweep_asks_post_by_post_and_an_old_forum_where_it_is() -> None:
    net = FakeNet().answer(f"{V3}/posts/1", json={"status": {"code": "ok"}, "response": post(1)})
    net.answer(f"{V3}/posts/2", json={"response": post(2, deleted=1)})
    net.answer(f"{V3}/posts/3", json={"response": {}}).answer(f"{SITE}/api/post/3", status=404)
    net.answer(f"{V3}/posts/4", status=404).answer(f"{SITE}/api/post/4", json="/topic/9/un-sujet/4")
    uris = [f"{SITE}/post/{n}" for n in (1, 2, 3, 4)] + ["https://other.example/post/2"]
    found = NodebbConnector().sweep({"url": SITE}, uris, fake_means(net))
    assert [gone.uri for gone in found] == [f"{SITE}/post/2", f"{SITE}/post/3"]


# ── answering ──


CONFIG = {"url": SITE, "uid": "", "category": "5"}
ASKED = Outgoing(WORDS, "k", answers=f"{SITE}/post/3", made_ms=NOW)


def speaking(net: FakeNet) -> tuple[Sender, Means]:
    sender = plugins.sender("nodebb")
    assert sender is not None
    return sender, fake_means(net, ms=NOW, token="t")


def answered(found: object) -> dict[str, object]:
    return {"status": {"code": "ok", "message": "OK"}, "response": found}


def asked_in(topic: dict[str, object] | None = None, **asked: object) -> FakeNet:
    net = FakeNet().answer(f"{V3}/posts/3", json=answered(post(3, **asked)))
    return net.answer(f"{V3}/topics/9", json=answered({"tid": 9, "locked": 0, "deleted": 0} | (topic or {})))


def failure(sender: Sender, means: Means, config: dict[str, str] | None = None) -> PalabreError:
    with pytest.raises((RefusedError, UnknownOutcomeError)) as raised:
        sender.send(ASKED, config or CONFIG, means)
    error: PalabreError = raised.value
    return error


def test_a_post_is_answered_in_its_topic() -> None:
    net = asked_in().answer(f"{V3}/topics/9", method="POST", json=answered(post(4, timestamp=NOW)))
    sender, means = speaking(net)
    made = sender.send(ASKED, CONFIG, means)
    assert (made.uri, made.at_ms) == (f"{SITE}/post/4", NOW)
    assert net.asked[-1].body == {"content": WORDS, "toPid": 3}
    assert dict(net.asked[-1].headers) == {"Authorization": "Bearer t"}


def test_a_master_token_says_in_whose_name_it_speaks() -> None:
    net = FakeNet().answer(f"{V3}/posts/3?_uid=7", json=answered(post(3)))
    net.answer(f"{V3}/topics/9?_uid=7", json=answered({"tid": 9}))
    net.answer(f"{V3}/topics/9?_uid=7", method="POST", json=answered(post(4)))
    sender, means = speaking(net)
    config = plugins.connector("nodebb").validate({"url": SITE, "uid": "7"})
    assert sender.send(ASKED, config, means).uri == f"{SITE}/post/4"


def test_a_topic_is_begun_in_the_category_of_the_channel() -> None:
    net = FakeNet().answer(f"{V3}/topics", method="POST", json=answered({"tid": 12, "mainPid": 40, "timestamp": NOW}))
    sender, means = speaking(net)
    assert sender.abilities(CONFIG).publishes
    made = sender.send(replace(ASKED, answers="", subject="Titre"), CONFIG, means)
    assert made.uri == f"{SITE}/post/40"
    assert net.asked[-1].body == {"content": WORDS, "title": "Titre", "cid": 5}
    with pytest.raises(RefusedError) as refused:
        sender.send(replace(ASKED, answers=""), {"url": SITE}, means)
    assert refused.value.key == sending.FORBIDDEN


@pytest.mark.parametrize(
    ("topic", "asked", "kind", "key"),
    [
        ({}, {"deleted": 1}, RefusedError, sending.GONE),
        ({}, {"tid": None}, RefusedError, sending.GONE),
        ({"locked": 1}, {}, RefusedError, sending.BLOCKED),
        ({"deleted": 1}, {}, RefusedError, sending.GONE),
    ],
)
def test_nothing_is_sent_where_it_would_answer_nobody(
    topic: dict[str, object], asked: dict[str, object], kind: type[PalabreError], key: str
) -> None:
    error = failure(*speaking(asked_in(topic, **asked)))
    assert (type(error), error.key) == (kind, key)


@pytest.mark.parametrize(
    ("status", "code", "kind", "key"),
    [
        (200, "", UnknownOutcomeError, "sending.held"),
        (401, "not-authorised", RefusedError, sending.TOKEN),
        (403, "forbidden", RefusedError, sending.FORBIDDEN),
        (404, "not-found", RefusedError, sending.GONE),
        (400, "bad-request", RefusedError, sending.SAID),
    ],
)
def test_a_forum_that_does_not_publish_at_once_says_why(
    status: int, code: str, kind: type[PalabreError], key: str
) -> None:
    body = {"status": {"code": code, "message": "Please enter a longer post."}, "response": {}}
    queued = answered({"id": "reply-1", "queued": True, "message": "Your post has been added to the approval queue"})
    net = asked_in().answer(f"{V3}/topics/9", method="POST", status=status, json=body if code else queued)
    error = failure(*speaking(net))
    assert (type(error), error.key) == (kind, key)


def ours(net: FakeNet, *posts: dict[str, Any]) -> FakeNet:
    net.answer(f"{SITE}/api/self", json={"uid": 7, "username": "Marque", "userslug": "marque"})
    return net.answer(f"{SITE}/api/user/marque/posts", json={"posts": list(posts)})


def test_an_unknown_message_is_looked_for_among_our_own() -> None:
    mine = [post(5), post(4, timestamp=NOW), post(3, tid=8)]
    net = ours(asked_in(), *mine).answer(f"{V3}/posts/5", json=answered(post(5, content="Autre")))
    net.answer(f"{V3}/posts/4", json=answered(post(4, timestamp=NOW, content=WORDS)))
    sender, means = speaking(net)
    assert sender.account(CONFIG, means) == "@Marque · forum.example"
    found = sender.find(ASKED, CONFIG, means)
    assert found is not None
    assert found.uri == f"{SITE}/post/4"
    assert sender.find(replace(ASKED, text="Rien de tel"), CONFIG, means) is None


def test_a_full_page_that_does_not_reach_back_leaves_it_unknown() -> None:
    mine = [post(n, tid=8) for n in range(10, 30)]
    sender, means = speaking(ours(asked_in(), *mine))
    with pytest.raises(UnknownOutcomeError):
        sender.find(ASKED, CONFIG, means)


def test_a_message_is_edited_and_taken_back_as_its_author_may() -> None:
    net = FakeNet().answer(f"{V3}/posts/4", method="PUT", json=answered(post(4)))
    net.answer(f"{V3}/posts/4/state", method="DELETE", json=answered({}))
    sender, means = speaking(net)
    assert sender.edit(f"{SITE}/post/4", replace(ASKED, text="Corrigé"), CONFIG, means).uri == f"{SITE}/post/4"
    assert net.asked[-1].body == {"content": "Corrigé"}
    sender.delete(f"{SITE}/post/4", CONFIG, means)
    assert net.asked[-1].url == f"{V3}/posts/4/state"


@pytest.mark.parametrize(("now", "well"), [({"deleted": 1}, True), ({"deleted": 0}, False)])
def test_what_was_taken_back_already_is_well(now: dict[str, Any], well: bool) -> None:
    refusal = {"status": {"code": "bad-request", "message": "This post has already been deleted"}, "response": {}}
    net = FakeNet().answer(f"{V3}/posts/4/state", method="DELETE", status=400, json=refusal)
    net.answer(f"{V3}/posts/4", json=answered(post(4, **now)))
    sender, means = speaking(net)
    if well:
        sender.delete(f"{SITE}/post/4", CONFIG, means)
        return
    with pytest.raises(RefusedError):
        sender.delete(f"{SITE}/post/4", CONFIG, means)


def test_a_post_of_another_forum_is_not_answered_here() -> None:
    sender, means = speaking(FakeNet())
    with pytest.raises(RefusedError) as refused:
        sender.send(replace(ASKED, answers="https://other.example/post/3"), CONFIG, means)
    assert refused.value.key == sending.GONE


def test_a_break_leaves_it_unknown_and_our_own_guard_does_not() -> None:
    for error, kind in ((FetchError("net.truncated", host="h"), UnknownOutcomeError),
                        (BlockedError("net.blocked_address", host="h", port=1), RefusedError)):  # fmt: skip
        net = asked_in().answer(f"{V3}/topics/9", method="POST", error=error)
        assert type(failure(*speaking(net))) is kind
