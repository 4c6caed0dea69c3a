"""What one does to a source: pause, ask, check, estimate, go back in time, remove."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.archive.types import Source
from palabre.collect.contract import Window
from palabre.desk.clock import now_ms
from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.sources import access, visits
from palabre.desk.sources.forms import PeriodForm
from palabre.desk.sources.models import Visit
from palabre.desk.sources.views import described, price
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated


def to_source(seat: Seat, source_id: int) -> HttpResponse:
    return redirect("sources:source", workspace_slug=seat.workspace.slug, source_id=source_id)


def done(request: HttpRequest, seat: Seat, what: str, name: str) -> None:
    """Notes it in the journal, and says it on the next page."""
    audit.note(request, seat, what, name)
    messages.success(request, speak(f"sources.done.{what}", lang_of(request), name=name))


@require_POST
@seated("manager")
def state(request: HttpRequest, seat: Seat, source_id: int) -> HttpResponse:
    """Pauses, or resumes: then it is due at once."""
    kept = access.source(seat, source_id)
    if request.POST.get("state") == "paused":
        archive().sources.change(source_id, seat.workspace.id, state="paused")
        done(request, seat, "source_paused", kept.name)
    else:
        archive().sources.change(source_id, seat.workspace.id, state="active", next_due_ms=now_ms())
        done(request, seat, "source_resumed", kept.name)
    return to_source(seat, source_id)


@require_POST
@seated("agent")
def ask(request: HttpRequest, seat: Seat, source_id: int) -> HttpResponse:
    """Due now: the collecting process asks it within seconds."""
    kept = access.source(seat, source_id)
    archive().sources.change(source_id, seat.workspace.id, next_due_ms=now_ms())
    messages.success(request, speak("sources.done.source_asked", lang_of(request), name=kept.name))
    return to_source(seat, source_id)


@require_POST
@seated("agent")
def check(request: HttpRequest, seat: Seat, source_id: int) -> HttpResponse:
    """The canary: does the platform answer at all?"""
    kept = access.source(seat, source_id)
    return shown(request, visits.start(seat, kept, "check", visits.canary))


@require_POST
@seated("manager")
def estimate(request: HttpRequest, seat: Seat, source_id: int) -> HttpResponse:
    """What it would cost a day."""
    kept = access.source(seat, source_id)
    if not visits.can_estimate(kept.connector):
        raise Http404
    return shown(request, visits.start(seat, kept, "estimate", visits.estimate))


@require_GET
@seated()
def visit(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """How far a visit is: a part of the page that asks again while it runs."""
    return shown(request, access.visit(seat, uid))


def shown(request: HttpRequest, found: Visit) -> HttpResponse:
    """A visit as a part of the page; without HTMX, the page of its source."""
    if request.headers.get("HX-Request"):
        return render(request, "sources/part_visit.html", {"visit": found})
    return to_source(request.seat, found.source_id)  # type: ignore[attr-defined]  # set by `seated`


@require_http_methods(["GET", "POST"])
@seated("manager")
def backfill(request: HttpRequest, seat: Seat, source_id: int) -> HttpResponse:
    """A past period: first its days, then what it means, then it starts."""
    kept = access.source(seat, source_id)
    about = described(kept)
    if about is None or not about.backfill:
        raise Http404
    form = PeriodForm(request, posted(request))
    context = {"source": kept, "form": form, "price": price(kept, about)}
    if not form.is_valid():
        return render(request, "sources/backfill.html", context, status=400 if form.errors else 200)
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    if not request.POST.get("sure"):
        return render(request, "sources/backfill.html", context | {"confirm": True, "days": (until - since).days + 1})
    window = Window(day_ms(since), day_ms(until + timedelta(days=1)))
    visits.start(seat, kept, "backfill", visits.backfill(window))
    done(request, seat, "source_backfilled", kept.name)
    return to_source(seat, source_id)


def day_ms(day: date) -> int:
    """The first millisecond of a day, UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


@require_http_methods(["GET", "POST"])
@seated("manager")
def remove(request: HttpRequest, seat: Seat, source_id: int) -> HttpResponse:
    """Asks first; the posts stay."""
    kept = access.source(seat, source_id)
    if request.method == "GET":
        return render(request, "sources/remove.html", {"source": kept, "posts": heard(seat, kept)})
    archive().sources.remove(source_id, seat.workspace.id)
    done(request, seat, "source_removed", kept.name)
    return redirect("sources:index", workspace_slug=seat.workspace.slug)


def heard(seat: Seat, kept: Source) -> int:
    """How many posts it brought; they stay."""
    from palabre.archive import Filters

    return archive().count(seat.workspace.id, filters=Filters(source_ids=(kept.source_id,)), seconds=1.0).n
