"""Where a signed webhook reaches us; the platform has no address of its own here."""

from __future__ import annotations


def endpoint(site_url: str, token: str) -> str:
    """The address to give to the sender. "" when the desk cannot be reached from outside."""
    return f"{site_url.rstrip('/')}/in/webhook/{token}" if site_url else ""
