"""One case: what was said, who it is, what we know and promised, what happened."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from palabre.desk.inbox import access, locks, notices, queues, screen, views
from palabre.desk.inbox.models import Case
from palabre.desk.mentions.screen import here, number_of
from palabre.desk.workspaces.access import Seat, seated


@require_GET
@seated("agent")
def case(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """The page. Opening it tells the others that somebody looks, and that what they were told is read."""
    found = access.case(seat, uid)
    locks.seen(found, seat.user)
    notices.read(seat, found)
    context = screen.case_page(request, seat, found)
    context["thread"] = screen.thread_of(seat, found, number_of(request, "page"))
    context["undoable"] = views.undoable(request, seat)
    context["several"] = request.GET.get("split") == "1"
    context["others"] = candidates(seat, found, request.GET.get("merge", "")) if "merge" in request.GET else None
    return render(request, "inbox/case.html", context)


def candidates(seat: Seat, case: Case, words: str) -> list[Case]:
    """Cases that may be about the same: of the same person and thread, or those that a search finds."""
    rows = access.cases(seat).exclude(pk=case.pk)
    if words.strip():
        found = rows.filter(queues.of_words(seat, words.strip()))
    else:
        near = rows.filter(person=case.person) if case.person_id else rows.none()
        found = near | rows.filter(state="open", asks__has_keys=list(case.asks)) if case.asks else near
    return list(found.order_by("-changed_ms")[:20])


@require_GET
@seated("agent")
def thread(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """One page of what was said, as a part."""
    found = access.case(seat, uid)
    context = {"case": found, "thread": screen.thread_of(seat, found, number_of(request, "page")), "here": here(seat)}
    return render(request, "inbox/part_thread.html", context)


@require_GET
@seated("agent")
def log(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """What happened, as a part."""
    found = access.case(seat, uid)
    return render(request, "inbox/part_log.html", {"log": screen.log_of(request, seat, found)})


@require_GET
@seated("agent")
def following(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """To the case after this one in the queue one came from; to the queue when it was the last."""
    asked = queues.Asked.read(request.GET.dict())
    after = queues.following(seat, asked, access.case(seat, uid))
    route, ids = ("inbox:case", {"uid": after.uid}) if after else ("inbox:queue", {})
    to = reverse(route, kwargs={"workspace_slug": seat.workspace.slug, **ids})
    return redirect(f"{to}?{asked.address()}")
