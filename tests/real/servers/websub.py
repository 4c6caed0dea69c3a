"""A WebSub hub (Flask-WebSub) and a topic that names it, in an environment of its own made by `./run servers`."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from .process import SERVERS, free_port, need, need_path, running, wait_for_port

HUB = """
from celery import Celery
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
app = Flask(__name__)
app.config.update(SERVER_NAME='127.0.0.1:{hub}', PUBLISH_SUPPORTED=True)
celery = Celery('hub', broker='redis://127.0.0.1:{redis}/0')
hub = Hub(SQLite3HubStorage('{folder}/hub.sqlite3'), celery, PUBLISH_SUPPORTED=True, SIGNATURE_ALGORITHM='sha256')
app.register_blueprint(hub.build_blueprint(url_prefix='/hub'))
if __name__ == '__main__':
    app.run('127.0.0.1', {hub})
"""


@dataclass
class Topic:
    """A feed on its own port whose answers name the hub; ``body`` is what it serves now."""

    url: str
    hub: str
    body: bytes

    def publish(self) -> None:
        """Tells the hub that the topic has changed."""
        form = urllib.parse.urlencode({"hub.mode": "publish", "hub.topic": self.url, "hub.url": self.url}).encode()
        urllib.request.urlopen(self.hub, data=form, timeout=20).close()


@contextmanager
def topic(hub: str) -> Iterator[Topic]:
    made = Topic("", hub, b"")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Link", f'<{made.hub}>; rel="hub"')
            self.send_header("Link", f'<{made.url}>; rel="self"')
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}/feed.xml"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()


@contextmanager
def websub(folder: Path) -> Iterator[Topic]:
    python = need_path(SERVERS / "websub" / "bin" / "python")
    redis, hub = free_port(), free_port()
    (folder / "hub.py").write_text(HUB.format(hub=hub, redis=redis, folder=folder))
    queue = [need("redis-server"), "--port", str(redis), "--bind", "127.0.0.1", "--save", ""]
    worker = [str(python), "-m", "celery", "-A", "hub.celery", "worker", "-c", "1", "--pool", "solo"]
    with running(queue, folder) as first:
        wait_for_port(redis, first)
        with running([str(python), "hub.py"], folder) as second, running(worker, folder):
            wait_for_port(hub, second)
            with topic(f"http://127.0.0.1:{hub}/hub") as made:
                yield made
