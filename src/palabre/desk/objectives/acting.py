"""What the acts of Measure share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from palabre.clock import to_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.rooms import Door, all_doors
from palabre.desk.design.words import speak
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import Membership, User


def done(request: HttpRequest, seat: Seat, what: str, about: str, route: str, **ids: str) -> HttpResponse:
    """After something was done: noted, said, and on to a page."""
    audit.note(request, seat, what, about)
    messages.success(request, speak(f"measure.done.{what}", lang_of(request)))
    return redirect(reverse(route, kwargs={"workspace_slug": seat.workspace.slug, **ids}))


def behind(route: str) -> dict[str, Door | None]:
    """The door that a page without one is behind, for the header."""
    return {"door": next((door for door in all_doors() if door.route == route), None)}


def member(seat: Seat, uid: str) -> User | None:
    """The member of that uid; None for "" and for a stranger."""
    held = Membership.objects.of(seat.workspace).filter(user__uid=uid).select_related("user").first() if uid else None
    return held.user if held else None


def start_of(day: date) -> int:
    """The first millisecond of a day, UTC."""
    return to_ms(datetime.combine(day, time(), UTC))
