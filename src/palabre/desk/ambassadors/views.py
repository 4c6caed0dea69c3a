"""Ambassadors, candidates, the ledger of recognition and reminders to disclose."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.ambassadors import access, acts, figures
from palabre.desk.ambassadors.forms import RecognitionForm
from palabre.desk.ambassadors.models import KINDS, Invite, Reminder
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.people import access as people
from palabre.desk.together import PATIENCE, TOGETHER, StillReckonedError
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.desk.workspaces.names import called
from palabre.engage.disclosure import USUAL
from palabre.errors import InputError
from palabre.exports.writers import safe

SETTLED = {"reminded": "disclosure_reminded", "fine": "disclosure_fine"}
LEDGER_ROWS = 500
COLUMNS = ("on", "person", "kind", "nature", "words", "low", "high", "currency", "disclosed", "by")


@require_GET
@seated("agent")
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Those who said yes, and how they were thanked; candidates come in a second request."""
    context = {
        "standings": figures.standings(seat),
        "in_time": figures.thanked_in_time(seat),
        "open": access.invites(seat.workspace).filter(answer="", withdrawn_ms=0, expires_ms__gt=now_ms()),
        "declined": access.invites(seat.workspace).filter(answer="no", withdrawn_ms=0)[:20],
        "unsaid": figures.unsaid(seat),
        "ledger": access.recognitions(seat.workspace)[:10],
        "delay": figures.THANK_DAYS,
        "period": figures.PERIOD_DAYS,
        "now": now_ms(),
    }
    return render(request, "ambassadors/index.html", context)


@require_GET
@seated("agent")
def candidates(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Who could be asked, with the reasons; nothing yet while another request works it out for longer than one may
    wait."""
    try:
        found = TOGETHER.of(("candidates", seat.workspace.id), lambda: figures.candidates(seat), PATIENCE)
    except StillReckonedError:
        return HttpResponse(status=204)
    context = {"candidates": found, "kinds": KINDS, "days": figures.CANDIDATE_DAYS}
    return render(request, "ambassadors/part_candidates.html", context)


@require_POST
@seated("agent")
def invite(request: HttpRequest, seat: Seat) -> HttpResponse:
    """An invitation for a person or for the account of one: its address is shown once, a human sends it."""
    person = person_of(seat, request.POST.get("person", ""), request.POST.get("account", ""))
    try:
        made, token = acts.invited(seat, person, request.POST.get("kind", ""))
    except InputError as error:
        messages.error(request, speak(error.key, lang_of(request), **error.params))
        return back(seat)
    audit.note(request, seat, "ambassador_invited", person.name)
    fresh = request.build_absolute_uri(reverse("ambassadors:answer", args=[token]))
    return render(request, "ambassadors/invited.html", {"invite": made, "fresh": fresh, "person": person})


def person_of(seat: Seat, uid: str, account: str) -> Any:
    """A person that the desk knows, or the one behind an account that was heard. Http404 for neither."""
    if uid:
        return people.person(seat, uid)
    known = archive().authors.of_uri(seat.workspace.id, account[:500]) if account else []
    if not known:
        raise Http404
    return people.met(seat.workspace, known[0].network, known[0].account)


def back(seat: Seat) -> HttpResponse:
    return redirect("ambassadors:index", workspace_slug=seat.workspace.slug)


@require_POST
@seated("agent")
def withdraw(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """An invitation without an answer opens no more."""
    found = access.invite(seat, uid)
    Invite.objects.of(seat.workspace).filter(pk=found.pk, answer="").update(withdrawn_ms=now_ms())
    audit.note(request, seat, "ambassador_withdrawn", found.person.name)
    messages.success(request, speak("recognition.withdrawn", lang_of(request)))
    return back(seat)


@require_POST
@seated("manager")
def end(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """We end somebody's part; the proof of their yes stays with its dates."""
    found = access.member(seat, uid)
    acts.left(found, "house")
    audit.note(request, seat, "ambassador_left", found.person.name)
    messages.success(request, speak("recognition.ended", lang_of(request), name=found.person.name))
    return back(seat)


@require_GET
@seated("agent")
def proof(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The yes with its very words."""
    return render(request, "ambassadors/proof.html", {"member": access.member(seat, uid)})


@require_http_methods(["GET", "POST"])
@seated("agent")
def thank(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Enters how a person was thanked."""
    person = people.person(seat, uid)
    today = datetime.fromtimestamp(now_ms() / 1000, UTC).date()
    first = {"on": today, "kind": "thanks", "nature": USUAL["thanks"], "currency": "EUR"}
    form = RecognitionForm(request, posted(request), initial=first)
    if form.is_valid() and form.is_told():
        acts.thanked(seat, person, **form.values())
        audit.note(request, seat, "recognised", person.name)
        messages.success(request, speak("recognition.noted", lang_of(request)))
        return back(seat)
    past = access.recognitions(seat.workspace).filter(person=person)[:20]
    context = {"form": form, "person": person, "past": past, "member": access.is_member(seat.workspace, person.pk)}
    return render(request, "ambassadors/thank.html", context, status=400 if form.errors else 200)


@require_GET
@seated("agent")
def ledger(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The recognitions of late; all of them are in the export."""
    rows = access.recognitions(seat.workspace)
    context = {"ledger": rows[:LEDGER_ROWS], "n": rows.count(), "shown": LEDGER_ROWS}
    return render(request, "ambassadors/ledger.html", context)


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.recognition(seat, uid)
    found.delete()
    audit.note(request, seat, "recognition_removed", found.person.name)
    messages.success(request, speak("recognition.removed", lang_of(request)))
    return redirect("ambassadors:ledger", workspace_slug=seat.workspace.slug)


@require_GET
@seated("manager")
def export(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The ledger as a table, with names: for a manager, noted."""
    lang, out = lang_of(request), io.StringIO()
    writer = csv.writer(out)
    writer.writerow([speak(f"recognition.column.{name}", lang) for name in COLUMNS])
    for one in access.recognitions(seat.workspace):
        writer.writerow([safe(value) for value in row(one, lang)])
    audit.note(request, seat, "recognitions_exported")
    headers = {"Content-Disposition": 'attachment; filename="palabre-recognition.csv"'}
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def row(one: Any, lang: str) -> list[str]:
    ends = ["" if value is None else f"{value:g}" for value in (one.low, one.high)]
    kind, nature = (speak(f"recognition.form.{name}.{getattr(one, name)}", lang) for name in ("kind", "nature"))
    told = speak(f"recognition.told.{'yes' if one.disclosed else 'no'}", lang)
    by = called(one.by, lang) if one.by else ""
    return [one.on.isoformat(), one.person.name, kind, nature, one.words, *ends, one.currency, told, by]


@require_POST
@seated("agent")
def settle(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A post without a disclosure: its author was reminded, or it is fine."""
    person = people.person(seat, request.POST.get("person", ""))
    post_id, what = request.POST.get("post", ""), request.POST.get("what", "")
    if what not in ("reminded", "fine") or not (post_id.isascii() and post_id.isdecimal() and len(post_id) < 18):
        raise Http404
    archive().post(seat.workspace.id, int(post_id))  # NotFoundError for another workspace's
    values = {"person": person, "what": what, "by": seat.user, "at_ms": now_ms()}
    Reminder.objects.of(seat.workspace).update_or_create(
        workspace=seat.workspace, post_id=int(post_id), defaults=values
    )  # fmt: skip
    audit.note(request, seat, SETTLED[what], person.name)
    messages.success(request, speak(f"recognition.settled.{what}", lang_of(request)))
    return back(seat)
