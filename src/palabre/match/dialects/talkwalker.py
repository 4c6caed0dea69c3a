"""Talkwalker queries. Sources: their manual of 2015, their help on Alerts, and queries in public code."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from palabre.match.dialects.brandwatch import literal
from palabre.match.dialects.countries import ALPHA_2
from palabre.match.dialects.rewrite import Made, Rules, chosen, quote, ranged, to

SOURCE_TYPES = {
    "socialmedia_twitter": "network:x",
    "socialmedia_facebook": "network:facebook",
    "socialmedia_instagram": "network:instagram",
    "socialmedia_youtube": "network:youtube",
    "socialmedia_linkedin": "network:linkedin",
    "socialmedia_tiktok": "network:tiktok",
    "socialmedia_reddit": "network:reddit",
    "socialmedia_tumblr": "network:tumblr",
    "socialmedia_bluesky": "network:bluesky",
    "socialmedia_mastodon": "network:mastodon",
    "onlinenews": "kind:article",
    "reviews": "kind:review",
    "consumer_reviews": "kind:review",
}
STATES = {
    "retweet": "is:reshare",
    "share": "is:reshare",
    "reply": "is:reply",
    "quote": "is:quote",
    "verified": "is:verified",
}
COMPOUND = re.compile(r"(.+[^\W_])~")


def country(value: str) -> Made:
    found = ALPHA_2.get(value.lower()) or (value.upper() if len(value) == 2 else None)
    return Made(f"country:{found}" if found else None)


def word(text: str) -> Made:
    """``+word`` is a plain word here, ``++Word`` its very characters; ``car-sharing~`` spells out its forms."""
    if text.startswith("++"):
        return literal(text[2:])
    text = text.lstrip("+")
    compound = COMPOUND.fullmatch(text)
    if not compound:
        return Made(text or None)
    parts = re.split(r"[-_]", compound[1])
    if len(parts) > 1:
        return Made(f'("{" ".join(parts)}" OR {"".join(parts)})')
    return Made(compound[1], close=True)


def phrase(text: str) -> Made:
    if text.startswith("++"):
        return literal(text[2:].strip('"“”«»'))
    return Made(text.lstrip("+"))


def published(value: str) -> Made:
    """Their epoch milliseconds as a moment; what is a date already stays."""
    made = re.sub(r"\d{12,14}", lambda found: moment(int(found[0])), value)
    return Made(f"published:{made}")


def moment(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03}Z"


def handle(value: str) -> Made:
    return Made(f"mention:{quote(value.lstrip('@'))}")


def author(value: str) -> Made:
    return Made(f"author:{quote(value.lstrip('@'))}")


RULES = Rules(
    parts={"title": "title", "content": "body"},
    fields={
        "site": to("site"),
        "domainurl": to("site"),
        "domain": to("site"),
        "host": to("site"),
        "url": to("url"),
        "links": to("link"),
        "link": to("link"),
        "author": author,
        "mention": handle,
        "lang": to("lang"),
        "language": to("lang"),
        "sourcetype": chosen(SOURCE_TYPES),
        "sourcecountry": country,
        "country": country,
        "city": to("city"),
        "region": to("region"),
        "is": chosen(STATES),
        "hashtag": to("tag"),
        "tags": to("tag"),
        "published": published,
        "followers": ranged("followers"),
        "likes": ranged("likes"),
        "shares": ranged("reshares"),
        "comments": ranged("replies"),
        "views": ranged("views"),
    },
    word=word,
    phrase=phrase,
    plus_joins=True,
)
