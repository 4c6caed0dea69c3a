"""How posts found by search are now: no stream told of their deletion. Asked for by their addresses, 25 at once
(``app.bsky.feed.getPosts``): what is deleted, taken down or of a deactivated account is left out of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from palabre.collect.bluesky import mapping, urls
from palabre.collect.bluesky.session import Session
from palabre.collect.contract import Config, Means
from palabre.collect.payload import dumps, tables, text
from palabre.model import Gone, RawItem


def sweep(config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone | RawItem]:
    """Reposts and posts of other networks are passed over."""
    session = Session.of(config, means)
    asked = [uri for uri in uris if uri.startswith("at://") and f"/{urls.POSTS}/" in uri]
    for at in range(0, len(asked), urls.POSTS_MAX):
        some = asked[at : at + urls.POSTS_MAX]
        views = tables(session.get(urls.several(session.server, some), {}).json(), "posts")
        yield from (RawItem(dumps(part)) for view in views for part in mapping.found_in(view))
        there = {text(view, "uri") for view in views}
        yield from (Gone(uri, means.clock.now_ms()) for uri in some if uri not in there)
