"""The guard at the door: resolve once, judge every answer, dial the address that was judged.

Checking a URL before the call is not enough: the name can be resolved again to another address (DNS rebinding) and a
redirect can lead elsewhere. So the judgement sits where the connection is made: HTTP, WebSocket, IMAP and SMTP alike.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from palabre.errors import BlockedError, FetchError
from palabre.net.addresses import is_public

WEB_PORTS = frozenset({80, 443})
MAIL_PORTS = frozenset({143, 993})
SUBMISSION_PORTS = frozenset({25, 465, 587})
DIAL_MAX = 4  # addresses of one name that are tried

Resolver = Callable[[str, int], Sequence[str]]


def system_resolve(host: str, port: int) -> list[str]:
    """Every address the system's resolver gives, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """named: the (host, port) pairs the owner of this machine allows by name, private or not; judge: see is_public."""

    def __init__(
        self,
        named: frozenset[tuple[str, int]] = frozenset(),
        *,
        resolve: Resolver = system_resolve,
        judge: Callable[[str], bool] = is_public,
    ) -> None:
        self.named = named
        self.resolve = resolve
        self.judge = judge

    def is_named(self, host: str, port: int) -> bool:
        return (host, port) in self.named

    def addresses(self, host: str, port: int, ports: frozenset[int] = WEB_PORTS) -> tuple[str, ...]:
        """The addresses that may be dialled. One bad answer among good ones refuses them all (BlockedError)."""
        named = self.is_named(host, port)
        if not named and port not in ports:
            raise BlockedError("net.blocked_port", host=host, port=port)
        try:
            answers = tuple(self.resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise FetchError("net.unknown_host", host=host) from error
        if not answers:
            raise FetchError("net.unknown_host", host=host)
        if not named and not all(self.judge(address) for address in answers):
            raise BlockedError("net.blocked_address", host=host, port=port)
        return answers[:DIAL_MAX]

    def connect(self, host: str, port: int, seconds: float, ports: frozenset[int] = WEB_PORTS) -> socket.socket:
        """A connected socket to a judged address, for WebSocket, IMAP and SMTP. seconds: for all addresses together."""
        addresses = self.addresses(host, port, ports)
        for place, address in enumerate(addresses):
            try:
                return socket.create_connection((address, port), timeout=seconds / len(addresses))
            except OSError as error:
                if place == len(addresses) - 1:
                    raise FetchError("net.unreachable", host=host, reason=error.strerror or "timeout") from error
        raise AssertionError("addresses() gives at least one")
