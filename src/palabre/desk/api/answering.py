"""Operations of the rooms where people are answered. The API reads, works on cases and drafts replies; it sends none:
what touches a person leaves by a human's hand, in the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from ninja import Query, Status

from palabre.desk.api import shapes_answer as shapes
from palabre.desk.api import shown, shown_answer
from palabre.desk.api.auth import seat_of
from palabre.desk.api.operations import operation
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox import acts, deeds, queues
from palabre.desk.inbox.models import Case, CaseEvent
from palabre.desk.mentions import access as mentions
from palabre.desk.outbox import access as outbox
from palabre.desk.people import access as people
from palabre.desk.people.index import asked_for
from palabre.desk.promises import access as promises
from palabre.desk.promises import acts as settling
from palabre.desk.replies import access as replies
from palabre.desk.replies import drafting, message
from palabre.desk.replies.models import Reply
from palabre.desk.teams import access as teams
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import fresh_id
from palabre.engage.advice import Asked, Draft, advise
from palabre.errors import InputError
from palabre.messages import say

CASES: Any = Query(...)  # type: ignore[type-arg]  # for a type checker ninja calls it a generic
PROMISES: Any = Query(...)  # type: ignore[type-arg]  # for a type checker ninja calls it a generic
PERSONS: Any = Query(...)  # type: ignore[type-arg]  # for a type checker ninja calls it a generic


@operation("GET", "/cases", shapes.CasePage, scope="answer")
def cases(request: HttpRequest, workspace_slug: str, wanted: shapes.Cases = CASES) -> Any:
    given = {**wanted.dict(exclude={"limit", "urgent"}), "urgent": "1" if wanted.urgent else ""}
    found = queues.page(seat_of(request, "agent"), queues.Asked.read(given), wanted.limit)
    return {"items": [shown_answer.case(one) for one in found.cases], "after": found.after}


@operation("GET", "/cases/{uid}", shapes.CaseOut, scope="answer")
def case(request: HttpRequest, workspace_slug: str, uid: shapes.Uid) -> Any:
    return shown_answer.case(inbox.case(seat_of(request, "agent"), uid))


@operation("GET", "/cases/{uid}/events", shapes.CaseEventList, scope="answer")
def case_events(request: HttpRequest, workspace_slug: str, uid: shapes.Uid) -> Any:
    seat = seat_of(request, "agent")
    found = CaseEvent.objects.of(seat.workspace).filter(case=inbox.case(seat, uid)).select_related("user")
    return {"items": [shown_answer.event(one) for one in found]}


@operation("POST", "/cases", shapes.CaseOut, 201, scope="answer")
def open_case(request: HttpRequest, workspace_slug: str, body: shapes.CaseIn) -> Any:
    """The case of a post: the one it is in, or a new one."""
    seat = seat_of(request, "agent")
    row = mentions.post(seat, body.post)
    return Status(201, shown_answer.case(inbox.opened(seat.workspace, row, user=seat.user)))


@operation("POST", "/cases/{uid}/acts", shapes.CaseOut, scope="answer")
def act_on_case(request: HttpRequest, workspace_slug: str, uid: shapes.Uid, body: shapes.CaseAct) -> Any:
    seat = seat_of(request, "agent")
    found = inbox.case(seat, uid)
    acts.do(seat, [found], body.act, **particulars(seat, body))
    return shown_answer.case(inbox.case(seat, uid))


@operation("POST", "/cases/{uid}/notes", shapes.NoteOut, 201, scope="answer")
def note_on_case(request: HttpRequest, workspace_slug: str, uid: shapes.Uid, body: shapes.NoteIn) -> Any:
    seat = seat_of(request, "agent")
    return Status(201, shown_answer.note(deeds.noted(seat, inbox.case(seat, uid), body.text)))


def particulars(seat: Seat, body: shapes.CaseAct) -> Mapping[str, Any]:
    """What an act is told with. Raises InputError, or Http404 for a member or a team that is not there."""
    tell: dict[str, Callable[[], dict[str, Any]]] = {
        "assign": lambda: {"to": colleague(seat, body.to)},
        "team": lambda: team(seat, body.to),
        "label": lambda: {"label": label(body.label)},
        "unlabel": lambda: {"label": label(body.label)},
        "snooze": lambda: {"until_ms": later(body.until)},
    }
    return tell[body.act]() if body.act in tell else {}


def colleague(seat: Seat, uid: str) -> int:
    able = {user.uid: int(user.pk) for user in teams.answerers(seat.workspace)}
    if uid not in able:
        raise Http404
    return able[uid]


def team(seat: Seat, uid: str) -> dict[str, Any]:
    found = teams.team(seat, uid)
    return {"to": found.pk, "uid": found.uid, "name": found.name, "unassign": True}


def label(text: str) -> str:
    kept = acts.label_of(text)
    if not kept:
        raise InputError("inbox.many.no_label")
    return kept


def later(text: str) -> int:
    when = shown.date_ms(text)
    if when <= now_ms():
        raise InputError("inbox.many.past")
    return when


# Replies


@operation("GET", "/cases/{uid}/replies", shapes.ReplyList, scope="answer")
def case_replies(request: HttpRequest, workspace_slug: str, uid: shapes.Uid) -> Any:
    seat = seat_of(request, "agent")
    found = replies.of_case(seat, inbox.case(seat, uid))
    sent = outbox.of(seat.workspace, "reply", [one.uid for one in found])
    return {"items": [shown_answer.reply(one, sent[one.uid].url if one.uid in sent else "") for one in found]}


@operation("POST", "/cases/{uid}/replies", shapes.ReplyOut, 201, scope="answer")
def draft_reply(request: HttpRequest, workspace_slug: str, uid: shapes.Uid, body: shapes.ReplyIn) -> Any:
    """A draft, or with ``propose`` one that waits for approval. A member sends it from the desk."""
    seat = seat_of(request, "agent")
    return Status(201, shown_answer.reply(drafted(seat, inbox.case(seat, uid), body)))


def drafted(seat: Seat, found: Case, body: shapes.ReplyIn) -> Reply:
    """Raises InputError, and Http404 for a post that is not in the case."""
    rows = message.posts(found)
    row = next((one for one in rows if body.post in (None, one.post_id)), None)
    if row is None and body.post is not None:
        raise Http404
    channel = next(iter(message.channels_for(seat, row)), None) if row else None
    written = drafting.Written(
        fresh_id(), body.text, channel, row.post_id if row else None, row.post.uri if row else "", found.private,
        body.lang,
    )  # fmt: skip
    reply = drafting.write(seat, found, written)
    if body.propose:
        drafting.propose(reply, seat.user)
    return reply


@operation("GET", "/replies/{uid}", shapes.ReplyOut, scope="answer")
def reply(request: HttpRequest, workspace_slug: str, uid: shapes.Uid) -> Any:
    seat = seat_of(request, "agent")
    found = replies.reply(seat, uid)
    sent = outbox.of(seat.workspace, "reply", [found.uid]).get(found.uid)
    return shown_answer.reply(found, sent.url if sent else "")


@operation("POST", "/advice", shapes.AdviceOut, scope="read")
def advice(request: HttpRequest, workspace_slug: str, body: shapes.AdviceIn) -> Any:
    """What there is to say of a reply before it leaves, and the promises in it."""
    seat_of(request)
    lang = lang_of(request)
    remarks = [
        {"kind": one.kind, "message": say(one.key, lang, **one.params), "start": one.start, "end": one.end}
        for one in advise(Draft(body.text, body.lang), Asked())
    ]
    found = promises.proposed(body.text, body.lang, now_ms(), ZoneInfo("UTC"), say_in=lang)
    return {"remarks": remarks, "promises": [{"words": one.words, "due": one.due} for one in found]}


@operation("GET", "/channels", shapes.ChannelList, scope="answer")
def channels(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": [shown_answer.channel(one) for one in outbox.channels(seat_of(request, "agent"))]}


# Promises


@operation("GET", "/promises", shapes.PromiseList, scope="answer")
def promise_list(request: HttpRequest, workspace_slug: str, wanted: shapes.Promises = PROMISES) -> Any:
    found = promises.promises(seat_of(request))
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.person:
        found = found.filter(person__uid=wanted.person)
    return {"items": [shown_answer.promise(one) for one in found[: wanted.limit]]}


@operation("GET", "/promises/{uid}", shapes.PromiseOut, scope="answer")
def promise(request: HttpRequest, workspace_slug: str, uid: shapes.Uid) -> Any:
    return shown_answer.promise(promises.promise(seat_of(request), uid))


@operation("POST", "/promises/{uid}", shapes.PromiseOut, scope="answer")
def settle_promise(request: HttpRequest, workspace_slug: str, uid: shapes.Uid, body: shapes.PromiseSettle) -> Any:
    seat = seat_of(request, "agent")
    found = promises.promise(seat, uid)
    settling.settle(seat, found, body.state, proof=body.proof, note=body.note)
    return shown_answer.promise(found)


# Persons


@operation("GET", "/persons", shapes.PersonList, scope="people")
def persons(request: HttpRequest, workspace_slug: str, wanted: shapes.Persons = PERSONS) -> Any:
    """By words, found as the screen finds them: with or without accents, in whatever script. Whose program looked is
    noted."""
    seat = seat_of(request, "agent")
    found = people.persons(seat.workspace).filter(asked_for(wanted.q)).order_by("name", "pk")
    audit.note(request, seat, "api_persons", wanted.q)
    return {"items": [shown_answer.person(one) for one in found[: wanted.limit]]}


@operation("GET", "/persons/{uid}", shapes.PersonOut, scope="people")
def person(request: HttpRequest, workspace_slug: str, uid: shapes.Uid) -> Any:
    seat = seat_of(request, "agent")
    found = people.person(seat, uid)
    audit.note(request, seat, "api_persons", found.name)
    return shown_answer.person(found)
