"""Joining persons and parting them again: exactly as they were, whatever happened between, in whatever order."""

from __future__ import annotations

import random
from typing import Any

import pytest

from palabre.desk.inbox.models import Case
from palabre.desk.people import access, facts, merging
from palabre.desk.people.models import CORE, Home, Merge, Note, Person, PersonList
from palabre.desk.people.models import ListMember as Member
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.models import Workspace
from palabre.errors import InputError
from palabre.model import Account

WHY = {"source": "told us", "purpose": "answer", "basis": "consent", "by": None}
DERIVED = {"changed_ms", "search", "seen_ms"}


def someone(workspace: Workspace, number: int) -> Person:
    found = access.met(workspace, "mastodon", Account(f"https://m.example/@{number}", f"p{number}", f"Person {number}"))
    found.lang = ("fr", "en", "")[number % 3]
    found.addressed = ("tu", "vous")[number % 2]
    found.save()
    Case.objects.add(workspace, title=f"case {number}", person=found, opened_ms=1, changed_ms=1)
    Promise.objects.add(workspace, words=f"promise {number}", person=found, made_ms=1)
    facts.note(found, f"note {number}", None)
    facts.add(found, "tag", f"tag{number}", **WHY)  # type: ignore[arg-type]
    return found


def state(workspace: Workspace) -> dict[str, Any]:
    """Everything that hangs on persons, and the persons, without what follows from the rest."""
    found: dict[str, Any] = {}
    rows: Any = Person.objects.of(workspace).order_by("pk").values()
    for row in rows:
        found[f"person {row['id']}"] = {name: value for name, value in row.items() if name not in DERIVED}
    for model, field in merging.belongings():
        key = f"{field}_id"
        rows = model._base_manager.order_by("pk").values()
        for row in rows:
            found[f"{model._meta.label} {row['id']}"] = {**row, key: row[key]}
    return found


def test_an_unmerge_gives_back_exactly_what_was(alpha: Workspace) -> None:
    one, two = someone(alpha, 1), someone(alpha, 2)
    before = state(alpha)
    made = merging.merge(one, two, ["name", "addressed"])
    assert Case.objects.of(alpha).filter(person=one).count() == 2
    assert Person.objects.of(alpha).get(pk=one.pk).name == "Person 2"
    assert access.behind(alpha, "mastodon", "https://m.example/@2") == one
    merging.unmerge(made)
    assert state(alpha) == before
    assert not Home.objects.of(alpha).exists()


def test_what_was_added_meanwhile_stays_with_the_one_who_stayed(alpha: Workspace) -> None:
    one, two = someone(alpha, 1), someone(alpha, 2)
    before = state(alpha)
    made = merging.merge(one, two)
    one.refresh_from_db()
    case = Case.objects.add(alpha, title="later", person=one, opened_ms=2, changed_ms=2)
    note = facts.note(one, "later", None)
    merging.unmerge(made)
    case.refresh_from_db()
    note.refresh_from_db()
    assert (case.person_id, note.person_id) == (one.pk, one.pk)
    case.delete()
    note.delete()
    assert state(alpha) == before


def test_what_a_member_decided_meanwhile_is_not_undone(alpha: Workspace) -> None:
    one, two = someone(alpha, 1), someone(alpha, 2)
    made = merging.merge(one, two, ["name", "lang"])
    facts.add(one, "name", "Ana", **WHY)  # type: ignore[arg-type]
    merging.unmerge(made)
    one.refresh_from_db()
    assert (one.name, one.lang) == ("Ana", "en")


def test_a_row_that_somebody_gave_to_another_stays_there(alpha: Workspace) -> None:
    one, two, three = (someone(alpha, n) for n in (1, 2, 3))
    made = merging.merge(one, two)
    Case.objects.of(alpha).filter(title="case 2").update(person=three)
    merging.unmerge(made)
    assert Case.objects.of(alpha).get(title="case 2").person == three


