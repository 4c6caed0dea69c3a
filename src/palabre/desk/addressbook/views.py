"""The address book: how it stands, its settings, and what somebody changed there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.addressbook import access, acts, syncing
from palabre.desk.addressbook.forms import BookForm
from palabre.desk.addressbook.models import FAILED, LEFT, OPEN, THERE, Book, Card, Push
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.rooms import all_doors
from palabre.desk.design.words import speak
from palabre.desk.people import access as people
from palabre.desk.people.models import Person
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage.carddav import told
from palabre.engage.identity_contact import Contact
from palabre.errors import PalabreError

JOURNAL, SHOWN = 50, 100
COMPARED = ("name", "organisation", "job", "emails", "phones", "city", "country", "site", "accounts", "tags")


def here(**more: Any) -> dict[str, Any]:
    """The door that a page without one is behind, for the header."""
    return {"door": next((door for door in all_doors() if door.route == "addressbook:index"), None), **more}


def back(seat: Seat) -> HttpResponse:
    return redirect("addressbook:index", workspace_slug=seat.workspace.slug)


def book_of(seat: Seat) -> Book:
    found = access.book(seat.workspace)
    if found is None:
        raise Http404
    return found


@require_GET
@seated("manager")
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    book = access.book(seat.workspace)
    return render(request, "addressbook/index.html", {"book": book, **(about(seat, book) if book else {})})


def about(seat: Seat, book: Book) -> dict[str, Any]:
    """Counts, what waits for a human, what failed, and the journal."""
    cards = access.cards(book)
    pushes = list(access.pushes(book)[:JOURNAL])
    return {
        "there": cards.filter(state=THERE).count(),
        "to_go": cards.filter(person=None).count(),
        "open": list(cards.filter(state__in=OPEN)[:SHOWN]),
        "failed": list(cards.filter(state=FAILED)[:SHOWN]),
        "left": list(cards.filter(state=LEFT)[:SHOWN]),
        "pushes": [(one, persons.get(one.stem)) for persons in [named(seat, pushes)] for one in pushes],
        "now": now_ms(),
    }


def named(seat: Seat, pushes: list[Push]) -> dict[str, Person]:
    """Those whose card still begins with their own number; who was forgotten is not among them."""
    stems = {one.stem for one in pushes}
    return {one.uid: one for one in people.persons(seat.workspace).filter(uid__in=stems)}


@require_http_methods(["GET", "POST"])
@seated("manager")
def settings(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Tried before it is kept; ``do=try`` only tries."""
    book = access.book(seat.workspace)
    form = BookForm(request, seat, book, posted(request), initial=initial(book))
    done = kept(request, seat, form, book) if form.is_valid() else None
    if done is not None:
        return done
    context = here(form=form, book=book)
    return render(request, "addressbook/settings.html", context, status=400 if form.errors else 200)


def initial(book: Book | None) -> dict[str, Any]:
    if book is None:
        return {"purposes": ["follow_up"]}
    listed = book.listed.uid if book.listed else ""
    return {"url": book.url, "user": book.user, "purposes": book.purposes, "listed": listed}


def kept(request: HttpRequest, seat: Seat, form: BookForm, book: Book | None) -> HttpResponse | None:
    """None: it was only tried, or does not work; the form says how it went."""
    lang = lang_of(request)
    try:
        if request.POST.get("do") == "try":
            place = acts.tried(form.wish(), book)
            messages.success(
                request, speak("addressbook.tried", lang, name=place.name or place.url, version=place.version)
            )
            return None
        made = acts.set_up(seat, form.wish(), book)
    except PalabreError as error:
        form.complain(None, error.key, **error.params)
        return None
    audit.note(request, seat, "address_book_set", made.url)
    messages.success(request, speak("addressbook.done.set", lang, name=made.name or made.url))
    return back(seat)


@require_POST
@seated("manager")
def check(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Asks the server now whether all is well."""
    book, lang = book_of(seat), lang_of(request)
    place = acts.check(book)
    if place is None:
        messages.error(request, speak(book.error_key, lang, **book.error_params))
    else:
        said = {"name": place.name or place.url, "version": place.version}
        messages.success(request, speak("addressbook.tried", lang, **said))
    return back(seat)


@require_POST
@seated("manager")
def now(request: HttpRequest, seat: Seat) -> HttpResponse:
    acts.now(book_of(seat))
    messages.info(request, speak("addressbook.done.now", lang_of(request)))
    return back(seat)


@require_POST
@seated("manager")
def state(request: HttpRequest, seat: Seat) -> HttpResponse:
    book, paused = book_of(seat), request.POST.get("state") == "paused"
    acts.pause(book, paused)
    audit.note(request, seat, "address_book_paused" if paused else "address_book_resumed", book.url)
    messages.success(request, speak(f"addressbook.done.{'paused' if paused else 'resumed'}", lang_of(request)))
    return back(seat)


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat) -> HttpResponse:
    book, with_cards = book_of(seat), request.POST.get("cards") == "go"
    acts.give_up(book, with_cards)
    audit.note(request, seat, "address_book_removed", book.url)
    messages.success(request, speak(f"addressbook.done.{'leaving' if with_cards else 'removed'}", lang_of(request)))
    return back(seat)


@require_http_methods(["GET", "POST"])
@seated("manager")
def card(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """What is there beside what we would write; a human decides."""
    found: Card = access.card(seat, uid)
    if request.method == "POST":
        ours = request.POST.get("keep") == "ours"
        done = acts.decide(found, ours)
        if done:
            audit.note(request, seat, f"address_book_{'ours' if ours else 'theirs'}", found.stem)
        said = f"addressbook.done.{'ours' if ours else 'theirs'}" if done else "addressbook.done.moved_on"
        (messages.success if done else messages.warning)(request, speak(said, lang_of(request)))
        return back(seat)
    mine = syncing.ours_of(found)
    context = here(card=found, rows=compared(mine, found.theirs), goes=not mine)
    return render(request, "addressbook/card.html", context)


def compared(mine: str, other: str) -> list[tuple[str, str, str]]:
    """(field, as we would write it, as it is there) of all that either says."""
    ours, theirs = (told(text) or Contact() for text in (mine, other))
    rows = [(name, in_line(getattr(ours, name)), in_line(getattr(theirs, name))) for name in COMPARED]
    return [row for row in rows if row[1] or row[2]]


def in_line(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
