"""Synapse: the Matrix homeserver, in an environment of its own made by `./run servers`."""

from __future__ import annotations

import json
import subprocess
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .process import SERVERS, free_port, need_path, running, wait_for_page, wait_for_port

CONFIG = """
server_name: localhost
pid_file: {folder}/synapse.pid
listeners:
  - {{port: {port}, bind_addresses: ["127.0.0.1"], type: http, tls: false, resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: "{folder}/synapse.db"}}}}
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
registration_shared_secret: shared-secret
report_stats: false
trusted_key_servers: []
suppress_key_server_warning: true
macaroon_secret_key: macaroon-secret
form_secret: form-secret
rc_message: {{per_second: 1000, burst_count: 1000}}
"""


@dataclass(frozen=True)
class Synapse:
    """A homeserver with the users alice and marque; tokens by name."""

    url: str
    port: int
    tokens: dict[str, str]

    def call(self, method: str, path: str, by: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}/_matrix/client/v3/{path}",
            data=json.dumps(fields).encode() if fields is not None else None,
            method=method,
            headers={"Authorization": f"Bearer {self.tokens[by]}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found

    def room(self, name: str) -> str:
        """A public room made by alice, which marque has joined; its id."""
        made = self.call("POST", "createRoom", "alice", {"name": name, "preset": "public_chat"})
        room: str = made["room_id"]
        self.call("POST", f"join/{urllib.parse.quote(room)}", "marque", {})
        return room

    def send(self, room: str, content: dict[str, Any], by: str = "alice") -> str:
        path = f"rooms/{urllib.parse.quote(room)}/send/m.room.message/{uuid.uuid4().hex}"
        event: str = self.call("PUT", path, by, content)["event_id"]
        return event

    def redact(self, room: str, event: str) -> None:
        path = f"rooms/{urllib.parse.quote(room)}/redact/{urllib.parse.quote(event)}/{uuid.uuid4().hex}"
        self.call("PUT", path, "alice", {})


@contextmanager
def synapse(folder: Path) -> Iterator[Synapse]:
    binaries = need_path(SERVERS / "synapse" / "bin")
    port, config = free_port(), folder / "homeserver.yaml"
    config.write_text(CONFIG.format(folder=folder, port=port))
    python, options = str(binaries / "python"), ["-m", "synapse.app.homeserver", "-c", str(config)]
    subprocess.run([python, *options, "--generate-keys"], check=True, capture_output=True, cwd=folder)
    with running([python, *options], folder) as process:
        wait_for_port(port, process)
        url = f"http://127.0.0.1:{port}"
        wait_for_page(f"{url}/_matrix/client/versions")
        yield Synapse(url, port, {name: register(binaries, config, url, name) for name in ("alice", "marque")})


def register(binaries: Path, config: Path, url: str, name: str) -> str:
    """A new user; the access token of a first sign-in."""
    command = [str(binaries / "register_new_matrix_user"), "-u", name, "-p", "password", "--no-admin"]
    subprocess.run([*command, "-c", str(config), url], check=True, capture_output=True)
    fields = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name}, "password": "password"}
    request = urllib.request.Request(
        f"{url}/_matrix/client/v3/login",
        data=json.dumps(fields).encode(),
        method="POST",
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        token: str = json.loads(answer.read())["access_token"]
        return token
