"""Profiles that an address book names before their account was heard: kept as facts, linked once it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from palabre.archive.authors import Known
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.people import index
from palabre.desk.people.models import Fact, Handle, Person
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.identity_contact import Contact

NAME = "profile"
CHARS = 500  # of the value of a fact
Heard = Mapping[str, list[Known]]


def unheard(one: Contact, heard: Heard) -> list[tuple[str, str]]:
    """(name of a fact, value) of the profiles that nobody heard; what is no address is left out."""
    rest = (found for found in dict.fromkeys(one.accounts) if found not in heard)
    return [(NAME, found) for found in rest if len(found) <= CHARS and found.split() == [found]]


def handle(person: Person, found: Known, by: User | None) -> Handle:
    """Not saved yet. Whoever took the address book in vouches for it."""
    account = found.account
    named = {"handle": account.handle[:300], "name": account.name[:300], "url": account.url[:1000]}
    return Handle(workspace=person.workspace, person=person, network=found.network, uri=account.uri, **named,
                  proof="reviewed", linked_ms=now_ms(), linked_by=by)  # fmt: skip


def link(workspace: Workspace) -> int:
    """Facts whose account was heard since become accounts of their person; how many. One that is another person's
    stays what it is: a member decides."""
    facts: list[Any] = list(Fact.objects.of(workspace).filter(name=NAME).select_related("person", "by"))
    heard = archive().authors.of_addresses(workspace.id, (fact.value for fact in facts))
    return sum(linked(fact, heard[fact.value]) for fact in facts if fact.value in heard)


@transaction.atomic
def linked(fact: Fact, found: list[Known]) -> bool:
    """Whether every account at that address is the person's now; the fact then goes."""
    rows, handles = [handle(fact.person, one, fact.by) for one in found], Handle.objects.of(fact.workspace)
    handles.bulk_create(rows, ignore_conflicts=True)
    if any(handles.get(network=one.network, uri=one.uri).person_id != fact.person_id for one in rows):
        return False
    fact.delete()
    index.refreshed(fact.person)
    return True
