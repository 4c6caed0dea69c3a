"""snac: a small ActivityPub server with a Mastodon API. Debian: snac2 (bookworm-backports, trixie)."""

from __future__ import annotations

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .process import free_port, need, running, wait_for_port


@dataclass(frozen=True)
class Snac:
    """A server with two accounts: alice (whose token ``post`` uses) and bob."""

    url: str
    port: int
    tokens: dict[str, str]

    def post(self, text: str, *, by: str = "alice", **options: str) -> dict[str, Any]:
        """Publishes a status; options as in POST /api/v1/statuses."""
        return self.call("POST", "/api/v1/statuses", by, status=text, **options)

    def delete(self, status_id: str, *, by: str = "alice") -> None:
        self.call("DELETE", f"/api/v1/statuses/{status_id}", by)

    def call(self, method: str, path: str, by: str, **form: str) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            data=urllib.parse.urlencode(form).encode() if form else None,
            method=method,
            headers={"Authorization": f"Bearer {self.tokens[by]}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            body = answer.read()
        found: dict[str, Any] = json.loads(body) if body.strip() else {}
        return found


@contextmanager
def snac(folder: Path) -> Iterator[Snac]:
    program, port = need("snac"), free_port()
    base = folder / "snac"
    answers = f"127.0.0.1\n{port}\n127.0.0.1:{port}\n\nadmin@example.org\n"
    subprocess.run([program, "init", str(base)], input=answers.encode(), check=True, capture_output=True)
    settings = base / "server.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"protocol": "http"}))
    passwords = {name: add_user(program, base, name) for name in ("alice", "bob")}
    with running([program, "httpd", str(base)], folder) as process:
        wait_for_port(port, process)
        url = f"http://127.0.0.1:{port}"
        yield Snac(url, port, {name: sign_in(url, name, password) for name, password in passwords.items()})


def add_user(program: str, base: Path, name: str) -> str:
    """Adds an account; snac prints the password it chose."""
    done = subprocess.run([program, "adduser", str(base), name], input=b"\n", check=True, capture_output=True)
    return (done.stdout + done.stderr).decode().rsplit(" is ", 1)[-1].split()[0].strip(".'\"")


def sign_in(url: str, name: str, password: str) -> str:
    """A token by the code form, as a browser would get it."""
    form = {"client_name": "test", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write"}
    client = post_form(f"{url}/api/v1/apps", form)
    grant = {
        "login": name,
        "passwd": password,
        "redir": "urn:ietf:wg:oauth:2.0:oob",
        "cid": client["client_id"],
        "state": "",
    }
    page = post_text(f"{url}/oauth/x-snac-login", grant)
    code = page.strip().split("code=")[-1].split("&")[0].split("<")[0].strip()
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
        "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
    }
    token: str = post_form(f"{url}/oauth/token", asked)["access_token"]
    return token


def post_text(url: str, form: dict[str, str]) -> str:
    with urllib.request.urlopen(url, data=urllib.parse.urlencode(form).encode(), timeout=20) as answer:
        text: str = answer.read().decode()
        return text


def post_form(url: str, form: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(post_text(url, form))
    return found
