"""One exchange with a server: a request out, a capped and decompressed body back. No retries, no redirects here.

httpcore (the engine under httpx) does HTTP; its public ``network_backend`` seam is where our guard sits, so nothing of
httpx's private parts is touched, and no proxy or other setting is read from the environment.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import certifi
import httpcore

from palabre.clock import Clock
from palabre.errors import BlockedError, FetchError
from palabre.net.addresses import Target
from palabre.net.guard import Guard
from palabre.net.inflate import decoder
from palabre.net.response import Headers

FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
FIELD_VALUE_BAD = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
OURS = {
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "accept-encoding",
    "te",
    "upgrade",
    "proxy-authorization",
}
ERROR_BODY_BYTES = 65_536
CONNECTIONS_MAX = 64


@dataclass(frozen=True, slots=True)
class Call:
    """A request. headers: by lower-case name; cap_bytes: of the decompressed body, 0 for none; until_ms: it does not
    leave later, 0 for whenever."""

    method: str
    target: Target
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)
    cap_bytes: int = 0
    until_ms: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """status, headers and, unless the status is a redirect, the body."""

    status: int
    headers: Headers
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """connect, read: seconds for one step; total: for the whole exchange."""

    connect: float
    read: float
    total: float

    def extension(self) -> dict[str, dict[str, float]]:
        return {"timeout": {"connect": self.connect, "read": self.read, "write": self.read, "pool": self.total}}


@cache
def tls_context() -> ssl.SSLContext:
    """The system's authorities and certifi's, once a process: verification is never off."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by lower-case name, without those the client itself writes. BlockedError for one that could split."""
    kept = {}
    for name, value in headers.items():
        if not FIELD_NAME.fullmatch(name) or FIELD_VALUE_BAD.search(str(value)):
            raise BlockedError("net.bad_header", name=name[:40])
        if name.lower() not in OURS:
            kept[name.lower()] = str(value).strip()
    return kept


class GuardedBackend(httpcore.NetworkBackend):
    """httpcore's way to the network, through the guard."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.dialler = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Tries the judged addresses in turn; the last failure is the one raised."""
        addresses = self.guard.addresses(host, port)
        share = None if timeout is None else timeout / len(addresses)
        for address in addresses[:-1]:
            try:
                return self.dialler.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self.dialler.connect_tcp(addresses[-1], port, share, local_address, socket_options)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise BlockedError("net.bad_scheme", scheme="unix", known="http, https")


class Transport:
    """A pool of guarded connections, for many threads."""

    def __init__(self, guard: Guard, clock: Clock, patience: Patience) -> None:
        self.clock = clock
        self.patience = patience
        self.tls = tls_context()
        self.pool = self.pooled(guard, CONNECTIONS_MAX // 2)
        self.fresh = self.pooled(guard, 0)

    def pooled(self, guard: Guard, kept: int) -> httpcore.ConnectionPool:
        """kept: idle connections that are used again."""
        return httpcore.ConnectionPool(
            ssl_context=self.tls,
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=kept,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(guard),
        )

    def pool_for(self, method: str) -> httpcore.ConnectionPool:
        """What writes gets a new connection: a kept one may be closing at the other end, and then nobody could tell
        whether the request was taken (RFC 9110 §9.2.2)."""
        return self.pool if method in ("GET", "HEAD", "OPTIONS") else self.fresh

    def close(self) -> None:
        self.pool.close()
        self.fresh.close()

    def exchange(self, call: Call) -> Answer:
        """Sends and reads. FetchError or BlockedError with a key ``net.*``."""
        deadline = self.clock.monotonic() + self.patience.total
        with self.open(call, self.patience) as (status, headers, chunks):
            if drops_body(status):
                return Answer(status, headers)
            body = read_body(chunks, call, status, headers, lambda: self.late(deadline, call))
        return Answer(status, headers, body)

    def late(self, deadline: float, call: Call) -> None:
        if self.clock.monotonic() > deadline:
            raise FetchError("net.timeout", host=call.target.netloc, seconds=self.patience.total, step="answer")

    @contextmanager
    def open(self, call: Call, patience: Patience) -> Iterator[tuple[int, Headers, Iterator[bytes]]]:
        """The answer's head and its raw chunks; what goes wrong on the way is one of ours."""
        with translated(call.target.netloc, patience):
            answer = self.asked(call, patience)
            try:
                pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers]
                yield answer.status, Headers(pairs), answer.iter_stream()
            finally:
                answer.close()

    def asked(self, call: Call, patience: Patience) -> httpcore.Response:
        """Asks once more, on a new connection, where a kept one had been closed at the other end (RFC 9112 §9.3.1)."""
        dialled: list[str] = []
        request = wire_request(call, patience, lambda step, _: dialled.append(step) if "connect_tcp" in step else None)
        try:
            return self.pool_for(call.method).handle_request(request)
        except (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError):
            if dialled:
                raise
            return self.fresh.handle_request(request)


