"""The journal of a workspace: who did what, when. Never the content of a post, a password or a token."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from palabre.desk.clock import now_ms
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.attempts import client_address
from palabre.desk.workspaces.models import AuditEntry, User, Workspace


def address(request: HttpRequest) -> str:
    """Where the request comes from."""
    return client_address(request, settings.PALABRE.trusted_proxies)


def note(request: HttpRequest, seat: Seat, what: str, about: str = "") -> None:
    """Writes that somebody did something. what: the end of a message key ``auth.did.<what>``."""
    write(request, seat.workspace, seat.user, what, about)


def write(request: HttpRequest, workspace: Workspace, user: User | None, what: str, about: str = "") -> None:
    """The same, for a door where there is no seat yet."""
    AuditEntry.objects.add(
        workspace, at_ms=now_ms(), user=user, what=what, about=about[:200], address=address(request)[:45]
    )


def from_terminal(workspace: Workspace, what: str, about: str = "") -> None:
    """The same, for the command line: whoever may run it on the machine, nobody of the desk."""
    AuditEntry.objects.add(workspace, at_ms=now_ms(), user=None, what=what, about=about[:200], address="")
