"""Who is forgotten or withdraws leaves no card, whatever happens meanwhile."""

from __future__ import annotations

import pytest

from palabre.desk.addressbook import server
from palabre.desk.addressbook.models import Book, Card
from palabre.desk.addressbook.tests.cards import PAGE, WHY, AsUser, met, round_, text_of
from palabre.desk.addressbook.tests.shelf import Shelf
from palabre.desk.people import erasing, facts
from palabre.desk.workspaces.models import User, Workspace


@pytest.mark.parametrize("change", ["", "NOTE:mine"])
def test_who_is_forgotten_goes_there_too_whatever_was_changed(
    alpha: Workspace, shelf: Shelf, book: Book, change: str
) -> None:
    zoe, max_ = met(alpha, "zoe"), met(alpha, "max")
    round_(alpha)
    shelf.cards[f"{zoe.uid}.vcf"] += change
    erasing.erase(zoe)
    card = Card.objects.of(alpha).get(person=None)
    assert (card.theirs, card.digest) == ("", "")
    assert round_(alpha).done == {"deleted": 1}
    assert list(shelf.cards) == [f"{max_.uid}.vcf"]
    assert not Card.objects.of(alpha).filter(person=None).exists()


@pytest.mark.parametrize("state", ["paused", "broken"])
def test_who_is_forgotten_or_withdraws_goes_from_a_book_that_stands_still(
    alpha: Workspace, shelf: Shelf, book: Book, state: str
) -> None:
    zoe, max_, lea = met(alpha, "zoe"), met(alpha, "max"), met(alpha, "lea")
    round_(alpha)
    Book.objects.of(alpha).update(state=state)
    erasing.erase(zoe)
    facts.agree(max_, "follow_up", "withdrawn", "enough", None)
    facts.add(lea, "city", "Lyon", **WHY)
    met(alpha, "new")
    assert round_(alpha).done == {"deleted": 2}
    assert list(shelf.cards) == [f"{lea.uid}.vcf"]
    assert "Lyon" not in text_of(shelf, lea)


def test_who_is_forgotten_while_the_server_is_down_goes_when_it_is_back(
    alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf, book: Book
) -> None:
    zoe = met(alpha, "zoe")
    round_(alpha)
    shelf.password = "changed"
    erasing.erase(zoe)
    round_(alpha)
    page = as_user(alice).get(PAGE).content.decode()
    assert "1 card of somebody who was forgotten still has to be deleted there." in page
    assert Book.objects.of(alpha).get().state == "broken"
    shelf.password = "secret"
    round_(alpha)
    assert shelf.cards == {}
    assert Book.objects.of(alpha).get().state == "active"


def test_who_is_forgotten_while_their_card_is_written_leaves_none(
    alpha: Workspace, shelf: Shelf, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe, put = met(alpha, "zoe"), server.Server.put

    def slow(self: server.Server, *args: str) -> str:
        erasing.erase(zoe)
        return put(self, *args)

    monkeypatch.setattr(server.Server, "put", slow)
    round_(alpha)
    assert shelf.cards == {}
