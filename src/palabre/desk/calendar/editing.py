"""One publication: written, approved, scheduled, taken back, edited and taken off where it was published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from palabre.collect.sending import Abilities
from palabre.desk.calendar import access, acts, board, results
from palabre.desk.calendar.forms import OWN, PublicationForm, initial
from palabre.desk.calendar.models import Publication, Variant
from palabre.desk.calendar.views import here, told
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.outbox import access as outbox
from palabre.desk.promises import access as promises
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage.editorial import ACTS, WRITABLE, may_approve, minute_of
from palabre.errors import InputError, PalabreError


def page(seat: Seat, found: Publication) -> HttpResponse:
    return redirect("calendar:publication", workspace_slug=seat.workspace.slug, uid=found.uid)


@require_http_methods(["GET", "POST"])
@seated("agent")
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new idea or draft; ``day`` and ``time`` may be in the address."""
    zone = access.zone_of(seat.workspace)
    first = {"day": board.day_of(request.GET.get("day", "")), "owner": seat.user.uid, "time": "09:00"}
    form = PublicationForm(request, seat, access.channels(seat), posted(request), initial=first)
    if form.is_valid() and form.is_placed(zone):
        values = form.values(zone)
        made = acts.made(seat, form.texts(), **values)
        audit.note(request, seat, "publication_made", made.title)
        say_moment(request, seat, made, form)
        return page(seat, made)
    status = 400 if form.errors else 200
    return render(request, "calendar/new.html", {"form": form, "zone": zone.key}, status=status)


def say_moment(request: HttpRequest, seat: Seat, found: Publication, form: PublicationForm) -> None:
    """What there is to know of the moment given."""
    zone = access.zone_of(seat.workspace)
    slot = form.slot(zone)
    if slot is None:
        messages.success(request, speak("calendar.saved", lang_of(request)))
    else:
        from palabre.desk.calendar.forms import USUAL_MINUTE, minutes

        given = minutes(form.cleaned_data["time"] or "")
        told(request, seat, found, slot, USUAL_MINUTE if given is None else given)


