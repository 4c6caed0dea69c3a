"""The only doors to ambassadors, invitations and the ledger of recognition."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from palabre.desk.ambassadors.models import Invite, Membership, Recognition, Reminder
from palabre.desk.clock import now_ms
from palabre.desk.people.models import Handle
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace


def members(workspace: Workspace) -> Any:
    """Those who said yes and stay, as a query set; somebody who was two before a merge counts once."""
    found = Membership.objects.of(workspace).filter(left_ms=0, person__merged_into=None)
    return found.select_related("person", "consent", "consent__invite")


def member(seat: Seat, uid: str) -> Membership:
    found: Membership = one(members(seat.workspace), uid=uid)
    return found


def is_member(workspace: Workspace, person_id: int) -> bool:
    """Whether that person said yes and stays."""
    return bool(members(workspace).filter(person_id=person_id).exists())


def invites(workspace: Workspace) -> Any:
    """All that were made, newest first, as a query set."""
    return Invite.objects.of(workspace).select_related("person", "made_by")


def invite(seat: Seat, uid: str) -> Invite:
    found: Invite = one(invites(seat.workspace), uid=uid)
    return found


def by_address(token: str) -> Invite:
    """Http404: there is none, it was withdrawn, or its time is over without an answer."""
    found = Invite.doors.select_related("person", "workspace").filter(token_hash=tokens.hashed(token)).first()
    if found is None or found.withdrawn_ms or (not found.answer and found.expires_ms <= now_ms()):
        raise Http404
    return found


def recognitions(workspace: Workspace) -> Any:
    """The ledger, latest first, as a query set."""
    return Recognition.objects.of(workspace).select_related("person", "by")


def recognition(seat: Seat, uid: str) -> Recognition:
    found: Recognition = one(recognitions(seat.workspace), uid=uid)
    return found


def settled(workspace: Workspace) -> set[int]:
    """Posts whose disclosure somebody has looked at."""
    return set(Reminder.objects.of(workspace).values_list("post_id", flat=True))


def accounts(workspace: Workspace, person_ids: set[int]) -> dict[str, int]:
    """Account → person, of these persons."""
    rows = Handle.objects.of(workspace).filter(person_id__in=person_ids).values_list("uri", "person_id")
    return dict(rows)
