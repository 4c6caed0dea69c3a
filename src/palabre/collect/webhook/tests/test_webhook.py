"""Signed webhooks: twenty ways of forging one, templates, and what comes out."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.collect.contract import Window
from palabre.collect.testing import fake_means
from palabre.collect.testing_formats import Outcome, take
from palabre.collect.webhook.connector import WebhookConnector, receive
from palabre.collect.webhook.mapping import at, map_item, template_of
from palabre.collect.webhook.signature import Refusal
from palabre.collect.webhook.urls import endpoint
from palabre.errors import ConfigError, ItemError
from palabre.model import Gone, Heard, PostKind, RawItem

NOW = 1_795_219_200_000
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
OTHER = "whsec_" + base64.b64encode(b"another workspace's own secret!!").decode()
BODY = b'{"uri": "1", "text": "Bonjour", "published_ms": "2026-11-20T10:00:00Z"}'
CONFIG = {"style": "standard", "network": "shop", "template": ""}


@dataclass
class Memory:
    """Deliveries already taken."""

    ids: set[str] = field(default_factory=set)

    def __call__(self, one: str) -> bool:
        known = one in self.ids
        self.ids.add(one)
        return known


def key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()


@dataclass(frozen=True)
class Sent:
    """A request as its sender made it."""

    body: bytes = BODY
    headers: tuple[tuple[str, str], ...] = ()


def signed(body: bytes = BODY, *, secret: str = SECRET, ident: str = "msg_1", at_s: int = NOW // 1000) -> Sent:
    mac = hmac.new(key(secret), f"{ident}.{at_s}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(mac).decode()}"
    pairs = {"Webhook-Id": ident, "Webhook-Timestamp": str(at_s), "Webhook-Signature": signature}
    return Sent(body, tuple(pairs.items()))


def github(body: bytes = BODY, secret: str = SECRET) -> Sent:
    return Sent(body, (("X-Hub-Signature-256", "sha256=" + hmac.new(key(secret), body, hashlib.sha256).hexdigest()),))


def take_in(sent: Sent, memory: Memory | None = None, secrets: str = SECRET, **config: object) -> tuple[RawItem, ...]:
    return receive(CONFIG | config, {"secret": secrets}, dict(sent.headers), sent.body, NOW, memory or Memory())


def header(name: str, change: Callable[[str], str]) -> Callable[[Sent], Sent]:
    """The request with one header changed; "" takes it away."""

    def apply(sent: Sent) -> Sent:
        pairs = ((known, change(value) if known == name else value) for known, value in sent.headers)
        return replace(sent, headers=tuple(pair for pair in pairs if pair[1]))

    return apply


def body(change: Callable[[bytes], bytes]) -> Callable[[Sent], Sent]:
    return lambda sent: replace(sent, body=change(sent.body))


MUTATIONS: dict[str, tuple[Callable[[Sent], Sent], str]] = {
    "no signature": (header("Webhook-Signature", lambda _: ""), "headers"),
    "no id": (header("Webhook-Id", lambda _: ""), "headers"),
    "no timestamp": (header("Webhook-Timestamp", lambda _: ""), "headers"),
    "an id with a dot trick": (header("Webhook-Id", lambda value: value + ".1\n"), "headers"),
    "another id": (header("Webhook-Id", lambda _: "msg_2"), "signature"),
    "a later timestamp": (header("Webhook-Timestamp", lambda value: str(int(value) + 1)), "signature"),
    "a timestamp in words": (header("Webhook-Timestamp", lambda _: "now"), "timestamp"),
    "a timestamp in milliseconds": (header("Webhook-Timestamp", lambda value: value + "000"), "timestamp"),
    "a negative timestamp": (header("Webhook-Timestamp", lambda value: "-" + value), "timestamp"),
    "full-width figures": (header("Webhook-Timestamp", lambda _: "１７９５２１９２００"), "timestamp"),
    "only the beginning of the signature": (header("Webhook-Signature", lambda value: value[:20]), "signature"),
    "an empty signature": (header("Webhook-Signature", lambda _: "v1,"), "signature"),
    "another version": (header("Webhook-Signature", lambda value: "v0" + value[2:]), "signature"),
    "the version of public keys": (header("Webhook-Signature", lambda value: "v1a" + value[2:]), "signature"),
    "hexadecimal for base64": (
        header("Webhook-Signature", lambda value: "v1," + base64.b64decode(value[3:]).hex()), "signature",
    ),
    "one letter changed": (body(lambda text: text.replace(b"Bonjour", b"bonjour")), "signature"),
    "the same JSON written again": (body(lambda text: json.dumps(json.loads(text)).encode() + b" "), "signature"),
    "chunks left in": (body(lambda text: b"%x\r\n" % len(text) + text + b"\r\n0\r\n\r\n"), "signature"),
    "compressed": (
        lambda sent: Sent(gzip.compress(sent.body), (*sent.headers, ("Content-Encoding", "gzip"))), "encoding",
    ),
    "more than a megabyte": (body(lambda text: text + b" " * 1_000_001), "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_request_changed_on_its_way_is_refused(name: str) -> None:
    change, why = MUTATIONS[name]
    memory = Memory()
    with pytest.raises(Refusal) as caught:
        take_in(change(signed()), memory)
    assert caught.value.key == f"connector_webhook.errors.{why}"
    assert caught.value.status in (400, 401, 413, 415)
    assert memory.ids == set()  # a forgery cannot use up an id


def test_there_are_twenty_mutations_and_the_untouched_request_passes() -> None:
    assert len(MUTATIONS) == 20
    assert [item.body for item in take_in(signed())] == [json.dumps(json.loads(BODY)).encode()]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (signed(secret=OTHER), "signature"),
        (signed(at_s=NOW // 1000 - 301), "timestamp"),
        (signed(at_s=NOW // 1000 + 301), "timestamp"),
        (signed(b'{"uri": 1, "uri": 2}'), "json"),
        (signed(b"not json"), "json"),
        (signed(b'{"a": ' * 50_000), "json"),
        (signed(b"\xff\xfe"), "json"),
        (signed(json.dumps([{}] * 1_001).encode()), "json"),
        (Sent(), "headers"),
    ],
)
def test_a_true_signature_is_not_enough(sent: Sent, why: str) -> None:
    with pytest.raises(Refusal) as caught:
        take_in(sent)
    assert caught.value.key == f"connector_webhook.errors.{why}"


def test_the_same_delivery_counts_once_and_its_sender_is_not_made_to_insist() -> None:
    memory = Memory()
    take_in(signed(), memory)
    with pytest.raises(Refusal) as caught:
        take_in(signed(), memory)
    assert (caught.value.status, caught.value.key) == (200, "connector_webhook.errors.replayed")


def test_two_secrets_are_live_while_one_replaces_the_other() -> None:
    both = f"{OTHER} {SECRET}"
    assert take_in(signed(), secrets=both)
    assert take_in(signed(secret=OTHER), secrets=both)
    twice = signed()
    old = dict(signed(secret=OTHER).headers)["Webhook-Signature"]
    rotated = header("Webhook-Signature", lambda value: f"{old} {value}")(twice)
    assert take_in(rotated, secrets=SECRET)


@pytest.mark.parametrize("secrets", ["", "short", "whsec_%%%", "whsec_AAAA"])
def test_without_a_usable_secret_nothing_is_taken(secrets: str) -> None:
    with pytest.raises(Refusal) as caught:
        take_in(signed(secret="short"), secrets=secrets)
    assert caught.value.status == 503


def test_the_other_way_of_signing() -> None:
    memory = Memory()
    assert take_in(github(), memory, style="github")
    for sent, status in (
        (github(), 200),
        (github(secret=OTHER), 401),
        (signed(), 401),
        (replace(github(), body=b"{}"), 401),
    ):
        with pytest.raises(Refusal) as caught:
            take_in(sent, memory, style="github")
        assert caught.value.status == status
    sha1 = Sent(BODY, (("X-Hub-Signature-256", "sha1=" + hmac.new(key(SECRET), BODY, hashlib.sha1).hexdigest()),))
    with pytest.raises(Refusal):
        take_in(sha1, style="github")


NAMES = st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"])


@given(st.binary(max_size=200), st.dictionaries(NAMES, st.text(max_size=60)))
def test_no_stranger_gets_in(content: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        receive(CONFIG, {"secret": SECRET}, headers, content, NOW, Memory())


# ── templates ──

TEMPLATE = {
    "items": "data.messages", "uri": "id", "text": "body.0.value", "published_ms": "at", "account_name": "user.name",
    "account_uri": "user.id", "kind": "=review", "rating": "stars", "gone": "deleted", "tags": "labels",
    "network": "=avis",
}  # fmt: skip


def test_a_template_says_where_each_thing_lies() -> None:
    user = {"name": "Léa", "id": "u1"}
    said = {"body": [{"value": "Très bien"}], "at": 1_795_165_200, "stars": "4.5", "labels": ["x"]}
    one = {"id": 7, "user": user, **said}
    sent = signed(json.dumps({"data": {"messages": [one, {"id": 8, "deleted": True}, {"body": []}]}}).encode())
    config = WebhookConnector().validate({"network": "shop", "template": json.dumps(TEMPLATE)})
    outcome = Outcome()
    for item in receive(config, {"secret": SECRET}, dict(sent.headers), sent.body, NOW, Memory()):
        take(outcome, item, lambda raw: WebhookConnector().map(raw, config))
    (post,) = outcome.posts
    assert (post.uri, post.network, post.kind, post.text) == ("avis:7", "avis", PostKind.REVIEW, "Très bien")
    assert (post.rating, post.tags, post.published_ms) == (4.5, ("x",), 1_795_165_200_000)
    assert post.account is not None
    assert (post.account.uri, post.account.name) == ("avis:user:u1", "Léa")
    assert (outcome.gone, outcome.faults) == (["avis:8"], ["payload.missing"])


def test_without_a_template_our_own_names_are_read() -> None:
    (event,) = map_item(RawItem(BODY), {}, "shop")
    assert isinstance(event, Heard)
    assert (event.post.uri, event.post.text, event.post.published_ms) == ("shop:1", "Bonjour", 1_795_168_800_000)
    (gone,) = map_item(RawItem(b'{"uri": "https://a.example/1", "gone": true}'), {}, "shop")
    assert gone == Gone("https://a.example/1")


@pytest.mark.parametrize(
    "template",
    [
        "{",
        "[1]",
        '{"nonsense": "a"}',
        '{"uri": 7}',
        '{"uri": ""}',
        '{"uri": "a..b"}',
        '{"uri": "a b"}',
        '{"uri": ".a"}',
    ],
)
def test_a_template_that_cannot_work_is_refused_with_its_place(template: str) -> None:
    with pytest.raises(ConfigError) as caught:
        template_of(template)
    assert caught.value.key.startswith("connector_webhook.errors.template_")


@pytest.mark.parametrize("content", [b"[]", b"3", b'{"uri": "1"}', b'{"text": "x"}', b'{"uri": "\\ud800", "text": ""}'])
def test_an_item_that_says_nothing_goes_to_quarantine(content: bytes) -> None:
    with pytest.raises(ItemError):
        list(map_item(RawItem(content), {}, "shop"))


SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text()
JSON = st.recursive(
    SCALARS,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3),
    max_leaves=8,
)
FIELDS = ["uri", "text", "rating", "kind", "likes", "published_ms", "followers", "account_uri", "tags", "gone"]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_json_is_a_post_or_an_item_error(found: dict[str, Any]) -> None:
    take(Outcome(), RawItem(json.dumps(found).encode()), lambda raw: map_item(raw, {}, "shop"))


def test_paths_never_raise() -> None:
    assert at({"a": [{"b": 1}]}, "a.0.b") == 1
    assert at({"a": [1]}, "a.5") is at({"a": 1}, "a.b") is at([], "x") is at({}, "a.-1") is None


def test_nothing_is_fetched_and_the_address_is_told() -> None:
    assert list(WebhookConnector().pages({}, {}, fake_means(), Window())) == []
    assert endpoint("https://we.example/", "t") == "https://we.example/in/webhook/t"
    assert endpoint("", "t") == ""


@pytest.mark.parametrize("template", [{}, {"uri": "uri", "text": "text", "tags": "tags"}])
def test_lists_that_a_delivery_does_not_give_are_those_of_its_text(template: dict[str, str]) -> None:
    body = json.dumps({"uri": "1", "text": "Vu sur https://ex.org/a #Vélo @bob", "tags": ["pluie"]}).encode()
    (event,) = map_item(RawItem(body), template, "shop")
    assert isinstance(event, Heard)
    assert (event.post.links, event.post.tags, event.post.mentions) == (("https://ex.org/a",), ("pluie",), ("bob",))
