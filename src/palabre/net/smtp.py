"""SMTP through the guard: the standard library's client on a connection whose socket we dialled.

A server answers for a message once its last dot has come (RFC 5321 §4.5.3.2.6): a connection that breaks after that dot
was sent leaves it unknown, one that breaks earlier does not. ``step`` of the errors says which: "connect" or "answer".
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from palabre.errors import BlockedError, FetchError
from palabre.net.guard import SUBMISSION_PORTS
from palabre.net.mail import mail_host

if TYPE_CHECKING:
    from palabre.net.client import Net

SAID_CHARS_MAX = 200


class GuardedSmtp(smtplib.SMTP):
    """smtplib on a socket that is dialled by the guard; in TLS from the first byte where that is asked."""

    def __init__(self, net: Net, host: str, port: int, kind: str) -> None:
        self.net, self.kind = net, kind
        super().__init__(timeout=net.settings.read_seconds, local_hostname="[127.0.0.1]")  # no name of ours
        self._host = host  # the name starttls() checks the certificate against
        self.connect(host, port)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        bare = self.net.guard.connect(host, port, self.net.settings.connect_seconds, SUBMISSION_PORTS)
        bare.settimeout(timeout)
        return self.net.transport.tls.wrap_socket(bare, server_hostname=host) if self.kind == "tls" else bare


class Post:
    """A signed-in connection that takes messages."""

    def __init__(self, client: smtplib.SMTP, host: str) -> None:
        self.client = client
        self.host = host

    def login(self, user: str, password: str) -> None:
        """FetchError ``net.smtp_login`` when it is refused. A relay that asks for no sign-in gets no password."""
        with self.spoken("connect"):
            self.client.ehlo_or_helo_if_needed()
            if not self.client.has_extn("auth"):
                return
            try:
                self.client.login(user, password)
            except smtplib.SMTPAuthenticationError as error:
                raise self.refused("net.smtp_login", error.smtp_code, error.smtp_error) from error

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> None:
        """One message to all of these, or to none: FetchError ``net.smtp_refused`` (code, said), permanent for a 5xx.

        net.broken_answer and net.timeout with step "answer": nobody can tell whether it was taken.
        """
        with self.spoken("connect"):
            self.client.ehlo_or_helo_if_needed()
            self.command(*self.client.mail(sender, self.options(message)))
            for recipient in recipients:
                self.command(*self.client.rcpt(recipient))
            self.command(*self.client.docmd("DATA"), expected=354)
        with self.spoken("answer"):
            self.client.send(dotted(message))
            self.command(*self.client.getreply())

    def options(self, message: bytes) -> list[str]:
        """Extensions of MAIL FROM that this server knows and this message can use."""
        known = self.client.esmtp_features
        size = [f"SIZE={len(message)}"] if "size" in known else []
        eight = ["BODY=8BITMIME"] if "8bitmime" in known and not message.isascii() else []
        return size + eight

    def command(self, code: int, said: bytes, expected: int = 250) -> None:
        if code != expected and not (expected == 250 and code == 251):
            raise self.refused("net.smtp_refused", code, said)

    def refused(self, key: str, code: int, said: bytes | str) -> FetchError:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        words = " ".join(text.split())[:SAID_CHARS_MAX]
        error = FetchError(key, host=self.host, code=code, said=words)
        error.permanent = not 400 <= code < 500
        return error

    @contextmanager
    def spoken(self, step: str) -> Iterator[None]:
        with translated(self.host, step, self.client.timeout or 0):
            yield


@contextmanager
def open_post(net: Net, host: str, port: int, tls: str) -> Iterator[Post]:
    """See ``Net.smtp``. In clear only to a host that the owner named: a password would cross the network."""
    name = mail_host(host)
    if tls == "none" and not net.guard.is_named(name, port):
        raise BlockedError("net.plain_login", host=f"{name}:{port}")
    netloc = f"{name}:{port}"
    with translated(netloc, "connect", net.settings.read_seconds):
        client = GuardedSmtp(net, name, port, tls)
        if tls == "starttls":
            client.starttls(context=net.transport.tls)
    try:
        yield Post(client, netloc)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            client.quit()


@contextmanager
def translated(host: str, step: str, seconds: float) -> Iterator[None]:
    """smtplib's exceptions as ours."""
    try:
        yield
    except ssl.SSLError as error:
        raise FetchError("net.tls", host=host, reason=error.reason or "", step=step) from error
    except TimeoutError as error:
        raise FetchError("net.timeout", host=host, seconds=seconds, step=step) from error
    except smtplib.SMTPServerDisconnected as error:  # it also wraps the timeouts of an answer
        key = "net.timeout" if "timed out" in str(error) else "net.broken_answer"
        raise FetchError(key, host=host, seconds=seconds, step=step) from error
    except smtplib.SMTPConnectError as error:
        raise FetchError("net.unreachable", host=host, reason=str(error.smtp_code), step=step) from error
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise FetchError("net.broken_answer", host=host, step=step) from error


def dotted(message: bytes) -> bytes:
    """The lines of a message as they cross the wire: CRLF, a dot before a leading dot, a dot alone at the end."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines) + b".\r\n"
