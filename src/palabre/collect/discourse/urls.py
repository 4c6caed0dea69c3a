"""Addresses of a Discourse forum's public JSON (docs.discourse.org)."""

from __future__ import annotations

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
