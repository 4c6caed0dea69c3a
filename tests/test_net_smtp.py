"""Sending mail over the guard: encrypted or not at all, never to an address that is not public, never twice."""

from __future__ import annotations

import datetime
import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from palabre.clock import SystemClock
from palabre.errors import BlockedError, FetchError
from palabre.net import Net
from palabre.net.smtp import dotted
from palabre.settings import load

controller = pytest.importorskip("aiosmtpd.controller")
MAIL = b"Subject: essai\r\n\r\n.point\r\n..deux\r\nfin"


class Box:
    """What came, and what is said to it."""

    def __init__(self, says: str = "250 taken") -> None:
        self.came: list[bytes] = []
        self.says = says
        self.passwords: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # aiosmtpd's name
        self.came.append(envelope.content)
        return self.says

    def judge(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        from aiosmtpd.smtp import AuthResult  # type: ignore[import-untyped]

        self.passwords.append(data.password)
        right = data.password == b"right"
        return AuthResult(success=right, handled=right)


@contextmanager
def served(box: Box, **options: Any) -> Iterator[int]:
    """A server with a sign-in on a free loopback port."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the very set-ups that are tried here
        port = free_port()
        made = controller.Controller(box, hostname="127.0.0.1", port=port, authenticator=box.judge, **options)
        made.start()
    try:
        yield port
    finally:
        made.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def net_to(home: Path, port: int) -> Net:
    return Net(load(home, {"PALABRE_ALLOWED_HOSTS_PRIVATE": f"127.0.0.1:{port}"}), SystemClock())


def certificate(folder: Path) -> Path:
    """One for 127.0.0.1 that signs itself, with its key, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
    made = made.not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    plain = serialization.NoEncryption()
    body = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "server.pem"
    path.write_bytes(body + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


def failed(net: Net, port: int, kind: str, password: str = "right") -> FetchError:
    with pytest.raises(FetchError) as raised:
        deliver(net, port, kind, password)
    return raised.value


def deliver(net: Net, port: int, kind: str, password: str = "right") -> None:
    with net.smtp("127.0.0.1", port, kind) as post:
        post.login("us", password)
        post.send("us@e.example", ["z@e.example"], MAIL)


def test_dots_and_line_ends_cross_the_wire_as_they_are(home: Path) -> None:
    box = Box()
    with served(box, auth_require_tls=False) as port:
        deliver(net_to(home, port), port, "none")
    assert box.came == [MAIL + b"\r\n"]
    assert dotted(b"a\n.b\rc") == b"a\r\n..b\r\nc\r\n.\r\n"


@pytest.mark.parametrize(
    ("says", "permanent", "step"), [("451 later", False, None), ("554 no", True, None), ("552 too big", True, None)]
)
def test_what_the_server_says_to_the_last_dot_is_told(home: Path, says: str, permanent: bool, step: str | None) -> None:
    box = Box(says)
    with served(box, auth_require_tls=False) as port:
        error = failed(net_to(home, port), port, "none")
    assert (error.key, error.permanent, error.params["code"]) == ("net.smtp_refused", permanent, int(says[:3]))


def test_a_wrong_password_is_not_a_broken_connection(home: Path) -> None:
    with served(Box(), auth_require_tls=False) as port:
        error = failed(net_to(home, port), port, "none", "wrong")
    assert (error.key, error.permanent) == ("net.smtp_login", True)


def test_nothing_is_sent_in_clear_to_a_host_that_nobody_named(home: Path) -> None:
    net = Net(load(home, {}), SystemClock())
    with pytest.raises(BlockedError) as raised, net.smtp("smtp.example.org", 25, "none"):
        pass
    assert raised.value.key == "net.plain_login"
    with pytest.raises(BlockedError) as raised, net.smtp("127.0.0.1", 587, "starttls"):
        pass
    assert raised.value.key == "net.blocked_address"
    with pytest.raises(BlockedError) as raised, net.smtp("smtp.example.org", 22, "tls"):
        pass
    assert raised.value.key == "net.blocked_port"


def test_where_starttls_is_not_offered_no_password_leaves(home: Path) -> None:
    box = Box()
    with served(box, auth_require_tls=False) as port:
        error = failed(net_to(home, port), port, "starttls")
    assert (error.key, error.params["step"]) == ("net.broken_answer", "connect")
    assert (box.passwords, box.came) == ([], [])


@pytest.mark.filterwarnings("ignore:ssl.PROTOCOL_TLS")
@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused_and_a_good_one_works(
    home: Path, tmp_path: Path, kind: str
) -> None:
    pem, box = certificate(tmp_path), Box()
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS)  # for both ends: the controller knocks at its own door first
    theirs.load_cert_chain(pem)
    options = {"tls_context": theirs} if kind == "starttls" else {"ssl_context": theirs, "auth_require_tls": False}
    with served(box, **options) as port:
        assert failed(net_to(home, port), port, kind).key == "net.tls"
        assert box.passwords == []
        net = net_to(home, port)
        net.transport.tls = ssl.create_default_context(cafile=str(pem))
        deliver(net, port, kind)
    assert len(box.came) == 1


def test_a_server_that_falls_silent_after_the_message_leaves_it_unknown(home: Path) -> None:
    import asyncio

    class Silent(Box):
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            self.came.append(envelope.content)
            await asyncio.sleep(3)
            return "250 late"

    box = Silent()
    with served(box, auth_require_tls=False) as port:
        net = net_to(home, port)
        net.settings = replace(net.settings, read_seconds=0.5)
        error = failed(net, port, "none")
    assert (error.key, error.params["step"], len(box.came)) == ("net.timeout", "answer", 1)
