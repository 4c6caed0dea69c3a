"""Cases beyond one act: made by hand, several at once and taken back, joined, split, routed; notices; what comes in."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from palabre.desk.api.answering import case, particulars
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Thing, When, Who, listed, ms
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes import Id
from palabre.desk.api.shapes_answer import CaseAct, Title, Uid
from palabre.desk.inbox import access, acts, forms, notices
from palabre.desk.inbox.folding import intake_of

Uids = Annotated[list[Uid], Field(min_length=1, max_length=200)]


class ActOut(Schema):
    """n: cases that it changed; undo: how it is taken back."""

    id: Uid
    n: int


class NoticeOut(Schema):
    """What this member was told and has not seen. kind: named, assigned, back, asked."""

    kind: str
    case: Thing
    by: Who
    made: When = ms("made")


class IntakeOut(Schema):
    """Which mentions come into the inbox; what is said to us always does."""

    mentions: bool
    intents: list[str]
    kinds: list[str]
    sure_percent: int
    days: int
    answer_hours: int


class CasesAct(CaseAct):
    """The same act on several cases."""

    cases: Uids


@operation("POST", "/case-acts", ActOut, 200, scope="answer")
def act_on_cases(request: HttpRequest, workspace_slug: str, body: CasesAct) -> Any:
    """One act on several cases, that can be taken back."""
    seat = seat_of(request, "agent")
    found = list(access.cases(seat).filter(uid__in=body.cases))
    done = acts.do(seat, found, body.act, **particulars(seat, body))
    return {"id": done.uid, "n": done.n}


@operation("GET", "/notices", listed(NoticeOut), scope="answer")
def notice_list(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": notices.unread(seat_of(request, "agent"))}


@operation("GET", "/intake", IntakeOut, scope="answer")
def intake(request: HttpRequest, workspace_slug: str) -> Any:
    seat = seat_of(request, "agent")
    return intake_of(seat.workspace)


CASE = "/cases/{uid}"
ANSWER: Any = {"scope": "answer"}
deed("POST", "/cases-by-hand", "inbox:new", "add_case", body("CaseByHand", forms.NewCase), then=case, status=201,
     **ANSWER)  # fmt: skip
deed("POST", "/case-acts/{uid}/undo", "inbox:undo", "undo_act", **ANSWER)
deed("POST", f"{CASE}/title", "inbox:title", "name_case", body("CaseTitle", title=(Title, ...)), then=case, **ANSWER)
deed("POST", f"{CASE}/merge", "inbox:merge", "merge_cases", body("CaseMerge", case=(Uids, ...)), then=case, **ANSWER)
deed("POST", f"{CASE}/unmerge", "inbox:unmerge", "unmerge_case", then=case, **ANSWER)
deed("POST", f"{CASE}/split", "inbox:split", "split_case",
     body("CaseSplit", post=(Annotated[list[Id], Field(min_length=1, max_length=500)], ...)), then=case,
     **ANSWER)  # fmt: skip
deed(
    "POST",
    f"{CASE}/route",
    "teams:route",
    "route_case",
    body("CaseRoute", team=(Uid, ...), note=(Annotated[str, Field(max_length=500)], "")),
    then=case,
    **ANSWER,
)
deed("POST", "/notices/read", "inbox:notices", "read_notices", then=notice_list, **ANSWER)
deed("PATCH", "/intake", "inbox:settings", "change_intake", body("IntakeChange", forms.IntakeForm, part=True),
     then=intake, begins=True, **ANSWER)  # fmt: skip
