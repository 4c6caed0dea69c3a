"""Streams of lines, WebSockets and mail: the same guard, the same caps, clear endings."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from websockets.sync.server import ServerConnection, serve

from palabre.clock import FixedClock
from palabre.errors import BlockedError, FetchError, PalabreError, ThrottledError
from palabre.net import Net
from palabre.net.lines import split_lines
from palabre.settings import Settings

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def refused(call: Any) -> PalabreError:
    with pytest.raises(PalabreError) as caught:
        call()
    return caught.value


def test_lines_come_as_the_server_sent_them(web: Any, net: Net) -> None:
    web.routes["/s"] = HEAD + "event: update\r\ndata: été\n\n:thump\nlast".encode()
    assert list(net.lines(f"{web.url}/s")) == [b"event: update", "data: été".encode(), b"", b":thump", b"last"]
    assert net.counters(web.netloc).bytes_received == 39


def test_a_compressed_stream_is_read(web: Any, net: Net) -> None:
    web.routes["/s"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b'{"a":1}\n' * 1000))
    assert len(list(net.lines(f"{web.url}/s"))) == 1000


def test_a_compressed_stream_that_swells_is_cut(web: Any, net: Net) -> None:
    web.routes["/s"] = (200, {"Content-Encoding": "gzip"}, gzip.compress((b"a" * 999 + b"\n") * 30_000))
    assert refused(lambda: sum(1 for _ in net.lines(f"{web.url}/s"))).key == "net.bomb"


def test_a_line_without_end_is_cut(web: Any, net: Net) -> None:
    web.routes["/s"] = HEAD + b"a" * 3_000_000
    assert refused(lambda: list(net.lines(f"{web.url}/s", line_bytes_max=1_000_000))).key == "net.line_too_long"


def test_silence_is_told(web: Any, net: Net) -> None:
    web.routes["/s"] = lambda: time.sleep(1) or b""
    assert refused(lambda: list(net.lines(f"{web.url}/s", idle_seconds=0.1))).key in ("net.idle", "net.timeout")


@pytest.mark.parametrize(("status", "key"), [(401, "net.status_401"), (404, "net.status_404"), (500, "net.status")])
def test_a_refused_stream_is_an_error(web: Any, net: Net, status: int, key: str) -> None:
    web.routes["/s"] = (status, {}, b"")
    assert refused(lambda: list(net.lines(f"{web.url}/s"))).key == key


def test_a_throttled_stream_says_until_when_and_a_redirect_is_followed(web: Any, net: Net) -> None:
    web.routes |= {"/r": (307, {"Location": "/s"}, b""), "/s": (200, {}, b"a\n")}
    assert list(net.lines(f"{web.url}/r")) == [b"a"]
    web.routes["/s"] = (429, {"Retry-After": "60"}, b"")
    error = refused(lambda: list(net.lines(f"{web.url}/s")))
    assert isinstance(error, ThrottledError)
    assert error.retry_after == 60


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_do_not_depend_on_how_bytes_arrive(size: int) -> None:
    data = b"a\r\n\nbc\nlong line\r\n\r\nend"
    chunks = (data[place : place + size] for place in range(0, len(data), size))
    assert list(split_lines(chunks, 100)) == [b"a", b"", b"bc", b"long line", b"", b"end"]


@pytest.fixture
def echo() -> Iterator[int]:
    """A WebSocket server: sends text, then bytes, then whatever it hears, then closes at "bye"."""

    def talk(peer: ServerConnection) -> None:
        peer.send("bonjour")
        peer.send(b"\x00\xff")
        for message in peer:
            if message == "bye":
                return
            peer.send(b"x" * 100_000 if message == "big" else message)

    with serve(talk, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.socket.getsockname()[1]


def test_a_websocket_carries_text_and_bytes_and_says_when_it_ends(echo: int, clock: FixedClock) -> None:
    with Net(Settings(allowed_hosts_private=f"127.0.0.1:{echo}"), clock) as net:
        with net.websocket(f"ws://127.0.0.1:{echo}/x?y=1", headers={"X-A": "b"}) as wire:
            assert [wire.receive(1), wire.receive(1), wire.receive(0.02)] == ["bonjour", b"\x00\xff", None]
            wire.send("hé")
            assert wire.receive(1) == "hé"
            wire.send("bye")
            assert refused(lambda: wire.receive(1)).key == "net.closed"
        assert net.counters(f"127.0.0.1:{echo}").bytes_received == 11


def test_a_message_over_the_limit_closes_the_socket(echo: int, clock: FixedClock) -> None:
    settings = Settings(allowed_hosts_private=f"127.0.0.1:{echo}", message_bytes_max=50_000)
    with Net(settings, clock) as net, net.websocket(f"ws://127.0.0.1:{echo}/") as wire:
        wire.receive(1), wire.receive(1)
        wire.send("big")
        assert refused(lambda: wire.receive(1)).key == "net.closed"


@pytest.mark.parametrize(
    "url", ["ws://127.0.0.1:{port}/", "ws://localhost/", "ws://[::1]/", "http://example.org/", "ws://10.0.0.1/"]
)
def test_a_websocket_goes_through_the_guard(echo: int, clock: FixedClock, url: str) -> None:
    with Net(Settings(), clock) as net:
        error = refused(lambda: net.websocket(url.format(port=echo)).__enter__())
    assert isinstance(error, BlockedError)


def test_a_refused_handshake_is_an_error(web: Any, net: Net) -> None:
    web.routes |= {"/ws": (403, {}, b""), "/busy": (429, {"Retry-After": "30"}, b"")}
    base = f"ws://{web.netloc}"
    assert refused(lambda: net.websocket(f"{base}/ws").__enter__()).key == "net.status_403"
    assert refused(lambda: net.websocket(f"{base}/busy").__enter__()).retry_after == 30


@pytest.fixture
def imap() -> Iterator[int]:
    """Just enough of IMAP to greet, list capabilities, log in and out."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(peer: socket.socket) -> None:
        with suppress(OSError, ValueError), peer, peer.makefile("rwb", buffering=0) as wire:
            wire.write(b"* OK ready\r\n")
            for line in wire:
                tag, verb = line.split()[:2]
                extra = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n", b"SELECT": b"* 0 EXISTS\r\n"}.get(
                    verb.upper(), b""
                )
                wire.write(extra + tag + b" OK done\r\n")

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def test_a_mailbox_opens_on_a_guarded_socket(imap: int, clock: FixedClock) -> None:
    with Net(Settings(allowed_hosts_private=f"127.0.0.1:{imap}"), clock) as net:
        mailbox = net.imap("127.0.0.1", imap, tls="none")
        assert mailbox.login("ana", "secret").login_result[0] == "OK"
        mailbox.client.shutdown()
        for tls in ("tls", True, "", "nonsense"):  # what we do not know is never in clear
            assert refused(lambda tls=tls: net.imap("127.0.0.1", imap, tls=tls)).key in ("net.tls", "net.broken_answer")


@pytest.mark.parametrize(
    ("host", "port", "tls", "key"),
    [
        ("127.0.0.1", 993, "tls", "net.blocked_address"),
        ("localhost", 143, "starttls", "net.blocked_address"),
        ("10.0.0.1", 993, True, "net.blocked_address"),
        ("mail.example.org", 25, "tls", "net.blocked_port"),
        ("mail.example.org", 143, "none", "net.plain_login"),
        ("mail.example.org", 143, False, "net.plain_login"),
        ("0x7f000001", 993, "tls", "net.bad_url"),
        ("a b", 993, "tls", "net.bad_url"),
    ],
)
def test_mail_goes_through_the_guard_and_never_in_clear(
    clock: FixedClock, host: str, port: int, tls: str | bool, key: str
) -> None:
    with Net(Settings(), clock) as net:
        error = refused(lambda: net.imap(host, port, tls))
    assert isinstance(error, FetchError)
    assert error.key == key
