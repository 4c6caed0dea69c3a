"""Where others tell us that they mention one of our pages."""

from __future__ import annotations


def endpoint(site_url: str, token: str) -> str:
    """The address to announce by ``<link rel=webmention>``. "" when the desk cannot be reached from outside."""
    return f"{site_url.rstrip('/')}/in/webmention/{token}" if site_url else ""
