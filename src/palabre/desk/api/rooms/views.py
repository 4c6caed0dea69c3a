"""Saved views, what they give out, and the addresses of their feeds."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Schema, Status
from pydantic import Field

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.listening import view
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, When, Who, listed, ms
from palabre.desk.api.screens import deed, file
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.exports import access, giving
from palabre.desk.mentions import access as mentions
from palabre.desk.mentions.forms import ViewForm
from palabre.desk.mentions.models import SavedView


class FeedLinkOut(Row):
    user: Who
    made: When = ms("made")
    used: When = ms("used")


class AddressOut(Schema):
    """An address that is its own key. It is shown this once."""

    address: str


@operation("GET", "/views/{view_id}/feeds", listed(FeedLinkOut))
def view_feeds(request: HttpRequest, workspace_slug: str, view_id: Uid) -> Any:
    seat = seat_of(request)
    return {"items": access.links(seat, mentions.saved_view(seat, view_id))}


@operation("POST", "/views/{view_id}/feeds", AddressOut, 201)
def make_view_feed(request: HttpRequest, workspace_slug: str, view_id: Uid) -> Any:
    seat = seat_of(request)
    token = giving.link(request, seat, mentions.saved_view(seat, view_id))
    return Status(201, {"address": request.build_absolute_uri(reverse("exports:feed", kwargs={"token": token}))})


ASKS: Any = (Annotated[str, Field(max_length=200_000)], ...)
VIEW = "/views/{view_id}"
OURS: Any = {"alias": {"view_id": "uid"}}
deed("POST", "/views", "mentions:save", "add_view", body("ViewIn", ViewForm, asks=ASKS), then=view, status=201,
     made=SavedView, **OURS)  # fmt: skip
deed("PATCH", VIEW, "mentions:view", "change_view", body("ViewChange", ViewForm, part=True), then=view, begins=True,
     **OURS)  # fmt: skip
deed("DELETE", VIEW, "mentions:remove", "remove_view", **OURS)
deed("DELETE", "/view-feeds/{uid}", "exports:revoke_link", "revoke_view_feed")
file(f"{VIEW}/file", "exports:file", "view_file", **OURS)
