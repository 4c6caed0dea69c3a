"""The only doors to a workspace and its rows. A view that did not come through here has nothing to show.

Unknown and forbidden give the same answer (404), so that nobody learns what exists. Someone who is not signed in is
asked to sign in, whatever the address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase

from palabre.desk.clock import now_ms
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.models import ROLES, ApiToken, Invitation, Membership, User, Workspace

M = TypeVar("M", bound=models.Model)


class SignInNeeded(Exception):
    """Nobody is signed in; the middleware turns it into the sign-in page."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in a workspace, with the role that says what they may do there."""

    workspace: Workspace
    user: User
    role: str

    def may(self, needs: str) -> bool:
        """Whether the role is at least that one."""
        return ROLES.index(self.role) >= ROLES.index(needs)


def member(request: HttpRequest, workspace_slug: str, needs: str = "reader") -> Seat:
    """The seat of whoever asks. Raises SignInNeeded, or Http404 for unknown and forbidden alike."""
    seat = _of_program(request, workspace_slug) or _of_session(request, workspace_slug)
    if not seat.may(needs):
        raise Http404
    request.seat = seat  # type: ignore[attr-defined]  # the templates show the room from it
    return seat


def _of_program(request: HttpRequest, workspace_slug: str) -> Seat | None:
    """The seat that a token gave, where the API runs a view for a program (`palabre.desk.api.screens`)."""
    seat = getattr(request, "program", None)
    return seat if isinstance(seat, Seat) and seat.workspace.slug == workspace_slug else None


def _of_session(request: HttpRequest, workspace_slug: str) -> Seat:
    user = request.user
    if not user.is_authenticated:
        raise SignInNeeded
    held = Membership.doors.select_related("workspace").filter(user=user, workspace__slug=workspace_slug).first()
    if held is None:
        raise Http404
    return Seat(held.workspace, user, held.role)


View = Callable[..., HttpResponseBase]


def seated(needs: str = "reader", *, post: str | None = None) -> Callable[[View], View]:
    """Decorates ``view(request, seat, …)`` of a route under /w/<slug>/. post: the role that a POST needs, if higher."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, workspace_slug: str, **ids: Any) -> HttpResponseBase:
            role = post if post and request.method not in {"GET", "HEAD"} else needs
            return view(request, member(request, workspace_slug, role), **ids)

        return entered

    return decorate


def signed_in(view: View) -> View:
    """Decorates ``view(request, user, …)`` of a route that needs a user but no workspace."""

    @wraps(view)
    def entered(request: HttpRequest, **ids: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            raise SignInNeeded
        return view(request, request.user, **ids)

    return entered


def one(rows: models.QuerySet[M], **which: Any) -> M:
    """The one row, or Http404. Give it rows of a workspace: ``one(Model.objects.of(seat.workspace), uid=uid)``."""
    found = rows.filter(**which).first()
    if found is None:
        raise Http404
    return found


def seats(user: User) -> list[Seat]:
    """All seats of a user, by name of the workspace."""
    held = Membership.doors.select_related("workspace").filter(user=user).order_by("workspace__name")
    return [Seat(entry.workspace, user, entry.role) for entry in held]


def by_token(token: str, scope: str, workspace_slug: str) -> Seat:
    """The seat of a program that shows an API token. Raises Http404 for every reason not to let it in."""
    found = ApiToken.doors.select_related("workspace", "user").filter(token_hash=tokens.hashed(token)).first()
    if (
        found is None
        or not _alive(found)
        or scope not in found.scopes.split()
        or found.workspace.slug != workspace_slug
    ):
        raise Http404
    held = Membership.doors.filter(user=found.user, workspace=found.workspace).first()
    if held is None:
        raise Http404
    ApiToken.doors.filter(pk=found.pk).update(used_ms=now_ms())
    return Seat(found.workspace, found.user, held.role)


def _alive(token: ApiToken) -> bool:
    return token.user.is_active and (not token.expires_ms or token.expires_ms > now_ms())


def invitation(token: str) -> Invitation:
    """The invitation behind a link; Http404 if there is none, it was used or its time is over."""
    found = Invitation.doors.select_related("workspace").filter(token_hash=tokens.hashed(token)).first()
    if found is None or found.used_ms or found.expires_ms <= now_ms():
        raise Http404
    return found
