"""Saved replies: found by words without accents, filled for the person, in their language and form of address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.desk.clock import now_ms
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case
from palabre.desk.people.models import Person
from palabre.desk.promises import access as promises
from palabre.desk.saved import access
from palabre.desk.saved.models import SavedReply
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace

AsUser = Callable[[User], Client]
TEXTS = {
    "fr_vous": "Bonjour {person.name|à vous}, c’est {agent.name}. Réponse d’ici {promise.due}.",
    "fr_tu": "Salut {person.name}, c’est {agent.name}.",
    "en": "Hello {person.name|there}, this is {agent.name}.",
}


def saved(alpha: Workspace, name: str = "Délai", **values: object) -> SavedReply:
    return SavedReply.objects.add(alpha, **{"name": name, "texts": TEXTS, "changed_ms": 1, **values})


def a_case(alpha: Workspace, by: User, **person: str) -> Case:
    known = Person.objects.add(alpha, **{"name": "Zoé", "made_ms": 1, "changed_ms": 1, **person})
    return inbox.by_hand(alpha, "Frein", by, person=known)


@pytest.mark.parametrize(
    ("person", "variant", "text"),
    [
        ({}, "fr_vous", "Bonjour Zoé, c’est bob. Réponse d’ici [promise.due]."),
        ({"addressed": "Tu"}, "fr_tu", "Salut Zoé, c’est bob."),
        ({"addressed": "tutoiement"}, "fr_tu", "Salut Zoé, c’est bob."),
        ({"lang": "en"}, "en", "Hello Zoé, this is bob."),
        ({"lang": "en", "name": ""}, "en", "Hello there, this is bob."),
    ],
)
def test_the_text_that_suits_the_person_comes_first(
    alpha: Workspace, bob: User, person: dict[str, str], variant: str, text: str
) -> None:
    saved(alpha)
    offer = access.offers(Seat(alpha, bob, "agent"), a_case(alpha, bob, **person), "")[0]
    assert offer.made is not None
    assert (offer.variant, offer.made.text, len(offer.others)) == (variant, text, 2)


def test_the_promise_of_the_case_is_named(alpha: Workspace, bob: User) -> None:
    saved(alpha)
    case = a_case(alpha, bob)
    promises.made(alpha, "demain", now_ms() + 86_400_000, case=case)
    offer = access.offers(Seat(alpha, bob, "agent"), case, "")[0]
    assert offer.made is not None
    assert "(demain)" in offer.made.text


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("delai", ["Délai"]),
        ("/rbt", ["Remboursement"]),
        ("rb", ["Remboursement"]),
        ("ARGENT", ["Remboursement"]),
        ("salut", ["Remboursement", "Délai"]),  # in the text of both: the one taken most comes first
        ("nothing", []),
    ],
)
def test_a_reply_is_found_by_its_words(alpha: Workspace, bob: User, words: str, names: list[str]) -> None:
    saved(alpha)
    saved(alpha, "Remboursement", folder="Argent", shortcut="rbt", used=3)
    assert [one.name for one in access.found(Seat(alpha, bob, "agent"), words)] == names


def test_what_cannot_be_filled_is_said_and_not_inserted(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    saved(alpha, texts={"en": "{person.password}"})
    shown = as_user(bob).get("/w/alpha/saved/pick").content.decode()
    assert "a field of this text does not exist" in shown
    assert "data-insert" not in shown


def test_the_picker_offers_filled_texts_for_a_case(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    reply, case = saved(alpha), a_case(alpha, bob, name='<b>"Zoé"</b>', lang="en")
    shown = as_user(bob).get(f"/w/alpha/saved/pick?case={case.uid}&target=reply-text").content.decode()
    assert 'data-insert="Hello &lt;b&gt;&quot;Zoé&quot;&lt;/b&gt;, this is bob."' in shown
    assert 'data-saved="reply-text"' in shown
    assert as_user(bob).post(f"/w/alpha/saved/{reply.uid}/used").status_code == 204
    reply.refresh_from_db()
    assert reply.used == 1
    assert as_user(bob).get(f"/w/alpha/saved/pick?case={'0' * 32}").status_code == 404


FORM = {"name": "Bonjour", "folder": "Accueil", "shortcut": "/Bjr", "en": "Hello {person.name}"}


def test_a_reply_is_written_and_changed(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    browser = as_user(bob)
    assert browser.post("/w/alpha/saved/new", FORM).status_code == 302
    kept = SavedReply.objects.of(alpha).get()
    assert (kept.shortcut, kept.texts) == ("bjr", {"en": "Hello {person.name}"})
    assert "/bjr" in browser.get("/w/alpha/saved?q=bjr").content.decode()
    assert browser.post(f"/w/alpha/saved/{kept.uid}", FORM | {"fr_tu": "Salut"}).status_code == 302


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"en": ""}, "at least one text"),
        ({"en": "{person.nme}"}, "There is no field “person.nme”"),
        ({"en": "a { b"}, "stands alone"),
        ({"shortcut": "a b"}, "letters, digits and hyphens"),
        ({"name": "Délai"}, "name is taken"),
        ({"shortcut": "rbt"}, "shortcut is taken"),
    ],
)
def test_what_is_wrong_is_said(
    alpha: Workspace, bob: User, as_user: AsUser, change: dict[str, str], words: str
) -> None:
    saved(alpha, shortcut="rbt")
    answer = as_user(bob).post("/w/alpha/saved/new", FORM | change)
    assert answer.status_code == 400
    assert words in answer.content.decode()