def wire_request(call: Call, patience: Patience, trace: Callable[[str, object], None]) -> httpcore.Request:
    target = call.target
    return httpcore.Request(
        call.method,
        httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
        headers=wire_headers(call),
        content=call.content or None,
        extensions={**patience.extension(), "trace": trace},
    )


def wire_headers(call: Call) -> list[tuple[bytes, bytes]]:
    pairs = {"host": call.target.netloc, "accept-encoding": "gzip", **call.headers}
    if call.content or call.method in ("POST", "PUT", "PATCH"):
        pairs["content-length"] = str(len(call.content))
    return [(name.encode("ascii"), value.encode("utf-8")) for name, value in pairs.items()]


def drops_body(status: int) -> bool:
    """Nobody reads the body of a redirect, and one can be a bomb."""
    return status in (204, 304) or 300 <= status < 400


def read_body(chunks: Iterator[bytes], call: Call, status: int, headers: Headers, tick: Callable[[], None]) -> bytes:
    """The body, decompressed and capped. Of an error page the first 64 KiB are enough: it never hides the error."""
    if call.method == "HEAD":
        return b""
    body = bytearray()
    try:
        for out in inflated(chunks, headers, call.cap_bytes if status < 400 else ERROR_BODY_BYTES, tick):
            body += out
    except FetchError:
        if status < 400:
            raise
    return bytes(body)


def inflated(chunks: Iterator[bytes], headers: Headers, limit: int, tick: Callable[[], None]) -> Iterator[bytes]:
    """Decompressed chunks. A length announced above the limit is refused before anything is read."""
    announced = headers.get("content-length", "")
    if limit and announced.isdecimal() and int(announced[:20]) > limit:
        raise BlockedError("net.too_large", limit=limit)
    inflate = decoder(headers.get("content-encoding", ""), limit)
    for chunk in chunks:
        tick()
        yield from inflate.feed(chunk)
    inflate.finish()


@contextmanager
def translated(host: str, patience: Patience) -> Iterator[None]:
    """httpcore's exceptions as ours. Only the host is named: the rest of a URL may hold a token. A timeout's ``step``
    says whether the request may have left: "connect", it did not; "answer", it may."""
    try:
        yield
    except (httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
        raise FetchError("net.timeout", host=host, seconds=patience.connect, step="connect") from error
    except httpcore.TimeoutException as error:
        raise FetchError("net.timeout", host=host, seconds=patience.read, step="answer") from error
    except httpcore.ConnectError as error:
        key = "net.tls" if "SSL" in str(error) or "CERTIFICATE" in str(error) else "net.unreachable"
        raise FetchError(key, host=host, reason=str(error)[:120]) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchError("net.broken_answer", host=host) from error
    except httpcore.UnsupportedProtocol as error:
        raise BlockedError("net.bad_scheme", scheme="?", known="http, https") from error
