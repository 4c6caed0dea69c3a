"""What is written down about a person: fields with their why, consents, notes, addresses, proofs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight import views as insight_views
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.pages import page as question
from palabre.desk.people import access, facts, figures, index, proving
from palabre.desk.people.forms import AddressForm, ConsentForm, FactForm, NoteForm
from palabre.desk.people.models import Challenge, Fact, Handle, Note, Person
from palabre.desk.people.views import refused, shown, to_person
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, one, seated
from palabre.engage.identity_contact import MAIL
from palabre.errors import InputError, PalabreError

ACCOUNTS_SHOWN = 3


@require_POST
@seated("agent")
def fact(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """One thing more, with its why."""
    person, form = access.person(seat, uid), FactForm(request, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            facts.add(person, said["name"], said["value"], source=said["source"], purpose=said["purpose"],
                      basis=said["basis"], by=seat.user, days=said["days"] or 0)  # fmt: skip
        except InputError as error:
            refused(form, "value" if said["name"] == "tag" else "name", error)
        else:
            audit.note(request, seat, "person_changed", uid)
            return to_person(seat, person, "known")
    return shown(request, seat, person, fact_form=form)


@require_POST
@seated("agent")
def fact_drop(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = one(Fact.objects.of(seat.workspace).select_related("person"), uid=uid)
    facts.drop(found)
    audit.note(request, seat, "person_changed", found.person.uid)
    messages.success(request, speak("people.done.dropped", lang_of(request)))
    return to_person(seat, found.person, "known")


@require_POST
@seated("agent")
def consent(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """What the person said."""
    person, form = access.person(seat, uid), ConsentForm(request, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        facts.agree(person, said["purpose"], said["state"], said["said"], seat.user)
        audit.note(request, seat, "consent_noted", uid)
        return to_person(seat, person, "consent")
    return shown(request, seat, person, consent_form=form)


@require_POST
@seated("agent")
def note(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    person, form = access.person(seat, uid), NoteForm(request, request.POST)
    if form.is_valid():
        facts.note(person, form.cleaned_data["text"], seat.user)
        return to_person(seat, person, "timeline")
    return shown(request, seat, person, note_form=form)


@require_POST
@seated("agent")
def note_drop(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Its author takes it back; so does a manager."""
    rows = Note.objects.of(seat.workspace).select_related("person")
    found = one(rows if seat.may("manager") else rows.filter(by=seat.user), uid=uid)
    found.delete()
    return to_person(seat, found.person, "timeline")


@require_POST
@seated("agent")
def address(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """An e-mail address becomes theirs; an account that was heard is asked to prove itself or to be merged."""
    person, form = access.person(seat, uid), AddressForm(request, request.POST)
    if form.is_valid():
        try:
            given(seat, person, form.cleaned_data["address"].strip())
        except InputError as error:
            refused(form, "address", error)
        else:
            audit.note(request, seat, "person_changed", uid)
            return to_person(seat, person, "accounts")
    return shown(request, seat, person, address_form=form)


def given(seat: Seat, person: Person, text: str) -> None:
    """Raises InputError: people.address_taken, people.address_kept_out, people.challenge_unheard."""
    if MAIL.fullmatch(text):
        mail(seat, person, text.lower())
        return
    heard = archive().authors.of_uri(seat.workspace.id, text)
    if not heard:
        raise InputError("people.challenge_unheard")
    proving.ask(person, heard[0].network, heard[0].account.uri, seat.user)


def mail(seat: Seat, person: Person, text: str) -> None:
    uri = f"mailto:{text}"
    if archive().authors.kept_out(seat.workspace.id, "mail", uri, text):
        raise InputError("people.address_kept_out")
    kept, _ = Handle.objects.of(seat.workspace).get_or_create(
        workspace=seat.workspace, network="mail", uri=uri,
        defaults={"person": person, "handle": text, "linked_ms": now_ms(), "linked_by": seat.user, "proof": "reviewed"},
    )  # fmt: skip
    if kept.person_id != person.pk:
        raise InputError("people.address_taken", name=kept.person.name)
    index.refreshed(person)


@require_POST
@seated("agent")
def prove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Reads their profile pages: do they name each other?"""
    person = access.person(seat, uid)
    try:
        n = proving.check(person)
    except PalabreError as error:
        messages.warning(request, speak(error.key, lang_of(request), **error.params))
    else:
        words = "people.done.proved" if n else "people.done.not_proved"
        messages.add_message(request, messages.SUCCESS if n else messages.WARNING, speak(words, lang_of(request), n=n))
    return to_person(seat, person, "accounts")


@require_POST
@seated("agent")
def code(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A code that the person posts from an account of theirs that is not proved yet. uid: of the account."""
    handle = one(Handle.objects.of(seat.workspace).select_related("person"), uid=uid)
    try:
        proving.ask(handle.person, handle.network, handle.uri, seat.user)
    except InputError as error:
        messages.warning(request, speak(error.key, lang_of(request), **error.params))
    return to_person(seat, handle.person, "accounts")


@require_POST
@seated("agent")
def code_drop(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    asked = one(Challenge.objects.of(seat.workspace).select_related("person"), uid=uid)
    asked.delete()
    return to_person(seat, asked.person, "accounts")


@require_GET
@seated()
def standing(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Circles, part and both scales of each account, with their inputs: a part that comes after the page."""
    person = access.person(seat, uid)
    handles = [handle for handle in access.handles(person) if handle.network != "mail"]
    known = archive().authors.counted(seat.workspace.id, [(handle.network, handle.uri) for handle in handles])
    busiest = sorted(known.values(), key=lambda heard: -heard.posts)[:ACCOUNTS_SHOWN]
    found = []
    for heard in busiest:
        asked = Asked.read({"who": [heard.account.uri], "days": [str(figures.DAYS)]}, now_ms())
        screen = insight_views.screen_of(seat, question("account"), asked, lang_of(request))
        found.append(dict(screen.context) | {"account": heard, "asked": asked})
    context = {"person": person, "found": found, "left": len(known) - len(found), "days": figures.DAYS}
    return render(request, "people/part_standing.html", context)
