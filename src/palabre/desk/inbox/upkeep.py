"""What time does to cases: those put off come back, places are reckoned again, originals that went are noticed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q

from palabre.desk.beats import each
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access, notices, seams
from palabre.desk.inbox.folding import Ranking, settle
from palabre.desk.inbox.models import Case, CaseEvent, CaseIntake, CasePost, Presence
from palabre.desk.workspaces.models import Workspace

AT_ONCE = 500
LOOKED_AT_ONCE = 2_000
GONE_AFTER_MS = 86_400_000  # a presence of yesterday tells nothing


def wake() -> int:
    """Cases whose time has come are open again, and whoever put them off is told. How many."""
    rows = Case.queue.filter(state="snoozed", snoozed_until_ms__gt=0, snoozed_until_ms__lte=now_ms())
    n = 0
    for case in rows.select_related("workspace", "assignee", "person")[:AT_ONCE]:
        n += woken(case)
    return n + each(Workspace.objects.all(), reminded)


def reminded(workspace: Workspace) -> int:
    """Promises somebody wanted to be reminded of: they are told in the inbox too, once. How many were."""
    due = seams.asked("promises", "to_remind", workspace, now_ms()) or []
    return sum(notices.tell(case, user or case.assignee, "remind", key, None) for case, user, key in due)


def woken(case: Case) -> bool:
    """One case; the same awakening is told once."""
    put_off = CaseEvent.objects.of(case.workspace).filter(case=case, kind="snoozed").order_by("-at_ms", "-pk").first()
    key = f"wake:{put_off.pk}" if put_off is not None else f"wake:{case.snoozed_until_ms}"
    with transaction.atomic():
        event = access.happened(case, "resumed", event_id=key, until_ms=case.snoozed_until_ms)
        if event is None:
            settle(case)
            return False
        for user in {case.assignee, put_off.user if put_off is not None else None} - {None}:
            notices.tell(case, user, "back", key, None)
    return True


def rank() -> int:
    """Cases whose place time has changed, and those whose promises changed. How many were reckoned again."""
    rows = Case.queue.filter(state__in=access.LIVE, points_until_ms__lte=now_ms(), merged_into=None)
    found = list(rows.order_by("workspace").select_related("workspace", "person")[:LOOKED_AT_ONCE])
    n = 0
    for workspace, cases in groupby(found, lambda case: case.workspace):
        n += ranked(Ranking(workspace), list(cases))
    for workspace in Workspace.objects.all():
        n += promises_changed(workspace) + standings_changed(workspace)
    return n


def ranked(ranking: Ranking, cases: Sequence[Case]) -> int:
    """Reckons places again."""
    for case in cases:
        place = ranking.place(case)
        case.points, case.points_until_ms = place.points, place.until_ms
    for start in range(0, len(cases), AT_ONCE):  # in short steps: others write meanwhile
        Case.objects.of(cases[0].workspace).bulk_update(cases[start : start + AT_ONCE], ["points", "points_until_ms"])
    return len(cases)


def again(workspace: Workspace) -> None:
    """Every open case is reckoned again: hours or targets changed."""
    Case.objects.of(workspace).filter(state__in=access.LIVE).update(points_until_ms=0)


def promises_changed(workspace: Workspace) -> int:
    """Cases that know another soonest promise than the ledger does."""
    due = seams.asked("promises", "soonest_due", workspace) or {}
    known = dict(
        Case.objects.of(workspace).filter(promise_due_ms__gt=0, merged_into=None).values_list("pk", "promise_due_ms")
    )
    changed = [pk for pk in {*due, *known} if due.get(pk, 0) != known.get(pk, 0)]
    for case in Case.objects.of(workspace).filter(pk__in=changed[:AT_ONCE]).select_related("merged_into", "person"):
        access.settle_all(case)
    return len(changed)


def standings_changed(workspace: Workspace) -> int:
    """Open cases whose person has another legitimacy since it was reckoned again, or is another person."""
    live = Case.objects.of(workspace).filter(state__in=access.LIVE, merged_into=None)
    known = Q(person__legitimacy=F("standing")) | Q(person__legitimacy=None, standing=None)
    changed = list(live.filter(~known).select_related("person")[:LOOKED_AT_ONCE])
    for start in range(0, len(changed), AT_ONCE):
        part = changed[start : start + AT_ONCE]
        for case in part:
            case.standing = case.person.legitimacy if case.person else None
        Case.objects.of(workspace).bulk_update(part, ["standing"])
    return ranked(Ranking(workspace), changed) if changed else 0


def look() -> int:
    """Goes round the posts of cases: which were taken back or edited. How many had changed."""
    Presence.objects.model._base_manager.filter(seen_ms__lt=now_ms() - GONE_AFTER_MS).delete()
    return sum(looked(workspace) for workspace in Workspace.objects.all())


def looked(workspace: Workspace) -> int:
    """The next posts of one workspace's cases; from the beginning once all were seen."""
    intake = CaseIntake.objects.of(workspace).first()
    if intake is None:
        return 0
    rows = CasePost.objects.of(workspace).filter(pk__gt=intake.checked, gone_ms=0).order_by("pk")
    found = list(rows.select_related("case")[:LOOKED_AT_ONCE])
    after = found[-1].pk if len(found) == LOOKED_AT_ONCE else 0
    n = noticed(workspace, found)
    CaseIntake.objects.of(workspace).filter(pk=intake.pk).update(checked=after)
    return n


def noticed(workspace: Workspace, posts: Sequence[CasePost]) -> int:
    """Notes what became of the originals: taken back, edited. How many had changed."""
    there = archive().posts.there(workspace.pk, [one.post_id for one in posts])
    n = 0
    for one in posts:
        if one.post_id not in there:
            gone(one)
            n += 1
        elif there[one.post_id] > one.edits:
            edited(one, there[one.post_id])
            n += 1
    return n


@transaction.atomic
def gone(one: CasePost) -> None:
    """Its author or its platform took it back: no word of it stays in the title either."""
    CasePost.objects.of(one.workspace).filter(pk=one.pk).update(gone_ms=now_ms(), uri="")
    first = CaseEvent.objects.of(one.workspace).filter(case=one.case, kind="opened", data__post_id=one.post_id)
    if first.exists():
        Case.objects.of(one.workspace).filter(pk=one.case_id).update(title="")
    access.happened(one.case, "withdrawn", event_id=f"gone:{one.post_id}", post_id=one.post_id)


@transaction.atomic
def edited(one: CasePost, versions: int) -> None:
    """Its author changed it after we heard it."""
    CasePost.objects.of(one.workspace).filter(pk=one.pk).update(edits=versions)
    access.happened(one.case, "edited", event_id=f"edit:{one.post_id}:{versions}", post_id=one.post_id)
