"""The only doors to objectives, what came of conversations, and experiments."""

from __future__ import annotations

from typing import Any

from palabre.desk.objectives.models import Experiment, Mean, Measure, Objective, Outcome, Step
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace


def objective(seat: Seat, uid: str) -> Objective:
    return one(Objective.objects.of(seat.workspace).select_related("owner"), uid=uid)


def objectives(workspace: Workspace) -> Any:
    """All, soonest horizon first, as a query set."""
    return Objective.objects.of(workspace).select_related("owner")


def means(found: Objective) -> list[Mean]:
    return list(Mean.objects.of(found.workspace).filter(objective=found).select_related("channel"))


def steps(found: Objective) -> list[Step]:
    """Soonest due first, those without a day last."""
    rows = list(Step.objects.of(found.workspace).filter(objective=found).select_related("owner"))
    return sorted(rows, key=lambda one: (one.due is None, one.due or one.pk, one.pk))


def measures(found: Objective) -> list[Measure]:
    return list(Measure.objects.of(found.workspace).filter(objective=found).select_related("objective"))


def outcome(seat: Seat, uid: str) -> Outcome:
    found: Outcome = one(outcomes(seat.workspace), uid=uid)
    return found


def outcomes(workspace: Workspace) -> Any:
    """All, newest first, as a query set."""
    return Outcome.objects.of(workspace).select_related("objective", "case", "person", "promise", "estimated_by")


def experiment(seat: Seat, uid: str) -> Experiment:
    found: Experiment = one(experiments(seat.workspace), uid=uid)
    return found


def experiments(workspace: Workspace) -> Any:
    """All, latest change first, as a query set."""
    return Experiment.objects.of(workspace).select_related("objective", "by")
