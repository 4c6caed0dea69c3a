"""Teams with their queues, handing a case over, and who must approve what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.deeds import noted
from palabre.desk.inbox.models import Case
from palabre.desk.teams import access
from palabre.desk.teams.forms import PathForm, TeamForm, values_of, words_of
from palabre.desk.teams.models import ApprovalPath, Team
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.desk.workspaces.models import User

QUEUE_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Shelf:
    """A team with its people and what waits there. longest_ms: since when the one who waits longest does, 0 nobody."""

    team: Team
    members: list[User]
    open: int
    waiting: int
    longest_ms: int
    mine: bool


def shelves(seat: Seat) -> list[Shelf]:
    """Every team, with counts made in one go."""
    live = Case.objects.of(seat.workspace).filter(merged_into=None).exclude(state="resolved")
    waits = Count("pk", filter=Q(waiting_since_ms__gt=0))
    counted = {row["team"]: row for row in live.values("team").annotate(n=Count("pk"), waits=waits)}
    since = dict(
        live.filter(waiting_since_ms__gt=0)
        .order_by("team", "-waiting_since_ms")
        .values_list("team", "waiting_since_ms")
    )
    found = []
    for team in access.teams(seat):
        row, people = counted.get(team.pk, {"n": 0, "waits": 0}), access.members(team)
        own = any(user.pk == seat.user.pk for user in people)
        found.append(Shelf(team, people, row["n"], row["waits"], since.get(team.pk, 0), own))
    return found


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Departments and teams, with what waits in each."""
    found = shelves(seat)
    live = inbox.cases(seat).exclude(state="resolved").filter(team=None)
    context = {
        "departments": [one for one in found if one.team.department],
        "teams": [one for one in found if not one.team.department],
        "loose": live.count(),
        "paths": access.paths(seat),
    }
    return render(request, "teams/index.html", context)


@require_GET
@seated()
def queue(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """What waits in a team, who waits longest first."""
    team = access.team(seat, uid)
    found = access.queue(seat, team)
    context = {"team": team, "members": access.members(team), "count": found.count(), "cases": found[:QUEUE_SHOWN]}
    others = [one for one in access.teams(seat) if one.pk != team.pk]
    return render(request, "teams/queue.html", context | {"others": others, "now": now_ms()})


@require_http_methods(["GET", "POST"])
@seated("manager")
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    return _edit(request, seat, None)


@require_http_methods(["GET", "POST"])
@seated("manager")
def edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return _edit(request, seat, access.team(seat, uid))


def _edit(request: HttpRequest, seat: Seat, team: Team | None) -> HttpResponse:
    initial = values_of(team) if team else {"department": request.GET.get("kind") == "department"}
    form = TeamForm(request, seat, posted(request), initial=initial)
    if form.is_valid() and _free(form, seat, Team, team):
        kept = _kept(seat, team, form.cleaned_data)
        audit.note(request, seat, "team_changed" if team else "team_made", kept.name)
        messages.success(request, speak("teams.kept", lang_of(request), name=kept.name))
        return redirect("teams:index", workspace_slug=seat.workspace.slug)
    return render(request, "teams/edit.html", {"form": form, "team": team}, status=400 if form.errors else 200)


def _free(form: Any, seat: Seat, model: Any, own: Any) -> bool:
    """Whether no other of that kind has the name already."""
    others = model.objects.of(seat.workspace).filter(name=form.cleaned_data["name"])
    if others.exclude(pk=own.pk if own else None).exists():
        form.complain("name", "teams.name_taken")
        return False
    return True


def _kept(seat: Seat, team: Team | None, values: dict[str, Any]) -> Team:
    named = {name: values[name] for name in ("name", "about", "department")}
    if team is None:
        team = Team.objects.add(seat.workspace, **named)
    else:
        Team.objects.of(seat.workspace).filter(pk=team.pk).update(**named)
        team.name = named["name"]
    team.members.set([user for user in access.answerers(seat.workspace) if user.uid in values["members"]])
    return team


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The team goes; its cases stay, in nobody's queue."""
    team = access.team(seat, uid)
    team.delete()
    audit.note(request, seat, "team_removed", team.name)
    messages.success(request, speak("teams.removed", lang_of(request), name=team.name))
    return redirect("teams:index", workspace_slug=seat.workspace.slug)


@require_http_methods(["GET", "POST"])
@seated("agent")
def route(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Hands a case over with a note. A GET by htmx is the form as a part of the case's page."""
    case = inbox.case(seat, uid)
    choices = [one for one in access.teams(seat) if one.pk != case.team_id]
    fault = ""
    if request.method == "POST":
        to = next((one for one in choices if one.uid == request.POST.get("team")), None)
        if to is not None:
            note = request.POST.get("note", "").strip()[: access.NOTE_CHARS_MAX]
            access.routed(case, to, user=seat.user, note=note)
            if note:
                noted(seat, case, note)
            messages.success(request, speak("teams.route.done", lang_of(request), name=to.name))
            return redirect(_back(request, seat))
        fault = "teams.route.which"
    part = "teams/part_route.html" if request.headers.get("HX-Request") else "teams/route.html"
    context = {"case": case, "choices": choices, "fault": fault, "note": request.POST.get("note", "")}
    context["next"] = _path_of(request.headers.get("HX-Current-URL", ""))
    return render(request, part, context, status=400 if fault else 200)


def _path_of(url: str) -> str:
    """The path of an address; "" for what is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _back(request: HttpRequest, seat: Seat) -> str:
    """Where the reader came from, if it is a page of this workspace; else the teams."""
    home = f"/w/{seat.workspace.slug}/"
    asked = request.POST.get("next", "")
    return asked if asked.startswith(home) and "\\" not in asked else f"{home}teams"


@require_http_methods(["GET", "POST"])
@seated("manager")
def path_new(request: HttpRequest, seat: Seat) -> HttpResponse:
    return _path(request, seat, None)


@require_http_methods(["GET", "POST"])
@seated("manager")
def path_edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return _path(request, seat, access.path(seat, uid))


def _path(request: HttpRequest, seat: Seat, path: ApprovalPath | None) -> HttpResponse:
    """Who must read which replies first."""
    form = PathForm(request, seat, posted(request), initial=_path_values(path))
    if form.is_valid() and _free(form, seat, ApprovalPath, path):
        values = form.cleaned_data
        team = next((one for one in access.teams(seat) if one.uid == values["team"]), None)
        kept = {name: values[name] for name in ("name", "roles", "networks", "approver", "on")}
        kept |= {"labels": words_of(values["labels"]), "team": team}
        kept["first_replies"] = values["first_replies"] or 0
        if path is None:
            ApprovalPath.objects.add(seat.workspace, **kept)
        else:
            ApprovalPath.objects.of(seat.workspace).filter(pk=path.pk).update(**kept)
        audit.note(request, seat, "approval_changed", values["name"])
        return redirect("teams:index", workspace_slug=seat.workspace.slug)
    return render(request, "teams/path.html", {"form": form, "path": path}, status=400 if form.errors else 200)


def _path_values(path: ApprovalPath | None) -> dict[str, Any]:
    if path is None:
        return {"on": True, "approver": "manager"}
    same = {name: getattr(path, name) for name in ("name", "roles", "networks", "approver", "on", "first_replies")}
    return same | {"labels": ", ".join(path.labels)} | {"team": path.team.uid if path.team else ""}


@require_POST
@seated("manager")
def path_remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    path = access.path(seat, uid)
    path.delete()
    audit.note(request, seat, "approval_removed", path.name)
    return redirect("teams:index", workspace_slug=seat.workspace.slug)
