"""What somebody types about persons: refused with a reason where it means nothing, never taken as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from palabre.desk.mentions.tests.posts import hear
from palabre.desk.people import access, merging
from palabre.desk.people.models import Handle, Intake, Person, Suggestion
from palabre.desk.workspaces.models import User, Workspace
from palabre.messages import catalogue
from palabre.model import Account, Post

AsUser = Callable[[User], Client]
BASE = "/w/alpha/people"
WHY = {"source": "told us", "purpose": "answer", "basis": "consent"}


def met(alpha: Workspace, name: str) -> Person:
    return access.met(alpha, "mastodon", Account(f"https://input.example/@{name}", name, name.title()))


@pytest.mark.parametrize("after", ["5.nan", "5.-inf", "5.1e400", "5."])
@pytest.mark.parametrize("order", ["seen", "changed", "legitimacy", "name"])
def test_a_page_that_begins_nowhere_is_a_page(bob: User, as_user: AsUser, order: str, after: str) -> None:
    assert as_user(bob).get(BASE, {"order": order, "after": after}).status_code == 200


@pytest.mark.parametrize("name", ["kind", "relation", "lang"])
def test_what_is_chosen_is_not_written_freely(alpha: Workspace, bob: User, as_user: AsUser, name: str) -> None:
    who = met(alpha, "zoe")
    was = getattr(who, name)
    answer = as_user(bob).post(f"{BASE}/{who.uid}/fact", {"name": name, "value": "martian", **WHY})
    who.refresh_from_db()
    assert (answer.status_code, getattr(who, name)) == (400, was)
    assert "is one of" in answer.content.decode()


def test_what_one_has_one_of_is_no_longer_than_it_may_be(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    who = met(alpha, "zoe")
    as_user(bob).post(f"{BASE}/{who.uid}/fact", {"name": "addressed", "value": "x" * 400, **WHY})
    who.refresh_from_db()
    assert len(who.addressed) == 80


def test_an_address_of_somebody_else_is_refused_by_their_name(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    zoe, ivan = met(alpha, "zoe"), met(alpha, "ivan")
    assert as_user(bob).post(f"{BASE}/{zoe.uid}/address", {"address": "zoe@row.example"}).status_code == 302
    answer = as_user(bob).post(f"{BASE}/{ivan.uid}/address", {"address": "zoe@row.example"})
    assert answer.status_code == 400
    assert "This address belongs to Zoe" in answer.content.decode()


def test_what_a_network_calls_an_address_is_no_script(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    who = Account("https://input.example/@eve", "eve", "Eve", "javascript:alert(1)")
    hear(alpha, Post("https://input.example/1", "mastodon", text="hello", account=who))
    pair = {"left_network": "mastodon", "left_uri": who.uri, "right_network": "web", "right_uri": "https://eve.example"}
    found = Suggestion.objects.add(alpha, score=20.0, bar=13.0, made_ms=1, **pair)
    page = as_user(bob).get(f"{BASE}/same/{found.uid}").content.decode()
    assert "hello" in page
    assert "javascript:" not in page


def test_an_address_that_is_none_is_set_aside_and_its_person_comes_in(
    alpha: Workspace, bob: User, as_user: AsUser
) -> None:
    upload = SimpleUploadedFile("x.csv", b"nom;courriel\nLea;lea@@x.example\nElo;elo@x.example\n")
    page = as_user(bob).post(f"{BASE}/import", {"file": upload}, follow=True).content.decode()
    assert "“lea@@x.example” is no e-mail address" in page
    assert "Import 2 people" in page
    made = Intake.objects.of(alpha).get()
    why = {"purpose": "answer", "basis": "consent"}
    done = as_user(bob).post(f"{BASE}/import/{made.uid}", why, follow=True).content.decode()
    assert ("2 people imported." in done, "completed" in done) == (True, False)
    assert [one.handle for one in Handle.objects.of(alpha)] == ["elo@x.example"]


def test_before_a_merge_both_pages_are_shown_with_what_they_hold(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    one, two = (access.met(alpha, "mastodon", Account(f"https://m.example/@{name}", name, "Ana")) for name in "ab")
    page = as_user(bob).get(f"{BASE}/{one.uid}/merge?with={two.uid}").content.decode()
    stays, joins = page.index("This page stays"), page.index("This page joins it")
    assert stays < joins
    assert f"/{two.uid}/merge?with={one.uid}" in page  # the other way round


def test_every_kind_of_row_that_hangs_on_a_person_has_a_name() -> None:
    for model, _ in merging.belongings():
        assert f"people.belongs.{model._meta.label_lower}" in catalogue("en"), model
