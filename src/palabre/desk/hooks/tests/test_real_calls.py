"""A signed webhook, the webhook of an alert and a line in a chat reach a server that listens, through the network
client of the house; the signatures are checked by the words of the specification, not by our own code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from palabre.desk.clock import CLOCK, now_ms
from palabre.desk.hooks import acts, calling, delivering, recording
from palabre.desk.hooks.models import DELIVERED, Delivery
from palabre.desk.inbox import access as inbox
from palabre.desk.reports import sealing, telling
from palabre.desk.reports.models import Alert, Firing
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.net import Net
from palabre.settings import Settings

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
Call = tuple[str, dict[str, str], bytes]


class Listener(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """It listens on loopback; the client may call it and nothing else of this machine."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    made.heard = []  # type: ignore[attr-defined]
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    with Net(
        Settings(allowed_hosts_private=f"127.0.0.1:{made.server_port}", host_interval_seconds=0.0), CLOCK
    ) as client:
        monkeypatch.setattr(calling, "net", lambda: client)
        monkeypatch.setattr(telling, "net", lambda: client)
        yield made
    made.shutdown()
    made.server_close()


def heard(server: ThreadingHTTPServer) -> list[Call]:
    return server.heard  # type: ignore[attr-defined, no-any-return]


def verified(call: Call, secret: str) -> bool:
    """Standard Webhooks, "Verifying signatures": HMAC-SHA256 of ``id.timestamp.body`` under the decoded secret."""
    _, headers, body = call
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [one.split(",", 1) for one in headers["webhook-signature"].split(" ")]
    fresh = abs(now_ms() / 1000 - int(headers["webhook-timestamp"])) < 300
    return fresh and any(version == "v1" and hmac.compare_digest(one, wanted) for version, one in given)


def test_an_event_arrives_signed_at_a_server_that_listens(
    alpha: Workspace, bob: User, server: ThreadingHTTPServer
) -> None:
    url = f"http://127.0.0.1:{server.server_port}/events"
    endpoint, secret = acts.make(Seat(alpha, bob, "owner"), "Ours", url, [], words=False)
    recording.record(alpha)
    case = inbox.by_hand(alpha, "A lamp", bob)
    recording.record(alpha)
    assert delivering.run() == 1
    [call] = heard(server)
    assert (call[0], verified(call, secret), verified(call, SECRET)) == ("/events", True, False)
    said = json.loads(call[2])
    assert (said["type"], said["data"]["case"]) == ("case.opened", case.uid)
    row = Delivery.objects.of(alpha).get(endpoint=endpoint)
    assert (row.state, call[1]["webhook-id"]) == (DELIVERED, row.event.uid)
    tampered = (call[0], call[1], call[2].replace(b"case.opened", b"case.closed"))
    assert not verified(tampered, secret)


def test_an_alert_arrives_signed_and_as_a_line_in_a_chat(
    alpha: Workspace, alice: User, server: ThreadingHTTPServer
) -> None:
    at = f"http://127.0.0.1:{server.server_port}"
    alert = Alert.objects.add(alpha, name="Late", kind="promise", lang="en", owner=alice, live_ms=1, made_ms=1)
    alert.hook, alert.chat = (
        sealing.sealed(f"{at}/alert", f"{alert.uid} hook"),
        sealing.sealed(f"{at}/chat", f"{alert.uid} chat"),
    )
    alert.hook_secret = sealing.sealed(SECRET, f"{alert.uid} secret")
    alert.save()
    Firing.objects.add(alpha, alert=alert, key="promise:1", title="alerts.says.promise",
                       params={"words": "Call back <b>@all</b>"}, at_ms=1, seen_ms=1)  # fmt: skip
    assert telling.run() == 1
    by_path = {call[0]: call for call in heard(server)}
    assert set(by_path) == {"/alert", "/chat"}
    assert verified(by_path["/alert"], SECRET)
    seen = json.loads(by_path["/alert"][2])
    assert (seen["type"], "Call back" in seen["data"]["seen"][0]["says"]) == ("alert.told", True)
    text = json.loads(by_path["/chat"][2])["text"]
    assert "Call back" in text
    assert "<b>" not in text
    assert "@all" not in text
    assert Firing.objects.of(alpha).get().state == "told"
