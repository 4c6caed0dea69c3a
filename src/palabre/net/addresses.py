"""Which addresses and URLs the house may call. Pure: no socket, no resolver.

Allowed is only what the public Internet routes to. The tables are ours because ``ipaddress.is_private`` and
``is_global`` differ between Python versions and both let transition prefixes pass that end on a private host
(64:ff9b::7f00:1 is 127.0.0.1). Source: IANA special-purpose registries, RFC 6890, 6052, 3056, 4380.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from palabre.errors import BlockedError

URL_CHARS_MAX = 8_192
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
GLOBAL_V6 = ipaddress.ip_network("2000::/3")
# This network, private, shared (CGNAT), loopback, link-local (cloud metadata), IETF, documentation, relays, multicast;
# 168.63.129.16 is public in form but the platform channel of a virtual machine on Azure.
# Inside 2000::/3: Teredo, benchmarking, ORCHID, documentation, 6to4.
REFUSED_TEXT = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
2001::/23 2001:db8::/32 2002::/16 3fff::/20
"""
REFUSED = [ipaddress.ip_network(text) for text in REFUSED_TEXT.split()]
HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
NUMERIC_LABEL = re.compile(r"(0x[0-9a-f]*|\d+)")
UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart once, so that what is judged is what is dialled. path: with its query, percent-encoded."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def secure(self) -> bool:
        return self.scheme in ("https", "wss")

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}"


def is_public(address: str) -> bool:
    """Whether the public Internet routes to this address: the one judgement of the guard."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in GLOBAL_V6 or ip.scope_id):
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in REFUSED if net.version == ip.version)


def ascii_host(host: str) -> str:
    """A host as it goes to the resolver: IDNA (UTS 46), lower case, no final dot. ValueError when it is none."""
    import idna

    plain = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    plain = plain.lower()
    if len(plain) > 253 or not HOST.fullmatch(plain):
        raise ValueError(host)
    return plain.removesuffix(".")


def checked_host(host: str) -> str:
    """A name, or an address in its one plain form: 127.1, 0x7f000001 and 2130706433 are refused, not guessed at."""
    if ":" in host:
        if "%" in host:
            raise ValueError(host)
        return str(ipaddress.IPv6Address(host))
    name = ascii_host(host)
    if NUMERIC_LABEL.fullmatch(name.rpartition(".")[2]):
        return str(ipaddress.IPv4Address(name))
    return name


def parse_target(url: str, schemes: tuple[str, ...] = ("http", "https")) -> Target:
    """A URL as a target. BlockedError ``net.bad_url`` or ``net.bad_scheme`` says what cannot be called."""
    if len(url) > URL_CHARS_MAX or UNSAFE.search(url.strip(" ")):
        raise BlockedError("net.bad_url", url=shown(url))
    try:
        parts = urlsplit(url.strip(" "))
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BlockedError("net.bad_url", url=shown(url)) from error
    if parts.scheme not in schemes:
        raise BlockedError("net.bad_scheme", scheme=parts.scheme[:20] or "?", known=", ".join(schemes))
    if not host or port == 0 or "@" in parts.netloc or "\\" in parts.netloc or "%" in parts.netloc:
        raise BlockedError("net.bad_url", url=shown(url))
    try:
        name = checked_host(host)
    except (ValueError, UnicodeError) as error:
        raise BlockedError("net.bad_url", url=shown(url)) from error
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|")
    return Target(parts.scheme, name, port or PORTS[parts.scheme], path + (f"?{query}" if query else ""))


def shown(url: str) -> str:
    """A URL for a message: no query (it may hold a token), no user, 80 characters at most, nothing unprintable."""
    bare = re.sub(r"//[^/@]*@", "//", url.partition("?")[0])
    return "".join(char if char.isprintable() else "�" for char in bare[:80])


def named_hosts(text: str) -> frozenset[tuple[str, int]]:
    """``"intranet.example:443 127.0.0.1:8001"`` as pairs. ConfigError for an entry that is not host:port."""
    from palabre.errors import ConfigError

    pairs = set()
    for entry in text.replace(",", " ").split():
        host, _, port = entry.rpartition(":")
        try:
            pairs.add((checked_host(host.strip("[]")), int(port)))
        except (ValueError, UnicodeError) as error:
            raise ConfigError("net.bad_named_host", entry=entry) from error
    return frozenset(pairs)
