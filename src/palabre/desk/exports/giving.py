"""Giving a view out under an address of its own."""

from __future__ import annotations

from django.http import HttpRequest

from palabre.desk.clock import now_ms
from palabre.desk.exports.models import FeedLink
from palabre.desk.mentions.models import SavedView
from palabre.desk.workspaces import audit, tokens
from palabre.desk.workspaces.access import Seat


def link(request: HttpRequest, seat: Seat, view: SavedView) -> str:
    """The token of a fresh address for feed readers, to be shown once; it is noted."""
    token = tokens.fresh()
    FeedLink.objects.add(seat.workspace, view=view, user=seat.user, token_hash=tokens.hashed(token), made_ms=now_ms())
    audit.note(request, seat, "feed_link_made", view.name)
    return token
