"""Profiles of an address book: kept before their account is heard, linked once it is, and out again as they came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from palabre.desk.mentions.tests.posts import forget, hear
from palabre.desk.people import access, beats, cards, profiles
from palabre.desk.people.models import Fact, Handle, Person
from palabre.desk.workspaces.models import Workspace
from palabre.model import Account, Post

ANA = Account("https://far.example/users/ana", "ana", "Ana", "https://far.example/@ana")
NAMES = ("أحمد بن عبد الله", "王小明", "Nguyễn Thị Ánh", "Zoë Beyoncé-Müller", "Łukasz Żółć")


@pytest.fixture
def beta(workspaces: tuple[Workspace, Workspace]) -> Workspace:
    return workspaces[1]


@pytest.fixture(autouse=True)
def quiet(alpha: Workspace, beta: Workspace) -> Iterator[None]:
    beats._LOOKED.clear()
    yield
    for one in (alpha, beta):
        forget(one)


def took(workspace: Workspace, data: bytes, kind: str = "") -> None:
    cards.taken_in(cards.looked_at(workspace, "book", data, None, kind), "answer", "consent", None)


def handles(workspace: Workspace) -> list[tuple[str, str]]:
    return sorted(Handle.objects.of(workspace).values_list("person__name", "uri"))


def accounts(workspace: Workspace) -> dict[str, Any]:
    found = access.persons(workspace).order_by("pk")
    return {one.name: (sorted(one.accounts), one.emails) for one in cards.contacts(workspace, found)}


@pytest.mark.parametrize("kind", ["vcf", "jscontact", "csv"])
def test_persons_out_and_into_an_empty_workspace_are_the_same(alpha: Workspace, beta: Workspace, kind: str) -> None:
    for n, name in enumerate(NAMES):
        account = Account(f"https://far.example/users/{n}", f"u{n}", name, f"https://far.example/@{n}")
        hear(alpha, Post(f"https://far.example/{n}", "mastodon", text="bonjour", account=account))
        access.met(alpha, "mastodon", account)
    file = cards.written(kind, cards.contacts(alpha, access.persons(alpha)))
    took(beta, file, kind)
    assert accounts(beta) == accounts(alpha)
    assert set(accounts(beta)) == set(NAMES)
    took(beta, cards.written(kind, cards.contacts(beta, access.persons(beta))), kind)
    assert Person.objects.of(beta).count() == len(NAMES)


def test_a_profile_is_linked_once_its_account_is_heard(alpha: Workspace) -> None:
    took(alpha, b"name,accounts\nAna Lyse,https://far.example/@ana\nNo address,two words\n")
    assert handles(alpha) == []
    assert list(Fact.objects.of(alpha).filter(name="profile").values_list("value", flat=True)) == [ANA.url]
    beats.link_heard(alpha)
    assert handles(alpha) == []
    hear(alpha, Post("https://far.example/1", "mastodon", text="bonjour", account=ANA))
    beats.link_heard(alpha)
    assert handles(alpha) == [("Ana Lyse", ANA.uri)]
    assert not Fact.objects.of(alpha).filter(name="profile").exists()
    assert accounts(alpha)["Ana Lyse"] == ([ANA.url], ())


def test_a_profile_that_is_somebody_elses_is_left_to_a_member(alpha: Workspace) -> None:
    took(alpha, b"name,accounts\nAna Lyse,https://far.example/@ana\n")
    hear(alpha, Post("https://far.example/1", "mastodon", text="bonjour", account=ANA))
    access.met(alpha, "mastodon", ANA)
    assert profiles.link(alpha) == 0
    assert handles(alpha) == [("Ana", ANA.uri)]
    assert Fact.objects.of(alpha).filter(name="profile").count() == 1


def test_the_address_that_people_see_finds_the_account(alpha: Workspace) -> None:
    hear(alpha, Post("https://far.example/1", "mastodon", text="bonjour", account=ANA))
    took(alpha, b"name,accounts\nAna Lyse,https://far.example/@ana\n")
    assert handles(alpha) == [("Ana Lyse", ANA.uri)]
