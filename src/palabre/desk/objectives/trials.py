"""Experiments: what was tried, on which day, and what can be said of it; failures are kept and counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.clock import to_datetime
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.evidence import address
from palabre.desk.mentions import access as mentions
from palabre.desk.objectives import access, forms
from palabre.desk.objectives.acting import behind, done, start_of
from palabre.desk.objectives.models import VERDICTS, Experiment
from palabre.desk.workspaces.access import Seat, seated
from palabre.measure.catalogue import BY_NAME, Span, days_of
from palabre.measure.charts import Chart, Point, Series
from palabre.measure.experiments import Day, Found, compare, outcome
from palabre.model import Evidence, Figure

DAY_MS = 86_400_000


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    found = list(access.experiments(seat.workspace))
    counts = Counter(one.verdict for one in found)
    return render(
        request, "objectives/experiments.html",
        {"experiments": found, "counts": [(name, counts[name]) for name in VERDICTS]},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@seated("agent", post="manager")
def fresh(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = forms.ExperimentForm(request, seat, posted(request), initial={"objective": request.GET.get("objective", "")})
    if not form.is_valid():
        return render(
            request,
            "objectives/experiment_form.html",
            behind("objectives:experiments") | {"form": form},
            status=400 if form.errors else 200,
        )
    given = form.cleaned_data
    same = {name: given[name] for name in
            ("hypothesis", "change", "changed", "name", "hoped", "days_before", "days_after")}  # fmt: skip
    made = Experiment.objects.add(
        seat.workspace, **same, watch_ids=[int(one) for one in given["watches"]],
        beside_ids=[int(one) for one in given["beside"]], by=seat.user, made_ms=now_ms(),
        objective=access.objective(seat, given["objective"]) if given["objective"] else None,
    )  # fmt: skip
    return done(request, seat, "experiment_begun", made.hypothesis, "objectives:experiment", uid=made.uid)


@require_GET
@seated()
def show(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return render(request, "objectives/experiment.html", page_of(request, seat, access.experiment(seat, uid)))


def page_of(request: HttpRequest, seat: Seat, one: Experiment) -> dict[str, Any]:
    """What is known today, or what was kept when it was concluded."""
    series, beside = daily(seat, one)
    found = Found(**one.result) if one.result else judged(one, series, beside)
    watches = mentions.watches(seat)
    span = span_of(one)
    evidence = Evidence(watch_ids=tuple(one.watch_ids), since_ms=span[0], until_ms=span[1])
    return behind("objectives:experiments") | {
        "experiment": one,
        "found": found,
        "names": [watches[at].name for at in one.watch_ids if at in watches],
        "beside": [watches[at].name for at in one.beside_ids if at in watches],
        "ready": ends(one) <= today(),
        "ends": ends(one),
        "charts": {"days": drawn(one, series, beside, lang_of(request))},
        "unit": BY_NAME[one.name].unit,
        "posts_href": address(seat, evidence),
        "foreseen": outcome(found.verdict, one.hoped),
        "form": forms.ConcludeForm(request),
    }


@require_POST
@seated("manager")
def conclude(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Keeps the result as it is now, whatever it says. Once."""
    one = access.experiment(seat, uid)
    form = forms.ConcludeForm(request, request.POST)
    if one.verdict == "running" and form.is_valid():
        found = judged(one, *daily(seat, one))
        one.result, one.verdict = asdict(found), outcome(found.verdict, one.hoped)
        one.learned, one.concluded_ms = form.cleaned_data["learned"], now_ms()
        one.save()
    return done(request, seat, "experiment_concluded", one.hypothesis, "objectives:experiment", uid=uid)


@require_POST
@seated("manager")
def learned(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """What was understood may be written later too; the result stays."""
    one = access.experiment(seat, uid)
    form = forms.ConcludeForm(request, request.POST)
    if form.is_valid():
        one.learned = form.cleaned_data["learned"]
        one.save()
    return done(request, seat, "experiment_concluded", one.hypothesis, "objectives:experiment", uid=uid)


def today() -> date:
    return to_datetime(now_ms()).date()


def ends(one: Experiment) -> date:
    """The first day that is not in it any more."""
    return one.changed + timedelta(days=one.days_after)


def span_of(one: Experiment) -> Span:
    """From the first day before to the last day after that is over."""
    first, last = one.changed - timedelta(days=one.days_before), min(ends(one), today())
    return start_of(first), max(start_of(last), start_of(first) + DAY_MS)


def daily(seat: Seat, one: Experiment) -> tuple[list[Figure], list[Figure]]:
    """A figure a day, of the measure and of what it is compared with; those of the first day first."""
    if start_of(one.changed - timedelta(days=one.days_before)) >= now_ms() // DAY_MS * DAY_MS:
        return [], []
    space, span = seat.workspace.id, span_of(one)
    series = days_of(archive(), space, one.name, one.watch_ids, span)
    return series, days_of(archive(), space, one.name, one.beside_ids, span) if one.beside_ids else []


def judged(one: Experiment, series: list[Figure], beside: list[Figure]) -> Found:
    """Days whose figure says too little are left out."""
    first = one.changed - timedelta(days=one.days_before)
    others: list[Figure | None] = list(beside) if beside else [None] * len(series)
    days = [
        Day(first + timedelta(days=place), float(mine.value), None if other is None else other.value)
        for place, (mine, other) in enumerate(zip(series, others, strict=True))
        if mine.value is not None and (other is None or other.value is not None)
    ]
    scale = "ratio" if BY_NAME[one.name].unit in ("posts", "voices", "accounts") else "difference"
    return compare(days, one.changed, scale)


def drawn(one: Experiment, series: list[Figure], beside: list[Figure], lang: str) -> Chart:
    first = start_of(one.changed - timedelta(days=one.days_before))
    both = ((speak(f"objectives.measure.{one.name}", lang), series), (speak("experiment.beside", lang), beside))
    lines = tuple(
        Series(name, tuple(Point(first + place * DAY_MS, found.value, n=found.n)
                           for place, found in enumerate(days) if found.value is not None), ours=not at)
        for at, (name, days) in enumerate(both) if days
    )  # fmt: skip
    unit: Any = {"share": "share", "score": "score"}.get(BY_NAME[one.name].unit, "posts")
    marks = ((start_of(one.changed), speak("experiment.mark", lang)),)
    return Chart("lines", lines, unit=unit, marks=marks)
