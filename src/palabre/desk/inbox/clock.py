"""The SLA clock of cases: their events as `palabre.measure.sla` reads them. What was taken back does not count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from palabre.desk.clock import now_ms
from palabre.desk.inbox import access, seams
from palabre.desk.inbox.folding import family, happened_of
from palabre.desk.inbox.models import Case, CaseEvent
from palabre.desk.workspaces.models import Workspace
from palabre.engage.cases import in_force
from palabre.measure import sla


def events(workspace: Workspace, case: Case | None = None) -> Iterator[sla.CaseEvent]:
    """Those that the clock knows, of one case (with those merged into it) or of all; merged cases count as one."""
    names = finals(workspace)
    by_case: dict[int, list[CaseEvent]] = defaultdict(list)
    rows = CaseEvent.objects.of(workspace).order_by("case_id", "at_ms", "pk")
    wanted = rows if case is None else rows.filter(case__in=family(case))
    for row in wanted:
        by_case[row.case_id].append(row)
    for pk, found in by_case.items():
        ids = {row.pk: row.event_id or f"event:{row.pk}" for row in found}
        for one in in_force(happened_of(row) for row in found):
            if one.kind in sla.KINDS:
                by: str = sla.HUMAN if one.human or one.kind in sla.ASKS else sla.MACHINE
                yield sla.CaseEvent(names[pk], one.kind, one.at_ms, by, ids[one.number])


def finals(workspace: Workspace) -> dict[int, str]:
    """Number of a case -> uid of the one it goes on in."""
    found = list(Case.objects.of(workspace).values_list("pk", "uid", "merged_into_id"))
    uids = {pk: uid for pk, uid, _ in found}
    into = {pk: target for pk, _, target in found if target}

    def last(pk: int) -> int:
        while pk in into:
            pk = into[pk]
        return pk

    return {pk: uids[last(pk)] for pk in uids}


def times(case: Case) -> sla.CaseTimes | None:
    """The times of a case until now, in the hours we work."""
    whole = access.final(case)
    return sla.case_times(events(case.workspace, whole), seams.hours_of_case(case), now_ms())
