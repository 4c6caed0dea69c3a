"""Cards in step with persons: who has one, what is on it, what others change, what fails, and who is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client

from palabre.cli import persons as verb
from palabre.desk import clock
from palabre.desk.addressbook import acts, sealing, server, syncing
from palabre.desk.addressbook.models import Book, Card, Push
from palabre.desk.addressbook.tests.routes import made
from palabre.desk.addressbook.tests.shelf import BOOK, READ, Shelf
from palabre.desk.engine import archive
from palabre.desk.people import access, erasing, facts, merging
from palabre.desk.people.models import ListMember, Person, PersonList
from palabre.desk.workspaces.models import AuditEntry, User, Workspace
from palabre.engage.carddav import DAY_MS, later_ms, read_places, same_card
from palabre.errors import FetchError, InputError
from palabre.model import Account
from palabre.net import Net

AsUser = Callable[[User], Client]
PAGE = "/w/alpha/address-book"
WHY: dict[str, Any] = {"source": "told us", "purpose": "follow_up", "basis": "consent", "by": None}


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """A server that the guard lets pass, by name."""
    one = Shelf()
    known = replace(settings.PALABRE, allowed_hosts_private=one.host, host_interval_seconds=0.0)
    net = Net(known, clock.CLOCK)
    net.budget.tokens = 0.0  # no second tries within a call: they would only cost time here
    monkeypatch.setattr(net.budget, "spend", lambda: False)
    monkeypatch.setattr(server, "net", lambda: net)
    yield one
    one.close()


@pytest.fixture
def book(alpha: Workspace, shelf: Shelf) -> Book:
    return made(alpha, shelf.url)


def met(workspace: Workspace, name: str, yes: str = "follow_up") -> Person:
    """A person who said yes to a purpose ("" for none), with an account and an address."""
    person = access.met(workspace, "mastodon", Account(f"https://m.example/@{name}", name, name.title()))
    facts.add(person, "email", f"{name}@a.example", **WHY)
    if yes:
        facts.agree(person, yes, "given", "by mail", None)
    return Person.objects.of(workspace).get(pk=person.pk)


def round_(workspace: Workspace) -> syncing.Tally:
    Card.objects.of(workspace).update(due_ms=0)
    return syncing.round_of(Book.objects.of(workspace).get())


def card_of(person: Person) -> Card:
    found = access_card(person)
    assert found is not None
    return found


def access_card(person: Person) -> Card | None:
    from palabre.desk.addressbook import access as books

    return books.card_of(person)


def text_of(shelf: Shelf, person: Person) -> str:
    return shelf.cards.get(f"{person.uid}.vcf", "")


# who, and what


def test_who_said_yes_has_a_card_that_says_it_once(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe, max_ = met(alpha, "zoé"), met(alpha, "max", "")
    assert round_(alpha).done == {"created": 1}
    text = text_of(shelf, zoe)
    assert "FN:Zoé" in text
    assert "EMAIL:zoé@a.example" in text
    assert "X-SOCIALPROFILE:https://m.example/@zoé" in text
    assert text_of(shelf, max_) == ""
    card = card_of(zoe)
    assert (card.state, bool(card.etag), card.put_ms > 0) == ("there", True, True)
    for _ in range(3):
        assert round_(alpha).done == {}
    assert shelf.written() == ["PUT"]
    assert [one.what for one in Push.objects.of(alpha)] == ["created"]


@pytest.mark.parametrize(
    ("said", "fact", "there"),
    [
        ({"follow_up": "given"}, {"purpose": "follow_up", "basis": "consent"}, True),
        ({"follow_up": "given"}, {"purpose": "invite", "basis": "contract"}, False),
        ({"follow_up": "given"}, {"purpose": "contract", "basis": "consent"}, False),
        ({"follow_up": "given"}, {"purpose": "contract", "basis": "contract"}, True),
        ({"follow_up": "given", "contract": "refused"}, {"purpose": "contract", "basis": "contract"}, False),
        ({"contract": "given", "follow_up": "withdrawn"}, {"purpose": "follow_up", "basis": "contract"}, False),
        ({"contract": "given"}, {"purpose": "contract", "basis": "consent"}, True),
    ],
)
def test_a_field_goes_along_where_its_purpose_and_consent_allow_it(
    alpha: Workspace, shelf: Shelf, said: dict[str, str], fact: dict[str, str], there: bool
) -> None:
    made(alpha, shelf.url, purposes=["follow_up", "contract"])
    zoe = met(alpha, "zoe", "")
    for purpose, state in said.items():
        facts.agree(zoe, purpose, state, "said so", None)
    facts.add(zoe, "city", "Lyon", **(WHY | fact))
    round_(alpha)
    assert "FN:Zoe" in text_of(shelf, zoe)
    assert ("Lyon" in text_of(shelf, zoe)) is there


def test_a_name_that_was_kept_for_something_else_stays_here(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe = met(alpha, "zoe")
    facts.decide(
        zoe, {"name": "Zoé Ünal", "lang": "fr"}, source="x", purpose="legal", basis="legal_obligation", by=None
    )
    round_(alpha)
    assert "FN:zoe@a.example" in text_of(shelf, zoe)
    assert "Ünal" not in text_of(shelf, zoe)


def test_nothing_that_palabre_thinks_of_them_is_on_a_card(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe = met(alpha, "zoe")
    known = {"role": "critic", "notoriety": 0.77, "legitimacy": 0.66, "addressed": "tutoyer", "relation": "press"}
    Person.objects.of(alpha).filter(pk=zoe.pk).update(**known)
    facts.note(zoe, "quiet word", None)
    round_(alpha)
    for word in ("critic", "0.77", "0.66", "tutoyer", "press", "quiet"):
        assert word not in text_of(shelf, zoe)


def test_who_wishes_no_contact_or_is_kept_out_has_none(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe, max_, lea = met(alpha, "zoe", "contract"), met(alpha, "max"), met(alpha, "lea")
    Book.objects.of(alpha).update(purposes=["contract", "follow_up"])
    round_(alpha)
    assert len(shelf.cards) == 3
    access.note_objection(zoe, "leave me alone", None)
    archive().suppression.add_account(alpha.id, "mail", uri="mailto:max@a.example", handle="max@a.example")
    assert round_(alpha).done == {"deleted": 2}
    assert list(shelf.cards) == [f"{lea.uid}.vcf"]
    assert access_card(max_) is None


def test_only_a_list_when_one_was_chosen(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe, max_ = met(alpha, "zoe"), met(alpha, "max")
    listed = PersonList.objects.add(alpha, name="Press", made_ms=1)
    ListMember.objects.add(alpha, list=listed, person=zoe, at_ms=1)
    Book.objects.of(alpha).update(listed=listed)
    assert round_(alpha).done == {"created": 1}
    ListMember.objects.of(alpha).update(person=max_)
    assert round_(alpha).done == {"created": 1, "deleted": 1}
    assert list(shelf.cards) == [f"{max_.uid}.vcf"]


# in step


def test_a_change_is_written_over_the_version_we_know(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe = met(alpha, "zoe")
    round_(alpha)
    facts.add(zoe, "city", "Lyon", **WHY)
    assert round_(alpha).done == {"updated": 1}
    assert "Lyon" in text_of(shelf, zoe)


def test_what_somebody_changed_there_is_shown_and_never_overwritten(
    alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf, book: Book
) -> None:
    zoe = met(alpha, "zoe")
    round_(alpha)
    file = f"{zoe.uid}.vcf"
    shelf.cards[file] = shelf.cards[file].replace("FN:Zoe", "FN:Zoé-Marie").replace("N:Zoe", "N:Zoé-Marie")
    facts.add(zoe, "city", "Lyon", **WHY)
    assert round_(alpha).done == {"conflict": 1}
    assert round_(alpha).done == {}
    assert "Zoé-Marie" in shelf.cards[file]
    browser, card = as_user(alice), card_of(zoe)
    assert (card.state, "Zoé-Marie" in card.theirs) == ("conflict", True)
    page = browser.get(f"{PAGE}/cards/{card.uid}").content.decode()
    assert "Zoé-Marie" in page
    assert "Lyon" in page
    browser.post(f"{PAGE}/cards/{card.uid}", {"keep": "theirs"})
    assert round_(alpha).done == {}
    assert "Zoé-Marie" in shelf.cards[file]
    browser.post(f"{PAGE}/cards/{card.uid}", {"keep": "ours"})
    assert round_(alpha).done == {"updated": 1}
    assert "Lyon" in shelf.cards[file]
    assert "Zoé-Marie" not in shelf.cards[file]
    assert card_of(zoe).theirs == ""
    kept = AuditEntry.objects.of(alpha).values_list("what", flat=True)
    assert {"address_book_theirs", "address_book_ours"} <= set(kept)


def test_a_change_between_the_look_and_the_decision_is_shown_again(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe = met(alpha, "zoe")
    round_(alpha)
    file = f"{zoe.uid}.vcf"
    for city in ("Paris", "Lille"):
        shelf.cards[file] = shelf.cards[file].replace("FN:", f"ADR:;;;{city};;;\nFN:")
        facts.add(zoe, "tag", city, **WHY)
        assert round_(alpha).done == {"conflict": 1}
        assert acts.decide(card_of(zoe), ours=True)
        assert not acts.decide(card_of(zoe), ours=True)
        shelf.cards[file] = shelf.cards[file].replace("FN:", "NOTE:again\nFN:")
        assert round_(alpha).done == {"conflict": 1}
        assert "NOTE:again" in card_of(zoe).theirs
        acts.decide(card_of(zoe), ours=True)
        assert round_(alpha).done == {"updated": 1}


def test_a_card_that_somebody_deleted_there_is_not_made_again_by_itself(
    alpha: Workspace, shelf: Shelf, book: Book
) -> None:
    zoe = met(alpha, "zoe")
    round_(alpha)
    shelf.cards.clear()
    facts.add(zoe, "city", "Lyon", **WHY)
    assert round_(alpha).done == {"conflict": 1}
    assert card_of(zoe).state == "removed"
    assert round_(alpha).done == {}
    acts.decide(card_of(zoe), ours=True)
    assert round_(alpha).done == {"created": 1}
    assert "Lyon" in text_of(shelf, zoe)


def test_once_a_day_we_look_what_others_did(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe, max_, lea = met(alpha, "zoe"), met(alpha, "max"), met(alpha, "lea")
    round_(alpha)
    Book.objects.of(alpha).update(looked_ms=0)
    assert round_(alpha).done == {}
    shelf.cards[f"{zoe.uid}.vcf"] = text_of(shelf, zoe).replace("END:VCARD", "NOTE:hello\nEND:VCARD")
    shelf.cards[f"{lea.uid}.vcf"] = text_of(shelf, lea).replace("END:VCARD", "TEL:1\nEND:VCARD")
    del shelf.cards[f"{max_.uid}.vcf"]
    assert round_(alpha).done == {}
    Book.objects.of(alpha).update(looked_ms=clock.now_ms() - DAY_MS - 1)
    assert round_(alpha).done == {"conflict": 2}
    assert [card_of(one).state for one in (zoe, max_, lea)] == ["there", "removed", "conflict"]


def test_an_answer_that_was_lost_is_found_again(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    """Cut off between the card and its row: the card that is there is the one we would write."""
    zoe = met(alpha, "zoe")
    round_(alpha)
    Card.objects.of(alpha).update(etag="", digest="", state="waiting", put_ms=0)
    assert round_(alpha).done == {"updated": 1}
    assert card_of(zoe).state == "there"
    facts.add(zoe, "city", "Lyon", **WHY)
    Card.objects.of(alpha).update(etag='"old"')
    assert round_(alpha).done == {"conflict": 1}  # it says something else than we would: a human looks


def test_a_server_that_keeps_its_etag_to_itself_is_read(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe = met(alpha, "zoe")
    shelf.silent_etag = True
    assert round_(alpha).done == {"created": 1}
    assert card_of(zoe).etag


# persons who come together, and part


def test_persons_who_are_merged_have_one_card_and_two_again_afterwards(
    alpha: Workspace, shelf: Shelf, book: Book
) -> None:
    one, two = met(alpha, "zoe"), met(alpha, "zoe2")
    round_(alpha)
    merge = merging.merge(one, two)
    done = round_(alpha).done
    assert done == {"deleted": 1, "updated": 1}
    assert list(shelf.cards) == [f"{one.uid}.vcf"]
    assert "zoe2@a.example" in text_of(shelf, one)
    merging.unmerge(merge)
    assert round_(alpha).done == {"created": 1, "updated": 1}
    assert set(shelf.cards) == {f"{one.uid}.vcf", f"{two.uid}.vcf"}


def test_a_card_that_came_with_a_merge_keeps_its_name_there(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    one, two = met(alpha, "zoe", ""), met(alpha, "zoe2")
    round_(alpha)
    merge = merging.merge(one, two)
    assert round_(alpha).done == {"updated": 1}
    assert list(shelf.cards) == [f"{two.uid}.vcf"]
    assert f"UID:{two.uid}" in text_of(shelf, two)
    merging.unmerge(merge)
    assert round_(alpha).done == {"updated": 1}
    assert card_of(two).stem == two.uid


# forgetting


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


# what fails


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


# settings


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
    shelf.books = [BOOK, "/house/work/"]
    page = browser.post(f"{PAGE}/settings", said(shelf, url=front)).content.decode()
    assert f"http://{shelf.host}/house/work/" in page


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


# shapes


NEXTCLOUD = b"""<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:card="urn:ietf:params:xml:ns:carddav">
<d:response><d:href>/remote.php/dav/addressbooks/users/zoe/contacts/</d:href><d:propstat><d:prop>
<d:resourcetype><d:collection/><card:addressbook/></d:resourcetype><d:displayname>Contacts</d:displayname>
<d:current-user-privilege-set><d:privilege><d:write/></d:privilege><d:privilege><d:read/></d:privilege>
</d:current-user-privilege-set><card:supported-address-data>
<card:address-data-type content-type="text/vcard" version="3.0"/>
<card:address-data-type content-type="text/vcard" version="4.0"/></card:supported-address-data></d:prop>
<d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><card:addressbook-home-set/></d:prop>
<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response></d:multistatus>"""


def test_what_servers_say_of_an_address_book_is_understood() -> None:
    url = "https://cloud.example/remote.php/dav/addressbooks/users/zoe/contacts/"
    [place] = read_places(NEXTCLOUD, url)
    assert (place.url, place.book, place.writable, place.version) == (url, True, True, "4.0")
    silent = NEXTCLOUD.replace(b"d:current-user-privilege-set", b"d:other")
    assert read_places(silent, url)[0].writable is None


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html></html>", b"not xml", b"\xff\xfe",
        b'<!DOCTYPE a [<!ENTITY b "c">]><d:x xmlns:d="DAV:">&b;</d:x>',
    ],
)  # fmt: skip
def test_anything_else_is_no_server_of_address_books(body: bytes) -> None:
    with pytest.raises(FetchError) as raised:
        read_places(body, "https://a.example/")
    assert raised.value.key == "addressbook.not_dav"


def test_a_server_that_points_elsewhere_does_not_get_the_password_carried_there() -> None:
    with pytest.raises(FetchError) as raised:
        read_places(NEXTCLOUD.replace(b"/remote.php", b"https://evil.example/remote.php"), "https://cloud.example/")
    assert raised.value.key == "addressbook.elsewhere"


def test_the_same_card_in_another_form_is_the_same() -> None:
    ours = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoé\r\nN:Zoé;;;;\r\nUID:a\r\nEMAIL:z@a.example\r\nEND:VCARD\r\n"
    theirs = "BEGIN:VCARD\nVERSION:3.0\nUID:a\nREV:2026\nEMAIL;TYPE=work:z@a.example\nN:Zoé;;;;\nFN:Zoé\nEND:VCARD\n"
    assert same_card(ours, theirs)
    assert not same_card(ours, theirs.replace("z@", "y@"))
    assert not same_card(ours, "")


def test_the_waits_grow_to_a_day() -> None:
    waits = [(later_ms(n, 0) // 60_000) for n in (1, 2, 3, 8, 9, 50)]
    assert waits == [5, 10, 20, 640, 1280, 1440]
    assert later_ms(1, 0, 3_600) == 3_600_000


# elsewhere in the house


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


def test_a_card_of_somebody_taken_off_the_list_goes_unless_others_changed_it(
    alpha: Workspace, alice: User, as_user: AsUser, shelf: Shelf, book: Book
) -> None:
    zoe, browser = met(alpha, "zoe"), as_user(alice)
    round_(alpha)
    shelf.cards[f"{zoe.uid}.vcf"] += "NOTE:mine\n"
    Book.objects.of(alpha).update(listed=PersonList.objects.add(alpha, name="Press", made_ms=1))
    assert round_(alpha).done == {"conflict": 1}
    assert shelf.cards
    address = f"{PAGE}/cards/{card_of(zoe).uid}"
    assert b"Delete it there" in browser.get(address).content
    browser.post(address, {"keep": "ours"})
    assert round_(alpha).done == {"deleted": 1}
    assert shelf.cards == {}
