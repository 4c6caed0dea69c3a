"""Ambassadors and recognition: who said yes, how they are thanked. Only a person's own answer enrols."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Schema, Status

from palabre.desk.ambassadors import access, acts, figures, forms
from palabre.desk.ambassadors.models import KINDS
from palabre.desk.ambassadors.views import person_of
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.registers import FigureOut, figure_shown
from palabre.desk.api.rows import Row, Thing, When, Who, listed, ms
from palabre.desk.api.screens import deed, file
from palabre.desk.api.shapes import Closed, Id, Limit
from palabre.desk.api.shapes_answer import Named, Uid
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.workspaces import audit

DAY_MS = 86_400_000


class AmbassadorOut(Schema):
    """helped: times in the last months; waits: days since a help that nobody thanked for, null where none waits."""

    id: str
    person: Named
    kind: str
    joined: str | None
    helped: FigureOut
    thanked_on: date | None
    waits: int | None


class InviteOut(Row):
    person: Thing
    kind: str
    answer: str
    made: When = ms("made")
    expires: When = ms("expires")
    withdrawn: When = ms("withdrawn")
    made_by: Who


class AmbassadorInvitedOut(Schema):
    """address: of the page where the person answers, shown this once; a member gives it to them."""

    invite: InviteOut
    address: str


class InviteIn(Closed):
    """A person, or the address of an account that was heard."""

    kind: Literal[KINDS]  # type: ignore[valid-type]
    person: Uid | None = None
    account: str = ""


class RecognitionOut(Row):
    person: Thing
    on: date
    kind: str
    nature: str
    words: str
    low: float | None
    high: float | None
    currency: str
    disclosed: bool
    by: Who


@operation("GET", "/ambassadors", listed(AmbassadorOut), scope="people")
def ambassadors(request: HttpRequest, workspace_slug: str) -> Any:
    """Those who wait for thanks the longest first."""
    seat, lang = seat_of(request, "agent"), lang_of(request)
    until = now_ms()
    span = (until - figures.PERIOD_DAYS * DAY_MS, until)
    return {"items": [standing_shown(one, span, lang) for one in figures.standings(seat)]}


def standing_shown(one: figures.Standing, span: tuple[int, int], lang: str) -> dict[str, Any]:
    joined = one.membership
    return {
        "id": joined.uid,
        "person": {"id": joined.person.uid, "name": joined.person.name},
        "kind": joined.kind,
        "joined": figure_shown(one.helped, (joined.joined_ms, 0), lang)["since"],
        "helped": figure_shown(one.helped, span, lang),
        "thanked_on": one.thanked_on,
        "waits": one.waits,
    }


@operation("GET", "/ambassador-invites", listed(InviteOut), scope="people")
def ambassador_invites(request: HttpRequest, workspace_slug: str, limit: Limit = 50) -> Any:
    return {"items": access.invites(seat_of(request, "agent").workspace)[:limit]}


@operation("GET", "/recognitions", listed(RecognitionOut), scope="people")
def recognitions(request: HttpRequest, workspace_slug: str, limit: Limit = 50) -> Any:
    return {"items": access.recognitions(seat_of(request, "agent").workspace)[:limit]}


@operation("POST", "/ambassador-invites", AmbassadorInvitedOut, 201, scope="people")
def invite_ambassador(request: HttpRequest, workspace_slug: str, body: InviteIn) -> Any:
    """Makes an invitation; a member hands it over, the house sends nothing."""
    seat = seat_of(request, "agent")
    person = person_of(seat, body.person or "", body.account)
    made, token = acts.invited(seat, person, body.kind)
    audit.note(request, seat, "ambassador_invited", person.name)
    address = request.build_absolute_uri(reverse("ambassadors:answer", args=[token]))
    return Status(201, {"invite": made, "address": address})


PEOPLE: Any = {"scope": "people"}
deed("POST", "/ambassador-invites/{uid}/withdraw", "ambassadors:withdraw", "withdraw_invite", then=ambassador_invites,
     **PEOPLE)  # fmt: skip
deed("POST", "/ambassadors/{uid}/end", "ambassadors:end", "end_ambassador", then=ambassadors, **PEOPLE)
deed("POST", "/persons/{uid}/recognitions", "ambassadors:thank", "note_recognition",
     body("RecognitionIn", forms.RecognitionForm, begins=("on", "kind", "nature")), then=recognitions, status=201,
     begins=True, **PEOPLE)  # fmt: skip
deed("DELETE", "/recognitions/{uid}", "ambassadors:remove", "remove_recognition", **PEOPLE)
deed(
    "POST",
    "/disclosures",
    "ambassadors:settle",
    "settle_disclosure",
    body("DisclosureIn", person=(Uid, ...), post=(Id, ...), what=(Literal["reminded", "fine"], ...)),
    **PEOPLE,
)
file("/recognitions.csv", "ambassadors:export", "recognitions_file", media="text/csv", **PEOPLE)
