"""How long people wait for us: figures, who waits now, the hours we work and the targets we set."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.registers import FigureOut, figure_shown
from palabre.desk.api.rows import Row, Thing, Whole, listed
from palabre.desk.api.screens import deed, file
from palabre.desk.api.shapes import Word
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.service import access, figures, forms
from palabre.desk.service.asked import PERIODS, Asked

Days = Annotated[Literal[PERIODS], Whole]  # type: ignore[valid-type]


class ServiceOut(Schema):
    """The figures of the cases opened in a period: median and 90th percentile of each time, of people and machines."""

    days: int
    cases: int
    figures: list[FigureOut]


class HoursOut(Row):
    """team: null for the whole workspace; country: whose holidays are days off."""

    team: Thing
    hours: str
    zone: str
    country: str


class TargetOut(Row):
    """first, next, resolution: minutes, null without a target; business: of working time."""

    team: Thing
    network: str
    urgent: bool
    first: int | None
    next: int | None
    resolution: int | None
    business: bool


@operation("GET", "/service", ServiceOut)
def service(
    request: HttpRequest, workspace_slug: str, days: Days = 30, network: Word = "", team: Word = "",
    urgent: bool = False,
) -> Any:  # fmt: skip
    seat, lang = seat_of(request), lang_of(request)
    words = {"days": str(days), "network": network, "team": team, "urgent": "1" if urgent else ""}
    asked = Asked.read(words)
    cases = figures.timed(seat, asked.cases(seat), access.clockwork(seat.workspace))
    span = (asked.since_ms, now_ms())
    made = [figure_shown(one, span, lang) for one in figures.numbers(cases).values()]
    return {"days": asked.days, "cases": len(cases), "figures": made}


@operation("GET", "/work-hours", listed(HoursOut))
def work_hours(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.work_hours(seat_of(request))}


@operation("GET", "/targets", listed(TargetOut))
def targets(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.all_targets(seat_of(request))}


deed("PUT", "/work-hours", "service:hours", "set_work_hours", body("HoursIn", forms.HoursForm), then=work_hours)
deed("DELETE", "/work-hours/{uid}", "service:hours_remove", "remove_work_hours")
deed("POST", "/targets", "service:target_new", "add_target", body("TargetIn", forms.TargetForm, begins=("clock",)),
     then=targets, status=201, begins=True)  # fmt: skip
deed("PATCH", "/targets/{uid}", "service:target", "change_target", body("TargetChange", forms.TargetForm, part=True),
     then=targets, begins=True)  # fmt: skip
deed("DELETE", "/targets/{uid}", "service:target_remove", "remove_target")
file("/service.csv", "service:export", "service_file", media="text/csv")
