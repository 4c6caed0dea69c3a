"""The brake on guessing passwords: by account and by true address, the same whether the account exists or not."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest

from palabre.desk.workspaces.models import Attempt

WINDOW_MS = 15 * 60 * 1000
PER_ACCOUNT = 10
PER_ADDRESS = 50


def client_address(request: HttpRequest, trusted_proxies: int) -> str:
    """Who is really there: the last address that a trusted proxy wrote. What a client writes is never believed."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not trusted_proxies:
        return direct
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return told[-trusted_proxies] if len(told) >= trusted_proxies else direct


def keys(email: str, address: str) -> dict[str, int]:
    """Counter keys of a try, each with how many failures it bears."""
    return {_key("account", email.strip().lower()): PER_ACCOUNT, _key("address", address): PER_ADDRESS}


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()


def blocked(email: str, address: str, now_ms: int) -> bool:
    """Too many failures in the last quarter of an hour."""
    recent = Attempt.objects.filter(at_ms__gt=now_ms - WINDOW_MS)
    return any(recent.filter(key=key).count() >= limit for key, limit in keys(email, address).items())


def failed(email: str, address: str, now_ms: int) -> None:
    """Counts a failure; forgets those that no longer matter."""
    Attempt.objects.filter(at_ms__lte=now_ms - WINDOW_MS).delete()
    Attempt.objects.bulk_create(Attempt(key=key, at_ms=now_ms) for key in keys(email, address))


def forgiven(email: str) -> None:
    """A right password clears the account's counter."""
    Attempt.objects.filter(key=_key("account", email.strip().lower())).delete()
