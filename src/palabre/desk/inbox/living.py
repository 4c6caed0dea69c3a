"""What the page of a case asks while it is open: who is there, and who may write."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from palabre.desk.inbox import access, locks, notices, screen
from palabre.desk.inbox.models import Case
from palabre.desk.workspaces.access import Seat, seated


@require_POST
@seated("agent")
def presence(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A heartbeat: this page is open; writing=1: and its reader writes."""
    case = access.case(seat, uid)
    locks.seen(case, seat.user)
    if request.POST.get("writing") == "1":
        locks.claim(case, seat.user)
    return part(request, seat, case)


@require_POST
@seated("agent")
def lock(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """claim, release, ask or give the lock."""
    case, what = access.case(seat, uid), request.POST.get("what", "")
    steps = {"claim": locks.claim, "release": locks.release, "ask": locks.ask, "give": locks.hand_over}
    done = steps[what](case, seat.user) if what in steps else False
    if what == "ask" and done:
        notices.tell(case, case.locked_by, "asked", f"{seat.user.pk}:{case.asked_ms}:{case.pk}", seat.user)
    return part(request, seat, case)


def part(request: HttpRequest, seat: Seat, case: Case) -> HttpResponse:
    case.refresh_from_db()
    context: dict[str, Any] = {"case": case, "seen": request.POST.get("seen", "")}
    context |= screen.presence(seat, case) | screen.chips(request, seat, case) | {"oob": True}
    context["newer"] = bool(context["seen"]) and str(access.last_said(case)) != context["seen"]
    return render(request, "inbox/part_presence.html", context)
