"""What members do to cases, one or many at once: each act an event, each event taken back in one click."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.inbox import access, notices
from palabre.desk.inbox.folding import in_force_of
from palabre.desk.inbox.models import Act, Case, Notice
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User
from palabre.engage.cases import folded, needless

KINDS: Mapping[str, str] = {
    "assign": "assigned",
    "unassign": "unassigned",
    "team": "team",
    "label": "labelled",
    "unlabel": "unlabelled",
    "snooze": "snoozed",
    "resume": "resumed",
    "wait": "waiting",
    "resolve": "resolved",
    "reopen": "reopened",
    "urgent": "urgent",
    "calm": "calm",
}
LABEL_CHARS = 40


def do(seat: Seat, cases: Iterable[Case], what: str, **data: Any) -> Act:
    """One act on some cases; those that it would not change are left alone. data: to, label, until_ms."""
    act = Act.objects.add(seat.workspace, user=seat.user, what=what, made_ms=now_ms())
    done = [event for case in cases if (event := _one(seat.user, case, KINDS[what], act, data))]
    act.events, act.n = done, len(done)
    act.save(update_fields=["events", "n"])
    return act


@transaction.atomic
def _one(user: User, case: Case, kind: str, act: Act, data: Mapping[str, Any]) -> tuple[int, int] | None:
    if needless(folded(in_force_of(case)), kind, data):
        return None
    event = access.happened(case, kind, user=user, act=act.uid, **data)
    if kind == "assigned" and event is not None:
        colleague = User.objects.filter(pk=data["to"]).first()
        notices.tell(case, colleague, "assigned", act.uid, user)
    return (case.pk, event.pk) if event is not None else None


@transaction.atomic
def undo(seat: Seat, act: Act) -> int:
    """What the act did does not count any more; what others did since stays. How many cases. Once."""
    mine = Act.objects.of(seat.workspace).filter(pk=act.pk, undone_ms=0)
    if mine.update(undone_ms=now_ms()) != 1:
        return 0
    numbers = dict(act.events)
    cases = Case.objects.of(seat.workspace).filter(pk__in=numbers).select_related("person", "merged_into")
    for case in cases:
        access.happened(case, "restored", user=seat.user, voids=[numbers[case.pk]], act=act.uid)
    Notice.objects.of(seat.workspace).filter(key=f"assigned:{act.uid}", read_ms=0).delete()
    return len(numbers)


def label_of(text: str) -> str:
    """A label as it is kept: one line, no bar."""
    return " ".join(text.replace("|", " ").split())[:LABEL_CHARS].casefold()


def merge(seat: Seat, into: Case, others: Sequence[Case]) -> int:
    """Cases about one incident go on in one. Nothing moves: an unmerge gives back exactly what was. How many."""
    n = 0
    for other in others:
        n += _merged(seat, into, other)
    return n


@transaction.atomic
def _merged(seat: Seat, into: Case, other: Case) -> bool:
    """Only if neither goes on elsewhere by now: two who merge at once make no circle."""
    rows = Case.objects.of(seat.workspace)
    list(rows.select_for_update().filter(pk__in=sorted((into.pk, other.pk))))
    free = rows.filter(pk=into.pk, merged_into=None).exists()
    if into.pk == other.pk or not free:
        return False
    if rows.filter(pk=other.pk, merged_into=None).update(merged_into=into) != 1:
        return False
    other.merged_into = into
    access.happened(other, "merged", user=seat.user, into=into.uid)
    access.happened(into, "took_in", user=seat.user, other=other.uid)
    return True


@transaction.atomic
def unmerge(seat: Seat, case: Case) -> bool:
    """A case goes on by itself again."""
    into = case.merged_into
    if into is None or not Case.objects.of(seat.workspace).filter(pk=case.pk, merged_into=into).update(
        merged_into=None
    ):
        return False
    case.merged_into = None
    access.happened(case, "unmerged", user=seat.user, outof=into.uid)
    access.happened(into, "let_go", user=seat.user, other=case.uid)
    return True
