"""The pages of Understand: a shell at once, the answer when it is there, each chart as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from palabre import insight
from palabre.clock import to_datetime
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.rooms import all_doors
from palabre.desk.engine import archive
from palabre.desk.insight.asked import PERIODS, Asked
from palabre.desk.insight.memory import MEMORY
from palabre.desk.insight.pages import Page, Screen, page
from palabre.desk.insight.scope import scope_of
from palabre.desk.memory import Mark, mark_of
from palabre.desk.mentions import access
from palabre.desk.mentions.selection import DAY_MS
from palabre.desk.together import PATIENCE, Key, StillReckonedError
from palabre.desk.workspaces.access import Seat, seated
from palabre.measure import charts

FILES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}


def asked_of(request: HttpRequest) -> Asked:
    return Asked.read(dict(request.GET.lists()), now_ms())


def key_of(seat: Seat, found: Page, asked: Asked, lang: str) -> Key:
    return id(archive()), seat.workspace.id, found.name, asked.address(), lang


def marked(seat: Seat) -> Mark:
    """How the archive is now."""
    return mark_of(archive(), seat.workspace.id)


def screen_of(seat: Seat, found: Page, asked: Asked, lang: str, patience: float | None = None) -> Screen:
    """The answer to a question, kept for a while. patience: seconds for somebody else who makes it already. Raises
    StillReckonedError."""
    key = key_of(seat, found, asked, lang)
    return MEMORY.of(key, marked(seat), lambda: found.build(seat, asked, lang), patience)


def context_of(request: HttpRequest, seat: Seat, found: Page, asked: Asked) -> dict[str, Any]:
    """What every page of Understand has: its period and its watches. heard: when the oldest post was
    published, where that is within the period or later."""
    here = reverse(f"insight:{found.name}", kwargs={"workspace_slug": seat.workspace.slug})
    watches, heard_ms = access.watches(seat), archive().posts.first_ms(seat.workspace.id)
    return behind(found) | {
        "question": found,
        "here": here,
        "asked": asked,
        "address": asked.address(),
        "periods": [
            (days, asked.address(asked.selection.in_last(days)), asked.selection.days == days) for days in PERIODS
        ],
        "watches": [(watch, watch_id in asked.watch_ids) for watch_id, watch in watches.items()],
        "all_watches": asked.address(asked.selection.without("watch")),
        "heard": to_datetime(heard_ms) if asked.since_ms + DAY_MS <= heard_ms else None,
        "kept_by_period": asked.pairs("since", "until", "days", "all"),
        "kept_by_watch": asked.pairs("watch", "all"),
    }


def behind(found: Page) -> dict[str, Any]:
    """The door that a page without one is behind, for the header."""
    route = f"insight:{found.under}"
    return {"door": next((door for door in all_doors() if door.route == route), None)} if found.under else {}


@require_GET
@seated()
def show(request: HttpRequest, seat: Seat, name: str) -> HttpResponse:
    """The page; its answer comes in a second request unless it is known already or asked for (all=1)."""
    found, asked = page(name), asked_of(request)
    context = context_of(request, seat, found, asked)
    wanted = request.GET.get("all") or request.headers.get("HX-Request")
    known = MEMORY.known(key_of(seat, found, asked, lang_of(request)), marked(seat))
    if known is None and not wanted:
        return render(request, "insight/waiting.html", context)
    return render(request, f"insight/{name}.html", context | filled(request, seat, found, asked))


@require_GET
@seated()
def answer(request: HttpRequest, seat: Seat, name: str) -> HttpResponse:
    """The answer as a part of the page; nothing yet while another request works it out for longer than one may wait."""
    found, asked = page(name), asked_of(request)
    try:
        context = context_of(request, seat, found, asked) | filled(request, seat, found, asked, PATIENCE)
    except StillReckonedError:
        return HttpResponse(status=204)
    return render(request, f"insight/{name}.html", context | {"part": True})


def filled(
    request: HttpRequest, seat: Seat, found: Page, asked: Asked, patience: float | None = None
) -> dict[str, Any]:
    """The answer for a template."""
    screen = screen_of(seat, found, asked, lang_of(request), patience)
    return {**counted(seat, found, asked), **screen.context, "charts": screen.charts}


def counted(seat: Seat, found: Page, asked: Asked) -> Mapping[str, Any]:
    """What a page asked of a period counts and leaves out (`part_noise.html`), made once for all questions of it."""
    if not found.periods or found.room != "understand" or found.name == "overview":  # which says it in full
        return {}
    key = (id(archive()), seat.workspace.id, "counted", asked.selection.address())
    return MEMORY.of(
        key, marked(seat), lambda: Screen({"counted": insight.noise(archive(), seat.workspace.id, scope_of(asked))})
    ).context


@require_GET
@seated()
def chart(request: HttpRequest, seat: Seat, name: str, chart: str, kind: str) -> HttpResponse:
    """A chart as a file."""
    if kind not in FILES:
        raise Http404
    found, asked, lang = page(name), asked_of(request), lang_of(request)
    drawn = screen_of(seat, found, asked, lang).charts.get(chart)
    if drawn is None:
        raise Http404
    body = charts.csv(drawn, lang) if kind == "csv" else as_picture(drawn, lang, kind, request.GET.get("theme", ""))
    response = HttpResponse(body, content_type=FILES[kind])
    response["Content-Disposition"] = f'attachment; filename="palabre-{name}-{chart}.{kind}"'
    return response


def as_picture(drawn: charts.Chart, lang: str, kind: str, theme: str) -> bytes | str:
    theme = "dark" if theme == "dark" else "light"
    return charts.png(drawn, lang, theme=theme) if kind == "png" else charts.svg(drawn, lang, theme=theme)
