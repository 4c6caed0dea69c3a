"""The only doors to the address book and its cards."""

from __future__ import annotations

from typing import Any

from palabre.desk.addressbook.models import Book, Card, Push
from palabre.desk.people.models import Person
from palabre.desk.workspaces.access import Seat, one
from palabre.desk.workspaces.models import Workspace


def book(workspace: Workspace) -> Book | None:
    """That of the workspace, where one is set up."""
    return Book.objects.of(workspace).select_related("listed", "workspace").first()


def card(seat: Seat, uid: str) -> Card:
    return one(Card.objects.of(seat.workspace).select_related("book", "person", "book__workspace"), uid=uid)


def cards(found: Book) -> Any:
    """As a query set."""
    return Card.objects.of(found.workspace).filter(book=found).select_related("person")


def pushes(found: Book) -> Any:
    """The journal, newest first, as a query set."""
    return Push.objects.of(found.workspace).filter(book=found)


def card_of(person: Person) -> Card | None:
    return Card.objects.of(person.workspace).filter(person=person).select_related("book").first()
