"""Lists made by hand, and segments: conditions under a name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.people import access
from palabre.desk.people.models import ListMember, PersonList
from palabre.desk.people.selection import Conditions, chosen
from palabre.desk.people.views import chips, to_person
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage.identity_refused import refused

NAME_CHARS = 120


@require_http_methods(["GET", "POST"])
@seated(post="agent")
def lists(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All of them with their numbers; a POST makes one: of conditions, if any came along, else by hand."""
    if request.method == "POST":
        return made(request, seat)
    rows = []
    for one in access.lists(seat.workspace):
        conditions = of_list(one)
        n = chosen(seat.workspace, conditions).count()
        rows.append((one, conditions, n, chips(seat, conditions, lang_of(request)) if one.conditions else []))
    return render(request, "people/lists.html", {"rows": rows})


def of_list(one: PersonList) -> Conditions:
    """What chooses its members."""
    return Conditions({"list": one.uid}) if one.conditions is None else Conditions.read(one.conditions)


def made(request: HttpRequest, seat: Seat) -> HttpResponse:
    name = " ".join(request.POST.get("name", "").split())[:NAME_CHARS]
    subject = refused(name)
    if not name or subject:
        key = f"people.refused.{subject}" if subject else "people.list_name"
        messages.error(request, speak(key, lang_of(request), word=name))
        return redirect("people:lists", workspace_slug=seat.workspace.slug)
    conditions = Conditions.read(request.POST.dict())
    kept = dict(conditions.asked) if request.POST.get("segment") else None
    one = PersonList.objects.add(seat.workspace, name=name, conditions=kept, by=seat.user, made_ms=now_ms())
    audit.note(request, seat, "person_list_made", name)
    return to_list(seat, one)


def to_list(seat: Seat, one: PersonList) -> HttpResponse:
    address = reverse("people:index", kwargs={"workspace_slug": seat.workspace.slug})
    return redirect(f"{address}?{of_list(one).address()}")


@require_GET
@seated()
def list_page(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Who is in it: the list of persons, with its conditions."""
    return to_list(seat, access.person_list(seat, uid))


@require_POST
@seated("agent")
def list_drop(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The list goes, its persons stay."""
    one = access.person_list(seat, uid)
    one.delete()
    audit.note(request, seat, "person_list_dropped", one.name)
    return redirect("people:lists", workspace_slug=seat.workspace.slug)


@require_POST
@seated("agent")
def listed(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Puts a person on exactly these lists made by hand."""
    person = access.person(seat, uid)
    wanted = set(request.POST.getlist("list"))
    for one in access.lists(seat.workspace):
        mine = ListMember.objects.of(seat.workspace).filter(list=one, person=person)
        if one.conditions is None and one.uid in wanted and not mine.exists():
            ListMember.objects.add(seat.workspace, list=one, person=person, at_ms=now_ms())
        elif one.conditions is None and one.uid not in wanted:
            mine.delete()
    return to_person(seat, person, "lists")
