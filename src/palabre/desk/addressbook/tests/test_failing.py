"""What fails: one card, the server, the account."""

from __future__ import annotations

import pytest

from palabre.desk import clock
from palabre.desk.addressbook import syncing
from palabre.desk.addressbook.models import Book
from palabre.desk.addressbook.tests.cards import PAGE, AsUser, card_of, met, round_, text_of
from palabre.desk.addressbook.tests.shelf import Shelf
from palabre.desk.workspaces.models import User, Workspace


def test_one_bad_card_stops_no_other_and_waits_longer_each_time(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    bad, good = met(alpha, "bad"), met(alpha, "good")
    shelf.faults[f"{bad.uid}.vcf"] = 400
    assert round_(alpha).done == {"failed": 1, "created": 1}
    assert text_of(shelf, good)
    waits = []
    for _ in range(3):
        card = card_of(bad)
        waits.append(round((card.due_ms - clock.now_ms()) / 60_000))
        assert (card.state, card.error_key) == ("failed", "net.status")
        round_(alpha)
    assert waits == [5, 10, 20]
    assert Book.objects.of(alpha).get().error_key == ""
    asked = len(shelf.asked)
    syncing.run()  # it is not due
    assert [method for method, _, _ in shelf.asked[asked:]] == []
    shelf.faults.clear()
    assert round_(alpha).done == {"created": 1}
    assert (card_of(bad).state, card_of(bad).tries) == ("there", 0)


def test_a_server_that_fails_at_one_card_after_the_other_is_left_alone(
    alpha: Workspace, shelf: Shelf, book: Book
) -> None:
    persons = [met(alpha, f"p{n}") for n in range(6)]
    shelf.faults = {f"{one.uid}.vcf": 500 for one in persons}
    tally = round_(alpha)
    assert tally.done == {"failed": 3}
    assert tally.error is not None
    found = Book.objects.of(alpha).get()
    assert (found.state, found.failures, found.rest_until_ms > clock.now_ms()) == ("active", 1, True)
    asked = len(shelf.asked)
    syncing.run()
    assert len(shelf.asked) == asked


@pytest.mark.parametrize(
    ("fault", "key", "state"),
    [(401, "net.status_401", "broken"), (404, "net.status_404", "broken"), (503, "net.status", "active")],
)
def test_what_only_a_manager_can_mend_stops_the_book_and_says_so(
    alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf, book: Book, fault: int, key: str, state: str
) -> None:
    met(alpha, "zoe")
    shelf.faults["*"] = fault
    round_(alpha)
    found = Book.objects.of(alpha).get()
    assert (found.error_key, found.state) == (key, state)
    browser = as_user(alice)
    assert browser.post(f"{PAGE}/check", follow=True).status_code == 200
    shelf.faults.clear()
    page = browser.post(f"{PAGE}/check", follow=True).content.decode()
    assert "answers and lets us write" in page
    assert Book.objects.of(alpha).get().state == "active"
    assert round_(alpha).done == {"created": 1}