def test_a_list_that_both_are_in_names_them_once_and_both_again(alpha: Workspace) -> None:
    one, two = someone(alpha, 1), someone(alpha, 2)
    listed = PersonList.objects.add(alpha, name="Press", made_ms=1)
    for person in (one, two):
        Member.objects.add(alpha, list=listed, person=person, at_ms=1)
    before = state(alpha)
    made = merging.merge(one, two)
    assert Member.objects.of(alpha).filter(person=one).count() == 1
    merging.unmerge(made)
    assert state(alpha) == before


def test_nobody_is_joined_to_themselves_or_to_somebody_who_is_gone(alpha: Workspace) -> None:
    one, two, three = (someone(alpha, n) for n in (1, 2, 3))
    with pytest.raises(InputError):
        merging.merge(one, one)
    merging.merge(one, two)
    with pytest.raises(InputError):
        merging.merge(three, two)


class Told:
    """What should be, kept as simply as can be: whose everything is, who went into whom, what each says."""

    def __init__(self) -> None:
        self.home: dict[tuple[str, int], int] = {}
        self.into: dict[int, int] = {}
        self.own: dict[int, dict[str, str]] = {}
        self.takes: list[tuple[int, int, int, set[str]]] = []  # merge, kept, gone, names

    def root(self, person: int) -> int:
        while person in self.into:
            person = self.into[person]
        return person

    def says(self, person: int) -> dict[str, str]:
        said = dict(self.own[person])
        for _, kept, gone, names in self.takes:
            if kept == person:
                said |= {name: self.says(gone)[name] for name in names}
        return said


def compare(workspace: Workspace, told: Told) -> None:
    for person in Person.objects.of(workspace):
        assert person.merged_into_id == told.into.get(person.pk)
        assert {name: getattr(person, name) for name in CORE} == told.says(person.pk), person.pk
    for (label, pk), home in told.home.items():
        model = {"case": Case, "promise": Promise, "note": Note}[label]
        assert model.objects.of(workspace).get(pk=pk).person_id == told.root(home), (label, pk)  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(25))
def test_any_sequence_of_merges_edits_additions_and_unmerges(alpha: Workspace, seed: int) -> None:
    rng, told = random.Random(seed), Told()
    people = [someone(alpha, n) for n in range(5)]
    for person in people:
        told.own[person.pk] = {name: getattr(person, name) for name in CORE}
    kinds: Any = (("case", Case), ("promise", Promise), ("note", Note))
    for label, model in kinds:
        for row in model.objects.of(alpha):
            told.home[label, row.pk] = row.person_id
    merges: dict[int, Merge] = {}
    for step in range(24):
        roots = list(access.persons(alpha))
        act = rng.choice(("merge", "merge", "unmerge", "edit", "case", "note", "promise"))
        who = rng.choice(roots)
        if act == "merge" and len(roots) > 1:
            other = rng.choice([one for one in roots if one != who])
            names = rng.sample(CORE, rng.randrange(3))
            made = merging.merge(who, other, names)
            merges[made.pk] = made
            told.into[other.pk] = who.pk
            told.takes.append((made.pk, who.pk, other.pk, set(names)))
        elif act == "unmerge" and merges:
            key = rng.choice(list(merges))
            made = merges.pop(key)
            merging.unmerge(made)
            told.takes = [one for one in told.takes if one[0] != key]
            del told.into[made.gone_id]
        elif act == "edit":
            name, value = rng.choice(("name", "addressed", "lang")), rng.choice(("fr", "en"))
            if told.says(who.pk)[name] != value:
                told.own[who.pk][name] = value
                told.takes = [(m, k, g, names - {name} if k == who.pk else names) for m, k, g, names in told.takes]
            facts.add(who, name, value, **WHY)  # type: ignore[arg-type]
        elif act == "case":
            told.home["case", Case.objects.add(alpha, title=f"{step}", person=who, opened_ms=1, changed_ms=1).pk] = (
                who.pk
            )
        elif act == "note":
            told.home["note", facts.note(who, f"{step}", None).pk] = who.pk
        elif act == "promise":
            told.home["promise", Promise.objects.add(alpha, words=f"{step}", person=who, made_ms=1).pk] = who.pk
        compare(alpha, told)
    for made in merges.values():
        merging.unmerge(made)
    assert not Home.objects.of(alpha).exists()
    assert access.persons(alpha).count() == len(people)
