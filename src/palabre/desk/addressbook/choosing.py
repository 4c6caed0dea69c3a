"""Who has a card, and what is on it: nothing that the person's word and its purpose do not allow.

A person has a card who said yes to one of the purposes of the address book, and objected to none of what a card is for.
Of what is known of them only what is kept for such a purpose goes along; accounts, addresses and the name under which
they were met go with the yes. What Palabre reckons by itself (roles, scales) is never on a card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from palabre.desk.addressbook.models import Book
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.people import access, cards
from palabre.desk.people.models import CORE, Consent, Fact, Handle, Person
from palabre.desk.people.selection import chosen, with_consent
from palabre.desk.people.views_lists import of_list
from palabre.desk.workspaces.models import Workspace
from palabre.engage.identity_contact import Contact

CHUNK = 400


@dataclass(frozen=True, slots=True)
class Known:
    """What a choice is made from, by person. said: the newest word on each purpose."""

    handles: Mapping[int, Sequence[Handle]]
    facts: Mapping[int, Sequence[Fact]]
    said: Mapping[int, Mapping[str, str]]


def wanted(book: Book, only: Person | None = None) -> Iterator[tuple[Person, Contact]]:
    """Who has a card, with what is on it; of all, or of one."""
    listed = chosen(book.workspace, of_list(book.listed)) if book.listed else access.persons(book.workspace)
    asked = listed.filter(pk=only.pk) if only else listed
    yield from allowed(book, list(asked.filter(agreed(book)).order_by("pk")))


def entitled(book: Book, persons: Iterable[Person]) -> set[int]:
    """Those of them who may have a card as far as they are concerned, on the list or not; keys."""
    going_on = [one for one in persons if one.merged_into_id is None]
    return {person.pk for person, _ in allowed(book, going_on)}


def agreed(book: Book) -> Q:
    yes = Q(pk__in=[])
    for purpose in book.purposes:
        yes |= with_consent(book.workspace, purpose)
    return yes


def allowed(book: Book, persons: Sequence[Person]) -> Iterator[tuple[Person, Contact]]:
    for start in range(0, len(persons), CHUNK):
        part = persons[start : start + CHUNK]
        known = looked_up(book.workspace, part)
        out = kept_out(book.workspace, known)
        for person in part:
            contact = None if person.pk in out else on_card(book.purposes, person, known)
            if contact is not None:
                yield person, contact


def looked_up(workspace: Workspace, persons: Sequence[Person]) -> Known:
    handles: dict[int, list[Handle]] = {}
    facts: dict[int, list[Fact]] = {}
    said: dict[int, dict[str, str]] = {}
    for one in Handle.objects.of(workspace).filter(person__in=persons):
        handles.setdefault(one.person_id, []).append(one)
    for fact in Fact.objects.of(workspace).filter(person__in=persons):
        facts.setdefault(fact.person_id, []).append(fact)
    for word in Consent.objects.of(workspace).filter(person__in=persons).order_by("at_ms", "pk"):
        said.setdefault(word.person_id, {})[word.purpose] = word.state
    return Known(handles, facts, said)


def kept_out(workspace: Workspace, known: Known) -> set[int]:
    """Keys of persons of whom an account or an address objected."""
    marks = {(one.network, one.uri, one.handle): one.person_id for part in known.handles.values() for one in part}
    mails = ((fact.value.lower(), fact.person_id) for part in known.facts.values() for fact in part if is_mail(fact))
    marks |= {("mail", f"mailto:{mail}", mail): key for mail, key in mails}
    out = archive().authors.kept_out_among(workspace.id, marks)
    return {key for (network, uri, _), key in marks.items() if (network, uri) in out}


def is_mail(fact: Fact) -> bool:
    return fact.name == "email"


def on_card(purposes: Sequence[str], person: Person, known: Known) -> Contact | None:
    """None: no card. Pure, but for the time of day."""
    said = known.said.get(person.pk, {})
    yes = {name for name in purposes if said.get(name) == "given"}
    objects = all(said.get(name, "given") != "given" for name in access.CONTACTS)
    if not yes or objects:
        return None
    theirs = known.facts.get(person.pk, ())
    newest = sorted(theirs, key=lambda fact: (-fact.since_ms, -fact.pk))  # of what a card has one of
    facts = [fact for fact in newest if fact.purpose in purposes and may_go(fact, said)]
    whole = cards.contact_of(person, known.handles.get(person.pk, ()), facts)
    contact = replace(whole, relation="", addressed="", **core(person, theirs, facts))
    name = contact.name or contact.organisation or next(iter(contact.emails), "")
    return replace(contact, name=name) if name else None


def may_go(fact: Fact, said: Mapping[str, str]) -> bool:
    """Whether what the person said of its purpose allows it: a yes where it rests on consent, no refusal else."""
    word = said.get(fact.purpose, "")
    past = 0 < fact.until_ms <= now_ms()
    return not past and (word == "given" or (not word and fact.basis != "consent"))


def core(person: Person, theirs: Sequence[Fact], allowed: Sequence[Fact]) -> dict[str, Any]:
    """Name, kind and language: one that was written down for a purpose goes only where that purpose allows it."""
    written = {fact.name for fact in theirs if fact.name in CORE}
    passed = {(fact.name, fact.value) for fact in allowed}
    empty = {"name": "", "kind": "human", "lang": ""}
    shown = {name: getattr(person, name) for name in empty}
    return {
        name: value if name not in written or (name, value) in passed else empty[name]
        for name, value in shown.items()
    }  # fmt: skip
