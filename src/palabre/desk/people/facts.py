"""What is known of a person: each thing with its source, its purpose, its lawful basis, since when and by whom."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from palabre.desk.clock import now_ms
from palabre.desk.people import index, merging
from palabre.desk.people.models import AGREED, BASES, CORE, KINDS, PURPOSES, RELATIONS, Consent, Fact, Note, Person
from palabre.desk.workspaces.models import User
from palabre.engage.identity_refused import refused
from palabre.errors import InputError

DAY_MS = 86_400_000
NOTE_CHARS = 5_000
NAME_CHARS, VALUE_CHARS = 40, 500
FEW = {"kind": KINDS, "relation": RELATIONS, "lang": ("fr", "en")}  # things of CORE that are chosen, not written
HELD = ("email", "phone", "organisation", "job", "city", "country", "site", "profile", "tag")  # names that have a label


def checked(name: str, value: str) -> tuple[str, str]:
    """Both without spaces around. Raises InputError: people.fact_empty, people.fact_unknown, people.refused.…"""
    name = " ".join(name.split())[:NAME_CHARS]
    most = getattr(Person._meta.get_field(name), "max_length", None) if name in CORE else VALUE_CHARS
    value = " ".join(value.split())[:most]
    if not name or not value:
        raise InputError("people.fact_empty")
    free = name not in HELD and name not in CORE
    subject = (refused(name) if free else "") or (refused(value) if free or name == "tag" else "")
    if value not in FEW.get(name, (value,)):
        raise InputError("people.fact_unknown", name=name, values=", ".join(FEW[name]))
    if subject:
        raise InputError(f"people.refused.{subject}", word=value if name == "tag" else name)
    return name, value


def add(person: Person, name: str, value: str, *, source: str, purpose: str, basis: str, by: User | None,
        days: int = 0, since_ms: int = 0) -> Fact:  # fmt: skip
    """One thing more. A thing of CORE has one value: the person shows it from now on. days: kept so long, 0: as long as
    the person. Raises InputError."""
    name, value = checked(name, value)
    if purpose not in PURPOSES or basis not in BASES or not source.strip():
        raise InputError("people.fact_why")
    now = now_ms()
    values: dict[str, Any] = {"source": source.strip()[:200], "purpose": purpose, "basis": basis, "by": by}
    values |= {"since_ms": since_ms or now, "until_ms": now + days * DAY_MS if days else 0}
    with transaction.atomic():
        if name in CORE:
            Fact.objects.of(person.workspace).filter(person=person, name=name).delete()
            merging.decided(merging.fresh(person), {name: value})
        made, _ = Fact.objects.of(person.workspace).update_or_create(
            workspace=person.workspace, person=person, name=name, value=value, defaults=values
        )
        index.refreshed(merging.fresh(person))
    return made


def decide(person: Person, values: dict[str, str], *, source: str, purpose: str, basis: str, by: User | None) -> Person:
    """Things of CORE at once; an empty one is forgotten."""
    with transaction.atomic():
        person = merging.fresh(person)
        changed = {name: value for name, value in values.items() if getattr(person, name) != value}
        person = merging.decided(person, changed)
        for name, value in changed.items():
            Fact.objects.of(person.workspace).filter(person=person, name=name).delete()
            if value:
                Fact.objects.add(person.workspace, person=person, name=name, value=value, source=source[:200],
                                 purpose=purpose, basis=basis, by=by, since_ms=now_ms())  # fmt: skip
    return person


def drop(fact: Fact) -> None:
    """Forgets it; what a person has one of is then not known."""
    person, name = fact.person, fact.name
    with transaction.atomic():
        fact.delete()
        if name in CORE:
            merging.decided(merging.fresh(person), {name: "human" if name == "kind" else ""})
        index.refreshed(merging.fresh(person))


def agree(person: Person, purpose: str, state: str, words: str, by: User | None) -> Consent:
    """Writes down what the person said. Raises InputError."""
    if purpose not in PURPOSES or state not in AGREED or not words.strip():
        raise InputError("people.consent_why")
    return Consent.objects.add(
        person.workspace, person=person, purpose=purpose, state=state, words=words.strip()[:300], at_ms=now_ms(), by=by
    )


def note(person: Person, text: str, by: User | None) -> Note:
    """Raises InputError for an empty one."""
    if not text.strip():
        raise InputError("people.note_empty")
    return Note.objects.add(person.workspace, person=person, text=text.strip()[:NOTE_CHARS], by=by, at_ms=now_ms())


def forget_overdue() -> int:
    """Drops what may be kept no longer; how many."""
    overdue = list(Fact.due.filter(until_ms__gt=0, until_ms__lte=now_ms()).select_related("person", "workspace"))
    for fact in overdue:
        drop(fact)
    return len(overdue)
