"""WebSockets through the guard: the socket is dialled by us and handed to the library, which reads no proxy."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from palabre.errors import FetchError
from palabre.net.addresses import Target, parse_target
from palabre.net.hosts import Host
from palabre.net.response import Headers, status_error
from palabre.net.transport import Answer, checked_headers

if TYPE_CHECKING:
    from palabre.net.client import Net


class Socket:
    """One open WebSocket. Text frames come as str, binary frames as bytes."""

    def __init__(self, connection: ClientConnection, host: Host) -> None:
        self.connection = connection
        self.host = host

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """The next message; None after ``timeout`` seconds without one. FetchError ``net.closed`` when it ended."""
        try:
            message = self.connection.recv(timeout)
        except TimeoutError:
            return None
        except ConnectionClosed as error:
            raise closed(self.host, error) from error
        self.host.counters.bytes_received += len(message)
        return message

    def send(self, data: str | bytes) -> None:
        """Sends one message; FetchError ``net.closed`` when the socket ended."""
        try:
            self.connection.send(data)
        except ConnectionClosed as error:
            raise closed(self.host, error) from error


def closed(host: Host, error: ConnectionClosed) -> FetchError:
    code = error.rcvd.code if error.rcvd else error.sent.code if error.sent else 1006
    return FetchError("net.closed", host=host.name, code=code)


@contextmanager
def open_socket(net: Net, url: str, headers: Mapping[str, str], subprotocols: Sequence[str]) -> Iterator[Socket]:
    """See ``Net.websocket``. A redirect is not followed: it is an answer like any other refusal."""
    target = parse_target(url, ("ws", "wss"))
    host = net.hosts.of(target.netloc)
    with ExitStack() as stack:
        with net.hosts.turn(host, own=net.guard.is_named(target.host, target.port)):
            host.counters.requests += 1
            with counted(net, target, host):
                connection = stack.enter_context(dial(net, target, checked_headers(headers), subprotocols))
        yield Socket(connection, host)


@contextmanager
def counted(net: Net, target: Target, host: Host) -> Iterator[None]:
    """What goes wrong in a handshake is one of our errors, and counts against the host."""
    try:
        yield
    except InvalidStatus as error:
        answer = Answer(error.response.status_code, Headers(list(error.response.headers.raw_items())))
        net.heed(host, answer)
        raise status_error(answer.status, target.url) from error
    except ssl.SSLError as error:
        net.hosts.failed(host)
        raise FetchError("net.tls", host=target.netloc, reason=error.reason or "") from error
    except TimeoutError as error:
        net.hosts.failed(host)
        raise FetchError("net.timeout", host=target.netloc, seconds=net.settings.connect_seconds) from error
    except (InvalidHandshake, OSError, EOFError) as error:
        net.hosts.failed(host)
        raise FetchError("net.broken_answer", host=target.netloc) from error


def dial(
    net: Net, target: Target, headers: Mapping[str, str], subprotocols: Sequence[str]
) -> AbstractContextManager[ClientConnection]:
    """The library's connection on a socket of ours; entering it shakes hands, leaving it closes."""
    sock = net.guard.connect(target.host, target.port, net.settings.connect_seconds)
    return connect(
        target.url,
        sock=sock,
        ssl=net.transport.tls if target.secure else None,
        server_hostname=target.host if target.secure else None,
        additional_headers=dict(headers),
        user_agent_header=None if "user-agent" in headers else net.user_agent(),
        subprotocols=list(subprotocols) or None,  # type: ignore[arg-type]  # a NewType of str
        compression=None,  # a compressed frame could inflate before it is measured
        proxy=None,
        open_timeout=net.settings.read_seconds,
        max_size=net.settings.message_bytes_max,
    )
