"""Operations of Listen: posts, watches, sources, saved views, quarantine. Each goes through the access functions of its
app: the API opens no door of its own."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Status

from palabre.archive.types import Watch
from palabre.desk.api import shapes, shown
from palabre.desk.api.auth import seat_of
from palabre.desk.api.operations import operation
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.engine import archive
from palabre.desk.mentions import access as mentions
from palabre.desk.mentions.models import SavedView
from palabre.desk.panel import access as panel
from palabre.desk.panel import queries, trial
from palabre.desk.quarantine import access as quarantine
from palabre.desk.sources import access as sources
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat
from palabre.match import lint as linter
from palabre.search import Asked, ask, ask_query

STEPS = {"hour": 3_600_000, "day": 86_400_000}
PAGED: Any = Query(...)  # type: ignore[type-arg]  # for a type checker ninja calls it a generic
SEARCH: Any = Query(...)  # type: ignore[type-arg]  # for a type checker ninja calls it a generic
PAGE: Any = Query(...)  # type: ignore[type-arg]  # for a type checker ninja calls it a generic


def asked(seat: Seat, search: shapes.Search) -> Asked:
    """Raises QueryError, InputError."""
    return ask(archive(), seat.workspace.id, search.q, shown.filters_of(search))


# Posts


@operation("GET", "/posts", shapes.PostPage)
def posts(request: HttpRequest, workspace_slug: str, search: shapes.Paged = PAGED) -> Any:
    seat = seat_of(request)
    return shown.page(request, seat, asked(seat, search), search)


@operation("GET", "/posts/{number:post_id}", shapes.PostOut)
def post(request: HttpRequest, workspace_slug: str, post_id: int, reason: shapes.Reason = "") -> Any:
    seat = seat_of(request)
    return shown.posts([mentions.post(seat, post_id)], shown.shape(request, seat, reason))[0]


@operation("GET", "/posts/{number:post_id}/thread", shapes.PostPage)
def thread(request: HttpRequest, workspace_slug: str, post_id: int, reason: shapes.Reason = "") -> Any:
    seat = seat_of(request)
    mentions.post(seat, post_id)
    rows = archive().thread(seat.workspace.id, post_id)
    return {"items": shown.posts(rows, shown.shape(request, seat, reason)), "before": None}


@operation("GET", "/volume", shapes.VolumeOut)
def volume(
    request: HttpRequest, workspace_slug: str, search: shapes.Search = SEARCH, step: Literal["hour", "day"] = "day"
) -> Any:
    found = asked(seat_of(request), search).volume(STEPS[step])
    items = [{"start": shown.moment(one.start_ms), "n": one.n} for one in found]
    return {"step": step, "total": sum(one.n for one in found), "items": items}


# Watches


@operation("GET", "/watches", shapes.WatchList)
def watches(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": [shown.watch(one) for one in panel.watches(seat_of(request))]}


@operation("GET", "/watches/{number:watch_id}", shapes.WatchOut)
def watch(request: HttpRequest, workspace_slug: str, watch_id: int) -> Any:
    return shown.watch(panel.watch(seat_of(request), watch_id))


@operation("POST", "/watches", shapes.WatchOut, 201)
def add_watch(request: HttpRequest, workspace_slug: str, body: shapes.WatchIn) -> Any:
    seat = seat_of(request, "agent")
    queries.read(body.query, panel.lists(seat))
    made = archive().watches.add(
        seat.workspace.id, body.name, body.query, kind=str(body.kind), who=seat.user.label, why=body.why
    )
    audit.note(request, seat, "watch_made", made.name)
    return Status(201, shown.watch(made))


@operation("PATCH", "/watches/{number:watch_id}", shapes.WatchOut)
def change_watch(request: HttpRequest, workspace_slug: str, watch_id: int, body: shapes.WatchChange) -> Any:
    seat = seat_of(request, "agent")
    kept = panel.watch(seat, watch_id)
    if body.query is not None:
        queries.read(body.query, panel.lists(seat))
    return shown.watch(changed(request, seat, kept, body))


def changed(request: HttpRequest, seat: Seat, kept: Watch, body: shapes.WatchChange) -> Watch:
    """What is not said stays."""
    if body.name is not None or body.query is not None or body.kind is not None:
        kept = archive().watches.change(
            kept.watch_id,
            seat.workspace.id,
            name=body.name,
            query=body.query,
            kind=None if body.kind is None else str(body.kind),
            who=seat.user.label,
            why=body.why,
        )
        audit.note(request, seat, "watch_changed", kept.name)
    if body.state is not None and body.state != kept.state:
        kept = archive().watches.set_state(kept.watch_id, seat.workspace.id, body.state)
        audit.note(request, seat, "watch_paused" if body.state == "paused" else "watch_resumed", kept.name)
    return kept


@operation("DELETE", "/watches/{number:watch_id}", None, 204)
def remove_watch(request: HttpRequest, workspace_slug: str, watch_id: int) -> Any:
    seat = seat_of(request, "manager")
    kept = panel.watch(seat, watch_id)
    archive().watches.remove(watch_id, seat.workspace.id)
    audit.note(request, seat, "watch_retired", kept.name)
    return Status(204, None)


@operation("POST", "/watches/lint", shapes.LintPage)
def lint(request: HttpRequest, workspace_slug: str, body: shapes.QueryIn) -> Any:
    query = queries.read(body.query, panel.lists(seat_of(request, "agent")))
    items = [
        {
            "code": one.code,
            "severity": linter.severity(one),
            "message": one.say(lang_of(request)),
            "start": one.start,
            "end": one.end,
            "suggestion": one.suggestion,
        }
        for one in linter.lint(query)
    ]
    cost, cost_us = queries.cost_of(query)
    return {"items": items, "cost": cost, "cost_us": cost_us}


@operation("POST", "/watches/preview", shapes.PreviewOut)
def preview(request: HttpRequest, workspace_slug: str, body: shapes.QueryIn) -> Any:
    seat = seat_of(request, "agent")
    query = queries.read(body.query, panel.lists(seat))
    found = trial.trial(archive(), seat.workspace.id, query, now_ms())
    rows = [one.row for one in found.sample]
    days = [{"start": shown.moment(day), "n": n} for day, n in found.days]
    sample = shown.posts(rows, shown.shape(request, seat, ""), ask_query(archive(), seat.workspace.id, query))
    return {"n": found.n, "days": days, "sample": sample}


# Sources, views, quarantine


@operation("GET", "/sources", shapes.SourceList)
def sources_list(request: HttpRequest, workspace_slug: str) -> Any:
    seat = seat_of(request)
    kept = {one.source_id: one for one in sources.sources(seat)}
    found = [one for one in sources.health(seat) if one.source_id in kept]
    return {"items": [shown.source(one, kept[one.source_id], lang_of(request)) for one in found]}


@operation("GET", "/sources/{number:source_id}", shapes.SourceOut)
def source(request: HttpRequest, workspace_slug: str, source_id: int) -> Any:
    seat = seat_of(request)
    kept = sources.source(seat, source_id)
    report = next(one for one in sources.health(seat) if one.source_id == source_id)
    return shown.source(report, kept, lang_of(request))


def view_shown(view: SavedView) -> dict[str, Any]:
    return {"id": view.uid, "name": view.name, "shared": view.shared, "asks": view.asks}


@operation("GET", "/views", shapes.ViewList)
def views(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": [view_shown(one) for one in mentions.saved_views(seat_of(request))]}


@operation("GET", "/views/{view_id}", shapes.ViewOut)
def view(request: HttpRequest, workspace_slug: str, view_id: shapes.Word) -> Any:
    return view_shown(mentions.saved_view(seat_of(request), view_id))


@operation("GET", "/views/{view_id}/posts", shapes.PostPage)
def view_posts(request: HttpRequest, workspace_slug: str, view_id: shapes.Word, paged: shapes.Page = PAGE) -> Any:
    seat = seat_of(request)
    kept = mentions.saved_view(seat, view_id)
    return shown.page(request, seat, mentions.asked(seat, kept.selection), paged)


@operation("GET", "/quarantine", shapes.QuarantinePage)
def quarantine_list(
    request: HttpRequest,
    workspace_slug: str,
    state: Literal["waiting", "replayed", "dropped"] = "waiting",
    before: shapes.Id | None = None,
    limit: shapes.Limit = 50,
) -> Any:
    seat = seat_of(request, "agent")
    rows = quarantine.rows(seat, state, None, "", before, limit + 1)
    items = [shown.quarantined(row, lang_of(request)) for row in rows[:limit]]
    return {"items": items, "before": items[-1]["id"] if len(rows) > limit else None}
