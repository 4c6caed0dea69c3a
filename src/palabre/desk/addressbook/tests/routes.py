"""Access rows of the address book."""

from __future__ import annotations

from typing import Any

from palabre.desk.addressbook import sealing
from palabre.desk.addressbook.models import Book, Card
from palabre.desk.people.models import Person
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, Row

SAID = {"url": "https://127.0.0.1/book/", "user": "house", "password": "x", "purposes": ["follow_up"], "do": "save"}


def made(workspace: Workspace, url: str = "http://127.0.0.1:9/none/", **values: Any) -> Book:
    """An address that the guard refuses, unless another one is given."""
    known: dict[str, Any] = {"name": "Contacts", "user": "house", "purposes": ["follow_up"], "made_ms": 1} | values
    fresh = Book(workspace=workspace, url=url, **known)
    fresh.password = sealing.sealed("secret", fresh.uid)
    fresh.save()
    return fresh


def a_book(workspace: Workspace) -> dict[str, Any]:
    Book.objects.of(workspace).delete()
    made(workspace)
    return {}


def a_card(workspace: Workspace) -> dict[str, Any]:
    a_book(workspace)
    person = Person.objects.add(workspace, name="Zoé", made_ms=1, changed_ms=1)
    book = Book.objects.of(workspace).get()
    return {"uid": Card.objects.add(workspace, book=book, person=person, stem=person.uid, state="conflict").uid}


ROWS = (
    Row("addressbook:index", needs="manager", ids=a_book),
    Row("addressbook:settings", needs="manager"),
    Row("addressbook:settings", "POST", "manager", 400, data=SAID),
    Row("addressbook:check", "POST", "manager", 302, a_book),
    Row("addressbook:now", "POST", "manager", 302, a_book),
    Row("addressbook:state", "POST", "manager", 302, a_book, data={"state": "paused"}),
    Row("addressbook:remove", "POST", "manager", 302, a_book, data={"cards": "stay"}),
    Row("addressbook:card", needs="manager", ids=a_card, absent=ABSENT),
    Row("addressbook:card", "POST", "manager", 302, a_card, ABSENT, {"keep": "theirs"}),
)
