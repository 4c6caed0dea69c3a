"""Objectives: the list, one with its means, plan and measures, and what changes them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.clock import to_datetime
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.mentions import access as mentions
from palabre.desk.objectives import access, forms
from palabre.desk.objectives.acting import done, member, start_of
from palabre.desk.objectives.measured import drawn, measured
from palabre.desk.objectives.models import Mean, Measure, Objective, Step
from palabre.desk.outbox import access as outbox
from palabre.desk.workspaces.access import Seat, one, seated
from palabre.measure import charts
from palabre.measure.catalogue import BY_NAME
from palabre.measure.ranges import total

DAY_MS = 86_400_000
SHOWN = 2  # measures of an objective in the list
FILES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every objective with its first measures."""
    known = sorted(access.objectives(seat.workspace), key=lambda found: found.state not in ("running", "draft"))
    today = to_datetime(now_ms()).date()
    cards = [card(seat, found, today) for found in known]
    return render(request, "objectives/index.html", {"cards": cards, "today": today})


def card(seat: Seat, found: Objective, today: date) -> dict[str, Any]:
    """What the list shows of one."""
    steps, measures = access.steps(found), access.measures(found)
    left = [step for step in steps if not step.done_ms]
    return {
        "one": found,
        "measures": [measured(seat, measure) for measure in measures[:SHOWN]],
        "more": max(0, len(measures) - SHOWN),
        "late": sum(1 for step in left if step.due and step.due < today),
        "left": len(left),
        "steps": len(steps),
    }


