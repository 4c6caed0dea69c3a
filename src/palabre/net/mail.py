"""IMAP through the guard: imap-tools on a connection whose socket we dialled."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

from imap_tools import BaseMailBox

from palabre.errors import BlockedError, FetchError
from palabre.net.addresses import checked_host
from palabre.net.guard import MAIL_PORTS

if TYPE_CHECKING:
    from palabre.net.client import Net

Dial = Callable[[], socket.socket]


class GuardedImap(imaplib.IMAP4):
    """imaplib on a socket made by ``dial``."""

    def __init__(self, host: str, port: int, dial: Dial, seconds: float) -> None:
        self.dial = dial
        super().__init__(host, port, seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self.dial()


class Mailbox(BaseMailBox):
    """imap-tools on that connection; log in with ``.login(user, password)``."""

    def __init__(self, connect: Callable[[], imaplib.IMAP4]) -> None:
        self.connect = connect
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self.connect()


def open_mailbox(net: Net, host: str, port: int, tls: str | bool) -> BaseMailBox:
    """See ``Net.imap``. In clear only to a host that the owner named: a password would cross the network."""
    kind = {"none": "none", "False": "none", "starttls": "starttls"}.get(str(tls), "tls")
    name = mail_host(host)
    if kind == "none" and not net.guard.is_named(name, port):
        raise BlockedError("net.plain_login", host=f"{name}:{port}")
    context = net.transport.tls

    def dial() -> socket.socket:
        bare = net.guard.connect(name, port, net.settings.connect_seconds, MAIL_PORTS)
        bare.settimeout(net.settings.read_seconds)
        return context.wrap_socket(bare, server_hostname=name) if kind == "tls" else bare

    def connect() -> imaplib.IMAP4:
        client = GuardedImap(name, port, dial, net.settings.read_seconds)
        if kind == "starttls":
            client.starttls(context)
        return client

    return opened(connect, f"{name}:{port}", net.settings.read_seconds)


def opened(connect: Callable[[], imaplib.IMAP4], host: str, seconds: float) -> Mailbox:
    try:
        return Mailbox(connect)
    except ssl.SSLError as error:
        raise FetchError("net.tls", host=host, reason=error.reason or "") from error
    except TimeoutError as error:
        raise FetchError("net.timeout", host=host, seconds=seconds) from error
    except (imaplib.IMAP4.error, OSError) as error:
        raise FetchError("net.broken_answer", host=host) from error


def mail_host(host: str) -> str:
    try:
        return checked_host(host.strip().strip("[]"))
    except (ValueError, UnicodeError) as error:
        raise BlockedError("net.bad_url", url=host[:80]) from error
