"""Random tokens: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets

# What a program may do: read posts and figures; change watches; see persons; work on cases and drafts (never send).
SCOPES = ("read", "write", "people", "answer")


def fresh() -> str:
    """256 bits, fit for a URL."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """64 hex digits. A token is random, so a plain hash is enough (a password is not: see PASSWORD_HASHERS)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
