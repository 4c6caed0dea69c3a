"""What senders do when a platform takes a message, refuses it, or falls silent: the outcome is never guessed.

The platforms that can be run answer for themselves in tests/real/test_replies.py; here are those that cannot, by the
shapes they document, and the failures that no server plays on demand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from palabre import plugins
from palabre.collect import sending
from palabre.collect.bluesky.sending import BlueskySender, rkey_of
from palabre.collect.mail.writing import Envelope, composed
from palabre.collect.mastodon.sending import MastodonSender
from palabre.collect.reddit.sending import RedditSender
from palabre.collect.sending import Outgoing, Sender, Sent
from palabre.collect.speaking import alike, outcome, with_mention
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.x import oauth
from palabre.collect.x.sending import XSender
from palabre.collect.youtube.sending import YouTubeSender
from palabre.errors import BlockedError, FetchError, PalabreError, RefusedError, ThrottledError, UnknownOutcomeError
from palabre.text.lengths import graphemes, has_link, weighted, with_short_links

NOW = 1_795_219_200_000
WORDS = "Bonjour, nous revenons vers vous vendredi."
SPEAKERS = [
    "bluesky_firehose",
    "bluesky_jetstream",
    "bluesky_search",
    "discourse",
    "mail",
    "mastodon",
    "matrix",
    "nodebb",
    "reddit",
    "wordpress",
    "x",
    "youtube",
]


def failure(act: Callable[[], object]) -> PalabreError:
    with pytest.raises((RefusedError, UnknownOutcomeError)) as raised:
        act()
    error: PalabreError = raised.value
    return error


# ── what a failed call says of the message it bore ──


@pytest.mark.parametrize(
    ("error", "kind", "key"),
    [
        (FetchError("net.unknown_host", host="h"), RefusedError, sending.UNREACHED),
        (FetchError("net.unreachable", host="h", reason="r"), RefusedError, sending.UNREACHED),
        (FetchError("net.tls", host="h", reason="r"), RefusedError, sending.UNREACHED),
        (FetchError("net.breaker", host="h", retry_after=9), RefusedError, sending.UNREACHED),
        (FetchError("net.timeout", host="h", step="connect"), RefusedError, sending.UNREACHED),
        (FetchError("net.timeout", host="h", step="answer"), UnknownOutcomeError, sending.LATE),
        (FetchError("net.broken_answer", host="h"), UnknownOutcomeError, sending.CUT),
        (FetchError("net.truncated", host="h"), UnknownOutcomeError, sending.CUT),
        (FetchError("net.status", host="h", status=500), UnknownOutcomeError, sending.SERVER),
        (FetchError("net.status", host="h", status=502), UnknownOutcomeError, sending.SERVER),
        (ThrottledError("net.throttled", host="h", status=429, retry_after=30), RefusedError, sending.WAIT),
        (ThrottledError("net.throttled", host="h", status=0, retry_after=30), RefusedError, sending.WAIT),
        (ThrottledError("net.throttled", host="h", status=503, retry_after=30), UnknownOutcomeError, sending.SERVER),
        (BlockedError("net.blocked_address", host="h", port=1), RefusedError, "net.blocked_address"),
        (BlockedError("net.bad_header", name="x"), RefusedError, "net.bad_header"),
        (BlockedError("net.too_large", limit=1), UnknownOutcomeError, sending.CUT),
        (BlockedError("net.body_elsewhere", host="h"), UnknownOutcomeError, sending.CUT),
    ],
)
def test_only_what_certainly_stayed_at_home_or_was_refused_may_be_sent_again(
    error: FetchError, kind: type[PalabreError], key: str
) -> None:
    said = outcome(error)
    assert (type(said), said.key) == (kind, key)
    assert bool(said.retry_after) == (key in (sending.UNREACHED, sending.WAIT))


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_source_without_what_writing_needs_says_that_it_may_only_read(name: str) -> None:
    sender = plugins.sender(name)
    assert sender is not None
    bare = {"server": "https://s.example", "url": "https://s.example", "host": "imap.s.example", "client_id": "c"}
    message = Outgoing(WORDS, "k", answers="https://s.example/1", made_ms=NOW)
    assert failure(lambda: sender.send(message, bare, fake_means(ms=NOW))).key == sending.FORBIDDEN
    looking = failure(lambda: sender.find(message, bare, fake_means(ms=NOW)))
    assert isinstance(looking, UnknownOutcomeError)
    assert sender.abilities(bare).tested in ("server", "own requests")


def test_a_busy_place_that_cannot_be_read_down_to_the_message_leaves_it_unknown() -> None:
    """Rooms and threads of thousands: what was not read is not said to be absent."""
    net = FakeNet().answer("https://m.example/_matrix/client/v3/account/whoami", json={"user_id": "@us:m.example"})
    event = {"event_id": "$e", "type": "m.room.message", "sender": "@zoe:m.example", "origin_server_ts": NOW}
    page = {"chunk": [{**event, "content": {"body": "x"}}] * 100, "end": "further"}
    room = "https://m.example/_matrix/client/v3/rooms/%21r%3Am.example/messages"
    for query in ("dir=b&limit=100", "dir=b&limit=100&from=further"):
        net.answer(f"{room}?{query}", json=page)
    sender = plugins.sender("matrix")
    assert sender is not None
    asked = Outgoing(WORDS, "k", answers="matrix:roomid/r:m.example/e/q", made_ms=NOW)
    means = fake_means(net, ms=NOW, token="t")
    error = failure(lambda: sender.find(asked, {"server": "https://m.example"}, means))
    assert isinstance(error, UnknownOutcomeError)
    assert len(net.asked) == 21


# ── lengths ──


@pytest.mark.parametrize(
    ("words", "x", "mastodon", "bluesky"),
    [
        ("a" * 280, 280, 280, 280),
        ("L’été, déjà ?", 13, 13, 13),
        ("日本語", 6, 3, 3),
        ("👩‍👩‍👧 ok", 5, 4, 4),
        ("🇫🇷", 2, 1, 1),
        ("e\u0301", 1, 1, 1),
        ("voir https://example.org/" + "a" * 100 + " !", 30, 30, 127),
        ("voir exemple.fr/x, ok", 32, 21, 21),
        ("@zoe@social.example merci", 25, 10, 25),
        ("", 0, 0, 0),
    ],
)
def test_texts_are_counted_as_each_platform_does(words: str, x: int, mastodon: int, bluesky: int) -> None:
    assert (weighted(words), with_short_links(words), graphemes(words)) == (x, mastodon, bluesky)


def test_a_link_costs_more_and_an_address_is_no_link() -> None:
    assert has_link("www.exemple.fr")
    assert has_link("voir exemple.fr.")
    assert not has_link("ecrivez a zoe@exemple.fr, 3.5 fois, fin.Debut")


# ── the same message ──


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Bonjour, ça va ?", "@zoe@s.example Bonjour, ça va ?", True),
        ("Un\n\nDeux", "Un Deux", True),
        ("Un", "Deux", False),
        ("👍", "👍", True),
        ("👍", "👎", False),
        ("Voir https://e.example/a?b=1", "Voir https://e.example/a?b=1", True),
    ],
)
def test_a_message_is_known_again_by_its_words(ours: str, theirs: str, same: bool) -> None:
    assert alike(ours, theirs) is same


@pytest.mark.parametrize(
    ("words", "handle", "made"),
    [
        ("Merci", "zoe@s.example", "@zoe@s.example Merci"),
        ("Merci @zoe@s.example", "zoe@s.example", "Merci @zoe@s.example"),
        ("Merci @Zoe !", "zoe@s.example", "Merci @Zoe !"),
        ("Merci @zoelie", "zoe@s.example", "@zoe@s.example Merci @zoelie"),
        ("Merci", "", "Merci"),
    ],
)
def test_whoever_is_answered_is_named_once(words: str, handle: str, made: str) -> None:
    assert with_mention(words, handle) == made


# ── Mastodon: what its smaller kin does not do ──

HOME = "https://m.example"
STATUS = {"id": "7", "uri": "https://m.example/users/zoe/statuses/7", "url": "https://m.example/@zoe/7"}
STATUS |= {"visibility": "unlisted", "account": {"id": "2"}, "content": "", "created_at": "2026-11-21T00:00:00Z"}


def mastodon(net: FakeNet) -> tuple[MastodonSender, dict[str, str], Any]:
    return MastodonSender(), {"server": HOME}, fake_means(net, ms=NOW, write_token="t")


def test_a_status_goes_out_once_as_visible_as_the_one_it_answers_under_our_key() -> None:
    net = FakeNet().answer(f"{HOME}/api/v1/statuses/7", json=STATUS).answer(f"{HOME}/api/v2/instance", json={})
    net.answer(f"{HOME}/api/v1/instance", json={})
    mine = {**STATUS, "id": "8", "uri": f"{HOME}/users/marque/statuses/8", "in_reply_to_id": "7"}
    net.answer(f"{HOME}/api/v1/statuses", method="POST", json=mine)
    sender, config, means = mastodon(net)
    message = Outgoing(WORDS, "key-1", answers=STATUS["uri"], to="zoe@m.example", lang="fr", made_ms=NOW)
    assert sender.send(message, config, means).uri == mine["uri"]
    [posted] = [one for one in net.asked if one.method == "POST"]
    assert posted.headers["Idempotency-Key"] == "key-1"
    assert posted.body == {
        "status": f"@zoe@m.example {WORDS}", "visibility": "unlisted", "in_reply_to_id": "7", "language": "fr",
    }  # fmt: skip


def test_an_answer_to_what_is_gone_is_not_sent() -> None:
    net = FakeNet().answer(f"{HOME}/api/v1/statuses/7", status=404)
    search = f"{HOME}/api/v2/search?q=https://m.example/users/zoe/statuses/7&type=statuses&resolve=true&limit=5"
    net.answer(search, json={"statuses": []})
    net.answer(f"{HOME}/api/v1/notifications?types[]=mention&limit=40", json=[])
    net.answer(f"{HOME}/api/v1/accounts/verify_credentials", json={"id": "1"})
    net.answer(f"{HOME}/api/v1/accounts/1/statuses?limit=40", json=[])
    sender, config, means = mastodon(net)
    error = failure(lambda: sender.send(Outgoing(WORDS, "k", answers=STATUS["uri"], made_ms=NOW), config, means))
    assert (type(error), error.key) == (RefusedError, sending.GONE)
    assert all(one.method == "GET" for one in net.asked)


@pytest.mark.parametrize(
    ("status", "kind", "key"),
    [
        (401, RefusedError, sending.TOKEN),
        (403, RefusedError, sending.FORBIDDEN),
        (422, RefusedError, sending.SAID),
        (200, UnknownOutcomeError, sending.CUT),  # an answer that names no status
    ],
)
def test_what_a_server_says_of_a_status_is_told_apart(status: int, kind: type[PalabreError], key: str) -> None:
    net = FakeNet().answer(f"{HOME}/api/v2/instance", json={}).answer(f"{HOME}/api/v1/instance", json={})
    net.answer(f"{HOME}/api/v1/statuses", method="POST", status=status, json={"error": "Validation failed"})
    sender, config, means = mastodon(net)
    error = failure(lambda: sender.send(Outgoing(WORDS, "k", made_ms=NOW), config, means))
    assert (type(error), error.key) == (kind, key)


@pytest.mark.parametrize(
    ("version", "keyed"),
    [
        ("4.5.1", True),
        ("4.6.0+glitch", True),
        ("2.7.2 (compatible; Akkoma 3.15)", True),
        ("4.0.0 (not true; really snac/2.75)", False),
        ("0.17.3 git-abc", False),
    ],
)
def test_only_servers_known_to_honour_the_key_are_said_to(version: str, keyed: bool) -> None:
    home = f"https://{abs(hash(version))}.example"
    limits = {"statuses": {"max_characters": 5000, "characters_reserved_per_url": 23}}
    net = FakeNet().answer(f"{home}/api/v2/instance", json={"version": version, "configuration": limits})
    found = MastodonSender().abilities({"server": home}, fake_means(net))
    assert (found.keyed, found.chars_max) == (keyed, 5000)
    assert MastodonSender().abilities({"server": home}) == found


def test_the_key_of_a_record_is_that_of_its_message() -> None:
    message = Outgoing(WORDS, "k", made_ms=NOW)
    assert rkey_of(message) == rkey_of(replace(message, text="other"))
    assert rkey_of(message) != rkey_of(replace(message, key="k2"))
    assert len(rkey_of(message)) == 13
    assert BlueskySender().length("👩‍👩‍👧 ok") == 4


# ── X, by its documented shapes ──

X_SECRETS = {name: name for name in ("api_key", "api_secret", "access_token", "access_secret")}
TWEETS = "https://api.x.com/2/tweets"
ASKED = Outgoing(WORDS, "k", answers="https://x.com/i/status/12", made_ms=NOW)


@pytest.fixture(autouse=True)
def nothing_spent() -> None:
    XSender.spent.clear()


def test_x_is_answered_and_what_it_costs_is_counted() -> None:
    net = FakeNet().answer(TWEETS, method="POST", status=201, json={"data": {"id": "34", "text": WORDS}})
    means = fake_means(net, ms=NOW, **X_SECRETS)
    sender, config = XSender(), {"messages_usd_per_day": 0.03}
    assert sender.send(ASKED, config, means) == Sent("https://x.com/i/status/34", "https://x.com/i/status/34", NOW)
    assert net.asked[0].body == {"text": WORDS, "reply": {"in_reply_to_tweet_id": "12"}}
    assert net.asked[0].headers["Authorization"].startswith("OAuth oauth_consumer_key=")
    sender.send(ASKED, config, means)
    error = failure(lambda: sender.send(ASKED, config, means))
    assert (error.key, error.retry_after) == ("sending.budget", 86_400.0)
    assert failure(lambda: sender.send(replace(ASKED, text="x" * 281), {}, means)).key == sending.LENGTH
    assert (sender.abilities({}).usd, sender.abilities({}).usd_linked) == (0.015, 0.20)


@pytest.mark.parametrize(
    ("status", "detail", "key"),
    [
        (401, "Unauthorized", sending.TOKEN),
        (403, "Your client app is not configured with the appropriate oauth1 app permissions", sending.FORBIDDEN),
        (403, "You attempted to reply to a Tweet that is deleted or not visible to you.", sending.GONE),
        (403, "Reply to this conversation is not allowed because you have not been mentioned", sending.BLOCKED),
    ],
)
def test_x_says_no_in_words_and_a_refusal_costs_nothing(status: int, detail: str, key: str) -> None:
    net = FakeNet().answer(TWEETS, method="POST", status=status, json={"detail": detail, "title": "no"})
    error = failure(lambda: XSender().send(ASKED, {}, fake_means(net, ms=NOW, **X_SECRETS)))
    assert error.key == key
    assert set(XSender.spent.values()) == {0.0}


def test_what_x_may_have_taken_stays_counted_and_is_looked_for() -> None:
    lost = FetchError("net.timeout", host="api.x.com", step="answer")
    net = FakeNet().answer(TWEETS, method="POST", error=lost)
    means = fake_means(net, ms=NOW, **X_SECRETS)
    assert failure(lambda: XSender().send(ASKED, {}, means)).key == sending.LATE
    assert list(XSender.spent.values()) == [0.015]
    net.answer("https://api.x.com/2/users/me", json={"data": {"id": "9", "username": "marque"}})
    post = {"id": "34", "text": "Bonjour, nous revenons vers vous vendredi.", "created_at": "2026-11-21T00:00:02Z"}
    post |= {"referenced_tweets": [{"type": "replied_to", "id": "12"}]}  # type: ignore[dict-item]
    url = "https://api.x.com/2/users/9/tweets?tweet.fields=created_at,referenced_tweets,note_tweet,entities&max_results=20"
    net.answer(url, json={"data": [post]})
    found = XSender().find(ASKED, {}, means)
    assert found is not None
    assert found.uri == "https://x.com/i/status/34"
    assert XSender().find(replace(ASKED, text="Autre"), {}, means) is None


def test_a_call_is_signed_as_in_the_documentation() -> None:
    """developer.x.com, "Creating a signature": its example and the result it gives."""
    keys = oauth.Keys(
        "xvz1evFS4wEEPTGEFPHBog", "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )  # fmt: skip
    fields = {
        "oauth_consumer_key": keys.key, "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature_method": "HMAC-SHA1", "oauth_timestamp": "1318622958", "oauth_token": keys.token,
        "oauth_version": "1.0", "status": "Hello Ladies + Gentlemen, a signed OAuth request!",
    }  # fmt: skip
    url = "https://api.twitter.com/1.1/statuses/update.json?include_entities=true"
    assert oauth.signature("POST", url, fields, keys) == "hCtSmYh+iHYCEqBWrE7C7hYmtUk="


# ── Reddit ──

REDDIT = {"client_id": "c", "list": "subreddit", "value": "velo"}
DATA = {"id": "def", "link_id": "t3_abc", "parent_id": "t3_abc", "body": "Il siffle", "author": "zoe", "subreddit": "v"}
DATA |= {"created_utc": 1795219000, "permalink": "/r/velo/comments/abc/x/def/"}  # type: ignore[dict-item]
THING = {"kind": "t1", "data": DATA}


def reddit(net: FakeNet) -> Any:
    net.answer("https://www.reddit.com/api/v1/access_token", method="POST", json={"access_token": "a"})
    return fake_means(net, ms=NOW, client_secret="s", refresh_token="r")


def info(net: FakeNet, thing: Any) -> None:
    listing = {"kind": "Listing", "data": {"children": [thing] if thing else []}}
    net.answer("https://oauth.reddit.com/api/info?id=t1_def&raw_json=1", json=listing)


def test_a_comment_answers_the_thing_it_should() -> None:
    net = FakeNet()
    means = reddit(net)
    info(net, THING)
    mine = {"kind": "t1", "data": {**DATA, "id": "ghi", "parent_id": "t1_def", "body": WORDS}}
    done = {"json": {"errors": [], "data": {"things": [mine]}}}
    net.answer("https://oauth.reddit.com/api/comment", method="POST", json=done)
    message = Outgoing(WORDS, "k", answers="https://www.reddit.com/comments/abc/_/def/", made_ms=NOW)
    sent = RedditSender().send(message, REDDIT, means)
    assert sent.uri == "https://www.reddit.com/comments/abc/_/ghi/"
    assert net.asked[-1].body == {"thing_id": "t1_def", "text": WORDS, "api_type": "json", "raw_json": "1"}


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("THREAD_LOCKED", sending.BLOCKED),
        ("TOO_LONG", sending.LENGTH),
        ("RATELIMIT", sending.WAIT),
        ("ODD", sending.SAID),
    ],
)
def test_reddit_says_no_inside_a_yes(code: str, key: str) -> None:
    net = FakeNet()
    means = reddit(net)
    info(net, THING)
    answer = {"json": {"errors": [[code, "no", "text"]], "ratelimit": 90}}
    net.answer("https://oauth.reddit.com/api/comment", method="POST", json=answer)
    message = Outgoing(WORDS, "k", answers="https://www.reddit.com/comments/abc/_/def/", made_ms=NOW)
    error = failure(lambda: RedditSender().send(message, REDDIT, means))
    assert (error.key, error.retry_after) == (key, 90 if code == "RATELIMIT" else None)


def test_what_its_author_took_back_is_not_answered_and_a_dead_token_is_told() -> None:
    net = FakeNet()
    means = reddit(net)
    info(net, {"kind": "t1", "data": {**DATA, "body": "[deleted]"}})
    message = Outgoing(WORDS, "k", answers="https://www.reddit.com/comments/abc/_/def/", made_ms=NOW)
    assert failure(lambda: RedditSender().send(message, REDDIT, means)).key == sending.GONE
    dead = FakeNet().answer(
        "https://www.reddit.com/api/v1/access_token", method="POST", status=400, json={"error": "x"}
    )
    means = fake_means(dead, ms=NOW, client_secret="s", refresh_token="r")
    assert failure(lambda: RedditSender().send(message, REDDIT, means)).key == sending.TOKEN


# ── YouTube ──

YOUTUBE = {"client_id": "c"}
API = "https://www.googleapis.com/youtube/v3"


def youtube(net: FakeNet) -> Any:
    net.answer("https://oauth2.googleapis.com/token", method="POST", json={"access_token": "a"})
    return fake_means(net, ms=NOW, client_secret="s", refresh_token="r")


def test_an_answer_to_an_answer_stands_under_the_first_comment_and_names_its_author() -> None:
    net = FakeNet()
    means = youtube(net)
    made = {"id": "Top.New", "snippet": {"publishedAt": "2026-11-21T00:00:00Z", "parentId": "Top"}}
    net.answer(f"{API}/comments?part=snippet", method="POST", json=made)
    message = Outgoing(WORDS, "k", answers="yt:comment:Top.Reply", to="@zoe", made_ms=NOW)
    assert YouTubeSender().send(message, YOUTUBE, means).uri == "yt:comment:Top.New"
    assert net.asked[-1].body == {"snippet": {"parentId": "Top", "textOriginal": f"@zoe {WORDS}"}}
    net.answer(f"{API}/commentThreads?part=snippet", method="POST", json={"snippet": {"topLevelComment": made}})
    YouTubeSender().send(replace(message, answers="yt:video:V1"), YOUTUBE, means)
    assert net.asked[-1].body["snippet"]["videoId"] == "V1"  # type: ignore[index]


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        ("commentsDisabled", sending.BLOCKED),
        ("parentCommentNotFound", sending.GONE),
        ("quotaExceeded", sending.WAIT),
        ("ineligibleAccount", sending.FORBIDDEN),
        ("authError", sending.TOKEN),
        ("odd", sending.FORBIDDEN),
    ],
)
def test_youtube_gives_reasons(reason: str, key: str) -> None:
    net = FakeNet()
    means = youtube(net)
    body = {"error": {"code": 403, "message": "no <b>", "errors": [{"reason": reason}]}}
    net.answer(f"{API}/comments?part=snippet", method="POST", status=403, json=body)
    message = Outgoing(WORDS, "k", answers="yt:comment:Top", made_ms=NOW)
    assert failure(lambda: YouTubeSender().send(message, YOUTUBE, means)).key == key


# ── Discourse ──

FORUM = "https://forum.example"
DISCOURSE = {"url": FORUM, "api_username": "marque"}


def discourse(net: FakeNet) -> tuple[Sender, Any]:
    sender = plugins.sender("discourse")
    assert sender is not None
    return sender, fake_means(net, ms=NOW, api_key="k")


def forum_with(post: dict[str, object], topic: dict[str, object]) -> FakeNet:
    net = FakeNet().answer(f"{FORUM}/posts/by_number/5/3.json", json={"id": 50, "post_number": 3, **post})
    return net.answer(f"{FORUM}/t/5.json", json={"id": 5, **topic})


def test_a_topic_is_answered_at_the_number_that_asked() -> None:
    net = forum_with({}, {})
    made = {"id": 51, "topic_id": 5, "post_number": 4, "created_at": "2026-11-21T00:00:00Z"}
    net.answer(f"{FORUM}/posts.json", method="POST", json=made)
    sender, means = discourse(net)
    message = Outgoing(WORDS, "k", answers=f"{FORUM}/t/5/3", made_ms=NOW)
    assert sender.send(message, DISCOURSE, means).uri == f"{FORUM}/t/5/4"
    assert net.asked[-1].body == {"raw": WORDS, "topic_id": 5, "reply_to_post_number": 3}
    assert dict(net.asked[-1].headers) == {"Api-Key": "k", "Api-Username": "marque"}
    net.answer(
        f"{FORUM}/user_actions.json?username=marque&filter=5&offset=0",
        json={"user_actions": [{"post_id": 51, "topic_id": 5, "created_at": "2026-11-21T00:00:00Z"}]},
    ).answer(f"{FORUM}/posts/51.json", json={**made, "raw": WORDS})
    found = sender.find(message, DISCOURSE, means)
    assert found is not None
    assert found.uri == f"{FORUM}/t/5/4"
    assert sender.find(replace(message, text="Autre"), DISCOURSE, means) is None


@pytest.mark.parametrize(
    ("post", "topic", "answer", "kind", "key"),
    [
        ({"user_deleted": True}, {}, {}, RefusedError, sending.GONE),
        ({}, {"closed": True}, {}, RefusedError, sending.BLOCKED),
        ({}, {}, {"action": "enqueued", "success": True}, UnknownOutcomeError, "sending.held"),
        ({}, {}, {"errors": ["Body is too short"]}, RefusedError, sending.SAID),
    ],
)
def test_a_forum_that_does_not_publish_at_once_says_why(
    post: dict[str, object], topic: dict[str, object], answer: dict[str, object], kind: type[PalabreError], key: str
) -> None:
    net = forum_with(post, topic)
    net.answer(f"{FORUM}/posts.json", method="POST", status=422 if "errors" in answer else 200, json=answer)
    sender, means = discourse(net)
    error = failure(lambda: sender.send(Outgoing(WORDS, "k", answers=f"{FORUM}/t/5/3", made_ms=NOW), DISCOURSE, means))
    assert (type(error), error.key) == (kind, key)


# ── e-mail ──


def test_nothing_in_a_message_can_write_its_header() -> None:
    evil = Outgoing("Bonjour <script>alert(1)</script>", "k/../é 1", made_ms=NOW, lang="fr")
    envelope = Envelope(
        "m@e.example", "Équipe\r\nBcc: x@e.example", "z@e.example", "Re: A\r\nBcc: x@e.example", ("a@e",)
    )
    mail = composed(evil, envelope, NOW)
    head, _, body = mail.partition(b"\r\n\r\n")
    assert b"\r\nBcc:" not in head
    assert b"Message-ID: <k..1@e.example>" in head
    assert b"<script>" not in body.partition(b"text/html")[2]
    assert mail.isascii()


def test_a_long_thread_keeps_its_first_and_its_newest_references() -> None:
    many = tuple(f"{n}@e.example" for n in range(5_000))
    mail = composed(Outgoing("ok", "k", made_ms=NOW), Envelope("m@e.example", "", "z@e.example", "Re:", many), NOW)
    assert len(mail) < 3_000
    assert b"<0@e.example>" in mail
    assert b"In-Reply-To: <4999@e.example>" in mail
