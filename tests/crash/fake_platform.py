"""A platform over HTTP that keeps what it took and is unwell in every way a platform can be.

POST /?key=…&text=… takes a message, as a seeded die says: well, or it cuts the connection before or after it took the
message, answers 5xx before or after, answers too late, or 429. GET /?key=… says whether it is there; sometimes it
cannot be read. It refuses no second message with the same key: doubles must show.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

WAYS = {
    "well": 60, "cut_before": 5, "cut_after": 8, "error_before": 5, "error_after": 8, "late": 4, "wait": 6, "refuse": 4,
}  # fmt: skip
LATE_SECONDS = 0.4  # longer than the client waits; the message is taken at the end of it
UNREADABLE = 0.2


class FakePlatform(ThreadingHTTPServer):
    """taken: how often each key was taken; ways: how often each fate befell a message."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, seed: int, *, well: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.rng, self.lock, self.well = random.Random(seed), threading.Lock(), well
        self.taken: Counter[str] = Counter()
        self.ways: Counter[str] = Counter()
        self.refused: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def way(self) -> tuple[str, float]:
        """The fate of a message, and how long it takes."""
        with self.lock:
            way = "well" if self.well else self.rng.choices(list(WAYS), list(WAYS.values()))[0]
            self.ways[way] += 1
            return way, self.rng.uniform(0.0, 0.03)

    def take(self, key: str) -> None:
        with self.lock:
            self.taken[key] += 1

    def handle_error(self, request: object, client_address: object) -> None:
        """Killed clients are what this is about."""


class Handler(BaseHTTPRequestHandler):
    server: FakePlatform

    def key(self) -> str:
        return parse_qs(urlsplit(self.path).query)["key"][0]

    def do_POST(self) -> None:
        key = self.key()
        way, seconds = self.server.way()
        time.sleep(LATE_SECONDS if way == "late" else seconds)
        if way == "refuse":
            self.server.refused.add(key)
        if way in ("well", "cut_after", "error_after", "late"):
            self.server.take(key)
        time.sleep(seconds)
        if way in ("cut_before", "cut_after"):
            self.close_connection = True
            self.connection.close()
            return
        self.answer({"error_before": 502, "error_after": 500, "wait": 429, "refuse": 422}.get(way, 200), {"at": key})

    def do_GET(self) -> None:
        if not self.server.well and self.server.rng.random() < UNREADABLE:
            self.answer(503, {})
        else:
            self.answer(200 if self.server.taken[self.key()] else 404, {})

    def answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def platform(seed: int, *, well: bool = False) -> Iterator[FakePlatform]:
    server = FakePlatform(seed, well=well)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
