"""What a member does on the page of one case."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.inbox import access, acts, bulk, notices, queues, splitting
from palabre.desk.inbox.models import Act, Case, CaseNote
from palabre.desk.teams import access as teams
from palabre.desk.workspaces.access import Seat, seated
from palabre.desk.workspaces.models import User

NOTE_CHARS_MAX = 10_000
NAMED = re.compile(r"@([\w.\-]+(?:@[\w.\-]+)?)")


def to_case(request: HttpRequest, seat: Seat, case: Case, act: Act | None = None, anchor: str = "") -> HttpResponse:
    """Back to the page of a case, in the queue one came from."""
    asked = queues.Asked.read(QueryDict(request.POST.get("back", "")).dict())
    there = reverse("inbox:case", kwargs={"workspace_slug": seat.workspace.slug, "uid": case.uid})
    done = f"&done={act.uid}" if act is not None and act.n else ""
    return redirect(f"{there}?{asked.address()}{done}{anchor}")


def say(request: HttpRequest, key: str, ok: bool = True, **params: object) -> None:
    (messages.success if ok else messages.error)(request, speak(key, lang_of(request), **params))


@require_POST
@seated("agent")
def act(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """One act on this case; what puts it out of the way leads on to the next one."""
    case = access.case(seat, uid)
    try:
        what, data = bulk.wanted(request, seat)
    except bulk.UnusableError as error:
        say(request, str(error), ok=False)
        return to_case(request, seat, case)
    done = acts.do(seat, [case], what, **data)
    if done.n:
        say(request, f"inbox.done.{what}", n=1)
    return to_case(request, seat, case, done)


@require_POST
@seated("agent")
def title(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """What the case is called among us."""
    case, words = access.case(seat, uid), " ".join(request.POST.get("title", "").split())[:200]
    if words and words != case.title:
        Case.objects.of(seat.workspace).filter(pk=case.pk).update(title=words)
        access.happened(case, "named", user=seat.user)
    return to_case(request, seat, case)


@require_POST
@seated("agent")
def note(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A note among us; whoever is named in it is told."""
    case, text = access.case(seat, uid), request.POST.get("text", "").strip()
    if not text or len(text) > NOTE_CHARS_MAX:
        say(request, "inbox.note.empty" if not text else "inbox.note.long", ok=False, limit=NOTE_CHARS_MAX)
        return to_case(request, seat, case, anchor="#notes")
    kept = noted(seat, case, text)
    return to_case(request, seat, case, anchor=f"#note-{kept.uid}")


def noted(seat: Seat, case: Case, text: str) -> CaseNote:
    """Keeps a note and tells those it names."""
    kept = CaseNote.objects.add(seat.workspace, case=case, user=seat.user, text=text, made_ms=now_ms())
    for user in named_in(seat, text):
        kept.named.add(user)
        notices.tell(case, user, "named", kept.uid, seat.user)
    access.happened(case, "noted", user=seat.user, event_id=f"note:{kept.uid}", note=kept.uid)
    return kept


def named_in(seat: Seat, text: str) -> list[User]:
    """The members a text turns to: @name without spaces, or @address."""
    said = {one.casefold().rstrip(".-") for one in NAMED.findall(text)}
    return [user for user in teams.answerers(seat.workspace) if said & call_signs(user)]


def call_signs(user: User) -> set[str]:
    """What one may type after @ to turn to a member."""
    email = (user.email or "").casefold()
    names = {user.name, user.label, user.name.partition(" ")[0]}
    return {one.replace(" ", "").casefold() for one in names if one} | ({email, email.partition("@")[0]} - {""})


@require_POST
@seated("agent")
def merge(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Others go on in this one."""
    case = access.case(seat, uid)
    others = list(access.cases(seat).filter(uid__in=request.POST.getlist("case")[: bulk.MANY_MAX]).exclude(pk=case.pk))
    n = acts.merge(seat, case, others)
    say(request, "inbox.merged" if n else "inbox.merged_none", ok=bool(n), n=n)
    return to_case(request, seat, case)


@require_POST
@seated("agent")
def unmerge(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """This one goes on by itself again."""
    case = access.case(seat, uid)
    ok = acts.unmerge(seat, case)
    say(request, "inbox.unmerged" if ok else "inbox.unmerged_already", ok=ok)
    return to_case(request, seat, case)


@require_POST
@seated("agent")
def split(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Some of what was said goes on in a case of its own."""
    case = access.case(seat, uid)
    chosen = [int(one) for one in request.POST.getlist("post") if one.isascii() and one.isdecimal() and len(one) < 19]
    fresh = splitting.split(seat, case, chosen)
    say(request, "inbox.split" if fresh else "inbox.split_none", ok=fresh is not None)
    return to_case(request, seat, fresh or case)
