"""Access rows of objectives, proof and experiments."""

from __future__ import annotations

from datetime import date
from typing import Any

from palabre.desk.objectives.models import Experiment, Mean, Measure, Objective, Outcome, Step
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, Row

SENTENCE = {"sentence": "Fewer people wait", "state": "running"}
HAPPENED = {"kind": "idea", "text": "A child seat", "on": "2026-03-02", "currency": "EUR", "certainty": "possible"}
TRIED = {
    "hypothesis": "If we answer within the day, the tone rises", "change": "Two of us at noon", "changed": "2026-03-02",
    "name": "net_tone", "hoped": "up", "days_before": "28", "days_after": "28",
}  # fmt: skip


def goal(workspace: Workspace) -> Objective:
    return Objective.objects.add(workspace, words="Fewer people wait", made_ms=1, changed_ms=1)


def an_objective(workspace: Workspace) -> dict[str, Any]:
    return {"uid": goal(workspace).uid}


def a_step(workspace: Workspace) -> dict[str, Any]:
    return {"uid": Step.objects.add(workspace, objective=goal(workspace), words="Ask the shops").uid}


def a_mean(workspace: Workspace) -> dict[str, Any]:
    found = Mean.objects.add(workspace, objective=goal(workspace), kind="people", words="Two of us")
    return {"part": "mean", "uid": found.uid}


def a_measure(workspace: Workspace) -> dict[str, Any]:
    found = Measure.objects.add(workspace, objective=goal(workspace), name="volume", base_until_ms=86_400_000 * 20_000)
    return {"uid": found.uid, "kind": "csv"}


def an_outcome(workspace: Workspace) -> dict[str, Any]:
    found = Outcome.objects.add(workspace, kind="idea", words="Seat", on=date(2026, 3, 2), made_ms=1, changed_ms=1)
    return {"uid": found.uid}


def an_experiment(workspace: Workspace) -> dict[str, Any]:
    found = Experiment.objects.add(
        workspace, hypothesis="h", change="c", changed=date(2026, 3, 2), name="volume", made_ms=1
    )
    return {"uid": found.uid}


ROWS = (
    Row("objectives:index"),
    Row("objectives:fresh"),
    Row("objectives:fresh", "POST", "manager", 302, data=SENTENCE),
    Row("objectives:objective", ids=an_objective, absent=ABSENT),
    Row("objectives:edit", ids=an_objective, absent=ABSENT),
    Row("objectives:edit", "POST", "manager", 302, an_objective, ABSENT, SENTENCE),
    Row("objectives:remove", "POST", "manager", 302, an_objective, ABSENT),
    Row("objectives:mean_add", "POST", "manager", 302, an_objective, ABSENT,
        {"kind": "people", "text": "Two of us", "currency": "EUR"}),
    Row("objectives:step_add", "POST", "manager", 302, an_objective, ABSENT, {"text": "Ask the shops"}),
    Row("objectives:step_done", "POST", "agent", 302, a_step, ABSENT),
    Row("objectives:measure_add", "POST", "manager", 302, an_objective, ABSENT, {"name": "volume", "days": "30"}),
    Row("objectives:part_remove", "POST", "manager", 302, a_mean, {"part": "mean", **ABSENT}),
    Row("objectives:chart", ids=a_measure, absent={"kind": "csv", **ABSENT}),
    Row("objectives:proof"),
    Row("objectives:proof_export"),
    Row("objectives:outcome_new", needs="agent"),
    Row("objectives:outcome_new", "POST", "agent", 302, data=HAPPENED),
    Row("objectives:outcome", ids=an_outcome, absent=ABSENT),
    Row("objectives:outcome_edit", needs="agent", ids=an_outcome, absent=ABSENT),
    Row("objectives:outcome_edit", "POST", "agent", 302, an_outcome, ABSENT, HAPPENED),
    Row("objectives:outcome_remove", "POST", "manager", 302, an_outcome, ABSENT),
    Row("objectives:experiments"),
    Row("objectives:experiment_new", needs="agent"),
    Row("objectives:experiment_new", "POST", "manager", 302, data=TRIED),
    Row("objectives:experiment", ids=an_experiment, absent=ABSENT),
    Row("objectives:experiment_conclude", "POST", "manager", 302, an_experiment, ABSENT),
    Row("objectives:experiment_learned", "POST", "manager", 302, an_experiment, ABSENT),
)  # fmt: skip