@require_http_methods(["GET", "POST"])
@seated(post="manager")
def fresh(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = forms.ObjectiveForm(request, seat, posted(request), initial={"owner": seat.user.uid})
    if not form.is_valid():
        return render(request, "objectives/form.html", {"form": form}, status=400 if form.errors else 200)
    made = Objective.objects.add(seat.workspace, made_ms=now_ms(), **values_of(seat, form.cleaned_data))
    return done(request, seat, "objective_made", made.words, "objectives:objective", uid=made.uid)


@require_http_methods(["GET", "POST"])
@seated(post="manager")
def edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.objective(seat, uid)
    initial = {"sentence": found.words, "why": found.why, "owner": found.owner.uid if found.owner else "",
               "horizon": found.horizon, "state": found.state, "learned": found.learned}  # fmt: skip
    form = forms.ObjectiveForm(request, seat, posted(request), initial=initial)
    if not form.is_valid():
        context = {"form": form, "objective": found}
        return render(request, "objectives/form.html", context, status=400 if form.errors else 200)
    for name, value in values_of(seat, form.cleaned_data).items():
        setattr(found, name, value)
    found.save()
    return done(request, seat, "objective_changed", found.words, "objectives:objective", uid=uid)


def values_of(seat: Seat, given: dict[str, Any]) -> dict[str, Any]:
    """A valid form as the fields of an objective."""
    kept = {name: given[name] for name in ("why", "horizon", "state", "learned") if name in given}
    return kept | {"words": given["sentence"], "owner": member(seat, given["owner"]), "changed_ms": now_ms()}


@require_GET
@seated()
def objective(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return render(request, "objectives/objective.html", page_of(request, seat, access.objective(seat, uid)))


def page_of(request: HttpRequest, seat: Seat, found: Objective, **bad: Any) -> dict[str, Any]:
    """The page with its forms; bad: those that came back with errors."""
    lang = lang_of(request)
    known = [measured(seat, measure) for measure in access.measures(found)]
    outcomes = list(access.outcomes(seat.workspace).filter(objective=found))
    amounts = [one.amount for one in outcomes if one.amount]
    means = access.means(found)
    spent = [one.amount for one in means if one.amount]
    watches = mentions.watches(seat)
    return {
        "objective": found,
        "means": means,
        "steps": access.steps(found),
        "measures": [(one, [watches[at].name for at in one.measure.watch_ids if at in watches]) for one in known],
        "charts": {one.measure.uid: drawn(seat, one, lang) for one in known},
        "outcomes": outcomes,
        "totals": total(amounts),
        "spent": total(spent),
        "experiments": list(access.experiments(seat.workspace).filter(objective=found)),
        "today": to_datetime(now_ms()).date(),
        "mean_form": forms.MeanForm(request, seat),
        "step_form": forms.StepForm(request, seat),
        "measure_form": forms.MeasureForm(request, seat),
        **bad,
    }


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The objective, its means, plan and measures; outcomes and experiments stay, without it."""
    found = access.objective(seat, uid)
    found.delete()
    return done(request, seat, "objective_removed", found.words, "objectives:index")


# means, steps, measures


@require_POST
@seated("manager")
def mean_add(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found, form = access.objective(seat, uid), forms.MeanForm(request, seat, request.POST)
    if not form.is_valid():
        return render(request, "objectives/objective.html", page_of(request, seat, found, mean_form=form), status=400)
    Mean.objects.add(seat.workspace, objective=found, **mean_values(seat, form))
    return done(request, seat, "objective_changed", found.words, "objectives:objective", uid=uid)


def mean_values(seat: Seat, form: forms.MeanForm) -> dict[str, Any]:
    given, kind = form.cleaned_data, form.cleaned_data["kind"]
    kept: dict[str, Any] = {"kind": kind, "words": given["text"], "currency": given["currency"]}
    if kind == "budget":
        kept |= {"low": given["low"], "high": given["high"]}
    if kind == "watch":
        watch = mentions.watches(seat)[int(given["watch"])]
        kept |= {"watch_id": watch.watch_id, "words": given["text"] or watch.name}
    if kind == "channel":
        channel = outbox.channel(seat, given["channel"])
        kept |= {"channel": channel, "words": given["text"] or channel.name}
    return kept


@require_POST
@seated("manager")
def step_add(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found, form = access.objective(seat, uid), forms.StepForm(request, seat, request.POST)
    if not form.is_valid():
        return render(request, "objectives/objective.html", page_of(request, seat, found, step_form=form), status=400)
    given = form.cleaned_data
    owner = member(seat, given["owner"])
    Step.objects.add(seat.workspace, objective=found, words=given["text"], due=given["due"], owner=owner)
    return done(request, seat, "objective_changed", found.words, "objectives:objective", uid=uid)


@require_POST
@seated("agent")
def step_done(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Done, or to do again."""
    step = one(Step.objects.of(seat.workspace).select_related("objective"), uid=uid)
    step.done_ms = 0 if step.done_ms else now_ms()
    step.save()
    return done(request, seat, "step_done", step.words, "objectives:objective", uid=step.objective.uid)


@require_POST
@seated("manager")
def measure_add(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A figure of the catalogue, with the version it has today."""
    found, form = access.objective(seat, uid), forms.MeasureForm(request, seat, request.POST)
    if not form.is_valid():
        page = page_of(request, seat, found, measure_form=form)
        return render(request, "objectives/objective.html", page, status=400)
    given = form.cleaned_data
    definition = BY_NAME[given["name"]]
    until = start_of(given["base_until"]) + DAY_MS if given["base_until"] else now_ms() // DAY_MS * DAY_MS
    Measure.objects.add(
        seat.workspace, objective=found, name=definition.name, version=definition.version,
        watch_ids=[int(watch) for watch in given["watches"]], better=given["better"] or definition.better,
        target=forms.in_unit(definition.name, given["target"]), days=given["days"], base_until_ms=until,
    )  # fmt: skip
    return done(request, seat, "objective_changed", found.words, "objectives:objective", uid=uid)


PARTS = {"mean": Mean, "step": Step, "measure": Measure}


@require_POST
@seated("manager")
def part_remove(request: HttpRequest, seat: Seat, part: str, uid: str) -> HttpResponse:
    """A mean, a step or a measure."""
    if part not in PARTS:
        raise Http404
    found: Any = one(PARTS[part].objects.of(seat.workspace).select_related("objective"), uid=uid)  # type: ignore[attr-defined]
    home = found.objective
    found.delete()
    return done(request, seat, "objective_changed", home.words, "objectives:objective", uid=home.uid)


@require_GET
@seated()
def chart(request: HttpRequest, seat: Seat, uid: str, kind: str) -> HttpResponse:
    """The chart of a measure as a file."""
    if kind not in FILES:
        raise Http404
    measure = one(Measure.objects.of(seat.workspace).select_related("objective"), uid=uid)
    lang = lang_of(request)
    made = drawn(seat, measured(seat, measure), lang)
    writers: dict[str, Any] = {"csv": charts.csv, "svg": charts.svg, "png": charts.png}
    name = speak(f"objectives.measure.{measure.name}", "en").lower().replace(" ", "-")
    headers = {"Content-Disposition": f'attachment; filename="palabre-{name}.{kind}"'}
    return HttpResponse(writers[kind](made, lang), content_type=FILES[kind], headers=headers)
