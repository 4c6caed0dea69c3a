"""Addresses of a WordPress site's REST API (developer.wordpress.org/rest-api, version wp/v2)."""

from __future__ import annotations

CANARY = "https://wordpress.org/news"
PER_PAGE = 100  # the API's own maximum


def posts(site: str) -> str:
    return f"{site}/wp-json/wp/v2/posts"


def comments(site: str) -> str:
    return f"{site}/wp-json/wp/v2/comments"


def me(site: str) -> str:
    return f"{site}/wp-json/wp/v2/users/me"


def short(site: str, post_id: str) -> str:
    """The permanent address of a post, which is also its guid unless the site has moved."""
    return f"{site}/?p={post_id}"
