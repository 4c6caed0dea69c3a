"""Objectives with their means, plan and measures; experiments, failures included."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Schema

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.registers import FigureOut, figure_shown
from palabre.desk.api.rows import Row, Thing, When, Who, listed, ms, named
from palabre.desk.api.screens import deed, file
from palabre.desk.api.shapes_answer import Named, Uid
from palabre.desk.design.language import lang_of
from palabre.desk.objectives import access, forms
from palabre.desk.objectives.measured import Measured, measured
from palabre.desk.objectives.models import VERDICTS, Objective


class MeanOut(Row):
    """What is put in: a watch, a channel, people, or a budget as a range."""

    kind: str
    words: str
    watch: int | None
    channel: Thing
    low: float | None
    high: float | None
    currency: str

    @staticmethod
    def resolve_watch(obj: Any) -> int | None:
        return None if obj.watch_id is None else int(obj.watch_id)


class StepOut(Row):
    words: str
    due: date | None
    owner: Who
    done: When = ms("done")


class MeasureOut(Schema):
    """base, now: of two periods of the same length; reached: null when nobody can say; progress: 0 to 1."""

    id: Uid
    name: str
    watches: list[int]
    better: str
    target: float | None
    days: int
    base: FigureOut
    now: FigureOut
    reached: bool | None
    progress: float | None


class ObjectiveOut(Row):
    words: str
    why: str
    owner: Who
    horizon: date | None
    state: str
    learned: str


class ObjectiveWhole(ObjectiveOut):
    """With its means, its plan, its measures, and what came of it."""

    means: list[MeanOut]
    steps: list[StepOut]
    measures: list[MeasureOut]
    outcomes: list[Named]


class ExperimentOut(Row):
    """result: of the day it was concluded; verdict: running, win, loss or undecided."""

    objective: Thing
    hypothesis: str
    change: str
    changed: date
    name: str
    watches: list[int]
    beside: list[int]
    hoped: str
    days_before: int
    days_after: int
    verdict: str
    result: dict[str, Any]
    learned: str
    by: Who
    concluded: When = ms("concluded")

    @staticmethod
    def resolve_watches(obj: Any) -> list[int]:
        return list(obj.watch_ids)

    @staticmethod
    def resolve_beside(obj: Any) -> list[int]:
        return list(obj.beside_ids)


@operation("GET", "/objectives", listed(ObjectiveOut))
def objectives(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.objectives(seat_of(request).workspace)}


@operation("GET", "/objectives/{uid}", ObjectiveWhole)
def objective(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    seat, lang = seat_of(request), lang_of(request)
    found = access.objective(seat, uid)
    outcomes = access.outcomes(seat.workspace).filter(objective=found)
    return {
        **own(found),
        "means": access.means(found),
        "steps": access.steps(found),
        "measures": [measure_shown(measured(seat, one), lang) for one in access.measures(found)],
        "outcomes": [named(one) for one in outcomes],
    }


def own(found: Objective) -> dict[str, Any]:
    same = {name: getattr(found, name) for name in ("words", "why", "owner", "horizon", "state", "learned")}
    return same | {"uid": found.uid}


def measure_shown(one: Measured, lang: str) -> dict[str, Any]:
    kept = one.measure
    same = {name: getattr(kept, name) for name in ("name", "better", "target", "days")}
    return same | {
        "id": kept.uid,
        "watches": kept.watch_ids,
        "base": figure_shown(one.base, one.before, lang),
        "now": figure_shown(one.now, one.spans[-1], lang),
        "reached": one.reached,
        "progress": one.progress,
    }


@operation("GET", "/experiments", listed(ExperimentOut))
def experiments(request: HttpRequest, workspace_slug: str, verdict: Literal[("", *VERDICTS)] = "") -> Any:  # type: ignore[valid-type]
    found = access.experiments(seat_of(request).workspace)
    return {"items": found.filter(verdict=verdict) if verdict else found}


@operation("GET", "/experiments/{uid}", ExperimentOut)
def experiment(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.experiment(seat_of(request), uid)


ONE, TRIAL = "/objectives/{uid}", "/experiments/{uid}"
CONCLUDE = body("ExperimentLearned", forms.ConcludeForm)
deed("POST", "/objectives", "objectives:fresh", "add_objective",
     body("ObjectiveIn", forms.ObjectiveForm, without=("learned",)), then=objective, status=201,
     begins=True)  # fmt: skip
deed("PATCH", ONE, "objectives:edit", "change_objective", body("ObjectiveChange", forms.ObjectiveForm, part=True),
     then=objective, begins=True)  # fmt: skip
deed("DELETE", ONE, "objectives:remove", "remove_objective")
deed("POST", f"{ONE}/means", "objectives:mean_add", "add_mean", body("MeanIn", forms.MeanForm), then=objective,
     status=201)  # fmt: skip
deed("POST", f"{ONE}/steps", "objectives:step_add", "add_step", body("StepIn", forms.StepForm), then=objective,
     status=201)  # fmt: skip
deed("POST", f"{ONE}/measures", "objectives:measure_add", "add_measure", body("MeasureIn", forms.MeasureForm),
     then=objective, status=201)  # fmt: skip
deed("POST", "/steps/{uid}/done", "objectives:step_done", "tick_step", then=objective)
for part in ("mean", "step", "measure"):
    deed("DELETE", f"/{part}s/{{uid}}", "objectives:part_remove", f"remove_{part}", fixed={"part": part})
deed("POST", "/experiments", "objectives:experiment_new", "add_experiment",
     body("ExperimentIn", forms.ExperimentForm), then=experiment, status=201)  # fmt: skip
deed("POST", f"{TRIAL}/conclude", "objectives:experiment_conclude", "conclude_experiment", CONCLUDE, then=experiment)
deed("POST", f"{TRIAL}/learned", "objectives:experiment_learned", "note_learned",
     body("ExperimentNote", forms.ConcludeForm), then=experiment)  # fmt: skip
file("/measures/{uid}/chart.{kind}", "objectives:chart", "measure_chart")
