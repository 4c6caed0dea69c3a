"""Two persons who are one: suggestions with their reasons, merges seen before they are made, and taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.archive.authors import Known
from palabre.desk import beats
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.people import access, merging, suggesting
from palabre.desk.people.beats import wanted
from palabre.desk.people.index import asked_for
from palabre.desk.people.models import CORE, Person, Suggestion
from palabre.desk.people.views import rows, to_person
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated

PAGE, POSTS, FOUND = 30, 3, 12
STATES = ("open", "accepted", "refused")


@require_GET
@seated("agent")
def suggestions(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The likeliest first."""
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    wanted = Suggestion.objects.of(seat.workspace).filter(state=state)
    score, _, key = request.GET.get("after", "").partition("_")
    found = wanted.order_by("-score", "-pk")
    if key.isascii() and key.isdecimal() and len(key) < 19:
        below = float(score) if score.replace(".", "", 1).isdecimal() and score.isascii() and len(score) < 12 else 0.0
        found = found.filter(score__lt=below) | found.filter(score=below, pk__lt=int(key))
    page = list(found[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    context = {
        "found": page[:PAGE],
        "state": state,
        "states": [(one, Suggestion.objects.of(seat.workspace).filter(state=one).count()) for one in STATES],
        "older": f"?state={state}&after={last.score}_{last.pk}" if last else "",
    }
    return render(request, "people/suggestions.html", context)


@require_POST
@seated("agent")
def look(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Compares all accounts anew, in the background."""
    wanted(seat.workspace)
    beats.nudge("people.same")
    messages.success(request, speak("people.done.looking", lang_of(request)))
    return redirect("people:suggestions", workspace_slug=seat.workspace.slug)


@require_http_methods(["GET", "POST"])
@seated("agent")
def suggestion(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Both beside each other with every reason; a member says yes or no."""
    found = access.suggestion(seat, uid)
    if request.method == "POST":
        return decided(request, seat, found)
    sides = [side_of(seat, found, side) for side in ("left", "right")]
    persons = [side["person"] for side in sides]
    names = conflicts_of(sides)
    joined = [merging.counts(person) if person else [] for person in persons]
    same = persons[0] is not None and persons[0] == persons[1]
    context = {"found": found, "sides": sides, "conflicts": names, "joined": joined, "same": same}
    return render(request, "people/suggestion.html", context)


def side_of(seat: Seat, found: Suggestion, side: str) -> dict[str, Any]:
    """The account, its person if there is one, and its last words."""
    network, uri = getattr(found, f"{side}_network"), getattr(found, f"{side}_uri")
    heard: Known | None = archive().authors.get(seat.workspace.id, network, uri)
    return {
        "network": network,
        "uri": uri,
        "name": getattr(found, f"{side}_name"),
        "heard": heard,
        "person": access.behind(seat.workspace, network, uri),
        "posts": archive().authors.posts(seat.workspace.id, [(network, uri)], limit=POSTS),
    }


def conflicts_of(sides: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Of the persons; of the names alone where an account is nobody yet."""
    one, other = (side["person"] or Person(name=side["name"]) for side in sides)
    return merging.conflicts(one, other)


def decided(request: HttpRequest, seat: Seat, found: Suggestion) -> HttpResponse:
    if found.state != "open":
        messages.warning(request, speak("people.done.decided_before", lang_of(request)))
        return redirect("people:suggestions", workspace_slug=seat.workspace.slug)
    if request.POST.get("say") != "yes":
        suggesting.refuse(found, seat.user)
        audit.note(request, seat, "suggestion_refused")
        messages.success(request, speak("people.done.refused", lang_of(request)))
        return redirect("people:suggestions", workspace_slug=seat.workspace.slug)
    ends = (found.left_network, found.left_uri), (found.right_network, found.right_uri)
    kept, gone = (suggesting.met(seat.workspace, *end) for end in ends)
    if kept is None or gone is None:
        raise Http404
    suggesting.accept(found, kept, gone, taken_of(request), seat.user)
    return after_merge(request, seat, kept)


def taken_of(request: HttpRequest) -> list[str]:
    """Names of CORE for which the other's value was chosen."""
    return [name for name in CORE if request.POST.get(f"take_{name}") == "other"]


def after_merge(request: HttpRequest, seat: Seat, kept: Person) -> HttpResponse:
    audit.note(request, seat, "persons_merged", kept.uid)
    messages.success(request, speak("people.done.merged", lang_of(request)))
    return to_person(seat, kept)


@require_http_methods(["GET", "POST"])
@seated("agent")
def merge(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Chooses another person, shows what would be joined, joins."""
    kept = access.person(seat, uid)
    asked = request.POST if request.method == "POST" else request.GET
    other = access.person(seat, asked["with"]) if asked.get("with") else None
    if other is not None and request.method == "POST":
        merging.merge(kept, other, taken_of(request), by=seat.user)
        return after_merge(request, seat, kept)
    words = request.GET.get("q", "")[:100]
    wanted = access.persons(seat.workspace).exclude(pk=kept.pk).filter(asked_for(words)) if words.strip() else []
    context: dict[str, Any] = {"kept": kept, "other": other, "q": words, "found": rows(seat, list(wanted[:FOUND]))}
    if other is not None:
        context |= {
            "conflicts": merging.conflicts(kept, other),
            "sides": [
                (one, access.handles(one), merging.counts(one), says)
                for one, says in ((kept, "stays"), (other, "joins"))
            ],
            "same": other == kept,
        }
    return render(request, "people/merge.html", context)


@require_POST
@seated("agent")
def unmerge(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Two again, as they were."""
    made = access.merged(seat, uid)
    gone = merging.unmerge(made)
    suggesting.taken_back(made)
    audit.note(request, seat, "persons_unmerged", gone.uid)
    messages.success(request, speak("people.done.unmerged", lang_of(request), name=gone.name))
    return to_person(seat, gone)
