"""Every endpoint of the AT Protocol that we use."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit

POSTS = "app.bsky.feed.post"
REPOSTS = "app.bsky.feed.repost"
JETSTREAM_V1 = "wss://jetstream2.us-east.bsky.network"
JETSTREAM_V2 = "wss://jetstream.us-east.bsky.network"
RELAY = "wss://bsky.network"
PDS = "https://bsky.social"
# The dictionary of Jetstream v1's compressed frames, kept in the repository of its server (from memory).
DICTIONARY_V1 = "https://raw.githubusercontent.com/bluesky-social/jetstream/main/pkg/models/zstd_dictionary"
SEARCH_LIMIT = 100
POSTS_MAX = 25  # in one getPosts


def jetstream_v1(host: str, collections: Sequence[str], dids: Sequence[str], cursor: int, compress: bool) -> str:
    """cursor: microseconds, 0 for now."""
    pairs = [("wantedCollections", name) for name in collections] + [("wantedDids", did) for did in dids]
    pairs += [("cursor", str(cursor))] if cursor else []
    pairs += [("compress", "true")] if compress else []
    return f"{host}/subscribe?{urlencode(pairs)}"


def jetstream_v2(host: str, collections: Sequence[str], dids: Sequence[str], cursor: int, dictionary: int) -> str:
    """cursor: a sequence number, or microseconds from 10^15 on; dictionary: id, 0 for plain text frames."""
    pairs = [("collections", name) for name in collections] + [("dids", did) for did in dids]
    pairs += [("kinds", "commit"), ("kinds", "account")]
    pairs += [("cursor", str(cursor))] if cursor else []
    pairs += [("zstdDictionary", str(dictionary))] if dictionary else []
    return f"{host}/xrpc/network.bsky.jetstream.subscribeEvents?{urlencode(pairs)}"


def dictionary_v2(host: str) -> str:
    """The server's current dictionary, over HTTP."""
    return f"{over_http(host)}/xrpc/network.bsky.jetstream.getZstdDictionary"


def repos(host: str, cursor: int) -> str:
    """cursor: the last sequence number; -1 for "from now on"."""
    return f"{host}/xrpc/com.atproto.sync.subscribeRepos" + (f"?cursor={cursor}" if cursor >= 0 else "")


def create_session(pds: str) -> str:
    return f"{pds}/xrpc/com.atproto.server.createSession"


def refresh_session(pds: str) -> str:
    return f"{pds}/xrpc/com.atproto.server.refreshSession"


def get_session(pds: str) -> str:
    return f"{pds}/xrpc/com.atproto.server.getSession"


def get_record(pds: str) -> str:
    return f"{pds}/xrpc/com.atproto.repo.getRecord"


def put_record(pds: str) -> str:
    return f"{pds}/xrpc/com.atproto.repo.putRecord"


def delete_record(pds: str) -> str:
    return f"{pds}/xrpc/com.atproto.repo.deleteRecord"


def resolve_handle(pds: str) -> str:
    return f"{pds}/xrpc/com.atproto.identity.resolveHandle"


def get_posts(pds: str) -> str:
    """Views of posts, from the network's reader that the data server passes calls on to."""
    return f"{pds}/xrpc/app.bsky.feed.getPosts"


def several(pds: str, uris: Sequence[str]) -> str:
    """The same for several posts, POSTS_MAX at most."""
    return f"{get_posts(pds)}?{urlencode([('uris', uri) for uri in uris])}"


def search_posts(pds: str) -> str:
    return f"{pds}/xrpc/app.bsky.feed.searchPosts"


def post_page(did: str, rkey: str) -> str:
    return f"https://bsky.app/profile/{did}/post/{rkey}"


def profile_page(did: str) -> str:
    return f"https://bsky.app/profile/{did}"


def image(did: str, cid: str) -> str:
    return f"https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{cid}@jpeg"


def over_http(host: str) -> str:
    """The http address of a websocket address."""
    parts = urlsplit(host)
    return urlunsplit(parts._replace(scheme={"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)))
