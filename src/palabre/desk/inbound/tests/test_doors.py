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
