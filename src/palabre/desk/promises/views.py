"""The ledger of promises: the list, one promise, what is done with it, files, and a person's page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.inbox import access as inbox
from palabre.desk.people import access as people
from palabre.desk.promises import access, acts, figures, leaving, ledger
from palabre.desk.promises.access import Proposal
from palabre.desk.promises.forms import YEARS, AddForm, LaterForm, SettleForm
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.desk.workspaces.models import User
from palabre.engage.promises import end_of, local_day, reminder
from palabre.errors import InputError
from palabre.measure import charts

FILES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}


def here(seat: Seat, route: str, **ids: Any) -> str:
    return reverse(f"promises:{route}", kwargs={"workspace_slug": seat.workspace.slug, **ids})


@require_GET
@seated()
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What we promised; late first."""
    asked, lang = ledger.Asked.read(request.GET.dict()), lang_of(request)
    context = ledger.page_context(seat, asked, lang) | measured(seat, lang)
    return render(request, "promises/index.html", context)


def measured(seat: Seat, lang: str) -> dict[str, Any]:
    """Figures and the chart of the whole ledger."""
    wall, found = ledger.wall_of(seat), list(access.promises(seat))
    kept, in_time = figures.kept(found, wall.now_ms)
    drawn = figures.chart(found, wall.now_ms, wall.zone, lang, here(seat, "index"))
    return {"kept": kept, "in_time": in_time, "drawn": drawn}


