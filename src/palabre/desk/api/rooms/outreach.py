"""Going out to people: whom to contact and why, by whom, what came of it. Nothing here sends anything."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Schema

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, Thing, When, Who, listed, ms
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes import Limit, Word
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.outreach import access, forms
from palabre.desk.outreach.models import STATES

State = Literal[("", *STATES)]  # type: ignore[valid-type]


class ContactOut(Row):
    """reasons: kind, since, about, post, ground; suggested_to: a human who knows them; opening: a first line."""

    person: Thing
    case: Thing
    state: str
    reasons: list[list[Any]]
    last: When = ms("last")
    suggested_to: Who
    owner: Who
    opening: str
    until: When = ms("until")
    outcome: str
    outcome_at: When = ms("outcome")
    note: str


class WeekOut(Schema):
    """per_week: how many we contact at most."""

    per_week: int


@operation("GET", "/contacts", listed(ContactOut), scope="people")
def contacts(request: HttpRequest, workspace_slug: str, state: State = "", limit: Limit = 50) -> Any:
    """The most pressing first."""
    found = access.contacts(seat_of(request, "agent"))
    return {"items": (found.filter(state=state) if state else found)[:limit]}


@operation("GET", "/contacts/{uid}", ContactOut, scope="people")
def contact(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.contact(seat_of(request, "agent"), uid)


@operation("GET", "/contact-week", WeekOut, scope="people")
def contact_week(request: HttpRequest, workspace_slug: str) -> Any:
    return access.round_of(seat_of(request, "agent").workspace)


PEOPLE: Any = {"scope": "people"}
ACT = body("ContactAct", what=(Literal["take", "put_off", "write"], ...), opening=(str, ""))
deed("POST", "/contact-week/look", "outreach:look", "look_for_contacts", then=contacts, **PEOPLE)
deed("POST", "/contacts/{uid}/acts", "outreach:act", "act_on_contact", ACT, then=contact, routed=("what",), **PEOPLE)
deed("POST", "/contacts/{uid}/outcome", "outreach:contact", "conclude_contact",
     body("ContactOutcome", forms.OutcomeForm), then=contact, **PEOPLE)  # fmt: skip
deed("PUT", "/contact-week", "outreach:week", "set_contact_week", body("ContactWeek", forms.WeekForm),
     then=contact_week, **PEOPLE)  # fmt: skip
deed("POST", "/persons/{uid}/objection", "outreach:objection", "note_objection",
     body("ObjectionIn", words=(Word, "")), **PEOPLE)  # fmt: skip
