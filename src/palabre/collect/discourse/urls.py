"""Addresses of a Discourse forum's JSON (docs.discourse.org)."""

from __future__ import annotations

import re

PLACE = re.compile(r"/t/(\d{1,12})(?:/(\d{1,9}))?$")  # topic, number in it
CANARY = "https://meta.discourse.org"


def latest_posts(site: str) -> str:
    """The newest posts of all topics, 50 at most; ``before=<post id>`` goes back."""
    return f"{site}/posts.json"


def by_number(site: str, topic: str, number: str) -> str:
    return f"{site}/posts/by_number/{topic}/{number}.json"


def post(site: str, topic: str, number: str) -> str:
    """A post's uri, and an address that a browser is redirected from."""
    return f"{site}/t/{topic}/{number}"


def user(site: str, name: str) -> str:
    return f"{site}/u/{name}"


def topic(site: str, ident: str) -> str:
    return f"{site}/t/{ident}.json"


def posts(site: str) -> str:
    """POST: an answer, or a topic."""
    return f"{site}/posts.json"


def by_id(site: str, ident: str) -> str:
    return f"{site}/posts/{ident}.json"


def user_actions(site: str) -> str:
    """What a member did last, 30 at once."""
    return f"{site}/user_actions.json"


def session(site: str) -> str:
    """Whose key this is."""
    return f"{site}/session/current.json"
