"""What a person may ask of us: everything that is kept about them, and to be forgotten."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.people import access, erasing, merging, telling
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated


@require_GET
@seated("agent")
def export(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Everything about a person, as JSON."""
    person = access.person(seat, uid)
    audit.note(request, seat, "person_exported", person.uid)
    answer = HttpResponse(telling.everything(person), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="palabre-person-{person.uid[:8]}.json"'
    return answer


@require_http_methods(["GET", "POST"])
@seated("manager")
def erase(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """For good: the word must be typed."""
    person = access.person(seat, uid)
    word = speak("people.erase.word", lang_of(request))
    typed = request.POST.get("typed", "").strip()
    if request.method == "POST" and typed.casefold() == word.casefold():
        gone = erasing.erase(person, by=seat.user.email or "")
        audit.note(request, seat, "person_erased")
        messages.success(request, speak("people.done.erased", lang_of(request), n=gone.posts))
        return redirect("people:index", workspace_slug=seat.workspace.slug)
    context = {
        "person": person,
        "word": word,
        "wrong": request.method == "POST",
        "preview": erasing.preview(person),
        "counts": merging.counts(person),
    }
    return render(request, "people/erase.html", context, status=400 if request.method == "POST" else 200)
