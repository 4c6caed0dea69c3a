"""The columns of a case follow its events, and its place in the queue follows its columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.inbox import seams
from palabre.desk.inbox.models import HUMAN, Case, CaseEvent, CaseIntake
from palabre.desk.workspaces.models import Workspace
from palabre.engage.cases import Happened, State, folded, in_force
from palabre.engage.queue import Facts, Place, ranked
from palabre.measure.hours import DAY, Hours

COLUMNS = ("state", "waiting_since_ms", "assignee_id", "team_id", "labels", "marks", "urgent", "snoozed_until_ms")
MINDED = ("complaint", "question", "churn")
KINDS = ("organisation", "brand", "product", "executive")
TIMED = ("opened", "customer", "reply")  # of these, those of merged cases count too


def intake_of(workspace: Workspace) -> CaseIntake:
    """How the inbox of a workspace fills; made with what suits most when nobody decided."""
    found = CaseIntake.objects.of(workspace).first()
    if found is not None:
        return found
    usual = {"intents": list(MINDED), "kinds": list(KINDS)}
    return CaseIntake.objects.of(workspace).get_or_create(workspace=workspace, defaults=usual)[0]


def happened_of(event: CaseEvent) -> Happened:
    return Happened(event.pk, event.kind, event.at_ms, event.by == HUMAN, event.data)


def family(case: Case) -> list[int]:
    """The case and those merged into it, however deep."""
    found, fresh = [case.pk], [case.pk]
    while fresh:
        rows = Case.objects.of(case.workspace).filter(merged_into__in=fresh).exclude(pk__in=found)
        fresh = list(rows.values_list("pk", flat=True))
        found += fresh
    return found


def tape(case: Case) -> list[Happened]:
    """The events that make its state: its own, and who asked and was answered in those merged into it."""
    members = family(case)
    rows = CaseEvent.objects.of(case.workspace).filter(case__in=members)
    found = [row for row in rows if row.case_id == case.pk or row.kind in TIMED or "voids" in row.data]
    return [happened_of(row) for row in found]


def in_force_of(case: Case) -> list[Happened]:
    """The events that count, oldest first."""
    return in_force(tape(case))


def marks_of(labels: Iterable[str]) -> str:
    return "|" + "".join(f"{label}|" for label in labels)


def columns_of(state: State) -> dict[str, Any]:
    return {
        "state": state.state,
        "waiting_since_ms": state.waiting_since_ms,
        "assignee_id": state.assignee,
        "team_id": state.team,
        "labels": list(state.labels),
        "marks": marks_of(state.labels)[:1000],
        "urgent": state.urgent,
        "snoozed_until_ms": state.snoozed_until_ms,
        "back_ms": state.back_ms,
    }


@transaction.atomic
def settle(case: Case) -> Case:
    """Makes the columns what the events say, and ranks the case again. The instance given is brought up to date.

    The row is held first: of two who write an event at once, the second reads the event of the first.
    """
    list(Case.objects.of(case.workspace).select_for_update().filter(pk=case.pk).values_list("pk"))
    values = columns_of(folded(tape(case)))
    for name, value in values.items():
        setattr(case, name, value)
    last = CaseEvent.objects.of(case.workspace).filter(case=case).order_by("-at_ms").first()
    if last is not None and last.at_ms > case.changed_ms:
        case.changed_ms = values["changed_ms"] = last.at_ms
    values["promise_due_ms"] = case.promise_due_ms = promise_due(case)
    place = place_of(case)
    case.points, case.points_until_ms = place.points, place.until_ms
    Case.objects.of(case.workspace).filter(pk=case.pk).update(
        points=place.points, points_until_ms=place.until_ms, **values
    )
    return case


def promise_due(case: Case) -> int:
    """When the soonest open promise of the case is due; 0 for none."""
    due = seams.asked("promises", "soonest_due", case.workspace, family(case)) or {}
    return min(due.values(), default=0)


class Ranking:
    """Ranks cases of one workspace: hours and targets are asked for once."""

    def __init__(self, workspace: Workspace) -> None:
        self.hours = seams.hours_of(workspace)
        self.target_ms = seams.target_ms(workspace, intake_of(workspace).answer_hours)
        self.now = now_ms()
        self.today_ends = today_ends(self.hours, self.now)

    def facts(self, case: Case) -> Facts:
        since = case.waiting_since_ms
        person = case.person
        return Facts(
            urgent=case.urgent,
            waiting_since_ms=since,
            waited_ms=self.hours.between(since, self.now) if since else 0,
            target_ms=self.target_ms,
            promise_due_ms=case.promise_due_ms,
            back_ms=case.back_ms,
            today_ends_ms=self.today_ends,
            intents=case.asks,
            private=case.private,
            addressed=case.addressed,
            relation=person.relation if person else "",
            reach=case.reach,
            standing=case.standing,
            grounds=tuple((str(name), float(n)) for name, n in person.grounds) if person else (),
        )

    def place(self, case: Case) -> Place:
        return ranked(self.facts(case), self.now)


def place_of(case: Case) -> Place:
    return Ranking(case.workspace).place(case)


def today_ends(hours: Hours, now: int) -> int:
    """The midnight that ends today, in the zone of those who work."""
    midnight = (hours.local(now) + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(midnight.timestamp() * 1000)
