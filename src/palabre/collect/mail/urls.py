"""Addresses made of what a message carries."""

from __future__ import annotations

from urllib.parse import quote


def message_uri(message_id: str) -> str:
    """mid: URL of a Message-ID (RFC 2392)."""
    return f"mid:{quote(message_id, safe='@$!*+,;=._-~')}"


def content_uri(digest: str) -> str:
    """For a message without an id: its content's SHA-256 (RFC 6920)."""
    return f"ni:///sha-256;{digest}"


def account_uri(address: str) -> str:
    return f"mailto:{quote(address.lower(), safe='@+._-')}"
