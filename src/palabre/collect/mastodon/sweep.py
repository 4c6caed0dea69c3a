"""How posts heard over REST are now: the stream announces deletions and edits, timelines do not.

A post of the source's own server is asked for over its API, which shows edits too. A post of another server is asked
for where it lives, by its ActivityPub id: 404 or 410 (a Tombstone, ActivityPub §6.11) says that it is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from palabre.collect.config import word
from palabre.collect.contract import Config, Means
from palabre.collect.mastodon import mapping, urls
from palabre.model import Gone, RawItem

GONE = (404, 410)
ACTIVITY = "application/activity+json"


def sweep(config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone | RawItem]:
    """One request each."""
    server, opt_out = word(config, "server"), config.get("respect_noindex") is not False
    token = means.secrets.get("token", "")
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    for uri in uris:
        ident = own_ident(uri, server)
        url = urls.status(server, ident) if ident else uri
        headers: Mapping[str, str] = bearer if ident else {"Accept": ACTIVITY}
        if not uri.startswith("https://") and not ident:
            continue
        answer = means.net.get(url, headers=headers, robots=False)
        if answer.status in GONE:
            yield Gone(uri, means.clock.now_ms())
        elif ident and answer.ok:
            yield from mapping.raws(answer.json(), server, opt_out)


def own_ident(uri: str, server: str) -> str:
    """The id a server gives one of its own posts; "" for posts of others, and for reshares, which have none to ask."""
    last = urlsplit(uri).path.rstrip("/").rpartition("/")[2]
    return last if mapping.host_of(uri) == mapping.host_of(server) and last.isdecimal() else ""
