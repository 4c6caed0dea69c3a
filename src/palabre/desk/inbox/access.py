"""The only doors to cases. What changes a case goes through here too, so that each change leaves its event."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from palabre.archive import PostRow
from palabre.desk.clock import now_ms
from palabre.desk.inbox.models import HUMAN, MACHINE, Case, CaseEvent, CasePost
from palabre.desk.people import access as people
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import User, Workspace

TITLE_CHARS = 120


def case(seat: Seat, uid: str) -> Case:
    """Http404 for none and for another workspace's."""
    return one(Case.objects.of(seat.workspace).select_related("person", "assignee", "team"), uid=uid)


def cases(seat: Seat) -> Any:
    """Those that go on (merged ones do not), as a query set."""
    return Case.objects.of(seat.workspace).filter(merged_into=None).select_related("person", "assignee", "team")


def of_post(workspace: Workspace, post_id: int) -> Case | None:
    """The case a post is in."""
    found = CasePost.objects.of(workspace).filter(post_id=post_id).select_related("case").first()
    return found.case if found else None


def happened(
    case: Case, kind: str, *, user: User | None = None, at_ms: int = 0, event_id: str = "", **data: Any
) -> CaseEvent | None:
    """Writes an event; by a machine when nobody did it. None: it was known already (same event_id)."""
    when = at_ms or now_ms()
    try:
        with transaction.atomic():
            event = CaseEvent.objects.add(
                case.workspace, case=case, kind=kind, at_ms=when, by=HUMAN if user else MACHINE, user=user,
                event_id=event_id, data=data,
            )  # fmt: skip
    except IntegrityError:
        return None
    Case.objects.of(case.workspace).filter(pk=case.pk, changed_ms__lt=when).update(changed_ms=when)
    return event


@transaction.atomic
def opened(workspace: Workspace, post: PostRow, *, user: User | None = None, private: bool = False) -> Case:
    """The case of a post: the one it is in, or a new one. Opening a case by hand is the member's act; the person waits
    since they wrote."""
    known = of_post(workspace, post.post_id)
    if known is not None:
        return known
    said = post.post
    person = people.met(workspace, said.network, said.account) if said.account else None
    title = " ".join((said.title or said.text).split())[:TITLE_CHARS]
    fresh = Case.objects.add(
        workspace, title=title, network=said.network, source_id=post.source_id, thread=said.root or said.uri,
        private=private, person=person, opened_ms=post.sort_ms, changed_ms=now_ms(), waiting_since_ms=post.sort_ms,
    )  # fmt: skip
    joined(fresh, post)
    happened(fresh, "opened", user=user, at_ms=post.sort_ms, event_id=f"post:{said.uri}"[:80], post_id=post.post_id)
    return fresh


def joined(case: Case, post: PostRow, *, ours: bool = False) -> bool:
    """Puts a post into a case; False: it is in one already. ours: known to be ours, even if it was heard before."""
    _, made = CasePost.objects.of(case.workspace).get_or_create(
        workspace=case.workspace,
        post_id=post.post_id,
        defaults={"case": case, "uri": post.post.uri, "ours": ours, "at_ms": post.sort_ms},
    )
    if ours and not made:
        CasePost.objects.of(case.workspace).filter(post_id=post.post_id).update(ours=True)
    return made


def answered(case: Case, at_ms: int, *, user: User | None, event_id: str, **data: Any) -> CaseEvent | None:
    """A reply of ours is on its platform since at_ms: the clock stops there, and who wrote before waits no longer."""
    event = happened(case, "reply", user=user, at_ms=at_ms, event_id=event_id, **data)
    Case.objects.of(case.workspace).filter(pk=case.pk, waiting_since_ms__lte=at_ms).update(waiting_since_ms=0)
    return event
