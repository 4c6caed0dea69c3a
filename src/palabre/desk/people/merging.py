"""Two persons become one, and can become two again exactly as they were.

Nothing is overwritten. A row that moves (a handle, a case, a promise, whatever app it is of) is noted once with the
person it belonged to (`Home`); values that the other's cover are kept beside them (`Person.own`). What is added later
belongs to the one who stayed; what is changed by hand later is not changed back. Merges may be undone in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction

from palabre.desk.clock import now_ms
from palabre.desk.people import index
from palabre.desk.people.models import CORE, Home, Merge, Person
from palabre.desk.workspaces.models import User, Workspace
from palabre.errors import InputError

BOOKS = (Merge, Home, Person)  # what tells of merges does not move with them


def belongings() -> Iterator[tuple[type[models.Model], str]]:
    """(model, field) of everything in the house that hangs on a person."""
    for entry in Person._meta.get_fields(include_hidden=True):
        if isinstance(entry, models.ManyToOneRel) and entry.related_model not in BOOKS:
            yield entry.related_model, entry.field.name


def counts(person: Person) -> list[tuple[str, int]]:
    """How much of each kind hangs on a person: ("people.handle", 2) …; nothing where there is none."""
    found = [(model._meta.label_lower, rows_of(model, field, [person.pk]).count()) for model, field in belongings()]
    return [one for one in found if one[1]]


def rows_of(model: type[models.Model], field: str, persons: Iterable[int]) -> Any:
    return model._base_manager.filter(**{f"{field}_id__in": list(persons)})


def conflicts(kept: Person, gone: Person) -> list[tuple[str, str, str]]:
    """(name, of kept, of gone) of what a person has one of, where both say something and not the same."""
    pairs = ((name, getattr(kept, name), getattr(gone, name)) for name in CORE)
    return [(name, mine, theirs) for name, mine, theirs in pairs if theirs and mine != theirs]


@transaction.atomic
def merge(kept: Person, gone: Person, taken: Sequence[str] = (), *, by: User | None = None, why: str = "hand") -> Merge:
    """``gone`` becomes part of ``kept``. taken: names of CORE whose value is that of ``gone`` from now on. Raises
    InputError: people.merge_self, people.merge_gone."""
    kept, gone = fresh(kept), fresh(gone)
    if kept.pk == gone.pk:
        raise InputError("people.merge_self")
    if kept.merged_into_id or gone.merged_into_id:
        raise InputError("people.merge_gone")
    made = Merge.objects.add(
        kept.workspace, kept=kept, gone=gone, taken=[name for name in CORE if name in taken], why=why, by=by,
        at_ms=now_ms(),
    )  # fmt: skip
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    move(kept.workspace, [gone.pk], kept)
    settled(kept)
    return made


def fresh(person: Person) -> Person:
    """As the database has it now, held until the transaction ends."""
    return Person.objects.of(person.workspace).select_for_update().get(pk=person.pk)


def move(workspace: Workspace, sources: Sequence[int], kept: Person) -> None:
    """Every row of these persons to another one, its home noted; one that the other has already stays where it is."""
    for model, field in belongings():
        for row in rows_of(model, field, sources).order_by("pk"):
            was = getattr(row, f"{field}_id")
            if repointed(model, row.pk, field, kept.pk):
                Home.objects.of(workspace).get_or_create(
                    workspace=workspace, model=mark(model, field), row=row.pk, defaults={"person_id": was}
                )


def mark(model: type[models.Model], field: str) -> str:
    """ "inbox.case", and the field's name where it is not ``person``."""
    return model._meta.label_lower + ("" if field == "person" else f".{field}")


def repointed(model: type[models.Model], pk: int, field: str, person_id: int) -> bool:
    """False: the other person has one like it (a list is entered once)."""
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=pk).update(**{f"{field}_id": person_id})
    except IntegrityError:
        return False
    return True


@transaction.atomic
def unmerge(made: Merge) -> Person:
    """Takes a merge back; the person who is there again. Safe to call twice."""
    made = Merge.objects.of(made.workspace).select_for_update().get(pk=made.pk)
    gone = fresh(made.gone)
    if made.undone_ms or gone.merged_into_id != made.kept_id:
        return gone
    everyone = family(root(gone))
    Merge.objects.of(made.workspace).filter(pk=made.pk).update(undone_ms=now_ms())
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    send_home(gone, everyone)
    up: Person | None = made.kept
    while up is not None:
        up = settled(up).merged_into
    settled(gone)
    return gone


def send_home(person: Person, everyone: Sequence[int]) -> None:
    """Rows whose home is the person, or somebody who went into them, back to the person; a row that somebody gave to
    an outsider since stays there."""
    known = {mark(model, field): (model, field) for model, field in belongings()}
    for home in Home.objects.of(person.workspace).filter(person_id__in=family(person)):
        model, field = known.get(home.model, (None, ""))
        row = model._base_manager.filter(pk=home.row).first() if model else None
        stays = row is None or getattr(row, f"{field}_id") not in everyone
        if not stays and model:
            repointed(model, home.row, field, person.pk)
        if stays or home.person_id == person.pk:
            home.delete()


def root(person: Person) -> Person:
    """The person that this one is part of now."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


def family(person: Person) -> list[int]:
    """The keys of a person and of all who went into them."""
    found, layer = [person.pk], [person.pk]
    while layer:
        layer = list(Person.objects.of(person.workspace).filter(merged_into_id__in=layer).values_list("pk", flat=True))
        found += layer
    return found


def settled(person: Person) -> Person:
    """Reckons anew what a person shows: their own values, covered by those taken from others, the latest merge last."""
    person = fresh(person)
    covered: dict[str, str] = {}
    for made in Merge.objects.of(person.workspace).filter(kept=person, undone_ms=0).select_related("gone"):
        covered |= {name: getattr(made.gone, name) for name in made.taken}
    own = {name: person.own.get(name, getattr(person, name)) for name in CORE}
    for name in CORE:
        setattr(person, name, covered.get(name, own[name]))
    person.own = {name: own[name] for name in covered}
    person.changed_ms = now_ms()
    person.save(update_fields=[*CORE, "own", "changed_ms"])
    index.refreshed(person)
    return person


def decided(person: Person, values: dict[str, str]) -> Person:
    """Values of CORE that a member sets: they hold whatever merges said, also after these are undone."""
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    for made in Merge.objects.of(person.workspace).filter(kept=person, undone_ms=0):
        if set(made.taken) & set(changed):
            made.taken = [name for name in made.taken if name not in changed]
            made.save(update_fields=["taken"])
    for name in changed:
        setattr(person, name, values[name])
        person.own.pop(name, None)
    person.changed_ms = now_ms()
    person.save(update_fields=[*changed, "own", "changed_ms"])
    index.refreshed(person)
    return person


def joined_in(person: Person) -> list[Merge]:
    """Merges that hold, of everybody in the family, the newest first."""
    known = Merge.objects.of(person.workspace).filter(kept_id__in=family(person), undone_ms=0)
    return list(known.select_related("gone", "by", "kept").order_by("-at_ms", "-pk"))