@require_GET
@seated()
def chart(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """The chart as a file."""
    if kind not in FILES:
        raise Http404
    lang = lang_of(request)
    drawn = measured(seat, lang)["drawn"]
    made = {"csv": charts.csv, "svg": charts.svg, "png": charts.png}[kind]
    headers = {"Content-Disposition": f'attachment; filename="palabre-promises.{kind}"'}
    return HttpResponse(made(drawn, lang), content_type=FILES[kind], headers=headers)  # type: ignore[operator]


@require_http_methods(["GET", "POST"])
@seated("agent")
def add(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A promise made elsewhere: on the telephone, in a meeting. ?case= or ?person= say where it belongs."""
    case = inbox.case(seat, request.GET["case"]) if request.GET.get("case") else None
    person = (
        people.person(seat, request.GET["person"]) if request.GET.get("person") else (case.person if case else None)
    )
    wall, owners = ledger.wall_of(seat), acts.members(seat)
    start = {name: request.GET.get(name, "")[:500] for name in ("said", "due_day")} | {"owner": seat.user.uid}
    form = AddForm(request, posted(request), wall=wall, owners=owners, initial=start)
    if form.is_valid():
        note = next((one.uid for one in inbox.notes(case) if one.uid == request.GET.get("note")), "") if case else ""
        found = entered(seat, form, wall, {"person": person, "case": case, "from_uid": note}, owners)
        audit.note(request, seat, "promise_made", found.words[:80])
        messages.success(request, speak("promise_page.said.made", lang_of(request)))
        return redirect(here(seat, "promise", uid=found.uid))
    context = {"form": form, "case": case, "person": person}
    return render(request, "promises/add.html", context, status=400 if form.errors else 200)


def entered(seat: Seat, form: AddForm, wall: ledger.Wall, about: dict[str, Any], owners: list[User]) -> Promise:
    values = form.cleaned_data
    owner = next((user for user in owners if user.uid == values["owner"]), None)
    return access.made(
        seat.workspace, values["said"], form.due_ms, owner=owner, from_kind="note", uri=values["uri"], **about,
        zone=wall.zone, country=wall.country,
    )  # fmt: skip


@require_GET
@seated()
def promise(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    return page_of(request, seat, access.promise(seat, uid))


def page_of(
    request: HttpRequest, seat: Seat, found: Promise, settle: SettleForm | None = None, later: LaterForm | None = None
) -> HttpResponse:
    """One promise: its chain, what became of it, what can be done."""
    wall, lang = ledger.wall_of(seat), lang_of(request)
    context = {
        "one": ledger.line(found, wall, lang),
        "promise": found,
        "history": access.history(found),
        "before": ledger.lines(access.before(found), wall, lang),
        "after": ledger.line(found.followed_by, wall, lang) if found.followed_by else None,
        "settle": settle or SettleForm(request),
        "later": later or LaterForm(request, wall=wall, initial={"said": found.words}),
        "owners": acts.members(seat),
        "remind_day": local_day(found.remind_ms, wall.zone).isoformat() if found.remind_ms else "",
        "was_told": any(event.kind == "told" for event in access.history(found)),
    }
    bad = any(form and form.errors for form in (settle, later))
    return render(request, "promises/promise.html", context, status=400 if bad else 200)


@require_POST
@seated("agent")
def settle(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Kept, broken or withdrawn."""
    found, form = access.promise(seat, uid), SettleForm(request, request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            at_ms = settled_at(seat, found, values["on_day"])
            acts.settle(seat, found, values["state"], proof=values["proof"], note=values["note"], at_ms=at_ms)
        except InputError as error:
            form.complain("proof" if values["state"] == "kept" else "note", error.key)
            return page_of(request, seat, found, settle=form)
        return done(request, seat, found, f"promise_{values['state']}", f"promise_page.said.{values['state']}")
    return page_of(request, seat, found, settle=form)


def settled_at(seat: Seat, found: Promise, day: Any) -> int:
    """The moment meant by a day: within the day it was due, in time; else its end, and never later than now."""
    if day is None:
        return 0
    wall = ledger.wall_of(seat)
    if day > local_day(wall.now_ms, wall.zone):
        raise InputError("promise_page.fault.future")
    if found.due_ms and day == local_day(found.due_ms, wall.zone):
        return min(found.due_ms, wall.now_ms)
    return min(end_of(day, wall.zone), wall.now_ms)


@require_POST
@seated("agent")
def renegotiate(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A later date; the chain is kept."""
    found, wall = access.promise(seat, uid), ledger.wall_of(seat)
    form = LaterForm(request, request.POST, wall=wall)
    if not form.is_valid():
        return page_of(request, seat, found, later=form)
    values = form.cleaned_data
    remind_ms = reminder(form.due_ms, wall.now_ms, wall.zone, wall.country)
    told_ms = wall.now_ms if values["told"] else 0
    try:
        fresh = acts.renegotiate(
            seat, found, acts.Later(values["said"], form.due_ms, remind_ms, told_ms, values["why"])
        )
    except InputError as error:
        form.complain(None, error.key)
        return page_of(request, seat, found, later=form)
    return done(request, seat, fresh, "promise_renegotiated", "promise_page.said.renegotiated")


@require_POST
@seated("agent")
def act(request: HttpRequest, seat: Seat, uid: str, what: str) -> HttpResponse:
    """reopen, told, owner or remind."""
    found = access.promise(seat, uid)
    try:
        ACTS[what](request, seat, found)
    except KeyError:
        raise Http404 from None
    except InputError as error:
        messages.error(request, speak(error.key, lang_of(request)))
        return redirect(here(seat, "promise", uid=found.uid))
    return done(request, seat, found, f"promise_{what}", f"promise_page.said.{what}")


def _owner(request: HttpRequest, seat: Seat, found: Promise) -> None:
    wanted = request.POST.get("owner", "")
    acts.give_to(seat, found, next((user for user in acts.members(seat) if user.uid == wanted), None))


def _remind(request: HttpRequest, seat: Seat, found: Promise) -> None:
    """Nine o'clock of that day; no day: never."""
    from datetime import date, datetime, time

    from palabre.engage.promises import ms_of

    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        acts.remind_at(seat, found, 0)
        return
    if day.year not in YEARS:
        raise InputError("promise_page.fault.far")
    acts.remind_at(seat, found, ms_of(datetime.combine(day, time(9), ledger.wall_of(seat).zone)))


ACTS = {
    "reopen": lambda request, seat, found: acts.reopen(seat, found),
    "told": lambda request, seat, found: acts.told(seat, found),
    "owner": _owner,
    "remind": _remind,
}


def done(request: HttpRequest, seat: Seat, found: Promise, what: str, said: str) -> HttpResponse:
    audit.note(request, seat, what, found.words[:80])
    messages.success(request, speak(said, lang_of(request)))
    return redirect(here(seat, "promise", uid=found.uid))


@require_GET
@seated()
def table(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What the list shows, as CSV. It names people, so it is noted."""
    wall, found = ledger.wall_of(seat), asked_rows(request, seat)
    audit.note(request, seat, "promises_exported", f"csv · {len(found)}")
    headers = {"Content-Disposition": 'attachment; filename="palabre-promises.csv"'}
    body = leaving.table(found, wall, lang_of(request))
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


@require_GET
@seated()
def calendar(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Open promises with a date, for a calendar."""
    wall, lang, found = ledger.wall_of(seat), lang_of(request), asked_rows(request, seat)
    audit.note(request, seat, "promises_exported", f"ics · {len(found)}")
    name = speak("promise_page.calendar", lang, name=seat.workspace.name)
    headers = {"Content-Disposition": 'attachment; filename="palabre-promises.ics"'}
    body = leaving.calendar(found, wall, lang, name)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


def asked_rows(request: HttpRequest, seat: Seat) -> list[Promise]:
    return ledger.chosen(seat, ledger.Asked.read(request.GET.dict()), ledger.wall_of(seat))


@require_GET
@seated()
def of_case(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The promises of a case, as a part of its page."""
    case, wall = inbox.case(seat, uid), ledger.wall_of(seat)
    found = ledger.lines(ledger.in_order(access.of_case(seat, case), wall), wall, lang_of(request))
    add_at = here(seat, "add") + f"?case={case.uid}"
    noted = [
        {"words": one.words, "when": one.when, "at": f"{add_at}&{urlencode(in_note(uid, one, wall))}"}
        for uid, one in access.noted(case, wall.zone, wall.country, lang_of(request))
    ]
    return render(request, "promises/part_of.html", {"lines": found, "add_at": add_at, "noted": noted})


def in_note(uid: str, one: Proposal, wall: ledger.Wall) -> dict[str, str]:
    """What the form is opened with."""
    due = local_day(one.due_ms, wall.zone).isoformat() if one.due_ms else ""
    return {"note": uid, "said": one.words, "due_day": due}


@require_GET
@seated()
def of_person(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The promises made to a person, as a part of their page."""
    person, wall = people.person(seat, uid), ledger.wall_of(seat)
    found = ledger.lines(ledger.in_order(access.of_person(seat, person), wall), wall, lang_of(request))
    add_at = here(seat, "add") + f"?person={person.uid}"
    context = {"lines": found, "add_at": add_at, "all_at": here(seat, "person", uid=person.uid)}
    return render(request, "promises/part_of.html", context)


@require_GET
@seated()
def person(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Everything promised to a person, and the page they may see of it."""
    return person_page(request, seat, people.person(seat, uid))


def person_page(request: HttpRequest, seat: Seat, found: Any, fresh: str = "") -> HttpResponse:
    wall, lang = ledger.wall_of(seat), lang_of(request)
    rows = ledger.in_order(access.of_person(seat, found), wall)
    kept, in_time = figures.kept(rows, wall.now_ms)
    context = {"person": found, "groups": ledger.grouped(ledger.lines(rows, wall, lang)), "kept": kept,
               "in_time": in_time, "links": access.links(seat, found), "fresh": fresh}  # fmt: skip
    return render(request, "promises/person.html", context)


@require_POST
@seated("agent")
def give_link(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Makes an address for a person; it is shown this once."""
    found = people.person(seat, uid)
    token = acts.give_address(seat, found)
    audit.note(request, seat, "promise_link_made", found.uid)
    address = request.build_absolute_uri(reverse("promises:shown", kwargs={"token": token}))
    return person_page(request, seat, found, fresh=address)


@require_POST
@seated("agent")
def revoke_link(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The address opens nothing any more."""
    found = access.link(seat, uid)
    acts.take_back(found)
    audit.note(request, seat, "promise_link_revoked", found.person.uid)
    messages.success(request, speak("promise_page.said.revoked", lang_of(request)))
    return redirect(here(seat, "person", uid=found.person.uid))
