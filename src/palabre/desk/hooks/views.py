"""Outgoing webhooks: endpoints, what became of each event there, replays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.beats import nudge
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.rooms import all_doors
from palabre.desk.design.words import speak
from palabre.desk.hooks import access, acts, forms
from palabre.desk.hooks.models import DELIVERED, FAILED, WAITING, Delivery, Endpoint
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.engage.deliveries import TRIES_MAX

PAGE = 50
STATES = (WAITING, DELIVERED, FAILED)


def here(**more: Any) -> dict[str, Any]:
    """The door a page without one is behind, for the header."""
    return {"door": next((door for door in all_doors() if door.route == "hooks:index"), None), **more}


def done(request: HttpRequest, seat: Seat, what: str, found: Endpoint, **params: object) -> HttpResponse:
    """After something was done: noted, said, and back to the page."""
    audit.note(request, seat, what, found.name)
    messages.success(request, speak(f"hooks.done.{what}", lang_of(request), **params))
    return redirect("hooks:endpoint", workspace_slug=seat.workspace.slug, uid=found.uid)


@require_GET
@seated("manager")
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    found = [(one, counts(one)) for one in access.endpoints(seat.workspace)]
    return render(request, "hooks/index.html", {"endpoints": found})


def counts(found: Endpoint) -> dict[str, int]:
    rows = access.deliveries(found)
    return {name: rows.filter(state=name).count() for name in STATES}


@require_http_methods(["GET", "POST"])
@seated("manager")
def fresh(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = forms.EndpointForm(request, posted(request))
    if not form.is_valid():
        return render(request, "hooks/form.html", here(form=form), status=400 if form.errors else 200)
    made, secret = acts.make(seat, *given(form))
    messages.info(request, speak("hooks.secret", lang_of(request), secret=secret))
    return done(request, seat, "hook_made", made)


def given(form: forms.EndpointForm) -> tuple[str, str, list[str], bool]:
    kept = form.cleaned_data
    return kept["name"], kept["url"], kept["kinds"], kept["with_words"]


@require_http_methods(["GET", "POST"])
@seated("manager")
def edit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.endpoint(seat, uid)
    initial = {"name": found.name, "kinds": found.kinds, "with_words": found.words}
    form = forms.EndpointForm(request, posted(request), initial=initial, known=True)
    if not form.is_valid():
        context = here(form=form, endpoint=found)
        return render(request, "hooks/form.html", context, status=400 if form.errors else 200)
    acts.change(found, *given(form))
    return done(request, seat, "hook_changed", found)


@require_GET
@seated("manager")
def endpoint(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.endpoint(seat, uid)
    return render(request, "hooks/endpoint.html", page_of(request, found, forms.PeriodForm(request)))


def page_of(request: HttpRequest, found: Endpoint, period: forms.PeriodForm) -> dict[str, Any]:
    asked = request.GET.get("state", "")
    rows = access.deliveries(found)
    if asked in STATES:
        rows = rows.filter(state=asked)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lang = lang_of(request)
    return here(
        endpoint=found, counts=counts(found), asked=asked if asked in STATES else "", page=page, period=period,
        deliveries=[shown(one, lang) for one in page], now=now_ms(), tries_max=TRIES_MAX, states=STATES,
    )  # fmt: skip


def shown(one: Delivery, lang: str) -> dict[str, Any]:
    """A delivery with its answers in words; never what an endpoint wrote."""
    attempts = [
        {**tried, "says": speak(tried["error"], lang, **tried.get("params", {})) if tried["error"] else ""}
        for tried in reversed(one.attempts)
    ]
    return {"one": one, "attempts": attempts, "last": attempts[0] if attempts else None}


@require_POST
@seated("manager")
def state(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """active: it goes on, with what waited; anything else: it is paused."""
    found, active = access.endpoint(seat, uid), request.POST.get("state") == "active"
    acts.set_active(found, active)
    nudge("hooks.deliver")
    return done(request, seat, "hook_resumed" if active else "hook_paused", found)


@require_POST
@seated("manager")
def rotate(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.endpoint(seat, uid)
    messages.info(request, speak("hooks.secret", lang_of(request), secret=acts.rotate(found)))
    return done(request, seat, "hook_rotated", found)


@require_POST
@seated("manager")
def test(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A test event at once, and how it was received."""
    found, lang = access.endpoint(seat, uid), lang_of(request)
    outcome = acts.test(seat, found)
    audit.note(request, seat, "hook_tested", found.name)
    if outcome.taken:
        messages.success(request, speak("hooks.tested", lang, status=outcome.status, ms=outcome.took_ms))
    else:
        why = speak(outcome.error, lang, **outcome.params)
        messages.error(request, speak("hooks.test_failed", lang, why=why))
    return redirect("hooks:endpoint", workspace_slug=seat.workspace.slug, uid=uid)


@require_POST
@seated("manager")
def replay(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.delivery(seat, uid)
    acts.replay(found)
    nudge("hooks.deliver")
    return done(request, seat, "hook_replayed", found.endpoint, n=1)


@require_POST
@seated("manager")
def replay_period(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.endpoint(seat, uid)
    form = forms.PeriodForm(request, request.POST)
    if not form.is_valid():
        return render(request, "hooks/endpoint.html", page_of(request, found, form), status=400)
    n = acts.replay_between(found, *form.span())
    nudge("hooks.deliver")
    return done(request, seat, "hook_replayed", found, n=n)


@require_POST
@seated("manager")
def remove(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    found = access.endpoint(seat, uid)
    acts.remove(found)
    audit.note(request, seat, "hook_removed", found.name)
    messages.success(request, speak("hooks.done.hook_removed", lang_of(request)))
    return redirect("hooks:index", workspace_slug=seat.workspace.slug)
