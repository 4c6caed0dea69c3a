"""Every endpoint of the Mastodon client API that we use (docs.joinmastodon.org, API v1 and v2)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

PAGE = 40  # the most a server gives at once
STATUSES_MAX = 20  # ids in one call


def public(server: str) -> str:
    return f"{server}/api/v1/timelines/public"


def hashtag(server: str, tag: str) -> str:
    return f"{server}/api/v1/timelines/tag/{quote(tag.lstrip('#'), safe='')}"


def list_timeline(server: str, ident: str) -> str:
    return f"{server}/api/v1/timelines/list/{quote(ident, safe='')}"


def lookup(server: str) -> str:
    """?acct=name@host → the account, with its id on this server."""
    return f"{server}/api/v1/accounts/lookup"


def statuses(server: str, account_id: str) -> str:
    return f"{server}/api/v1/accounts/{quote(account_id, safe='')}/statuses"


def search(server: str) -> str:
    """?q=…&type=statuses&offset=…; needs a token and a server with full-text search."""
    return f"{server}/api/v2/search"


def status(server: str, status_id: str) -> str:
    return f"{server}/api/v1/statuses/{quote(status_id, safe='')}"


def several(server: str, idents: Sequence[str]) -> str:
    """Statuses by their ids, STATUSES_MAX at most; since Mastodon 4.3. Those that are gone are left out."""
    return f"{server}/api/v1/statuses?{urlencode([('id[]', one) for one in idents])}"


def context(server: str, status_id: str) -> str:
    return f"{server}/api/v1/statuses/{quote(status_id, safe='')}/context"


def instance(server: str) -> str:
    """v1: the only one that snac has; says where the streaming API lives."""
    return f"{server}/api/v1/instance"


def instance_v2(server: str) -> str:
    return f"{server}/api/v2/instance"


def me(server: str) -> str:
    """Whose token this is."""
    return f"{server}/api/v1/accounts/verify_credentials"


def post(server: str) -> str:
    return f"{server}/api/v1/statuses"


def notifications(server: str) -> str:
    return f"{server}/api/v1/notifications"


def streaming(server: str, timeline: str) -> str:
    """timeline: public, local, remote, hashtag, list."""
    path = {"local": "public/local", "remote": "public/remote"}.get(timeline, timeline)
    return f"{server}/api/v1/streaming/{path}"
