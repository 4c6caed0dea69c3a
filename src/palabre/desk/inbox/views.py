"""The queue, and cases opened by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.design.forms import posted
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.inbox import access, acts, forms, notices, queues, screen, seams
from palabre.desk.inbox.arriving import arriving
from palabre.desk.inbox.models import Act, CaseNote
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.access import Seat, seated
from palabre.model import INTENTS

WHOLE = ("found", "arriving")  # parts that choose their own from the whole page


@require_GET
@seated("agent")
def queue(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One queue, a page of it, with the reasons for its order."""
    asked = queues.Asked.read(request.GET.dict())
    found = queues.page(seat, asked)
    lang = lang_of(request)
    context: dict[str, Any] = {
        "asked": asked,
        "address": asked.address(),
        "lines": screen.lines(seat, found.cases, lang),
        "after": found.after,
        "queues": queues.counts(seat),
        "notices": notices.unread(seat),
        "labels": queues.labels(seat),
        "networks": queues.networks(seat),
        "intents": INTENTS,
        "colleagues": teams.answerers(seat.workspace),
        "teams": teams.teams(seat),
        "zone": screen.zone_of(request, seat).key,
        "undoable": undoable(request, seat),
        "title_of": title_of(seat, asked, lang),
        "arriving": arriving(seat, empty=not found.cases and not asked.filtered),
    }
    part = request.headers.get("HX-Request") and request.headers.get("HX-Target") not in WHOLE
    name = "part_lines" if part else "queue"
    return render(request, f"inbox/{name}.html", context)


def title_of(seat: Seat, asked: queues.Asked, lang: str) -> str:
    """What the queue is called."""
    if asked.queue.startswith("team:"):
        uid = asked.queue.removeprefix("team:")
        return next((one.name for one in teams.teams(seat) if one.uid == uid), "")
    return speak(f"inbox.queue.{asked.queue}", lang)


def undoable(request: HttpRequest, seat: Seat) -> Act | None:
    """The act that was just done, while it stands."""
    uid = request.GET.get("done", "")
    return Act.objects.of(seat.workspace).filter(uid=uid, user=seat.user, undone_ms=0).first() if uid else None


@require_GET
@seated("agent")
def counts(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list of queues, which renews itself."""
    asked = queues.Asked.read(request.GET.dict())
    context = {"asked": asked, "queues": queues.counts(seat), "notices": notices.unread(seat)}
    return render(request, "inbox/part_queues.html", context)


@require_http_methods(["GET", "POST"])
@seated("agent")
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A case without a post: somebody called, wrote a letter or came by."""
    form = forms.NewCase(request, posted(request))
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        person = seams.asked("people", "named", seat.workspace, values["person"]) if values["person"] else None
        case = access.by_hand(seat.workspace, values["title"], seat.user, person=person, network=values["way"])
        if values["urgent"]:
            access.happened(case, "urgent", user=seat.user)
        if values["mine"]:
            access.happened(case, "assigned", user=seat.user, to=seat.user.pk)
        if values["note"]:
            CaseNote.objects.add(seat.workspace, case=case, user=seat.user, text=values["note"], made_ms=case.opened_ms)
        return redirect(address(seat, case.uid))
    return render(request, "inbox/new.html", {"form": form}, status=400 if form.errors else 200)


def address(seat: Seat, uid: str) -> str:
    return reverse("inbox:case", kwargs={"workspace_slug": seat.workspace.slug, "uid": uid})


@require_POST
@seated("agent")
def open_(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A case of a post of the stream; the one it is in already, if it is."""
    text = request.POST.get("post_id", "")
    post_id = int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
    row = archive().post(seat.workspace.id, post_id)
    case = access.opened(seat.workspace, row, user=seat.user)
    if case.state == "resolved":
        acts.do(seat, [case], "reopen")
    return redirect(address(seat, case.uid))


@require_POST
@seated("agent")
def notices_read(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All of what they were told is put aside."""
    notices.read(seat)
    messages.success(request, speak("inbox.notices.done", lang_of(request)))
    return redirect(reverse("inbox:queue", kwargs={"workspace_slug": seat.workspace.slug}))
