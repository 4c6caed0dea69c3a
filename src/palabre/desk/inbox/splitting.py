"""A case that holds two matters becomes two: some of its posts go on in a case of their own."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from palabre.archive import PostRow
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access
from palabre.desk.inbox.models import Case, CaseEvent, CasePost
from palabre.desk.people import access as people
from palabre.desk.workspaces.access import Seat


@transaction.atomic
def split(seat: Seat, case: Case, post_ids: Sequence[int]) -> Case | None:
    """The new case; None when nothing or everything was chosen, or none of it is still there to be read."""
    held = list(CasePost.objects.of(seat.workspace).select_for_update().filter(case=case))
    chosen = [one for one in held if one.post_id in set(post_ids)]
    rows = archive().posts.many(seat.workspace.pk, [one.post_id for one in chosen])
    theirs = [row for row in rows if row.post_id in {one.post_id for one in chosen if not one.ours}]
    if not theirs or len(chosen) == len(held):
        return None
    first = min(theirs, key=lambda row: (row.sort_ms, row.post_id))
    fresh = _fresh(seat, case, first)
    CasePost.objects.of(seat.workspace).filter(pk__in=[one.pk for one in chosen]).update(case=fresh)
    moved = _move(seat, case, fresh, {one.post_id for one in chosen}, first.post_id)
    access.happened(fresh, "split_from", user=seat.user, other=case.uid)
    access.happened(case, "split", user=seat.user, other=fresh.uid, voids=moved)
    return fresh


def _fresh(seat: Seat, case: Case, first: PostRow) -> Case:
    said = first.post
    person = people.met(seat.workspace, said.network, said.account) if said.account else case.person
    return Case.objects.add(
        seat.workspace, title=access.title_of(first), network=case.network, source_id=case.source_id, thread=said.uri,
        private=case.private, person=person, opened_ms=first.sort_ms, changed_ms=now_ms(), asks=case.asks,
        addressed=case.addressed, by_hand=True, reach=(said.account.followers or 0) if said.account else 0,
    )  # fmt: skip


def _move(seat: Seat, case: Case, fresh: Case, post_ids: set[int], first_id: int) -> list[int]:
    """What the posts said to the clock is said in the new case; the numbers of the events that count here no more."""
    rows = CaseEvent.objects.of(seat.workspace).filter(case=case, kind__in=("opened", "customer", "reply"))
    moved = [event for event in rows if event.data.get("post_id") in post_ids]
    for event in moved:
        kind = "opened" if event.data["post_id"] == first_id else "customer" if event.kind == "opened" else event.kind
        access.happened(
            fresh, kind, user=event.user, by=event.by, at_ms=event.at_ms, event_id=event.event_id, follow=False,
            **event.data,
        )  # fmt: skip
    if not any(event.data["post_id"] == first_id for event in moved):
        access.happened(fresh, "opened", user=seat.user, at_ms=fresh.opened_ms, post_id=first_id)
    return [event.pk for event in moved]
