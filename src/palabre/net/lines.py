"""Streams of lines: server-sent events and NDJSON, as long as the server talks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from palabre.errors import BlockedError, FetchError
from palabre.net.hosts import Host
from palabre.net.redirects import FOLLOWED, follow
from palabre.net.response import Headers, status_error
from palabre.net.transport import Answer, Call, Patience, inflated

if TYPE_CHECKING:
    from palabre.net.client import Net


def stream_lines(net: Net, call: Call, line_bytes_max: int, idle_seconds: float) -> Iterator[bytes]:
    """Lines of the stream a call opens; see ``Net.lines``."""
    patience = Patience(net.settings.connect_seconds, idle_seconds, idle_seconds)
    for _ in range(net.settings.redirects_max + 1):
        host = net.hosts.of(call.target.netloc)
        with net.hosts.turn(host, own=net.guard.is_named(call.target.host, call.target.port)):
            host.counters.requests += 1
        with counting_failures(net, host), net.transport.open(call, patience) as (status, headers, chunks):
            if status in FOLLOWED and "location" in headers:
                call = follow(call, Answer(status, headers))
                continue
            net.heed(host, Answer(status, headers))
            if status >= 400:
                raise status_error(status, call.target.url)
            yield from split_lines(content_of(host, headers, chunks, idle_seconds), line_bytes_max)
            return
    raise BlockedError("net.redirects", host=call.target.netloc, n=net.settings.redirects_max)


class counting_failures:
    """A connection that cannot be made counts against the host; one that ends later does not."""

    def __init__(self, net: Net, host: Host) -> None:
        self.net, self.host = net, host

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FetchError) and error.key in ("net.unreachable", "net.timeout", "net.unknown_host"):
            self.net.hosts.failed(self.host)


def content_of(host: Host, headers: Headers, chunks: Iterator[bytes], idle_seconds: float) -> Iterator[bytes]:
    """Decompressed chunks, counted; silence is FetchError ``net.idle``."""
    import httpcore

    try:
        for chunk in inflated(chunks, headers, 0, lambda: None):
            host.counters.bytes_received += len(chunk)
            yield chunk
    except httpcore.ReadTimeout as error:
        raise FetchError("net.idle", host=host.name, seconds=idle_seconds) from error


def split_lines(chunks: Iterator[bytes], line_bytes_max: int) -> Iterator[bytes]:
    """Lines without ``\\n`` or ``\\r\\n``. A line over the limit is FetchError ``net.line_too_long``."""
    rest = bytearray()
    for chunk in chunks:
        *whole, last = chunk.split(b"\n")
        for line in whole:
            rest += line
            yield checked(rest, line_bytes_max)
            rest = bytearray()
        rest += last
        checked(rest, line_bytes_max)
    if rest:
        yield checked(rest, line_bytes_max)


def checked(line: bytearray, limit: int) -> bytes:
    if len(line) > limit:
        raise FetchError("net.line_too_long", limit=limit)
    return bytes(line).removesuffix(b"\r")
