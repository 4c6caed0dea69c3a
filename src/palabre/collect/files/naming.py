"""Networks and ids: how a row that names a tweet, a video or nothing at all gets an id that does not change."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from palabre.collect.files.columns import Mapped, plain
from palabre.collect.files.names import inverted

NO_NETWORK = "import"
NETWORKS = inverted("networks")
HOSTS = inverted("hosts")
POST_URIS: Mapping[str, str] = {"x": "https://x.com/i/status/{}", "youtube": "https://www.youtube.com/watch?v={}"}
ACCOUNT_URIS: Mapping[str, str] = {"x": "https://x.com/i/user/{}", "youtube": "https://www.youtube.com/channel/{}"}
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s]+")


def network_named(name: str) -> str:
    """A network as the house names it; "" for several words, which are the name of a site or a paper."""
    key = plain(name)
    return NETWORKS.get(key, "" if "_" in key else key)


def network_at(url: str) -> str:
    """The network of an address: web where it is nobody's in particular."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("mobile.")
    except ValueError:
        return NO_NETWORK
    return HOSTS.get(host) or HOSTS.get(".".join(host.split(".")[-2:])) or ("web" if host else NO_NETWORK)


def is_uri(text: str) -> bool:
    return SCHEME.fullmatch(text) is not None


def bare_id(text: str) -> str:
    """An id that went through a spreadsheet: 848.0 is 848."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def post_uri(network: str, native: str) -> str:
    """The URI of a post known by its id inside a network; an id that is a URI is kept."""
    native = bare_id(native)
    if not native or native.casefold() in {"nan", "none", "null"}:
        return ""
    if is_uri(native):
        return native
    form = POST_URIS.get(network)
    if form is not None and re.fullmatch(r"[\w\-]+", native):
        return form.format(native)
    return f"urn:palabre:{network}:{quote(native, safe='')}"


def account_uri(network: str, account_id: str, handle: str, name: str, url: str) -> str:
    """The URI of an author, from the most permanent thing that is known."""
    native = bare_id(account_id)
    if is_uri(native):
        return native
    if native and network in ACCOUNT_URIS and re.fullmatch(r"\d+|UC[\w\-]+", native):
        return ACCOUNT_URIS[network].format(native)
    known = native or handle.removeprefix("@").casefold() or name
    if not known:
        return url
    return f"urn:palabre:account:{network}:{quote(known, safe='')}"


def hash_uri(*parts: str) -> str:
    """A stable URN of what a post says, for a row without id."""
    return "urn:palabre:sha256:" + hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def identifies(ids: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether a column tells posts apart: an id that comes again comes with the same text."""
    first: dict[str, str] = {}
    again = other = 0
    for one, text in zip(ids, texts, strict=True):
        if one and first.setdefault(one, text) is not text:
            again += 1
            other += first[one] != text
    filled = sum(map(bool, ids))
    return filled * 2 > len(ids) and other * 2 <= again


def identity(mapped: Mapped, columns: Mapping[str, Sequence[str]], texts: Sequence[str]) -> str:
    """The field that identifies a row: uri, id, url, or "" for a hash of what is said."""
    for name in ("uri", "id", "url"):
        column = mapped.columns.get(name)
        if column is not None and column in columns and identifies(columns[column], texts):
            return name
    return ""
