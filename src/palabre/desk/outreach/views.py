"""Whom to go out to: suggestions with their reasons, what one took on, what came of it, and who is left out and why."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.outreach import access, acts, rounds
from palabre.desk.outreach.forms import OutcomeForm, WeekForm
from palabre.desk.outreach.models import Contact
from palabre.desk.outreach.telling import told
from palabre.desk.people import access as people
from palabre.desk.today.access import house_zone
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError

DONE_SHOWN, LEFT_SHOWN = 20, 100


def here(seat: Seat, route: str, **ids: Any) -> str:
    return reverse(f"outreach:{route}", kwargs={"workspace_slug": seat.workspace.slug, **ids})


@require_GET
@seated("agent")
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The week: what is taken, what is suggested, what came of the last ones."""
    rows, lang = access.contacts(seat), lang_of(request)
    this = access.round_of(seat.workspace)
    taken = access.taken_since(seat.workspace, access.week_start(now_ms(), house_zone()))
    context = {
        "mine": told(seat, rows.filter(state="taken", owner=seat.user), lang),
        "others": told(seat, rows.filter(state="taken").exclude(owner=seat.user), lang),
        "suggested": told(seat, rows.filter(state="suggested"), lang),
        "done": told(seat, rows.filter(state="done").order_by("-outcome_ms")[:DONE_SHOWN], lang),
        "outcomes": outcomes(seat),
        "round": this,
        "taken": taken,
        "left": left_out(seat, this.left_out),
        "left_n": len(this.left_out),
        "form": WeekForm(request, initial={"per_week": this.per_week}),
    }
    return render(request, "outreach/index.html", context)


def outcomes(seat: Seat) -> list[tuple[str, int]]:
    """What came of all contacts so far."""
    found = Counter(access.contacts(seat).filter(state="done").values_list("outcome", flat=True))
    return found.most_common()


def left_out(seat: Seat, rows: list[list[Any]]) -> list[tuple[str, int, list[Any]]]:
    """(why, how many, those with a name)."""
    uids = [uid for uid, _, _ in rows if uid]
    names = {one.uid: one for one in people.persons(seat.workspace).filter(uid__in=uids[:500])}
    grouped: dict[str, list[Any]] = {}
    for uid, why, _ in rows:
        grouped.setdefault(why, []).append(names.get(uid))
    return [(why, len(some), [one for one in some if one][:LEFT_SHOWN]) for why, some in sorted(grouped.items())]


@require_POST
@seated("agent")
def look(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Looks again for whom to contact."""
    rounds.look(seat)
    messages.success(request, speak("outreach.said.look", lang_of(request)))
    return redirect(here(seat, "index"))


@require_POST
@seated("manager")
def week(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How many a week, at most."""
    form = WeekForm(request, request.POST)
    if form.is_valid():
        acts.set_week(seat, form.cleaned_data["per_week"])
        audit.note(request, seat, "contact_week", str(form.cleaned_data["per_week"]))
        messages.success(request, speak("outreach.said.week", lang_of(request)))
    else:
        messages.error(request, " ".join(map(str, form.errors.get("per_week", []))))
    return redirect(here(seat, "index"))


@require_http_methods(["GET", "POST"])
@seated("agent")
def contact(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """One contact; a POST notes what came of it."""
    found = access.contact(seat, uid)
    form = OutcomeForm(request, posted(request))
    if form.is_valid():
        try:
            acts.conclude(seat, found, form.cleaned_data["outcome"], form.cleaned_data["note"])
        except InputError as error:
            form.complain("outcome", error.key)
        else:
            objected = found.outcome == "objected"
            audit.note(request, seat, "contact_objection" if objected else "contact_outcome", found.person.uid)
            messages.success(request, speak(f"outreach.said.{found.outcome}", lang_of(request)))
            return redirect(here(seat, "index"))
    context = {"one": told(seat, [found], lang_of(request))[0], "contact": found, "form": form,
               "before": access.of_person(seat, found.person).exclude(pk=found.pk)[:10]}  # fmt: skip
    return render(request, "outreach/contact.html", context, status=400 if form.errors else 200)


@require_POST
@seated("agent")
def act(request: HttpRequest, seat: Seat, uid: str, what: str) -> HttpResponse:
    """take, put_off, write or case."""
    found = access.contact(seat, uid)
    if what not in ACTS:
        raise Http404
    try:
        where = ACTS[what](request, seat, found)
    except InputError as error:
        messages.error(request, speak(error.key, lang_of(request), **error.params))
        return redirect(here(seat, "index"))
    return redirect(where)


def _take(request: HttpRequest, seat: Seat, found: Contact) -> str:
    acts.take(seat, found)
    audit.note(request, seat, "contact_taken", found.person.uid)
    return here(seat, "contact", uid=found.uid)


def _put_off(request: HttpRequest, seat: Seat, found: Contact) -> str:
    acts.put_off(found)
    audit.note(request, seat, "contact_put_off", found.person.uid)
    messages.success(request, speak("outreach.said.put_off", lang_of(request)))
    return here(seat, "index")


def _write(request: HttpRequest, seat: Seat, found: Contact) -> str:
    acts.write(found, request.POST.get("opening", ""))
    audit.note(request, seat, "contact_written", found.person.uid)
    messages.success(request, speak("outreach.said.write", lang_of(request)))
    return here(seat, "contact", uid=found.uid)


def _case(request: HttpRequest, seat: Seat, found: Contact) -> str:
    """To the case whose composer sends: with the line as it is now."""
    if "opening" in request.POST:
        acts.write(found, request.POST["opening"])
    case = acts.case_for(seat, found, speak("outreach.case_title", lang_of(request), name=found.person.name))
    return reverse("inbox:case", kwargs={"workspace_slug": seat.workspace.slug, "uid": case.uid})


ACTS = {"take": _take, "put_off": _put_off, "write": _write, "case": _case}


@require_POST
@seated("agent")
def objection(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A person asked not to be contacted, in a way no contact tells of."""
    person = people.person(seat, uid)
    people.note_objection(person, request.POST.get("words", "") or "outreach", seat.user)
    Contact.objects.of(seat.workspace).filter(person=person, state="suggested").delete()
    audit.note(request, seat, "contact_objection", person.uid)
    messages.success(request, speak("outreach.said.objected", lang_of(request)))
    return redirect(here(seat, "index"))
