"""The only doors to hours, targets and times of cases.

times(case).first.human.business_ms      # how long the first reply by a human took, in working time
due(case)                                # the target that runs out next, None where none runs
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from palabre.desk.clock import now_ms
from palabre.desk.inbox.folding import TIMED
from palabre.desk.inbox.models import HUMAN, Case, CaseEvent
from palabre.desk.service.clock import Due, dues
from palabre.desk.service.models import Target, WorkHours
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace
from palabre.engage.cases import VOIDS
from palabre.measure import sla
from palabre.measure.hours import Hours, always, parse_hours
from palabre.measure.sla_figures import Targets

MINUTE_MS = 60_000
NO_TARGETS = Targets()
PART = 400  # cases whose events are read at once


@dataclass(frozen=True, slots=True)
class Clockwork:
    """The hours and targets of a workspace, read once. by_team: team number -> hours; decided: whether somebody said
    when we work."""

    usual: Hours
    by_team: Mapping[int, Hours] = field(default_factory=dict)
    targets: Sequence[Target] = ()
    decided: bool = False

    def hours_of(self, case: Case) -> Hours:
        return self.by_team.get(case.team_id or 0, self.usual)

    def targets_of(self, case: Case) -> Targets:
        """Of the targets that are meant for a case, the one that asks the most."""
        meant = [one for one in self.targets if _meant(one, case)]
        return as_targets(max(meant, key=_asking)) if meant else NO_TARGETS


def _meant(target: Target, case: Case) -> bool:
    return (
        target.team_id in (None, case.team_id)
        and target.network in ("", case.network)
        and (case.urgent or not target.urgent)
    )


def _asking(target: Target) -> tuple[int, int]:
    return sum((target.team_id is not None, target.network != "", target.urgent)), target.pk


def as_targets(target: Target) -> Targets:
    first, then, resolution = (
        None if minutes is None else minutes * MINUTE_MS for minutes in (target.first, target.next, target.resolution)
    )
    return Targets(first, then, resolution, target.business)


def clockwork(workspace: Workspace) -> Clockwork:
    """When we work and what we promise ourselves; round the clock where nobody said."""
    rows = list(WorkHours.objects.of(workspace))
    known = {row.team_id: parse_hours(row.hours, row.zone, row.country) for row in rows}
    usual = known.pop(None, None)
    by_team = {team: hours for team, hours in known.items() if team is not None}
    return Clockwork(usual or always(), by_team, list(Target.objects.of(workspace)), bool(rows))


def hours(workspace: Workspace) -> Hours:
    """When the workspace works; round the clock where nobody said."""
    return clockwork(workspace).usual


def targets(workspace: Workspace) -> Targets:
    """Those that hold for every case."""
    found = list(Target.objects.of(workspace).filter(team=None, network="", urgent=False))
    return as_targets(found[-1]) if found else NO_TARGETS


def hours_of(case: Case) -> Hours:
    """The hours of the team a case is with, else those of the workspace."""
    return clockwork(case.workspace).hours_of(case)


def targets_of(case: Case) -> Targets:
    return clockwork(case.workspace).targets_of(case)


def times(case: Case, until_ms: int | None = None) -> sla.CaseTimes | None:
    """The times of a case until now (or until then); None: nobody asked anything yet."""
    found = times_all(case.workspace, [case], until_ms, clockwork(case.workspace))
    return found.get(case.pk)


def due(case: Case) -> Due | None:
    """The target that runs out next, or ran out already; None where none runs."""
    work, now = clockwork(case.workspace), now_ms()
    told = times_all(case.workspace, [case], now, work).get(case.pk)
    found = dues(told, work.targets_of(case), work.hours_of(case), now) if told else []
    return found[0] if found else None


def times_all(
    workspace: Workspace, cases: Sequence[Case], until_ms: int | None = None, work: Clockwork | None = None
) -> dict[int, sla.CaseTimes]:
    """case number -> its times, for those where somebody asked. Asking and answering in the cases merged into one are
    its own."""
    work, until = work or clockwork(workspace), now_ms() if until_ms is None else until_ms
    events = events_of(workspace, cases)
    told = ((case, sla.case_times(events.get(case.pk, ()), work.hours_of(case), until)) for case in cases)
    return {case.pk: found for case, found in told if found is not None}


def events_of(workspace: Workspace, cases: Sequence[Case]) -> dict[int, list[sla.CaseEvent]]:
    """The raw events of cases as the clock reads them, without those that were taken back."""
    roots = _roots(workspace, [case.pk for case in cases])
    uids = {case.pk: case.uid for case in cases}
    found: dict[int, list[sla.CaseEvent]] = {}
    numbers = list(roots)
    for start in range(0, len(numbers), PART):
        part = numbers[start : start + PART]
        rows = list(CaseEvent.objects.of(workspace).filter(case__in=part).values_list(*COLUMNS))
        voided = {number for row in rows for number in (row[6] or {}).get(VOIDS, ())}
        for pk, case_id, kind, at_ms, by, event_id, _ in rows:
            root = roots[case_id]
            if pk in voided or kind not in sla.KINDS or (root != case_id and kind not in TIMED):
                continue
            author = sla.HUMAN if by == HUMAN else sla.MACHINE
            found.setdefault(root, []).append(sla.CaseEvent(uids[root], kind, at_ms, author, event_id or f"#{pk}"))
    return found


COLUMNS = ("pk", "case_id", "kind", "at_ms", "by", "event_id", "data")


def _roots(workspace: Workspace, cases: Iterable[int]) -> dict[int, int]:
    """case number -> the one of ``cases`` it goes on in: themselves, and those merged into them, however deep."""
    roots = {number: number for number in cases}
    fresh = set(roots)
    merged = Case.objects.of(workspace).exclude(merged_into=None)
    into: dict[int, list[int]] = {}
    for number, target in merged.values_list("pk", "merged_into_id"):
        into.setdefault(target, []).append(number)
    while fresh:
        found = {child: roots[number] for number in fresh for child in into.get(number, ()) if child not in roots}
        roots |= found
        fresh = set(found)
    return roots


def work_hours(seat: Seat) -> list[WorkHours]:
    """Those of the workspace first, then of teams, by name."""
    rows = WorkHours.objects.of(seat.workspace).select_related("team")
    return sorted(rows, key=lambda row: row.team.name if row.team else "")


def one_hours(seat: Seat, uid: str) -> WorkHours:
    return one(WorkHours.objects.of(seat.workspace).select_related("team"), uid=uid)


def all_targets(seat: Seat) -> Any:
    return Target.objects.of(seat.workspace).select_related("team")


def target(seat: Seat, uid: str) -> Target:
    found: Target = one(all_targets(seat), uid=uid)
    return found
