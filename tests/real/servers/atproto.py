"""AT Protocol: a directory (PLC) and a data server (PDS) from npm's @atproto/dev-env, made by `./run servers`."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .process import SERVERS, free_port, need_path, running, wait_for_page, wait_for_port

START = """
import {{ TestNetworkNoAppView }} from '@atproto/dev-env'
const network = await TestNetworkNoAppView.create({{
  plc: {{ port: {plc} }},
  pds: {{ port: {pds}, hostname: 'localhost', enableDidDocWithSession: true }},
}})
console.log('ready', network.pds.url)
"""


@dataclass(frozen=True)
class Pds:
    """A data server with the account alice.test."""

    url: str
    port: int
    did: str
    token: str

    def call(self, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        return call(self.url, name, fields, self.token)

    def post(self, text: str, **more: Any) -> dict[str, Any]:
        """A record of app.bsky.feed.post; the answer holds its uri and cid."""
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-21T10:00:00.000Z", **more}
        return self.call(
            "com.atproto.repo.createRecord", {"repo": self.did, "collection": "app.bsky.feed.post", "record": record}
        )

    def delete(self, uri: str) -> None:
        key = uri.rsplit("/", 1)[-1]
        self.call("com.atproto.repo.deleteRecord", {"repo": self.did, "collection": "app.bsky.feed.post", "rkey": key})


def call(url: str, name: str, fields: dict[str, Any], token: str = "") -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(
        f"{url}/xrpc/{name}", data=json.dumps(fields).encode(), method="POST", headers=headers
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
    found: dict[str, Any] = json.loads(body) if body.strip() else {}
    return found


@contextmanager
def atproto(folder: Path) -> Iterator[Pds]:
    packages = need_path(SERVERS / "atproto" / "node_modules" / "@atproto" / "dev-env").parents[2]
    node = need_path(SERVERS / "node22" / "node_modules" / "node" / "bin" / "node")
    plc, pds = free_port(), free_port()
    script = packages / f"start-{pds}.mjs"
    script.write_text(START.format(plc=plc, pds=pds))
    try:
        with running([str(node.resolve()), str(script)], folder, {"NODE_ENV": "test"}) as process:
            wait_for_port(pds, process, 120)
            url = f"http://localhost:{pds}"
            wait_for_page(f"{url}/xrpc/_health")
            account = {"handle": "alice.test", "email": "alice@example.org", "password": "a-password"}
            made = call(url, "com.atproto.server.createAccount", account)
            yield Pds(url, pds, made["did"], made["accessJwt"])
    finally:
        script.unlink(missing_ok=True)
