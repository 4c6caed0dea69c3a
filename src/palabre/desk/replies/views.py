"""The composer and what its form does; a reply to be read, approved, taken back, corrected."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case
from palabre.desk.inbox.seams import address
from palabre.desk.outbox import access as outbox
from palabre.desk.replies import access, advising, composing, drafting, message
from palabre.desk.replies.composing import UnderWay
from palabre.desk.replies.differences import differences
from palabre.desk.replies.models import Reply
from palabre.desk.teams import access as teams
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat, seated
from palabre.errors import InputError, PalabreError


@require_GET
@seated("agent")
def composer(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A page of its own, or the part that the page of the case shows."""
    return shown(request, seat, inbox.case(seat, uid))


def shown(
    request: HttpRequest, seat: Seat, case: Case, error: Exception | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    part = request.headers.get("HX-Request")
    name = "replies/part_composer.html" if part else "replies/composer.html"
    context = composing.context(request, seat, case, error, **more)
    context |= {"part": bool(part), "case_address": address("inbox:case", seat, uid=case.uid)}
    return render(request, name, context, status=status)


@require_POST
@seated("agent")
def write(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Keeps the draft, and does what the button says. A form that is sent twice does it once."""
    case = inbox.case(seat, uid)
    action = request.POST.get("action", "save")
    written = composing.written(request, seat, case)
    try:
        reply = drafting.write(seat, case, written)
    except InputError as error:
        unkept = drafting.unkept(seat, case, written)
        return shown(request, seat, case, error, 422, reply=unkept)
    if action == "save":
        return _saved(request, seat, case, reply)
    if action == "choose":  # another post: other channels, and another text to quote
        return shown(request, seat, case, reply=reply) if request.headers.get("HX-Request") else to_composer(seat, case)
    try:
        done = _acted(request, seat, reply, action)
    except InputError as error:
        return shown(request, seat, case, error, 422, reply=reply)
    if done:
        messages.success(request, speak(f"replies.done.{done}", lang_of(request)))
    return shown(request, seat, case) if request.headers.get("HX-Request") else to_composer(seat, case)


def to_composer(seat: Seat, case: Case) -> HttpResponse:
    return redirect("replies:composer", workspace_slug=seat.workspace.slug, uid=case.uid)


def _saved(request: HttpRequest, seat: Seat, case: Case, reply: Reply) -> HttpResponse:
    """Beside the text: its length, that it is kept, and the advice."""
    if not request.headers.get("HX-Request"):
        return to_composer(seat, case)
    row = message.answered(reply)
    context = {
        "reply": reply, "case": case, "count": composing.count(reply), "saved": True, "oob": True,
        "advice": advising.advice(seat, reply, row, lang_of(request)), "able": composing.abilities_of(reply.channel),
    }  # fmt: skip
    return render(request, "replies/part_saved.html", context)


def _acted(request: HttpRequest, seat: Seat, reply: Reply, action: str) -> str:
    """Does it; what was done, "" for nothing new. Raises InputError."""
    if action == "discard":
        drafting.discard(reply)
        return "discarded"
    if reply.state == "proposed" and action == "propose":
        return ""
    if reply.state != "sent_off":
        proposals = advising.found(seat, reply, lang_of(request))
        reply.promises = composing.kept_promises(request, seat, proposals)
        Reply.objects.of(seat.workspace).filter(pk=reply.pk).update(promises=reply.promises)
    if action == "propose":
        drafting.propose(reply, seat.user)
        audit.note(request, seat, "reply_proposed", reply.case.title)
        return "proposed"
    unread(request, reply)
    due = composing.due_ms(request, seat) if action == "schedule" else 0
    fresh = reply.state != "sent_off"
    drafting.send_off(seat, reply, reply.version, due)
    if fresh:
        audit.note(request, seat, "reply_scheduled" if due else "reply_sent_off", reply.case.title)
    return "scheduled" if due else ""


def unread(request: HttpRequest, reply: Reply) -> None:
    """Somebody answered while this was being written: the writer sees it before anything leaves. Raises InputError."""
    seen = request.POST.get("seen", "")
    known = seen.isdecimal() and len(seen) < 19
    if reply.state != "sent_off" and known and inbox.last_reply(reply.case) > int(seen):
        raise InputError("replies.answered_meanwhile")


@require_GET
@seated()
def reply(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """A reply as it stands: to be approved, on its way, or there."""
    return page(request, seat, access.reply(seat, uid))


def page(
    request: HttpRequest, seat: Seat, found: Reply, error: Exception | None = None, status: int = 200
) -> HttpResponse:
    row = message.answered(found)
    sending = outbox.of(seat.workspace, "reply", [found.uid]).get(found.uid)
    context = {
        "reply": found,
        "case": found.case,
        "row": row,
        "under": UnderWay(found, sending),
        "sending": sending,
        "pieces": differences(found.read_text, found.text) if found.read_text != found.text else (),
        "may_approve": seat.may("agent") and found.state == "proposed" and teams.may_approve(seat, found),
        "own": found.by_id == seat.user.pk,
        "may_correct": seat.may("agent") and teams.may_correct(seat, found),
        "advice": advising.advice(seat, found, row, lang_of(request)) if found.state == "proposed" else None,
        "able": composing.abilities_of(found.channel),
        "count": composing.count(found),
        "error": error,
    }
    return render(request, "replies/reply.html", context, status=status)


def to_reply(seat: Seat, found: Reply) -> HttpResponse:
    return redirect("replies:reply", workspace_slug=seat.workspace.slug, uid=found.uid)


@require_POST
@seated("agent")
def judge(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Approves, approves and sends, returns, or (its author) takes a proposal back."""
    found, action = access.reply(seat, uid), request.POST.get("action", "")
    version = composing.version(request)
    try:
        if action == "withdraw" and found.by_id == seat.user.pk:
            drafting.withdraw(found, version)
            return to_composer(seat, found.case)
        if action == "return":
            drafting.give_back(seat, found, version, request.POST.get("remark", ""))
            done = "reply_returned"
        else:
            drafting.approve(seat, found, version)
            done = "reply_approved"
            if action == "approve_send":
                drafting.send_off(seat, found, found.version)
    except InputError as error:
        return page(request, seat, access.reply(seat, uid), error, 422)
    audit.note(request, seat, done, found.case.title)
    messages.success(request, speak(f"replies.done.{done}", lang_of(request)))
    return to_reply(seat, found)


@require_GET
@seated()
def progress(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """How far a reply is: a part that asks again while it moves."""
    found = access.reply(seat, uid)
    sending = outbox.of(seat.workspace, "reply", [uid]).get(uid)
    if not request.headers.get("HX-Request"):
        return to_reply(seat, found)
    answer = render(request, "replies/part_progress.html", {"item": UnderWay(found, sending), "seat": seat})
    if sending is not None and sending.state == "sent":
        answer["HX-Trigger"] = "answered"  # the page of the case looks again who waits
    return answer


@require_POST
@seated("agent")
def take_back(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Before it left: the draft is there again."""
    found = access.reply(seat, uid)
    sending = outbox.of(seat.workspace, "reply", [uid]).get(uid)
    if sending is not None and outbox.take_back(sending):
        audit.note(request, seat, "reply_taken_back", found.case.title)
        messages.success(request, speak("replies.done.taken_back", lang_of(request)))
    else:
        messages.warning(request, speak("replies.done.too_late", lang_of(request)))
    if found.by_id != seat.user.pk:
        return to_reply(seat, found)
    return shown(request, seat, found.case) if request.headers.get("HX-Request") else to_composer(seat, found.case)


@require_http_methods(["GET", "POST"])
@seated("agent")
def correct(request: HttpRequest, seat: Seat, uid: str) -> HttpResponse:
    """Changes or deletes a reply that is on its platform."""
    found = access.reply(seat, uid)
    if request.method == "GET":
        return to_reply(seat, found)
    sending = outbox.of(seat.workspace, "reply", [uid]).get(uid)
    deleting = request.POST.get("action") == "delete"
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()
    try:
        if sending is None:
            raise InputError("replies.not_sent")
        if deleting:
            outbox.delete(sending)
        elif not teams.may_correct(seat, found):
            raise InputError("replies.correct.needs_approval")
        else:
            found.text = text
            drafting.check(found)
            outbox.edit(sending, text)
            Reply.objects.of(seat.workspace).filter(pk=found.pk).update(text=text, version=found.version + 1)
    except PalabreError as error:
        return page(request, seat, found, error, 422)
    done = "reply_deleted" if deleting else "reply_edited"
    inbox.happened(
        found.case, "taken_down" if deleting else "corrected", user=seat.user, reply=found.uid, url=sending.url
    )
    audit.note(request, seat, done, found.case.title)
    messages.success(request, speak(f"replies.done.{done}", lang_of(request)))
    return to_reply(seat, found)
