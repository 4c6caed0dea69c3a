"""Acts on many cases at once, and taking them back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.inbox import access, acts, queues, screen
from palabre.desk.inbox.models import Act
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.access import Seat, one, seated
from palabre.engage.snooze import LONGEST_MS, PRESETS, moment, until

MANY_MAX = 200


class UnusableError(Exception):
    """What was asked cannot be done; its text is a message key."""


@require_POST
@seated("agent")
def many(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One act on the cases that were ticked."""
    uids = request.POST.getlist("case")[:MANY_MAX]
    asked = queues.Asked.read(QueryDict(request.POST.get("back", "")).dict())
    lang = lang_of(request)
    try:
        what, data = wanted(request, seat)
        if not uids:
            raise UnusableError("inbox.many.none")
    except UnusableError as error:
        messages.error(request, speak(str(error), lang))
        return redirect(back(seat, asked))
    cases = list(access.cases(seat).filter(uid__in=uids))
    act = acts.do(seat, cases, what, **data)
    if act.n:
        messages.success(request, speak(f"inbox.done.{what}", lang, n=act.n))
    else:
        messages.warning(request, speak("inbox.many.unchanged", lang))
    return redirect(back(seat, asked, act))


def back(seat: Seat, asked: queues.Asked, act: Act | None = None) -> str:
    """To the queue one came from, with the way to take it back."""
    here = reverse("inbox:queue", kwargs={"workspace_slug": seat.workspace.slug})
    return f"{here}?{asked.address()}" + (f"&done={act.uid}" if act is not None and act.n else "")


def wanted(request: HttpRequest, seat: Seat) -> tuple[str, dict[str, Any]]:
    """(act, its particulars) as a form says them. Raises UnusableError, or Http404 for who is not there."""
    what, given = request.POST.get("what", ""), request.POST
    what, _, value = what.partition(":")
    if what == "assign":
        return assigned(seat, value or given.get("to", ""))
    if what == "team":
        return "team", teamed(seat, value or given.get("team", ""))
    if what in ("label", "unlabel"):
        label = acts.label_of(value or given.get("label", ""))
        if not label:
            raise UnusableError("inbox.many.no_label")
        return what, {"label": label}
    if what == "snooze":
        return "snooze", {"until_ms": snoozed(request, seat, value)}
    if what in acts.KINDS and what != "unassign":
        return what, {}
    raise UnusableError("inbox.many.nothing")


def assigned(seat: Seat, to: str) -> tuple[str, dict[str, Any]]:
    """me, a member's uid, or nobody."""
    if to == "nobody":
        return "unassign", {}
    if not to:
        raise UnusableError("inbox.many.nobody")
    able = {user.uid: user.pk for user in teams.answerers(seat.workspace)}
    number = seat.user.pk if to == "me" else able.get(to)
    if number is None:
        raise Http404
    return "assign", {"to": number}


def teamed(seat: Seat, uid: str) -> dict[str, Any]:
    if uid == "none":
        return {"to": None}
    if not uid:
        raise UnusableError("inbox.many.no_team")
    team = teams.team(seat, uid)
    return {"to": team.pk, "uid": team.uid, "name": team.name, "unassign": True}


def snoozed(request: HttpRequest, seat: Seat, preset: str) -> int:
    """When it comes back, on the clock of whoever asks."""
    now, zone = now_ms(), screen.zone_of(request, seat)
    preset = preset or request.POST.get("preset", "")
    when = until(preset, now, zone) if preset in PRESETS else moment(request.POST.get("until", ""), zone)
    if when <= now:
        raise UnusableError("inbox.many.past")
    if when > now + LONGEST_MS:
        raise UnusableError("inbox.many.too_far")
    return when


@require_POST
@seated("agent")
def undo(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Takes one's own act back."""
    act = one(Act.objects.of(seat.workspace).filter(user=seat.user), uid=uid)
    n = acts.undo(seat, act)
    lang = lang_of(request)
    messages.success(request, speak("inbox.undone" if n else "inbox.undone_already", lang, n=n))
    to = request.POST.get("case", "")
    if to:
        case = access.case(seat, to)
        words = request.POST.get("back", "")
        query = queues.Asked.read(QueryDict(words).dict()).address()
        there = reverse("inbox:case", kwargs={"workspace_slug": seat.workspace.slug, "uid": case.uid})
        return redirect(f"{there}?{query}")
    return redirect(back(seat, queues.Asked.read(QueryDict(request.POST.get("back", "")).dict())))
