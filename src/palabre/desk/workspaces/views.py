"""Views of a workspace's own house: members, invitations, API tokens, journal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.workspaces import audit, people, tokens
from palabre.desk.workspaces.access import Seat, one, seated
from palabre.desk.workspaces.forms import InviteForm, RoleForm, TokenForm
from palabre.desk.workspaces.models import ApiToken, AuditEntry, Invitation, Membership

JOURNAL_ROWS = 100


def _members(request: HttpRequest, seat: Seat, status: int = 200, **more: object) -> HttpResponse:
    """The page of members; more: a form that was refused, or a fresh link to show once."""
    held = Membership.objects.of(seat.workspace).select_related("user").order_by("since_ms", "pk")
    waiting = Invitation.objects.of(seat.workspace).filter(used_ms=0, expires_ms__gt=now_ms()).order_by("expires_ms")
    context = {
        "members": [
            (entry, RoleForm(request, initial={"role": entry.role}, auto_id=f"f-{entry.uid}-%s")) for entry in held
        ],
        "waiting": waiting if seat.may("manager") else [],
        "form": InviteForm(request),
        **more,
    }
    return render(request, "workspaces/members.html", context, status=status)


@require_GET
@seated()
def members(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Who sits here, and with which role."""
    return _members(request, seat)


@require_POST
@seated("manager")
def invite(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Makes an invitation; its link is shown once."""
    form = InviteForm(request, request.POST)
    if form.is_valid() and not seat.may(form.cleaned_data["role"]):
        form.complain("role", "auth.invite.too_high")
    if not form.is_valid():
        return _members(request, seat, 400, form=form)
    token = people.invite(seat.workspace, seat.user, form.cleaned_data["email"], form.cleaned_data["role"])
    audit.note(request, seat, "invited", form.cleaned_data["role"])
    return _members(request, seat, link=request.build_absolute_uri(f"/invitation/{token}"))


@require_POST
@seated("manager")
def revoke_invitation(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Takes an invitation back."""
    one(Invitation.objects.of(seat.workspace), uid=uid).delete()
    audit.note(request, seat, "invitation_revoked")
    return redirect("workspaces:members", workspace_slug=seat.workspace.slug)


@require_POST
@seated("manager")
def change_role(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Gives another role; nobody gives or touches a role above their own, and one owner stays."""
    held = one(Membership.objects.of(seat.workspace), uid=uid)
    form = RoleForm(request, request.POST)
    if not form.is_valid() or not _may_change(seat, held, form.cleaned_data["role"]):
        return _refuse(request, seat)
    held.role = form.cleaned_data["role"]
    held.save(update_fields=["role"])
    if held.user != seat.user:
        people.end_sessions(held.user)  # a session is renewed when its rights change
    audit.note(request, seat, "role_changed", f"{held.user.label}: {held.role}")
    return redirect("workspaces:members", workspace_slug=seat.workspace.slug)


def _may_change(seat: Seat, held: Membership, role: str) -> bool:
    keeps_owner = role == "owner" or held.role != "owner" or people.owners_left(seat.workspace, held)
    return seat.may(held.role) and seat.may(role) and keeps_owner


@require_POST
@seated("manager")
def remove_member(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Takes somebody's seat away, at once and everywhere."""
    held = one(Membership.objects.of(seat.workspace), uid=uid)
    if not seat.may(held.role) or (held.role == "owner" and not people.owners_left(seat.workspace, held)):
        return _refuse(request, seat)
    people.remove(held)
    audit.note(request, seat, "member_removed", held.user.label)
    return redirect("workspaces:members", workspace_slug=seat.workspace.slug)


def _refuse(request: HttpRequest, seat: Seat) -> HttpResponse:
    messages.error(request, speak("auth.members.refused", lang_of(request)))
    return _members(request, seat, 400)


@require_http_methods(["GET", "POST"])
@seated("agent")
def token_list(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One's API tokens (a manager sees everybody's); a new one is shown once."""
    form = TokenForm(request, posted(request))
    fresh = _made_token(request, seat, form) if form.is_valid() else ""
    rows = ApiToken.objects.of(seat.workspace).select_related("user").order_by("-made_ms")
    if not seat.may("manager"):
        rows = rows.filter(user=seat.user)
    context = {"tokens": rows, "fresh": fresh, "form": TokenForm(request) if fresh else form, "now_ms": now_ms()}
    return render(request, "workspaces/tokens.html", context, status=400 if form.errors else 200)


def _made_token(request: HttpRequest, seat: Seat, form: TokenForm) -> str:
    token, days, now = tokens.fresh(), int(form.cleaned_data["days"]), now_ms()
    ApiToken.objects.add(
        seat.workspace,
        user=seat.user,
        name=form.cleaned_data["name"],
        token_hash=tokens.hashed(token),
        scopes=" ".join(form.cleaned_data["scopes"]),
        made_ms=now,
        expires_ms=now + days * people.DAY_MS if days else 0,
    )
    audit.note(request, seat, "token_made", form.cleaned_data["name"])
    return token


@require_POST
@seated("agent")
def revoke_token(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Ends a token: one's own, or anybody's for a manager."""
    rows = ApiToken.objects.of(seat.workspace)
    token = one(rows if seat.may("manager") else rows.filter(user=seat.user), uid=uid)
    token.delete()
    audit.note(request, seat, "token_revoked", token.name)
    return redirect("workspaces:tokens", workspace_slug=seat.workspace.slug)


@require_GET
@seated("manager")
def journal(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The last things done here, newest first; ``?before=`` an entry's number goes further back."""
    before = request.GET.get("before", "")
    rows = AuditEntry.objects.of(seat.workspace).select_related("user").order_by("-pk")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    entries = list(rows[: JOURNAL_ROWS + 1])
    older = f"?before={entries[JOURNAL_ROWS - 1].pk}" if len(entries) > JOURNAL_ROWS else ""
    return render(request, "workspaces/journal.html", {"entries": entries[:JOURNAL_ROWS], "older": older})
