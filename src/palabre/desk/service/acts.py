"""Setting hours and targets, and taking the times away as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.service import access, figures
from palabre.desk.service.forms import HoursForm, TargetForm, written
from palabre.desk.service.leaving import lines
from palabre.desk.service.models import Target, WorkHours
from palabre.desk.service.views import asked_of
from palabre.desk.teams import access as teams
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated

USUAL = {"fr": ("lun-ven 09:00-12:30 13:30-18:00", "Europe/Paris", "fr"), "en": ("mon-fri 09:00-17:30", "UTC", "")}


@require_GET
@seated()
def settings(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Hours and targets, as they are."""
    context = {"hours": access.work_hours(seat), "targets": access.all_targets(seat), "now": now_ms()}
    return render(request, "service/settings.html", context)


@require_http_methods(["GET", "POST"])
@seated("manager")
def hours(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The hours of the workspace, or of a team (``?team=uid``)."""
    asked = request.GET.get("team", "")
    known = next((row for row in access.work_hours(seat) if (row.team.uid if row.team else "") == asked), None)
    form = HoursForm(request, seat, posted(request), initial=_hours_values(known, asked, lang_of(request)))
    if form.is_valid():
        values = form.cleaned_data
        team = next((one for one in teams.teams(seat) if one.uid == values["team"]), None)
        kept = {name: values[name] for name in ("hours", "zone", "country")}
        rows = WorkHours.objects.of(seat.workspace)
        if not rows.filter(team=team).update(**kept):
            WorkHours.objects.add(seat.workspace, team=team, **kept)
        audit.note(request, seat, "service_hours", team.name if team else "")
        messages.success(request, speak("service.hours.kept", form.speaks))
        return redirect("service:settings", workspace_slug=seat.workspace.slug)
    return render(request, "service/hours.html", {"form": form}, status=400 if form.errors else 200)


def _hours_values(known: WorkHours | None, team: str, lang: str) -> dict[str, str]:
    if known is not None:
        return {"team": team, "hours": known.hours, "zone": known.zone, "country": known.country}
    text, zone, country = USUAL.get(lang, USUAL["en"])
    return {"team": team, "hours": text, "zone": zone, "country": country}


@require_POST
@seated("manager")
def hours_remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Those of a team go: those of the workspace hold for it again."""
    gone = access.one_hours(seat, uid)
    gone.delete()
    audit.note(request, seat, "service_hours", gone.team.name if gone.team else "")
    return redirect("service:settings", workspace_slug=seat.workspace.slug)


@require_http_methods(["GET", "POST"])
@seated("manager")
def target_new(request: HttpRequest, seat: Seat) -> HttpResponse:
    return _target(request, seat, None)


@require_http_methods(["GET", "POST"])
@seated("manager")
def target(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return _target(request, seat, access.target(seat, uid))


def _target(request: HttpRequest, seat: Seat, known: Target | None) -> HttpResponse:
    form = TargetForm(request, seat, posted(request), initial=_target_values(known))
    if form.is_valid():
        values = form.cleaned_data
        team = next((one for one in teams.teams(seat) if one.uid == values["team"]), None)
        kept: dict[str, Any] = {name: values[name] for name in ("urgent", "first", "next", "resolution")}
        kept |= {"team": team, "network": values["network"], "business": values["clock"] == "business"}
        if known is None:
            Target.objects.add(seat.workspace, **kept)
        else:
            Target.objects.of(seat.workspace).filter(pk=known.pk).update(**kept)
        audit.note(request, seat, "service_target")
        return redirect("service:settings", workspace_slug=seat.workspace.slug)
    return render(request, "service/target.html", {"form": form, "target": known}, status=400 if form.errors else 200)


def _target_values(known: Target | None) -> dict[str, Any]:
    if known is None:
        return {"clock": "business"}
    lengths = {name: written(getattr(known, name)) for name in ("first", "next", "resolution")}
    clock = "business" if known.business else "calendar"
    own = {"team": known.team.uid if known.team else "", "network": known.network, "urgent": known.urgent}
    return own | lengths | {"clock": clock}


@require_POST
@seated("manager")
def target_remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    access.target(seat, uid).delete()
    audit.note(request, seat, "service_target")
    return redirect("service:settings", workspace_slug=seat.workspace.slug)


@require_GET
@seated("agent")
def export(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The cases of the period with their times, for a spreadsheet; no person is named."""
    asked, lang = asked_of(request), lang_of(request)
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerows(lines(figures.timed(seat, asked.cases(seat)), lang))
    audit.note(request, seat, "service_exported")
    response = HttpResponse(b"\xef\xbb\xbf" + sink.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="palabre-service.csv"'
    return response
