"""No URL typed by a user or found in content reaches a private address: P3 of SECURITY.md.

The judgement is made where the connection is made, so these tests count connections: a recording dialler stands in for
the network, and a real listener on loopback is the canary.
"""

from __future__ import annotations

import ast
import inspect
import socket
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.clock import FixedClock
from palabre.errors import BlockedError, ConfigError, FetchError
from palabre.net import Net, guard, transport
from palabre.net.addresses import is_public, named_hosts, parse_target
from palabre.net.guard import Guard
from palabre.net.transport import GuardedBackend, Transport
from palabre.settings import Settings

PUBLIC = "93.184.215.14"
ADDRESSES = """
127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254 169.254.0.1
100.64.0.1 100.100.100.200 100.127.255.255 192.0.0.8 192.0.0.170 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1
203.0.113.1 192.88.99.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16
:: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 ::7f00:1 64:ff9b::7f00:1 64:ff9b::a00:1
64:ff9b::8.8.8.8 64:ff9b:1::7f00:1 2002:7f00:1:: 2002:a00:1:: 2001::1 2001:0:7f00:1:: 2001:db8::1 2001:10::1 2001:20::1
3fff::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 100::1 5f00::1 4000::1
""".split()  # noqa: SIM905
NAMES = """
localhost LOCALHOST localhost. sub.localhost metadata.google.internal intranet.example rebind.example
127.1 127.0.1 0 0.0 2130706433 017700000001 0x7f000001 0x7f.0.0.1 0177.0.0.1 127.0.0.1. 00127.0.0.1 127.0.0.01
①②⑦.⓪.⓪.① 127。0。0。1 １２７.0.0.1 ⅼocalhost 127.0.0.1.nip.io 1.1.1.1&@127.0.0.1 example.org@127.0.0.1 0xA9FEA9FE
2852039166
""".split()  # noqa: SIM905
URLS = [
    *(f"http://[{name}]/" if ":" in name else f"http://{name}/" for name in (*ADDRESSES, *NAMES)),
    "https://127.0.0.1/",
    "http:127.0.0.1/",
    "http:///127.0.0.1/",
    "http://\t127.0.0.1/",
    "http://127.0.0.1\\@example.org/",
    "http://example.org\\@127.0.0.1/",
    "http://example.org#@127.0.0.1:22/",
    "http://127.0.0.1%23.example.org/",
    "http://127.0.0.1%2f@example.org/",
    "http://exa\nmple.org/",
    "http://example.org:22/",
    "http://example.org:6379/",
    "http://example.org:0/",
    "http://example.org:99999/",
    "http://example.org:80:80/",
    "http://[::1/",
    "http://::1/",
    "http://[::ffff:7f00:1]:80/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/_x",
    "dict://127.0.0.1:11211/stats",
    "ftp://127.0.0.1/",
    "unix:///var/run/docker.sock",
    "data:text/html,x",
    "javascript:alert(1)",
    "//127.0.0.1/",
    "127.0.0.1",
    "",
    "http://",
    "http://.",
    "http://-.example.org/",
    "http://" + "a" * 300 + ".example/",
    "http://a.example/" + "b" * 9_000,
]


