"""The address book on a CardDAV server: where it is, who has a card, what a human decides of one."""

from __future__ import annotations

from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Schema

from palabre.desk.addressbook import access
from palabre.desk.addressbook.forms import BookForm
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, Thing, When, listed, ms
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes import Limit


class BookOut(Schema):
    """Never its password. purposes: a person who said yes to one of them has a card; listed: of this list alone."""

    url: str
    name: str
    user: str
    version: str
    purposes: list[str]
    listed: Thing
    state: str
    ok: When = ms("ok")


class CardOut(Row):
    """state: waiting, there, failed, conflict, removed or left; theirs: what somebody made of it there."""

    person: Thing
    state: str
    put: When = ms("put")
    theirs: str


@operation("GET", "/address-book", BookOut, scope="people")
def address_book(request: HttpRequest, workspace_slug: str) -> Any:
    found = access.book(seat_of(request, "manager").workspace)
    if found is None:
        raise Http404
    return found


@operation("GET", "/address-book/cards", listed(CardOut), scope="people")
def address_cards(request: HttpRequest, workspace_slug: str, limit: Limit = 50) -> Any:
    found = access.book(seat_of(request, "manager").workspace)
    return {"items": access.cards(found)[:limit] if found else []}


BOOK = "/address-book"
PEOPLE: Any = {"scope": "people"}
deed("PATCH", BOOK, "addressbook:settings", "set_address_book", body("BookIn", BookForm, part=True),
     then=address_book, begins=True, **PEOPLE)  # fmt: skip
deed("POST", f"{BOOK}/check", "addressbook:check", "check_address_book", then=address_book, **PEOPLE)
deed("POST", f"{BOOK}/now", "addressbook:now", "sync_address_book", then=address_book, **PEOPLE)
deed("POST", f"{BOOK}/state", "addressbook:state", "pause_address_book",
     body("BookState", state=(Literal["active", "paused"], ...)), then=address_book, **PEOPLE)  # fmt: skip
deed("POST", f"{BOOK}/remove", "addressbook:remove", "remove_address_book",
     body("BookRemove", cards=(Literal["go", "stay"], ...)), **PEOPLE)  # fmt: skip
deed("POST", f"{BOOK}/cards/{{uid}}", "addressbook:card", "judge_card",
     body("CardJudge", keep=(Literal["ours", "theirs"], ...)), then=address_cards, strict=True, **PEOPLE)  # fmt: skip
