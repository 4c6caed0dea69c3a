"""The house itself: members, invitations, tokens, journal, channels. A program makes no token: a person does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Schema, Status
from pydantic import Field

from palabre.desk.api.answering import channels
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, When, Who, listed, ms
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes import Closed, Id, Limit
from palabre.desk.clock import now_ms
from palabre.desk.workspaces import audit, people
from palabre.desk.workspaces.models import ROLES, ApiToken, AuditEntry, Invitation, Membership

Role = Literal[ROLES]  # type: ignore[valid-type]


class MemberOut(Row):
    """id: of the seat, which these operations take; user: whom others name."""

    user: Who
    role: str
    since: When = ms("since")


class InvitationOut(Row):
    email: str
    role: str
    expires: When = ms("expires")


class InvitedOut(Schema):
    """address: lets one person in, for a week; shown this once."""

    address: str


class InvitationIn(Closed):
    role: Role
    email: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""


class TokenOut(Row):
    """Never the token itself."""

    name: str
    user: Who
    scopes: str
    made: When = ms("made")
    expires: When = ms("expires")
    used: When = ms("used")


class JournalEntryOut(Schema):
    id: int
    at: When = ms("at")
    user: Who
    what: str
    about: str


@operation("GET", "/members", listed(MemberOut), scope="house")
def members(request: HttpRequest, workspace_slug: str) -> Any:
    held = Membership.objects.of(seat_of(request).workspace).select_related("user")
    return {"items": held.order_by("since_ms", "pk")}


@operation("GET", "/invitations", listed(InvitationOut), scope="house")
def invitations(request: HttpRequest, workspace_slug: str) -> Any:
    """Those that still open."""
    seat = seat_of(request, "manager")
    return {"items": Invitation.objects.of(seat.workspace).filter(used_ms=0, expires_ms__gt=now_ms())}


@operation("POST", "/invitations", InvitedOut, 201, scope="house")
def invite(request: HttpRequest, workspace_slug: str, body: InvitationIn) -> Any:
    """Nobody invites to a role above their own; nothing is sent."""
    seat = seat_of(request, "manager")
    if not seat.may(body.role):
        raise Http404
    token = people.invite(seat.workspace, seat.user, body.email, body.role)
    audit.note(request, seat, "invited", body.role)
    return Status(201, {"address": request.build_absolute_uri(f"/invitation/{token}")})


@operation("GET", "/tokens", listed(TokenOut), scope="house")
def token_list(request: HttpRequest, workspace_slug: str) -> Any:
    """One's own; a manager's are everybody's."""
    seat = seat_of(request, "agent")
    rows = ApiToken.objects.of(seat.workspace).select_related("user").order_by("-made_ms")
    return {"items": rows if seat.may("manager") else rows.filter(user=seat.user)}


@operation("GET", "/journal", listed(JournalEntryOut), scope="house")
def journal(request: HttpRequest, workspace_slug: str, before: Id | None = None, limit: Limit = 50) -> Any:
    """Who did what, newest first; before: the last entry of the page before."""
    rows = AuditEntry.objects.of(seat_of(request, "manager").workspace).select_related("user").order_by("-pk")
    return {"items": (rows.filter(pk__lt=before) if before else rows)[:limit]}


HOUSE: Any = {"scope": "house"}
deed("POST", "/members/{uid}/role", "workspaces:change_role", "change_role", body("RoleIn", role=(Role, ...)),
     then=members, **HOUSE)  # fmt: skip
deed("DELETE", "/members/{uid}", "workspaces:remove_member", "remove_member", **HOUSE)
deed("DELETE", "/invitations/{uid}", "workspaces:revoke_invitation", "revoke_invitation", **HOUSE)
deed("DELETE", "/tokens/{uid}", "workspaces:revoke_token", "revoke_token", **HOUSE)
deed("POST", "/channels", "outbox:open", "open_channel", body("ChannelIn", source=(Id, ...)), then=channels, status=201,
     **HOUSE)  # fmt: skip
deed("POST", "/channels/{uid}/check", "outbox:check", "check_channel", then=channels, **HOUSE)
deed("POST", "/channels/{uid}/state", "outbox:state", "pause_channel",
     body("ChannelState", state=(Literal["active", "paused"], ...)), then=channels, **HOUSE)  # fmt: skip
deed("DELETE", "/channels/{uid}", "outbox:remove", "remove_channel", **HOUSE)
