"""The only doors to feeds' addresses, and to what they show."""

from __future__ import annotations

from django.http import Http404

from palabre.archive.types import Workspace
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.exports.models import FeedLink
from palabre.desk.mentions.access import saved_view
from palabre.desk.mentions.models import SavedView
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Membership


def links(seat: Seat, view: SavedView) -> list[FeedLink]:
    """One's own; a manager sees all. Newest first."""
    found = FeedLink.objects.of(seat.workspace).filter(view=view).select_related("user")
    return list(found if seat.may("manager") else found.filter(user=seat.user))


def own_link(seat: Seat, uid: str) -> FeedLink:
    """One's own, or as a manager anybody's; Http404 for every other."""
    found = one(FeedLink.objects.of(seat.workspace), uid=uid)
    if found.user_id != seat.user.pk and not seat.may("manager"):
        raise Http404
    return found


def by_address(token: str) -> tuple[Seat, SavedView]:
    """The seat and the view behind a feed's address. Http404 for every reason not to show it."""
    found = FeedLink.doors.select_related("workspace", "user", "view").filter(token_hash=tokens.hashed(token)).first()
    if found is None or not found.user.is_active:
        raise Http404
    held = Membership.doors.filter(user=found.user, workspace=found.workspace).first()
    if held is None:
        raise Http404
    seat = Seat(found.workspace, found.user, held.role)
    view = saved_view(seat, found.view.uid)
    FeedLink.doors.filter(pk=found.pk).update(used_ms=now_ms())
    return seat, view


def place(seat: Seat) -> Workspace:
    """The archive's workspace of a seat: its ``uid`` makes the pseudonyms."""
    return archive().workspaces.get(seat.workspace.id)
