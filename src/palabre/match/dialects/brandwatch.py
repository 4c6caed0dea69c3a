"""Brandwatch Consumer Research queries. Source: their help article 360012098098 on operators."""

from __future__ import annotations

import re

from palabre.match.dialects.countries import ALPHA_2
from palabre.match.dialects.rewrite import Handler, Made, Rules, chosen, ranged, to

PAGE_TYPES = {
    "twitter": "network:x",
    "x": "network:x",
    "reddit": "network:reddit",
    "youtube": "network:youtube",
    "instagram": "network:instagram",
    "instagram_public": "network:instagram",
    "facebook": "network:facebook",
    "facebook_public": "network:facebook",
    "linkedin": "network:linkedin",
    "tiktok": "network:tiktok",
    "tumblr": "network:tumblr",
    "bluesky": "network:bluesky",
    "news": "kind:article",
    "review": "kind:review",
}
ENGAGEMENTS = {"comment": "kind:comment", "reply": "is:reply", "retweet": "is:reshare", "quote": "is:quote"}


def country(value: str) -> Made:
    """``gbr`` as ``GB``."""
    found = ALPHA_2.get(value.lower()) or (value.upper() if len(value) == 2 else None)
    return Made(f"country:{found}" if found else None)


def last_name(name: str) -> Handler:
    """``deu.berlin.berlin`` as the last of its names; their codes and the names of platforms may differ."""
    return lambda value: to(name, close=True)(re.split(r"\.", value)[-1])


def verified(value: str) -> Made:
    return Made("is:verified" if value.lower() == "true" else "NOT is:verified")


def subreddit(value: str) -> Made:
    return Made(f'url:"/r/{value}/"')


def sensitive(value: str) -> Made:
    return Made("is:sensitive" if value.lower() == "true" else "NOT is:sensitive")


def literal(value: str) -> Made:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return Made(f'raw:"{escaped}"')


RULES = Rules(
    parts={"title": "title"},
    fields={
        "url": to("url"),
        "site": to("site"),
        "links": to("link"),
        "tags": to("tag"),
        "language": to("lang"),
        "country": country,
        "region": last_name("region"),
        "city": last_name("city"),
        "author": to("author"),
        "authorfollowers": ranged("followers"),
        "authorverified": verified,
        "authorverifiedtype": lambda value: Made("is:verified", close=True),
        "engagementtype": chosen(ENGAGEMENTS),
        "engagingwith": to("mention", close=True),
        "engagingwithguid": to("parent"),
        "parentpostid": to("parent"),
        "rootpostid": to("root"),
        "blogname": to("author", close=True),
        "subreddit": subreddit,
        "subredditnsfw": lambda value: Made(sensitive(value).text, close=True),
        "sensitivecontent": sensitive,
        "publishersubtype": chosen({"image": "has:media", "video": "kind:video"}, close=True),
        "imagetype": chosen({"image": "has:media"}, close=True),
        "rating": ranged("rating"),
        "topleveldomain": to("site"),
        "pagetype": chosen(PAGE_TYPES),
        "pubtype": chosen(PAGE_TYPES, close=True),
        "raw": literal,
    },
)
