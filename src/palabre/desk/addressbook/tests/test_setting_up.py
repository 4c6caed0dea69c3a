"""A manager sets the book up; its state on a person's page and on the command line."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from palabre.cli import persons as verb
from palabre.desk.addressbook import acts, sealing
from palabre.desk.addressbook.models import Book, Card
from palabre.desk.addressbook.tests.cards import PAGE, AsUser, card_of, met, round_, text_of
from palabre.desk.addressbook.tests.routes import made
from palabre.desk.addressbook.tests.shelf import BOOK, READ, Shelf
from palabre.desk.workspaces.models import User, Workspace
from palabre.errors import InputError


def said(shelf: Shelf, **more: object) -> dict[str, object]:
    known = {"url": shelf.url, "user": "house", "password": "secret", "purposes": ["follow_up"], "listed": ""}
    return known | {"do": "save"} | more


def test_a_manager_sets_it_up_after_trying_it(alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf) -> None:
    browser = as_user(alice)
    assert b"No address book yet" in browser.get(PAGE).content
    tried = browser.post(f"{PAGE}/settings", said(shelf, do="try")).content.decode()
    assert "“Contacts” answers" in tried
    assert not Book.objects.of(alpha).exists()
    page = browser.post(f"{PAGE}/settings", said(shelf, url=f"http://{shelf.host}"), follow=True).content.decode()
    assert "is set up" in page
    found = Book.objects.of(alpha).get()
    assert (found.url, found.name, found.version) == (shelf.url, "Contacts", "3.0")
    assert b"secret" not in bytes(found.password)
    assert sealing.opened(found.password, found.uid) == "secret"
    assert "secret" not in browser.get(f"{PAGE}/settings").content.decode()
    browser.post(f"{PAGE}/settings", said(shelf, password="", purposes=["follow_up", "news"]))
    found.refresh_from_db()
    assert (found.purposes, sealing.opened(found.password, found.uid)) == (["follow_up", "news"], "secret")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong"}, "asks who we are"),
        ({"url": "/house/nothing/"}, "does not find this address"),
        ({"url": "ftp://x.example"}, "not an address of the web"),
        ({"url": "http://books.example/"}, "would travel in clear"),
        ({"purposes": []}, "Purposes"),
    ],
)
def test_what_does_not_work_is_said_and_not_kept(
    alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf, change: dict[str, Any], words: str
) -> None:
    if str(change.get("url", "")).startswith("/"):
        change = {"url": f"http://{shelf.host}{change['url']}"}
    answer = as_user(alice).post(f"{PAGE}/settings", said(shelf, **change))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Book.objects.of(alpha).exists()


def test_an_address_book_that_may_only_be_read_none_and_several_are_told(
    alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf
) -> None:
    browser, front = as_user(alice), f"http://{shelf.host}/"
    shelf.privileges = READ
    assert "lets us read but not write" in browser.post(f"{PAGE}/settings", said(shelf)).content.decode()
    shelf.books = []
    assert "names none of yours" in browser.post(f"{PAGE}/settings", said(shelf, url=front)).content.decode()
    shelf.books = [BOOK, "/house/office/"]
    page = browser.post(f"{PAGE}/settings", said(shelf, url=front)).content.decode()
    assert f"http://{shelf.host}/house/office/" in page


def test_a_kept_password_is_not_shown_to_another_server(
    alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf, book: Book
) -> None:
    asked = said(shelf, url="https://other.example/book/", password="")
    page = as_user(alice).post(f"{PAGE}/settings", asked)
    assert page.status_code == 400
    assert "was given for another server" in page.content.decode()


def test_it_is_given_up_with_its_cards_or_without(
    alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf, book: Book
) -> None:
    zoe, browser = met(alpha, "zoe"), as_user(alice)
    round_(alpha)
    browser.post(f"{PAGE}/remove", {"cards": "stay"})
    assert not Book.objects.of(alpha).exists()
    assert text_of(shelf, zoe)
    made(alpha, shelf.url)
    assert round_(alpha).done == {"updated": 1}  # the card that is there says the same
    shelf.cards[f"{zoe.uid}.vcf"] += "NOTE:mine"
    browser.post(f"{PAGE}/remove", {"cards": "go"})
    assert round_(alpha).done == {"deleted": 1}
    assert shelf.cards == {}
    assert not Book.objects.of(alpha).exists()


def test_the_page_of_a_person_says_how_their_card_stands(
    alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf, book: Book
) -> None:
    zoe, browser = met(alpha, "zoe"), as_user(alice)
    assert b'id="book"' not in browser.get(f"/w/alpha/people/{zoe.uid}").content
    round_(alpha)
    page = browser.get(f"/w/alpha/people/{zoe.uid}").content.decode()
    assert "in step" in page
    assert card_of(zoe).etag[1:10] in page


def run(*words: str) -> Any:
    return CliRunner().invoke(verb.command, ["push", "--workspace", "alpha", *words], catch_exceptions=False)


def test_it_is_pushed_from_the_command_line(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    met(alpha, "zoe")
    assert run("--dry-run").stdout == "Would be pushed: 1 card created\n"
    assert shelf.asked == []
    assert run().stdout == "Pushed: 1 card created\n"
    told = orjson.loads(run("--json").stdout)
    assert told == {"address_book": shelf.url, "done": {}, "to_decide": 0, "error": ""}
    shelf.cards.clear()
    assert run().stdout.splitlines()[1].startswith("1 card waits for a decision")
    shelf.password = "changed"
    acts.decide(Card.objects.of(alpha).get(), ours=True)
    failed = run("--json")
    assert (failed.exit_code, "401" in orjson.loads(failed.stdout)["error"]) == (1, True)


def test_without_an_address_book_the_command_line_says_so(alpha: Workspace) -> None:
    with pytest.raises(InputError) as raised:
        run()
    assert raised.value.key == "persons_cli.fault.no_book"
