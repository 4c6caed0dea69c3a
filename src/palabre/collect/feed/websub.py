"""WebSub (W3C, 2018): asking a hub to push, answering its check, reading its pushes. The desk's URL calls these.

subscribe(net, hub, topic, callback, secret)    POST to the hub; it then calls back
verify(query, topic)                            the challenge to send back, or None: answer 404
receive(secret, body, headers, url)             raw items of a signed push; SignatureError: answer 2xx, do nothing
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from palabre.collect.feed.mapping import items_of
from palabre.collect.feed.parse import parse_feed
from palabre.errors import FetchError, ItemError
from palabre.model import RawItem
from palabre.net import Net

LEASE_SECONDS = 10 * 86_400
BODY_BYTES_MAX = 5_000_000
_METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


class SignatureError(ItemError):
    """A push that the hub did not sign with our secret."""


def secret_for(master: str, source: str, topic: str) -> str:
    """The secret of one subscription, made from the house's key: nothing to store, 64 characters."""
    return hmac.new(master.encode(), f"websub\x1f{source}\x1f{topic}".encode(), hashlib.sha256).hexdigest()


def callback_url(site_url: str, token: str) -> str:
    """Where the hub reaches us. "" when the desk cannot be reached from outside."""
    return f"{site_url.rstrip('/')}/in/websub/{token}" if site_url else ""


def subscribe(net: Net, hub: str, topic: str, callback: str, secret: str, *, leave: bool = False) -> None:
    """Ask a hub to push a topic to us (or to stop). FetchError when the hub refuses."""
    form = {
        "hub.mode": "unsubscribe" if leave else "subscribe",
        "hub.topic": topic,
        "hub.callback": callback,
        "hub.lease_seconds": str(LEASE_SECONDS),
        "hub.secret": secret,
    }
    answer = net.request("POST", hub, form=form)
    if answer.status not in (200, 201, 202, 204):
        raise FetchError("connector_feed.errors.hub_refused", status=answer.status)


def verify(query: Mapping[str, str], topic: str, *, leaving: bool = False) -> str | None:
    """The hub's check of intent: the challenge to echo, or None for a topic or a mode that we did not ask for."""
    wanted = "unsubscribe" if leaving else "subscribe"
    if query.get("hub.mode") != wanted or not hmac.compare_digest(query.get("hub.topic", "").encode(), topic.encode()):
        return None
    return query.get("hub.challenge") or None


def lease_seconds(query: Mapping[str, str]) -> int:
    """How long the hub will push; our wish where it does not say. Renew when four fifths have gone."""
    said = query.get("hub.lease_seconds", "")
    return int(said) if said.isdigit() and 0 < len(said) < 9 else LEASE_SECONDS


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """``X-Hub-Signature: method=hex`` matches the raw bytes. An unknown method never does."""
    method, _, given = header.strip().partition("=")
    make = _METHODS.get(method.strip().lower())
    if make is None or not given or not secret:
        return False
    wanted = hmac.new(secret.encode(), body, make).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.strip().lower().encode())


def receive(secret: str, body: bytes, headers: Mapping[str, str], topic: str) -> tuple[RawItem, ...]:
    """Raw items of a fat ping. SignatureError when it is not the hub's; ItemError when it is no feed or too large."""
    if len(body) > BODY_BYTES_MAX:
        raise ItemError("connector_feed.errors.too_large", size=len(body), limit=BODY_BYTES_MAX)
    if not is_signed(secret, body, headers.get("x-hub-signature", "")):
        raise SignatureError("connector_feed.errors.signature")
    kept = {"content-type": headers.get("content-type", ""), "content-location": topic}
    return tuple(items_of(parse_feed(body, kept, cap_bytes=BODY_BYTES_MAX), topic))
