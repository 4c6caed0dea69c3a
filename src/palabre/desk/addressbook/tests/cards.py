"""What tests of the address book do again and again: persons, rounds, cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from palabre.desk.addressbook import access as books
from palabre.desk.addressbook import syncing
from palabre.desk.addressbook.models import Book, Card
from palabre.desk.addressbook.tests.shelf import Shelf
from palabre.desk.people import access, facts
from palabre.desk.people.models import Person
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Account

AsUser = Callable[[User], Client]
PAGE = "/w/alpha/address-book"
WHY: dict[str, Any] = {"source": "told us", "purpose": "follow_up", "basis": "consent", "by": None}


def met(workspace: Workspace, name: str, yes: str = "follow_up") -> Person:
    """A person who said yes to a purpose ("" for none), with an account and an address."""
    person = access.met(workspace, "mastodon", Account(f"https://m.example/@{name}", name, name.title()))
    facts.add(person, "email", f"{name}@a.example", **WHY)
    if yes:
        facts.agree(person, yes, "given", "by mail", None)
    return Person.objects.of(workspace).get(pk=person.pk)


def round_(workspace: Workspace) -> syncing.Tally:
    Card.objects.of(workspace).update(due_ms=0)
    return syncing.round_of(Book.objects.of(workspace).get())


def card_of(person: Person) -> Card:
    found = books.card_of(person)
    assert found is not None
    return found


def text_of(shelf: Shelf, person: Person) -> str:
    return shelf.cards.get(f"{person.uid}.vcf", "")
