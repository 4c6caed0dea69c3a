"""Persons: the list, and everything about one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_http_methods

from palabre.desk.addressbook import access as addressbook
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.mentions.facets import naming
from palabre.desk.people import access, facts, merging, proving, timeline
from palabre.desk.people.forms import AddressForm, ConsentForm, FactForm, NoteForm, PersonForm
from palabre.desk.people.models import CORE, KINDS, PURPOSES, RELATIONS, Fact, Handle, ListMember, Person, Suggestion
from palabre.desk.people.selection import NONE, NUMBERS, ORDERS, Conditions, chosen, paged
from palabre.desk.promises import access as promises
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import PalabreError
from palabre.understand.roles import ROLES

PAGE = 50
FILE_KINDS = ("csv", "vcf", "jscontact")
COUNTED_MAX = 10_000
SUGGESTED, CARD_ITEMS = 3, 3
NETWORKS_MAX, NEEDS_MAX = 40, 60
CASE_ROUTES = ("inbox:case", "inbox:page")  # the page of a case, where the inbox has one


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Who is known: found by words and conditions, a page at a time."""
    conditions = Conditions.read(request.GET.dict())
    order = request.GET.get("order", "seen")
    order = order if order in ORDERS else "seen"
    wanted = chosen(seat.workspace, conditions)
    found = paged(wanted, order, request.GET.get("after", ""), PAGE)
    lang = lang_of(request)
    context = choices(seat, lang) | {
        "persons": rows(seat, found.persons),
        "n": wanted[:COUNTED_MAX].count(),
        "over": COUNTED_MAX,
        "order": order,
        "orders": ORDERS,
        "conditions": conditions,
        "asked": conditions.asked,
        "address": conditions.address(),
        "chips": chips(seat, conditions, lang),
        "older": f"?{conditions.address(order=order, after=found.older)}" if found.older else "",
        "file_kinds": FILE_KINDS,
        "open_suggestions": Suggestion.objects.of(seat.workspace).filter(state="open").count(),
    }
    return render(request, "people/index.html", context)


def choices(seat: Seat, lang: str) -> dict[str, Any]:
    """What one may choose by: (name, [(value, in words)])."""
    networks = Handle.objects.of(seat.workspace).values_list("network", flat=True).distinct().order_by("network")
    name_of = naming(lang, {}, {})
    worded = {"relation": (*RELATIONS, NONE), "role": ROLES, "kind": KINDS, "lang": ("fr", "en", NONE)}
    options = [(name, [(one, speak(f"people.{name}.{one}", lang)) for one in worded[name]]) for name in worded]
    options.append(("consent", [(one, speak(f"people.consent.{one}", lang)) for one in PURPOSES]))
    options.append(("network", [(one, name_of("network", one)) for one in networks[:NETWORKS_MAX]]))
    asked = archive().needs.all(seat.workspace.id)
    options.append(("need", [(str(one.need_id), one.title_in(lang)[:60]) for one in asked[:NEEDS_MAX]]))
    by_hand = [one for one in access.lists(seat.workspace) if one.conditions is None]
    options.append(("list", [(one.uid, one.name) for one in by_hand]))
    return {"options": [one for one in options if one[1]], "numbers": NUMBERS}


def chips(seat: Seat, conditions: Conditions, lang: str) -> list[tuple[str, str]]:
    """(what is asked, in words; the address without it)."""
    named = {one.uid: one.name for one in access.lists(seat.workspace)}
    needs = {str(one.need_id): one.title_in(lang)[:60] for one in archive().needs.all(seat.workspace.id)}
    named |= needs if "need" in conditions.asked else {}
    found = []
    for name, value in conditions.asked.items():
        worded = ["relation", "kind", "lang", "role", "consent"]
        shown = speak(f"people.{name}.{value}", lang) if name in worded else named.get(value, value)
        found.append((speak(f"people.asked.{name}", lang, value=shown), conditions.without(name)))
    return found


