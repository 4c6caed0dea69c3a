"""Addresses of a NodeBB forum's JSON (docs.nodebb.org, "Read API" and "Write API" v3)."""

from __future__ import annotations

import re
from urllib.parse import quote

POST = re.compile(r"/post/([\w%.~-]{1,600})$")
CANARY = "https://community.nodebb.org"


def recent(site: str) -> str:
    """Topics, those with the newest post first; ``page=2`` goes back."""
    return f"{site}/api/recent"


def topic(site: str, ident: str) -> str:
    """A topic with a page of its posts, oldest first; ``page=2`` goes on."""
    return f"{site}/api/topic/{quote(ident, safe='')}"


def post(site: str, ident: str) -> str:
    """A post's uri, and an address that a browser is redirected from. It holds when a post moves to another topic."""
    return f"{site}/post/{quote(ident, safe='')}"


def place(site: str, ident: str) -> str:
    """Where a post is: 404 when it is no more."""
    return f"{site}/api/post/{ident}"


def topic_page(site: str, slug: str) -> str:
    return f"{site}/topic/{slug}"


def member(site: str, ident: str) -> str:
    """An account's uri; the name in the address of its page may change, this does not."""
    return f"{site}/uid/{ident}"


def member_page(site: str, slug: str) -> str:
    return f"{site}/user/{quote(slug)}"


def member_posts(site: str, slug: str) -> str:
    """What a member wrote last, 20 at once."""
    return f"{site}/api/user/{quote(slug)}/posts"


def myself(site: str) -> str:
    """Whose token this is."""
    return f"{site}/api/self"


def by_id(site: str, ident: str) -> str:
    """GET: a post, its text as written. PUT: edits it."""
    return f"{site}/api/v3/posts/{ident}"


def state(site: str, ident: str) -> str:
    """DELETE: takes a post back, as its author may; DELETE of the post itself is a moderator's purge."""
    return f"{site}/api/v3/posts/{ident}/state"


def topics(site: str) -> str:
    """POST: a new topic."""
    return f"{site}/api/v3/topics"


def topic_by_id(site: str, ident: str) -> str:
    """GET: a topic without its posts. POST: an answer in it."""
    return f"{site}/api/v3/topics/{ident}"
