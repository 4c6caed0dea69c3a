"""Persons as files: out as vCard, JSContact or CSV; in with a look first."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.people import cards
from palabre.desk.people.models import BASES, PURPOSES, Intake
from palabre.desk.people.selection import Conditions, chosen
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, one, seated
from palabre.engage.identity_contact import BYTES_MAX, CONTACTS_MAX, FORMATS
from palabre.errors import InputError

SHOWN = 100
WHAT = ("new", "known", "twice", "kept_out")


@require_GET
@seated("agent")
def file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """The persons that fulfil the conditions of the address, as a file."""
    if kind not in FORMATS:
        raise Http404
    wanted = chosen(seat.workspace, Conditions.read(request.GET.dict())).order_by("name", "pk")
    persons = list(wanted[:CONTACTS_MAX])
    audit.note(request, seat, "persons_exported", f"{kind} · {len(persons)}")
    answer = HttpResponse(cards.written(kind, cards.contacts(seat.workspace, persons)), content_type=cards.MEDIA[kind])
    answer["Content-Disposition"] = f'attachment; filename="palabre-persons.{cards.SUFFIX[kind]}"'
    return answer


@require_http_methods(["GET", "POST"])
@seated("agent")
def take_in(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Chooses a file; it is read and shown before anything is taken in."""
    fault: InputError | None = None
    if request.method == "POST":
        given = request.FILES.get("file")
        try:
            if given is None:
                raise InputError("people.file_none")
            if (given.size or 0) > BYTES_MAX:
                raise InputError("people.file_large", most=BYTES_MAX // 1_000_000)
            made = cards.looked_at(seat.workspace, given.name or "", given.read(), seat.user)
            return redirect("people:intake", workspace_slug=seat.workspace.slug, uid=made.uid)
        except InputError as error:
            fault = error
    context = {"fault": fault, "bytes": BYTES_MAX, "megabytes": BYTES_MAX // 1_000_000, "most": CONTACTS_MAX}
    return render(request, "people/take_in.html", context, status=400 if fault else 200)


@require_http_methods(["GET", "POST"])
@seated("agent")
def intake(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """What would become of each row; a POST takes them in."""
    found = one(Intake.objects.of(seat.workspace), uid=uid)
    purpose, basis = request.POST.get("purpose", ""), request.POST.get("basis", "")
    if request.method == "POST" and purpose in PURPOSES and basis in BASES:
        new, added = cards.taken_in(found, purpose, basis, seat.user)
        audit.note(request, seat, "persons_imported", f"{new} + {added}")
        messages.success(request, said_of(new, added, lang_of(request)))
        here = reverse("people:index", kwargs={"workspace_slug": seat.workspace.slug})
        return redirect(f"{here}?order=changed")  # those who came in are on top
    counts = [(what, sum(row["what"] == what for row in found.rows)) for what in WHAT]
    context = {
        "found": found,
        "counts": [pair for pair in counts if pair[1]],
        "new": sum(row["what"] == "new" for row in found.rows),
        "known": sum(row["what"] == "known" for row in found.rows),
        "rows": [row | {"says": cards.says(row)} for row in found.rows[:SHOWN]],
        "more": max(0, len(found.rows) - SHOWN),
        "faults": found.faults[:SHOWN],
        "more_faults": max(0, len(found.faults) - SHOWN),
        "purposes": PURPOSES,
        "bases": BASES,
        "wrong": request.method == "POST",
    }
    return render(request, "people/intake.html", context, status=400 if request.method == "POST" else 200)


def said_of(new: int, added: int, lang: str) -> str:
    """What an import did."""
    parts = [("taken_in", new)] if new or not added else []
    parts += [("completed", added)] if added else []
    return " ".join(speak(f"people.done.{name}", lang, n=n) for name, n in parts)


@require_POST
@seated("agent")
def intake_leave(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Nothing is taken in."""
    one(Intake.objects.of(seat.workspace), uid=uid).delete()
    return redirect("people:take_in", workspace_slug=seat.workspace.slug)
