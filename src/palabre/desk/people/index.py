"""What a person is found by, and when they were last seen: columns that follow from other rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from palabre.desk.engine import archive
from palabre.desk.people.models import Fact, Handle, Person
from palabre.desk.workspaces.models import Workspace
from palabre.engage.identity_names import latin

SEARCH_CHARS = 2_000
SEARCHED = ("email", "phone", "organisation", "tag", "city", "job", "profile")
WORDS_MAX = 8
CHUNK = 400


def refreshed(person: Person) -> None:
    """Writes the words a person is found by; those of all their accounts and addresses."""
    handles = list(Handle.objects.of(person.workspace).filter(person=person).values_list("handle", "name", "uri"))
    facts = Fact.objects.of(person.workspace).filter(person=person, name__in=SEARCHED).values_list("value", flat=True)
    said = [person.name, *(part for one in handles for part in one), *facts]
    person.search = searched(said)
    Person.objects.of(person.workspace).filter(pk=person.pk).update(search=person.search)


def searched(said: Iterable[str]) -> str:
    """As written and in Latin letters, small, each once."""
    found = dict.fromkeys(form for one in said if one for form in (latin(one), one.lower()))
    return " ".join(found)[:SEARCH_CHARS]


def asked_for(words: str) -> Q:
    """All of these words, in whatever script and with or without accents."""
    wanted = Q()
    for word in words.lower().split()[:WORDS_MAX]:
        wanted &= Q(search__contains=latin(word).strip("@")) | Q(search__contains=word.strip("@"))
    return wanted


def seen(workspace: Workspace, persons: Sequence[int] | None = None) -> int:
    """Writes when persons were last heard, all or some; how many changed."""
    rows = Handle.objects.of(workspace).exclude(network="mail")
    rows = rows.filter(person_id__in=persons) if persons is not None else rows
    last: dict[int, int] = {}
    listed: list[Any] = list(rows.values_list("person_id", "network", "uri"))
    for start in range(0, len(listed), CHUNK):
        part = listed[start : start + CHUNK]
        known = archive().authors.counted(workspace.id, [(network, uri) for _, network, uri in part])
        for person_id, network, uri in part:
            found = known.get((network, uri))
            last[person_id] = max(last.get(person_id, 0), found.last_ms if found else 0)
    everybody = Person.objects.of(workspace)
    asked = everybody.filter(pk__in=persons) if persons is not None else everybody
    changed = [one for one in asked if one.seen_ms != last.get(one.pk, 0)]
    for one in changed:
        one.seen_ms = last.get(one.pk, 0)
    written(workspace, changed, ["seen_ms"])
    return len(changed)


def written(workspace: Workspace, persons: Sequence[Person], columns: Sequence[str]) -> None:
    """Writes columns that can be reckoned again, in short steps: whoever else writes waits for one of them at most."""
    for start in range(0, len(persons), CHUNK):
        Person.objects.of(workspace).bulk_update(persons[start : start + CHUNK], columns)
