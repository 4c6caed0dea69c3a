"""The ledger of promises beyond reading and settling: made elsewhere, put off, reminded of, shown to the person."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Status

from palabre.desk.api.answering import promise
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rooms.views import AddressOut
from palabre.desk.api.rows import Row, When, Who, listed, ms
from palabre.desk.api.screens import deed, file
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.people import access as people
from palabre.desk.promises import access, acts, forms
from palabre.desk.workspaces import audit


class LinkOut(Row):
    made_by: Who
    made: When = ms("made")


@operation("GET", "/persons/{uid}/promise-pages", listed(LinkOut), scope="answer")
def promise_pages(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    """Addresses under which a person sees what was promised to them."""
    seat = seat_of(request)
    return {"items": access.links(seat, people.person(seat, uid))}


@operation("POST", "/persons/{uid}/promise-pages", AddressOut, 201, scope="answer")
def make_promise_page(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    seat = seat_of(request, "agent")
    found = people.person(seat, uid)
    token = acts.give_address(seat, found)
    audit.note(request, seat, "promise_link_made", found.uid)
    return Status(201, {"address": request.build_absolute_uri(reverse("promises:shown", kwargs={"token": token}))})


PROMISE = "/promises/{uid}"
ANSWER: Any = {"scope": "answer"}
deed("POST", "/promises", "promises:add", "add_promise",
     body("PromiseIn", forms.AddForm, case=(Uid | None, None), person=(Uid | None, None)),
     then=promise, status=201, asks=("case", "person"), **ANSWER)  # fmt: skip
deed("POST", f"{PROMISE}/later", "promises:renegotiate", "renegotiate_promise",
     body("PromiseLater", forms.LaterForm), then=promise, **ANSWER)  # fmt: skip
deed("POST", f"{PROMISE}/acts", "promises:act", "act_on_promise",
     body("PromiseAct", what=(Literal["reopen", "told", "owner", "remind"], ...), owner=(Uid | None, None),
          day=(date | None, None)), then=promise, routed=("what",), **ANSWER)  # fmt: skip
deed("DELETE", "/promise-pages/{uid}", "promises:revoke_link", "revoke_promise_page", **ANSWER)
file("/promises.csv", "promises:table", "promises_file", media="text/csv", **ANSWER)
file("/promises.ics", "promises:calendar", "promises_calendar", media="text/calendar", **ANSWER)