class Network:
    """A resolver and a dialler that only write down. Names go to loopback, save those that ``tells`` says."""

    def __init__(self, **tells: str) -> None:
        self.tells = {name.replace("_", "."): cycle(answers.split()) for name, answers in tells.items()}
        self.dialled: list[str] = []
        self.looked_up = 0

    def resolve(self, host: str, port: int) -> list[str]:
        self.looked_up += 1
        if host in self.tells:
            return next(self.tells[host]).split(",")
        try:
            socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
        except (OSError, UnicodeError):
            return ["127.0.0.1"]
        return [host]

    def connect_tcp(self, host: str, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        self.dialled.append(host)
        return httpcore.MockStream([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"])


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    made = Network(public_example=PUBLIC, mixed_example=f"{PUBLIC},127.0.0.1", rebind_example=f"{PUBLIC} 127.0.0.1")
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda self, host, *a, **k: made.connect_tcp(host))
    monkeypatch.setattr(socket, "create_connection", lambda where, *a, **k: made.connect_tcp(where[0]))
    return made


@pytest.fixture
def guarded(network: Network, clock: FixedClock) -> Iterator[Net]:
    with Net(Settings(), clock, resolve=network.resolve) as net:
        yield net


def test_there_are_at_least_sixty_hostile_forms() -> None:
    assert len({*URLS}) >= 100


@pytest.mark.parametrize("url", [url for url in URLS if "rebind" not in url])
def test_a_hostile_url_connects_to_nothing(guarded: Net, network: Network, url: str) -> None:
    for attempt in (
        guarded.get,
        lambda url: list(guarded.lines(url)),
        lambda url: guarded.request("POST", url, json={}),
    ):
        with pytest.raises(BlockedError):
            attempt(url)
    with pytest.raises(BlockedError):
        guarded.websocket(url.replace("http", "ws", 1)).__enter__()
    assert network.dialled == []


def test_the_recorder_has_teeth_a_public_host_is_dialled_and_a_guard_that_nods_lets_all_pass(
    network: Network, clock: FixedClock
) -> None:
    with Net(Settings(), clock, resolve=network.resolve) as net:
        assert net.get("http://public.example/").body == b"ok"
    assert set(network.dialled) == {PUBLIC}
    with Net(Settings(), clock, resolve=network.resolve) as net:
        net.guard.judge = lambda address: True
        net.get("http://localhost/")
    assert network.dialled[-1] == "127.0.0.1"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_hostile_url_connects_to_nothing(
    web: Any, clock: FixedClock, network: Network, status: int
) -> None:
    """The redirecting server is real and allowed by name; where it points is not."""
    reached = []
    for url in URLS:
        if "\n" in url or not url.isascii() or not url or "rebind" in url:
            continue
        answer = transport.Answer(status, transport.Headers({"location": url}))
        call = transport.Call("GET", parse_target("http://public.example/x"), {})
        try:
            from palabre.net.redirects import follow

            target = follow(call, answer).target
            Guard(resolve=network.resolve).addresses(target.host, target.port)
            reached.append((url, target.host))
        except FetchError:
            continue
    # What is left is relative: it stays on the public host that sent it.
    assert {host for _, host in reached} <= {"public.example"}


def test_a_name_with_one_private_answer_among_public_ones_is_refused(guarded: Net, network: Network) -> None:
    with pytest.raises(BlockedError):
        guarded.get("http://mixed.example/")
    assert network.dialled == []


def test_rebinding_never_reaches_the_private_answer(network: Network, clock: FixedClock) -> None:
    """The name says public, private, public, private…: what was judged is what is dialled, in every one of 40 tries."""
    blocked = 0
    for _ in range(40):
        with Net(Settings(), clock, resolve=network.resolve) as net:
            try:
                net.get("http://rebind.example/", robots=False)
            except BlockedError:
                blocked += 1
        clock.ms += 60_000
    assert set(network.dialled) == {PUBLIC}
    assert blocked == 20
    assert network.looked_up == 40  # once a connection, never again


@pytest.fixture
def canary() -> Iterator[tuple[int, list[object]]]:
    """A listener on loopback and what reached it."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    reached: list[object] = []
    yield listener.getsockname()[1], reached
    try:
        peer, address = listener.accept()
        peer.close()
        reached.append(address)
    except TimeoutError:
        pass
    listener.close()
    assert reached == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_real_redirect_to_a_real_listener_never_arrives(
    web: Any, net: Net, canary: tuple[int, list[object]], status: int
) -> None:
    port, _ = canary
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "0x7f.1", "0"):
        web.routes["/x"] = (status, {"Location": f"http://{host}:{port}/"}, b"")
        with pytest.raises(BlockedError):
            net.get(f"{web.url}/x")
    assert web.paths() == ["/x"] * 6


def test_meta_refresh_is_only_text(web: Any, net: Net, canary: tuple[int, list[object]]) -> None:
    web.routes["/x"] = (
        200,
        {"Refresh": f"0; url=http://127.0.0.1:{canary[0]}/"},
        b'<meta http-equiv="refresh" content="0">',
    )
    assert net.get(f"{web.url}/x").status == 200


def test_no_proxy_is_read_from_the_environment(
    web: Any, net: Net, canary: tuple[int, list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary[0]}")
    web.routes["/x"] = (200, {}, b"direct")
    assert net.get(f"{web.url}/x").body == b"direct"


def test_the_guard_is_on_the_one_pool_there_is(guarded: Net) -> None:
    backend = guarded.transport.pool._network_backend
    assert isinstance(backend, GuardedBackend)
    assert backend.guard is guarded.guard
    with pytest.raises(BlockedError):
        backend.connect_unix_socket("/run/x.sock")
    made = [node for node in ast.walk(ast.parse(inspect.getsource(transport))) if isinstance(node, ast.Call)]
    pools = [
        node for node in made if ast.unparse(node.func).endswith(("ConnectionPool", "HTTPConnection", "HTTPProxy"))
    ]
    assert len(pools) == 1
    assert "network_backend" in {keyword.arg for keyword in pools[0].keywords}
    assert guarded.transport.__class__ is Transport


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_special_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4007::200e", "193.0.6.139"]
)
def test_an_ordinary_address_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_nothing_special_is_ever_public(address: Any) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not any((address.is_private, address.is_multicast, address.is_reserved, address.is_loopback))


@given(st.text(max_size=60).map(lambda text: f"http://{text}"))
def test_no_text_makes_parsing_raise_anything_else(url: str) -> None:
    try:
        target = parse_target(url)
    except BlockedError:
        return
    assert target.host
    assert target.url.isascii()
    assert parse_target(target.url) == target


def test_an_owner_names_hosts_one_by_one_with_their_port() -> None:
    assert named_hosts("intranet.example:443, [::1]:8001 127.0.0.1:8001") == {
        ("intranet.example", 443),
        ("::1", 8001),
        ("127.0.0.1", 8001),
    }
    for entry in ("intranet.example", "*:80", "10.0.0.0/8", "a:b", ":80", "127.1:80", "http://a:80"):
        with pytest.raises(ConfigError):
            named_hosts(entry)


def test_a_named_host_opens_its_own_port_only(network: Network) -> None:
    named = Guard(named_hosts("intranet.example:8443"), resolve=network.resolve)
    assert named.addresses("intranet.example", 8443) == ("127.0.0.1",)
    for host, port in (("intranet.example", 443), ("127.0.0.1", 8443), ("other.example", 8443)):
        with pytest.raises(BlockedError):
            named.addresses(host, port)
    assert sorted(guard.WEB_PORTS) == [80, 443]
