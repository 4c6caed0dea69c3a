"""What waits in quarantine, why, and what can be done about it; and what we cannot hear."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.quarantine import access, acts, coverage
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated

STATES = ("waiting", "replayed", "dropped")
RAW_CHARS_MAX = 20_000
KEY_CHARS_MAX = 100


def number(text: str) -> int | None:
    """A number in an address; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@require_GET
@seated("agent")
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Items of one state, newest first; those that wait are also counted by reason."""
    asked = request.GET
    state = asked.get("state", "waiting")
    state = state if state in STATES else "waiting"
    source_id, key = number(asked.get("source", "")), asked.get("key", "")[:KEY_CHARS_MAX]
    rows = access.rows(seat, state, source_id, key, number(asked.get("before", "")))
    kept = rows[: access.PAGE]
    query = asked.copy()
    query["before"] = str(kept[-1].quarantine_id) if kept else ""
    context = {
        "rows": kept,
        "state": state,
        "states": [(one, access.counts(seat).get(one, 0)) for one in STATES],
        "reasons": access.reasons(seat) if state == "waiting" else [],
        "sources": access.sources(seat),
        "source_id": source_id,
        "key": key,
        "older": f"?{query.urlencode()}" if len(rows) > access.PAGE else "",
    }
    return render(request, "quarantine/index.html", context)


@require_GET
@seated("agent")
def item(request: HttpRequest, seat: Seat, quarantine_id: int) -> HttpResponse:
    """One item with its bytes as text: escaped, and cut where they are long."""
    row, raw = access.item(seat, quarantine_id)
    text = raw.body.decode("utf-8", "replace").replace("\0", "␀")
    context = {
        "row": row,
        "source": access.sources(seat).get(row.source_id or 0),
        "text": text[:RAW_CHARS_MAX],
        "left": max(0, len(text) - RAW_CHARS_MAX),
        "note": dict(raw.note),
    }
    return render(request, "quarantine/item.html", context)


def to_index(seat: Seat) -> HttpResponse:
    return redirect("quarantine:index", workspace_slug=seat.workspace.slug)


def said(request: HttpRequest, seat: Seat, what: str, n: int, again: int = 0) -> HttpResponse:
    """Notes what was done, and says it."""
    audit.note(request, seat, f"quarantine_{what}", str(n))
    sentence = speak(f"quarantine.done.{what}", lang_of(request), n=n)
    more = " " + speak("quarantine.done.again", lang_of(request), n=again) if again else ""
    messages.add_message(request, messages.WARNING if again else messages.SUCCESS, sentence + more)
    return to_index(seat)


@require_POST
@seated("agent")
def replay(request: HttpRequest, seat: Seat, quarantine_id: int) -> HttpResponse:
    well = acts.replayed(seat, quarantine_id)
    return said(request, seat, "replayed", 1, 0 if well else 1)


@require_POST
@seated("manager")
def drop(request: HttpRequest, seat: Seat, quarantine_id: int) -> HttpResponse:
    row, _ = access.item(seat, quarantine_id)
    return said(request, seat, "dropped", acts.drop_many(seat, [row]))


@require_POST
@seated("agent")
def replay_all(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All that wait for one reason."""
    tried, again = acts.replay_many(seat, list(acts.waiting(seat, request.POST.get("key", "")[:KEY_CHARS_MAX])))
    return said(request, seat, "replayed", tried, again)


@require_POST
@seated("manager")
def drop_all(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All that wait for one reason; a reason must be named."""
    key = request.POST.get("key", "")[:KEY_CHARS_MAX]
    return said(request, seat, "dropped", acts.drop_many(seat, list(acts.waiting(seat, key)) if key else []))


@require_GET
@seated()
def coverage_page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What we cannot hear."""
    return render(request, "quarantine/coverage.html", {"found": coverage.coverage(seat)})
