"""Random tokens: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets

# What a program may do: read posts and figures; change what we listen to and measure; see persons; work on cases,
# drafts and the rooms of answering (never send); manage members, keys, channels and webhooks.
SCOPES = ("read", "write", "people", "answer", "house")


def fresh() -> str:
    """256 bits, fit for a URL."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """64 hex digits. A token is random, so a plain hash is enough (a password is not: see PASSWORD_HASHERS)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
