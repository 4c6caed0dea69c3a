"""Who asks: a Bearer token with a scope, of the workspace in the address. Unknown, expired and foreign are the same."""

from __future__ import annotations

import math
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja.security import HttpBearer

from palabre.desk.api.bucket import Buckets
from palabre.desk.clock import now_ms
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.access import Seat, by_token


class Throttled(Exception):
    """Too many calls. seconds: to wait, whole."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = max(1, math.ceil(seconds))


@cache
def buckets() -> Buckets:
    values = settings.PALABRE
    return Buckets(values.api_requests_at_once, values.api_requests_per_minute)


class Key(HttpBearer):
    """scope: of `tokens.SCOPES`."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Seat | None:
        """The seat, kept in ``request.auth``; None: 401. Raises Throttled."""
        match = request.resolver_match
        slug = str(match.kwargs.get("workspace_slug", "")) if match else ""
        try:
            seat = by_token(token, self.scope, slug)
        except Http404:
            return None
        wait = buckets().take(tokens.hashed(token), now_ms())
        if wait:
            raise Throttled(wait)
        return seat


KEYS = {scope: Key(scope) for scope in tokens.SCOPES}


def seat_of(request: HttpRequest, needs: str = "reader") -> Seat:
    """The seat of an authenticated call. Http404 when its role is not enough."""
    seat: Seat = request.auth  # type: ignore[attr-defined]  # set by ninja from `Key.authenticate`
    if not seat.may(needs):
        raise Http404
    return seat
