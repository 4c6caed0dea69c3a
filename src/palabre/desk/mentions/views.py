"""The stream: search, filters, volume, posts newest first, and what it asks for while somebody reads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from palabre.desk.design.language import lang_of
from palabre.desk.engine import archive
from palabre.desk.mentions import access, chart, screen
from palabre.desk.mentions.selection import QUERY_CHARS_MAX, Selection
from palabre.desk.mentions.told import CHOICES
from palabre.desk.panel.queries import mended
from palabre.desk.sources import access as sources
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import QueryError

DEEP_MAX = 10  # pages that come by themselves; then somebody asks for more, and the foot of the page can be reached
FRESH_LOOK = 200  # newest posts looked at when counting what is new
FRESH_MAX = 99
FAILING_SHOWN = 5


@require_GET
@seated()
def stream(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page. Facets and volume come in a second request, unless they are known already or asked for (all=1)."""
    selection = _selection(request, seat)
    before = screen.number_of(request, "before")
    try:
        found = screen.page(seat, access.asked(seat, selection), before)
    except QueryError as error:
        return _unread(request, seat, selection, error)
    context = screen.asked_for(seat, request, selection, found) | _rest(request, seat, selection)
    newest = archive().search(seat.workspace.id, limit=1)
    context |= {"page": found, "before": before, "deep": 1, "newest_id": newest[0].post_id if newest else 0}
    context["teach_choices"] = CHOICES
    context["failing"] = [] if newest else [one for one in sources.health(seat) if one.error][:FAILING_SHOWN]
    return render(request, "mentions/stream.html", context)


def _selection(request: HttpRequest, seat: Seat) -> Selection:
    """Where there is no watch, there are no mentions to choose from."""
    selection = screen.selection_of(request)
    return selection if access.watches(seat) else selection.in_scope(everything=True)


def _rest(request: HttpRequest, seat: Seat, selection: Selection) -> dict[str, Any]:
    """Saved views, and the summary where it costs nothing or was asked for."""
    found = screen.known_summary(seat, selection)
    if found is None and request.GET.get("all"):
        found = screen.summary_of(seat, selection)
    known = screen.summary_context(seat, request, selection, found) if found else {}
    return {
        "views": access.saved_views(seat),
        "has_watches": bool(access.watches(seat)),
        "other_scope": selection.in_scope(everything=selection.filters.mentioned).address(),
        "freed": Selection(selection.query).address(),
    } | known


def _unread(request: HttpRequest, seat: Seat, selection: Selection, error: QueryError) -> HttpResponse:
    """The page with what is wrong with the query."""
    context = screen.asked_for(seat, request, selection) | _fault(request, selection, error)
    context |= {"views": access.saved_views(seat), "has_watches": True, "freed": selection.without("q").address()}
    return render(request, "mentions/stream.html", context, status=400)


def _fault(request: HttpRequest, selection: Selection, error: QueryError) -> dict[str, Any]:
    """The fault with its place, and the address of the mended search."""
    remark = screen.fault_of(error, selection.query, lang_of(request))
    fixed = mended(selection.query, remark.remedy)
    address = selection.without("q").with_value("q", fixed).address() if remark.remedy and fixed else ""
    return {"fault": remark, "mended": fixed, "mended_address": address}


@require_GET
@seated()
def more(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The next posts, below the id ``before``, as a part of the page."""
    selection = _selection(request, seat)
    try:
        found = screen.page(seat, access.asked(seat, selection), screen.number_of(request, "before"))
    except QueryError:
        return HttpResponse(status=204)
    deep = screen.number_of(request, "deep") + 1
    context = {
        "here": screen.here(seat),
        "page": found,
        "address": selection.address(),
        "deep": deep,
        "by_hand": deep % DEEP_MAX == 0,
    }
    return render(request, "mentions/part_posts.html", context)


@require_GET
@seated()
def summary(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How many, when, and of which kinds: a part of the page."""
    selection = _selection(request, seat)
    try:
        found = screen.summary_of(seat, selection)
    except QueryError:
        return HttpResponse(status=204)
    context = {"here": screen.here(seat), "selection": selection, "address": selection.address(), "oob": True}
    return render(
        request, "mentions/part_summary.html", context | screen.summary_context(seat, request, selection, found)
    )


@require_GET
@seated()
def fresh(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How many posts came after the id ``after``; looked for among the newest alone, so that polling costs little."""
    selection, after = _selection(request, seat), screen.number_of(request, "after")
    newest = archive().search(seat.workspace.id, limit=1)
    n = _newer(seat, selection, after) if newest and newest[0].post_id > after else 0
    context = {"here": screen.here(seat), "n": min(n, FRESH_MAX), "many": n > FRESH_MAX, "address": selection.address()}
    return render(request, "mentions/part_fresh.html", context)


def _newer(seat: Seat, selection: Selection, after: int) -> int:
    try:
        asked = access.asked(seat, selection)
    except QueryError:
        return 0
    ids, _ = archive().matching_ids(seat.workspace.id, asked.sieve, asked.verify, asked.filters, None, limit=FRESH_LOOK)
    return sum(post_id > after for post_id in ids)


@require_GET
@seated()
def check(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What is wrong with a query, while it is typed."""
    selection = _selection(request, seat)
    if len(request.GET.get("q", "")) > QUERY_CHARS_MAX:
        return HttpResponse(status=204)
    context: dict[str, Any] = {"here": screen.here(seat)}
    try:
        access.asked(seat, selection)
    except QueryError as error:
        context |= _fault(request, selection, error)
    return render(request, "mentions/part_fault.html", context)


@require_GET
@seated()
def chart_svg(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The volume as a picture, in the colours of a theme."""
    selection = _selection(request, seat)
    theme = "dark" if request.GET.get("theme") == "dark" else "light"
    size = "narrow" if request.GET.get("size") == "narrow" else "wide"
    try:
        found = screen.summary_of(seat, selection)
    except QueryError:
        return HttpResponse(chart.EMPTY, content_type="image/svg+xml")
    made = screen.volume_of(found, selection)
    return HttpResponse(chart.svg(made, theme, size, lang_of(request)), content_type="image/svg+xml")
