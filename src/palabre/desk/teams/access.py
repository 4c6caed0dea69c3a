"""The only doors to teams, to routing between them, and to who must approve what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import NullIf

from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case
from palabre.desk.teams.models import ApprovalPath, Team
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import ROLES, Membership, User, Workspace

NOTE_CHARS_MAX = 500


def team(seat: Seat, uid: str) -> Team:
    return one(Team.objects.of(seat.workspace), uid=uid)


def teams(seat: Seat) -> list[Team]:
    """All of the workspace, by name."""
    return list(Team.objects.of(seat.workspace))


def departments(seat: Seat) -> list[Team]:
    """Those that cases are routed to, by name."""
    return list(Team.objects.of(seat.workspace).filter(department=True))


def mine(seat: Seat) -> list[Team]:
    """Those that the seat's user belongs to."""
    return list(Team.objects.of(seat.workspace).filter(members=seat.user))


def team_named(workspace: Workspace, uid: str) -> Team | None:
    """The same without a seat, for what the house does by itself."""
    return Team.objects.of(workspace).filter(uid=uid).first()


def answerers(workspace: Workspace) -> list[User]:
    """Members who may answer, by name."""
    held = Membership.objects.of(workspace).filter(role__in=ROLES[ROLES.index("agent") :], user__is_active=True)
    return sorted((seat.user for seat in held.select_related("user")), key=lambda user: user.label.casefold())


def members(found: Team) -> list[User]:
    """Of a team, by name; those who lost their seat or may not answer are left out."""
    able = {user.pk for user in answerers(found.workspace)}
    return sorted((user for user in found.members.all() if user.pk in able), key=lambda user: user.label.casefold())


def queue(seat: Seat, found: Team) -> Any:
    """The cases of a team that go on, those who wait longest first, as a query set."""
    live = inbox.cases(seat).filter(team=found).exclude(state="resolved")
    since = NullIf("waiting_since_ms", Value(0))  # who waits for nothing comes last
    return live.order_by("-urgent", since.asc(nulls_last=True), "pk")


@transaction.atomic
def routed(case: Case, to: Team, *, user: User | None, note: str = "", event_id: str = "", **data: Any) -> bool:
    """Hands a case over to a team: it is in its queue, nobody's yet, with a note that says why. data: goes into the
    event; event_id makes it safe to call twice. False: it was routed there by the same event already."""
    told: dict[str, Any] = {
        "uid": to.uid,
        "name": to.name,
        "from": case.team.name if case.team else "",
        "note": note[:NOTE_CHARS_MAX],
    }
    if inbox.happened(case, "team", user=user, event_id=event_id, to=to.pk, **told, **data) is None:
        return False
    if case.assignee_id is not None:
        inbox.happened(case, "unassigned", user=user, **data)
    return True


def path(seat: Seat, uid: str) -> ApprovalPath:
    return one(ApprovalPath.objects.of(seat.workspace).select_related("team"), uid=uid)


def paths(seat: Seat) -> list[ApprovalPath]:
    """All of the workspace, by name."""
    return list(ApprovalPath.objects.of(seat.workspace).select_related("team"))


def needs_approval(reply: Any, user: User) -> list[ApprovalPath]:
    """The paths that a reply of this author must go before it may leave; none: it may leave at once."""
    known = list(ApprovalPath.objects.of(reply.workspace).filter(on=True).select_related("team"))
    if not known:
        return []
    role = Membership.objects.of(reply.workspace).filter(user=user).values_list("role", flat=True).first() or ""
    return [one for one in known if _asked(one, reply, role) and _new_here(one, reply, user)]


def _asked(found: ApprovalPath, reply: Any, role: str) -> bool:
    """Whether the conditions on the reply itself hold."""
    case = reply.case
    return (
        (not found.roles or role in found.roles)
        and (not found.networks or case.network in found.networks)
        and (not found.labels or bool(set(found.labels) & set(case.labels)))
    )


def _new_here(found: ApprovalPath, reply: Any, user: User) -> bool:
    """Whether the author is still new, where the path asks."""
    if not found.first_replies:
        return True
    from palabre.desk.replies.models import Reply

    sent = Reply.objects.of(reply.workspace).filter(by=user, state="sent_off")[: found.first_replies]
    return len(sent) < found.first_replies


def may_approve(seat: Seat, reply: Any) -> bool:
    """Whether the seat may approve a reply: one for every path it must go, and never one's own."""
    if reply.by is None or reply.by_id == seat.user.pk:
        return False
    return all(_approves(seat, one) for one in needs_approval(reply, reply.by)) and seat.may("agent")


def may_correct(seat: Seat, reply: Any) -> bool:
    """Whether the seat may change a reply that is out: its new words are read by nobody else first."""
    return all(_approves(seat, one) for one in needs_approval(reply, seat.user))


def _approves(seat: Seat, found: ApprovalPath) -> bool:
    return seat.may(found.approver) or bool(found.team and found.team.members.filter(pk=seat.user.pk).exists())


def labels(workspace: Workspace) -> Sequence[str]:
    """The labels in use, each once, in order."""
    used = Case.objects.of(workspace).exclude(labels=[]).values_list("labels", flat=True)[:5_000]
    return sorted({label for one in used for label in one})