@require_http_methods(["GET", "POST"])
@seated(post="agent")
def publication(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Its texts, its moment, its state, what it meets, promises or brought."""
    found = access.publication(seat, uid)
    if request.method == "POST":
        return changed(request, seat, found)
    return shown(request, seat, found, form_of(request, seat, found))


def form_of(request: HttpRequest, seat: Seat, found: Publication) -> PublicationForm:
    zone = access.zone_of(seat.workspace)
    first = initial(found, access.variants(found), zone)
    form = PublicationForm(request, seat, channels_of(seat, found), posted(request), initial=first)
    if found.objective_uid and found.objective_uid not in form.served:
        form.served[found.objective_uid] = found.objective
        form.fields["objective"].choices = [("", "—"), *form.served.items()]  # type: ignore[attr-defined]
    form.asks_which = "which" in first
    return form


def channels_of(seat: Seat, found: Publication) -> list[Any]:
    """Those that may publish, and those it is on already."""
    own = [one.channel for one in access.variants(found)]
    return list(dict.fromkeys([*access.channels(seat), *own]))


def changed(request: HttpRequest, seat: Seat, found: Publication) -> HttpResponse:
    form, zone = form_of(request, seat, found), access.zone_of(seat.workspace)
    form.asks_which = False
    if not (form.is_valid() and form.is_placed(zone)):
        return shown(request, seat, found, form, 400)
    before = found.due_ms
    try:
        rewritten = acts.change(seat, found, form.texts(), number_in(request, "seen"), **form.values(zone))
    except acts.CrossedError as error:
        form.complain(None, error.key)
        theirs = access.publication(seat, found.uid)  # shown beside, and the next save says that it was read
        return shown(request, seat, theirs, form, 409, crossed=True)
    except InputError as error:
        form.complain(None, error.key, **error.params)
        return shown(request, seat, found, form, 400)
    audit.note(request, seat, "publication_changed", found.title)
    if rewritten and found.version > 2:
        messages.info(request, speak("calendar.rewritten", lang_of(request)))
    if found.due_ms != before:
        say_moment(request, seat, found, form)
    else:
        messages.success(request, speak("calendar.saved", lang_of(request)))
    return page(seat, found)


def shown(
    request: HttpRequest, seat: Seat, found: Publication, form: PublicationForm, status: int = 200, **more: bool
) -> HttpResponse:
    zone, lang = access.zone_of(seat.workspace), lang_of(request)
    rows, manager = access.variants(found), seat.may("manager")
    rule = access.habit(seat.workspace).approval
    context = {
        "publication": found,
        "form": form,
        "zone": zone.key,
        "acts": ACTS[found.state] if seat.may("agent") else (),
        "writable": found.state in WRITABLE and seat.may("agent"),
        "approves": may_approve(rule, own=found.writer_id == seat.user.pk, manager=manager),
        "rule": rule,
        "lines": [line(one, row, may_approve(rule, own=True, manager=manager))
                  for one, row in with_sendings(found, rows)],
        "meets": board.met_by(seat, found),
        "card": board.card(found, zone, {}),
        "minute": minute_of(found.due_ms, zone) if found.due_ms else 0,
        "promised": promised(found, zone, lang),
        "brought": results.of_publication(seat, found) if found.published_ms else [],
        "over": found.due_ms and found.due_ms < now_ms() and found.state not in ("published", "scheduled"),
        **more,
    }  # fmt: skip
    return render(request, "calendar/publication.html", context, status=status)


def with_sendings(found: Publication, rows: list[Variant]) -> list[tuple[Variant, Any]]:
    sent = access.sendings(found.workspace, rows)
    return [(one, sent.get(one.uid)) for one in rows]


def line(one: Variant, sending: Any, corrects: bool) -> dict[str, Any]:
    """A channel with its text, its length and what became of it. corrects: whether the reader may change what is out
    there."""
    able: Abilities = outbox.abilities(one.channel)
    size = outbox.length(one.channel, one.words)
    out = sending is not None and sending.state == "sent" and bool(sending.uri)
    text = sending.message.get("text", one.words) if sending is not None else one.words
    return {
        "variant": one, "sending": sending, "size": size, "limit": able.chars_max, "text": text,
        "over": bool(able.chars_max and size > able.chars_max), "edits": out and able.edits and corrects,
        "deletes": out and able.deletes,
    }  # fmt: skip


def promised(found: Publication, zone: Any, lang: str) -> list[tuple[Any, bool]]:
    """Promises in its texts, each with whether it was confirmed."""
    kept = {str(one["words"]) for one in found.promises}
    texts = dict.fromkeys([one.words for one in access.variants(found)] or [found.text])
    at_ms = found.due_ms or now_ms()
    rows = [one for text in texts for one in promises.proposed(text, found.lang, at_ms, zone, None, lang)]
    return [(one, one.words in kept) for one in {row.words: row for row in rows}.values()]


@require_POST
@seated("agent")
def act(request: HttpRequest, seat: Seat, uid: str, what: str) -> HttpResponse:
    """One step: propose, return, approve, schedule, now, take_back, again, remove."""
    found = access.publication(seat, uid)
    if what not in STEPS:
        raise Http404
    try:
        STEPS[what](request, seat, found)
    except InputError as error:
        messages.error(request, speak(error.key, lang_of(request), **error.params))
        return page(seat, found)
    audit.note(request, seat, f"publication_{what}", found.title)
    messages.success(request, speak(f"calendar.done.{what}", lang_of(request)))
    return redirect(here(seat)) if what == "remove" else page(seat, found)


def number_in(request: HttpRequest, name: str) -> int | None:
    """A whole number of the form; None for none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def version_of(request: HttpRequest) -> int:
    return number_in(request, "version") or 0


def approve(request: HttpRequest, seat: Seat, found: Publication) -> None:
    """With ``then=schedule`` it is sent off for its moment too."""
    acts.approve(seat, found, version_of(request))
    if request.POST.get("then") == "schedule":
        acts.schedule(seat, found)


STEPS: dict[str, Callable[[HttpRequest, Seat, Publication], object]] = {
    "propose": lambda request, seat, found: acts.propose(found, version_of(request)),
    "return": lambda request, seat, found: acts.send_back(
        found, version_of(request), request.POST.get("remark", "").strip()
    ),
    "approve": approve,
    "schedule": lambda request, seat, found: acts.schedule(seat, found),
    "now": lambda request, seat, found: acts.schedule(seat, found, now=True),
    "again": lambda request, seat, found: acts.schedule(seat, found, now=True),
    "take_back": lambda request, seat, found: acts.take_back(found),
    "remove": lambda request, seat, found: acts.removed(found),
}


@require_POST
@seated("agent")
def keep_promises(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Those ticked go into the ledger when the publication is out."""
    found = access.publication(seat, uid)
    ticked = set(request.POST.getlist("promise"))
    rows = promised(found, access.zone_of(seat.workspace), lang_of(request))
    kept = [{"words": one.words, "due_ms": one.due_ms} for one, _ in rows if one.words in ticked]
    acts.write(found, promises=kept)
    audit.note(request, seat, "publication_promises", found.title)
    messages.success(request, speak("calendar.done.promises", lang_of(request), n=len(kept)))
    return page(seat, found)


@require_POST
@seated("agent")
def count(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How long a text is on each channel, and what each takes: while it is typed."""
    rows = []
    for channel in access.channels(seat):
        if request.POST.get(f"on_{channel.uid}"):
            text = request.POST.get(OWN + channel.uid, "").strip() or request.POST.get("text", "").strip()
            size, limit = outbox.length(channel, text), outbox.abilities(channel).chars_max
            rows.append({"channel": channel, "size": size, "limit": limit, "over": bool(limit and size > limit)})
    return render(request, "calendar/part_count.html", {"rows": rows})


@require_POST
@seated("agent")
def edit_sent(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Changes on its network what is published there, where the network allows it."""
    text = request.POST.get("text", "").strip()

    def change(sending: Any) -> None:
        acts.may_correct(seat)
        outbox.edit(sending, text)

    return on_network(request, seat, uid, "publication_edited", change, bool(text))


@require_POST
@seated("agent")
def delete_sent(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Takes it off its network, where the network allows it."""
    return on_network(request, seat, uid, "publication_deleted", outbox.delete)


def on_network(
    request: HttpRequest, seat: Seat, uid: str, what: str, do: Callable[[Any], None], said: bool = True
) -> HttpResponse:
    """Does something to what was published, and says so or says why not."""
    one = access.variant(seat, uid)
    sending = access.sendings(seat.workspace, [one]).get(one.uid)
    lang = lang_of(request)
    try:
        if sending is None or not said:
            raise InputError("calendar.no_text", name=one.channel.name)
        do(sending)
    except PalabreError as error:
        messages.error(request, speak(error.key, lang, **error.params))
    else:
        audit.note(request, seat, what, one.publication.title)
        messages.success(request, speak(f"calendar.done.{what}", lang, name=one.channel.name))
    return page(seat, one.publication)
