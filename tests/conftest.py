"""A small web server on loopback that says exactly what a test wants to hear, and a Net that may call it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from palabre.clock import FixedClock
from palabre.net import Net
from palabre.settings import Settings

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Web:
    """routes: path → reply, raw bytes of a whole answer, or a function for either; asked: (method, path, headers)."""

    server: ThreadingHTTPServer
    routes: dict[str, Reply | bytes | Callable[[], Reply | bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked if path != "/robots.txt"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        return

    def answer(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        web.asked.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
        web.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        found = web.routes.get(self.path.partition("?")[0], (404, {}, b""))
        reply = found() if callable(found) else found
        if isinstance(reply, bytes):
            self.close_connection = True
            self.wfile.write(reply)
            return
        status, headers, body = reply
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status not in (204, 304) and self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = answer


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        return  # a client that hangs up on a bomb is what the tests want


@pytest.fixture
def web() -> Iterator[Web]:
    server = QuietServer(("127.0.0.1", 0), Handler)
    server.web = Web(server)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.web  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


@pytest.fixture
def net(web: Web, clock: FixedClock) -> Iterator[Net]:
    """A Net that may call ``web`` and nothing else of this machine; its clock stands still."""
    with Net(Settings(allowed_hosts_private=web.netloc), clock) as made:
        yield made