def rows(seat: Seat, persons: list[Person]) -> list[tuple[Person, list[Handle]]]:
    """Each with their accounts, in one look."""
    theirs: dict[int, list[Handle]] = {}
    for one in Handle.objects.of(seat.workspace).filter(person__in=persons):
        theirs.setdefault(one.person_id, []).append(one)
    return [(person, theirs.get(person.pk, [])) for person in persons]


@require_http_methods(["GET", "POST"])
@seated("agent")
def add(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A person nobody heard yet."""
    form = PersonForm(request, posted(request))
    if request.method == "POST" and form.is_valid():
        now = now_ms()
        person = Person.objects.add(seat.workspace, made_ms=now, changed_ms=now)
        decide(seat, person, form)
        audit.note(request, seat, "person_added")
        return to_person(seat, person)
    return render(request, "people/edit.html", {"form": form}, status=400 if form.errors else 200)


def decide(seat: Seat, person: Person, form: PersonForm) -> None:
    said = form.cleaned_data
    facts.decide(person, {name: said[name] for name in CORE}, source=said["source"], purpose=said["purpose"],
                 basis=said["basis"], by=seat.user)  # fmt: skip


def to_person(seat: Seat, person: Person, part: str = "") -> HttpResponse:
    address = reverse("people:page", kwargs={"workspace_slug": seat.workspace.slug, "uid": merging.root(person).uid})
    return redirect(f"{address}#{part}" if part else address)


@require_http_methods(["GET", "POST"])
@seated(post="agent")
def of_account(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The person behind an account (network, uri); who may, makes one of it."""
    asked = request.POST if request.method == "POST" else request.GET
    uri, network = asked.get("uri", "")[:500], asked.get("network", "")[:40]
    heard = archive().authors.of_uri(seat.workspace.id, uri)
    known = next((one for one in heard if network in ("", one.network)), None)
    person = access.behind(seat.workspace, known.network, known.account.uri) if known else None
    if person is None and known is not None and request.method == "POST":
        person = access.met(seat.workspace, known.network, known.account)
        audit.note(request, seat, "person_added")
    if person is not None:
        return to_person(seat, person)
    if known is None and request.method == "POST":
        raise Http404
    return render(request, "people/account.html", {"known": known, "uri": uri})


@require_GET
@seated()
def page(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Everything about a person. One that went into another leads there."""
    person = access.person(seat, uid)
    if person.uid != uid:
        return to_person(seat, person)
    return shown(request, seat, person)


def shown(request: HttpRequest, seat: Seat, person: Person, **forms: Any) -> HttpResponse:
    """The page. forms: one that came back with an error."""
    only = request.GET.get("only", "")
    only = only if only in timeline.KINDS else ""
    items, more = timeline.page(seat, person, None, only)
    context: dict[str, Any] = about(seat, person) | {
        "items": items,
        "more": more,
        "only": only,
        "only_kinds": timeline.KINDS,
        "case_route": case_route(seat),
        "fact_form": FactForm(request),
        "consent_form": ConsentForm(request),
        "note_form": NoteForm(request),
        "address_form": AddressForm(request),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "people/page.html", context | forms, status=400 if wrong else 200)


def case_route(seat: Seat) -> str:
    """Of a case's page; "" where there is none."""
    for route in CASE_ROUTES:
        try:
            reverse(route, kwargs={"workspace_slug": seat.workspace.slug, "uid": "0" * 32})
        except NoReverseMatch:
            continue
        return route
    return ""


def about(seat: Seat, person: Person) -> dict[str, Any]:
    """What the page says beside the timeline."""
    handles = access.handles(person)
    authors = [(one.network, one.uri) for one in handles]
    counted = archive().authors.counted(seat.workspace.id, authors) if authors else {}
    cases = inbox.cases(seat).filter(person=person).exclude(state="resolved")
    known = list(Fact.objects.of(seat.workspace).filter(person=person).select_related("by"))
    return {
        "person": person,
        "handles": [(one, counted.get((one.network, one.uri))) for one in handles],
        "facts": [one for one in known if one.name not in CORE and one.name != "tag"],
        "tags": [one for one in known if one.name == "tag"],
        "core": {one.name: one for one in known if one.name in CORE},
        "core_names": CORE,
        "held": facts.HELD,
        "consents": list(access.consents(person).values()),
        "merges": merging.joined_in(person),
        "challenges": proving.waiting(seat.workspace, person),
        "lists": [one for one in access.lists(seat.workspace) if one.conditions is None],
        "member_of": on_lists(seat, person),
        "suggestions": suggested(seat, authors),
        "needs": needs(seat, authors),
        "open_promises": list(promises.promises(seat).filter(person=person, state="open")[:20]),
        "open_cases": list(cases.order_by("-changed_ms")[:20]),
        "book_card": addressbook.card_of(person),
    }  # fmt: skip


def on_lists(seat: Seat, person: Person) -> set[int]:
    """Keys of the lists made by hand that the person is on."""
    return set(ListMember.objects.of(seat.workspace).filter(person=person).values_list("list_id", flat=True))


def suggested(seat: Seat, authors: list[tuple[str, str]]) -> list[Suggestion]:
    """Open suggestions that name one of these accounts."""
    uris = [uri for _, uri in authors]
    found = Suggestion.objects.of(seat.workspace).filter(state="open")
    ends = found.filter(left_uri__in=uris) | found.filter(right_uri__in=uris)
    return list(ends.order_by("-score")[:SUGGESTED])


def needs(seat: Seat, authors: list[tuple[str, str]]) -> list[tuple[Any, int]]:
    """(need, how often they asked for it), the most often first."""
    asked = archive().authors.needs(seat.workspace.id, authors) if authors else {}
    known = {one.need_id: one for one in archive().needs.all(seat.workspace.id)} if asked else {}
    found = [(known[key], len(posts)) for key, posts in asked.items() if key in known]
    return sorted(found, key=lambda pair: -pair[1])


@require_GET
@seated()
def more(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The next things of the timeline, as a part of the page."""
    person = access.person(seat, uid)
    only = request.GET.get("only", "")
    only = only if only in timeline.KINDS else ""
    items, after = timeline.page(seat, person, timeline.Place.read(request.GET.get("after", "")), only)
    context = {"person": person, "items": items, "more": after, "only": only, "case_route": case_route(seat)}
    return render(request, "people/part_timeline.html", context)


@require_GET
@seated()
def card(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Who they are, in a few lines: a part for the page of a case."""
    person = access.person(seat, uid)
    items, _ = timeline.page(seat, person, None, size=CARD_ITEMS)
    context = {
        "person": person,
        "handles": access.handles(person),
        "items": items,
        "open_promises": list(promises.promises(seat).filter(person=person, state="open")[:CARD_ITEMS]),
        "refusals": [one for one in access.consents(person).values() if one.state != "given"],
    }
    return render(request, "people/card.html", context)


@require_http_methods(["GET", "POST"])
@seated("agent")
def edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Who they are to us, and how they wish to be spoken to."""
    person = access.person(seat, uid)
    form = PersonForm(request, posted(request), initial={name: getattr(person, name) for name in CORE})
    if request.method == "POST" and form.is_valid():
        decide(seat, person, form)
        audit.note(request, seat, "person_changed", uid)
        messages.success(request, speak("people.done.changed", lang_of(request)))
        return to_person(seat, person)
    return render(request, "people/edit.html", {"form": form, "person": person}, status=400 if form.errors else 200)


def refused(form: Any, field: str | None, error: PalabreError) -> None:
    """A reason of the house as an error of a form."""
    form.complain(field, error.key, **error.params)
