"""What others push arrives once, signed, through the ordinary road; everything else is refused and writes nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid

import pytest
from django.test import Client

from palabre import pushes
from palabre.archive import Archive, PostRow, Source
from palabre.desk import engine
from palabre.desk.clock import now_ms
from palabre.desk.inbound.views import pipeline
from palabre.desk.workspaces.models import Workspace

pytestmark = pytest.mark.django_db
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes.....").decode()


@pytest.fixture
def archive() -> Archive:
    pipeline.cache_clear()
    return engine.archive()


@pytest.fixture
def hook(archive: Archive, alpha: Workspace) -> Source:
    config = {"style": "standard", "network": "caisse", "template": json.dumps({"text": "message", "uri": "id"})}
    return archive.sources.add(alpha.id, "webhook", "Caisse", config, secrets={"secret": SECRET})


def signed(body: bytes, number: str = "msg_1") -> dict[str, str]:
    stamp = str(now_ms() // 1000)
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mac = hmac.new(key, f"{number}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "HTTP_WEBHOOK_ID": number,
        "HTTP_WEBHOOK_TIMESTAMP": stamp,
        "HTTP_WEBHOOK_SIGNATURE": "v1," + base64.b64encode(mac).decode(),
    }


def push(source: Source, body: bytes, headers: dict[str, str]) -> int:
    address = f"/in/webhook/{pushes.token_of(pipeline(), source.source_id)}"
    return Client().post(address, body, content_type="application/json", **headers).status_code  # type: ignore[arg-type]


def body() -> bytes:
    """A message nobody has sent before: the archive of these tests is one for all of them."""
    return json.dumps({"id": f"urn:caisse:{uuid.uuid4()}", "message": "La caisse 3 est en panne"}).encode()


def heard(archive: Archive, source: Source, sent: bytes) -> list[PostRow]:
    uri = json.loads(sent)["id"]
    return [row for row in archive.search(source.workspace_id) if row.post.uri == uri]


def test_a_signed_delivery_becomes_a_post(archive: Archive, hook: Source) -> None:
    sent = body()
    assert push(hook, sent, signed(sent)) == 200
    [row] = heard(archive, hook, sent)
    assert row.post.text == "La caisse 3 est en panne"
    assert archive.raw(hook.workspace_id, row.post_id)[0].item.body


def test_the_same_delivery_ten_times_is_one_post(archive: Archive, hook: Source) -> None:
    sent = body()
    headers = signed(sent)
    assert {push(hook, sent, headers) for _ in range(10)} == {200}
    assert len(heard(archive, hook, sent)) == 1


def test_a_forged_delivery_writes_nothing(archive: Archive, hook: Source) -> None:
    sent = body()
    assert push(hook, sent + b" ", signed(sent)) == 401
    assert heard(archive, hook, sent) == []


def test_a_wrong_address_does_not_exist(hook: Source) -> None:
    assert (
        Client().post(f"/in/webhook/{hook.source_id}-{'0' * 32}", body(), content_type="application/json").status_code
        == 404
    )


def test_a_webmention_waits_to_be_looked_at(archive: Archive, alpha: Workspace) -> None:
    source = archive.sources.add(alpha.id, "webmention", "Mentions", {"hosts": ["cyclovent.example"]})
    address = f"/in/webmention/{pushes.token_of(pipeline(), source.source_id)}"
    form = {"source": "https://blog.example/billet", "target": "https://cyclovent.example/velo"}
    assert Client().post(address, form).status_code == 202
    assert archive.sources.get(source.source_id).cursor["queue"] == [[form["source"], form["target"]]]
    assert Client().post(address, form | {"target": "https://ailleurs.example/"}).status_code == 400


def test_a_webmention_that_comes_while_the_queue_is_gone_through_is_asked_to_come_again(
    archive: Archive, alpha: Workspace
) -> None:
    source = archive.sources.add(alpha.id, "webmention", "Mentions", {"hosts": ["cyclovent.example"]})
    address = f"/in/webmention/{pushes.token_of(pipeline(), source.source_id)}"
    form = {"source": "https://blog.example/billet", "target": "https://cyclovent.example/velo"}
    assert archive.sources.claim(source.source_id, now_ms() + 60_000)
    refused = Client().post(address, form)
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert archive.sources.get(source.source_id).cursor == {}
    archive.sources.release(source.source_id)
    assert Client().post(address, form).status_code == 202
    assert archive.sources.get(source.source_id).lease_until_ms == 0


TOPIC = "https://blog.example/feed.xml"
PING = b"""<rss version="2.0"><channel><title>B</title><item><guid>%s</guid><title>Le Cyclovent siffle</title></item>
</channel></rss>"""


@pytest.fixture
def feed(archive: Archive, alpha: Workspace) -> Source:
    """A feed whose hub knows us."""
    made = archive.sources.add(alpha.id, "feed", "Un flux", {"url": TOPIC})
    return archive.sources.change(made.source_id, cursor={"topic": TOPIC, "hub": "https://hub.example/", "mark": "old"})


def ping(source: Source, body: bytes, key: str = "") -> int:
    key = key or pushes.secret_of(pipeline(), source, TOPIC)
    signature = "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    address = f"/in/websub/{pushes.token_of(pipeline(), source.source_id)}"
    return Client().post(
        address, body, content_type="application/rss+xml", HTTP_X_HUB_SIGNATURE=signature
    ).status_code  # fmt: skip


def of_source(archive: Archive, source: Source) -> list[str]:
    rows = archive.search(source.workspace_id)
    return [row.post.title for row in rows if row.source_id == source.source_id]


def test_a_ping_while_a_poll_is_at_work_leaves_it_its_cursor_its_lease_and_its_time(
    archive: Archive, feed: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = now_ms() + 60_000
    assert archive.sources.claim(feed.source_id, lease)
    real = pushes.deliver

    def poll_ends_first(*given: object) -> object:
        archive.sources.change(feed.source_id, cursor={"topic": TOPIC, "mark": "new"}, next_due_ms=77)
        return real(*given)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(pushes, "deliver", poll_ends_first)
    assert ping(feed, PING % uuid.uuid4().hex.encode()) == 200
    after = archive.sources.get(feed.source_id)
    assert (after.cursor["mark"], after.lease_until_ms, after.next_due_ms) == ("new", lease, 77)
    assert of_source(archive, feed) == ["Le Cyclovent siffle"]


def test_a_forged_ping_is_received_and_writes_nothing(archive: Archive, feed: Source) -> None:
    assert ping(feed, PING % b"1", key="not the secret") == 200
    assert of_source(archive, feed) == []


def test_the_lease_a_hub_grants_is_noted_beside_what_a_poll_wrote_meanwhile(archive: Archive, feed: Source) -> None:
    address = f"/in/websub/{pushes.token_of(pipeline(), feed.source_id)}"
    query = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "abc", "hub.lease_seconds": "1000"}
    answer = Client().get(address, query)
    assert (answer.status_code, answer.content) == (200, b"abc")
    cursor = archive.sources.get(feed.source_id).cursor
    assert cursor["mark"] == "old"
    assert isinstance(cursor["renew_ms"], int)
