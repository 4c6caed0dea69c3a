"""Meltwater Explore queries. Sources: their booklets on Boolean search and help articles on operators and speed."""

from __future__ import annotations

from palabre.match.dialects.rewrite import Rules, chosen, ranged, to
from palabre.match.dialects.talkwalker import author, country, handle

NETWORKS = {
    name: f"network:{name}"
    for name in ("x", "reddit", "youtube", "instagram", "facebook", "linkedin", "tiktok", "bluesky", "mastodon")
} | {"twitter": "network:x", "news": "kind:article", "reviews": "kind:review"}

RULES = Rules(
    # Their lead paragraph (ingress) is not kept apart here: the whole text is wider.
    parts={"title": "title", "headline": "title", "ingress": "body", "body": "body", "content": "body"},
    fields={
        "site": to("site"),
        "domain": to("site"),
        "url": to("url"),
        "link": to("link"),
        "links": to("link"),
        "author": author,
        "from": author,
        "to": handle,
        "mention": handle,
        "lang": to("lang"),
        "language": to("lang"),
        "country": country,
        "city": to("city"),
        "region": to("region"),
        "source": to("source"),
        "sourcetype": chosen(NETWORKS),
        "hashtag": to("tag"),
        "hashtags": to("tag"),
        "followers": ranged("followers"),
        "rating": ranged("rating"),
    },
    close_parts=frozenset({"ingress"}),
)
