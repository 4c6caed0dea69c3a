"""Cards in step with persons: who has one, what is on it, what others change."""

from __future__ import annotations

import pytest

from palabre.desk import clock
from palabre.desk.addressbook import access as books
from palabre.desk.addressbook import acts
from palabre.desk.addressbook.models import Book, Card, Push
from palabre.desk.addressbook.tests.cards import PAGE, WHY, AsUser, card_of, met, round_, text_of
from palabre.desk.addressbook.tests.routes import made
from palabre.desk.addressbook.tests.shelf import Shelf
from palabre.desk.engine import archive
from palabre.desk.people import access, facts, merging
from palabre.desk.people.models import ListMember, Person, PersonList
from palabre.desk.workspaces.models import AuditEntry, User, Workspace
from palabre.engage.carddav import DAY_MS


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
    assert books.card_of(max_) is None


def test_only_a_list_when_one_was_chosen(alpha: Workspace, shelf: Shelf, book: Book) -> None:
    zoe, max_ = met(alpha, "zoe"), met(alpha, "max")
    listed = PersonList.objects.add(alpha, name="Press", made_ms=1)
    ListMember.objects.add(alpha, list=listed, person=zoe, at_ms=1)
    Book.objects.of(alpha).update(listed=listed)
    assert round_(alpha).done == {"created": 1}
    ListMember.objects.of(alpha).update(person=max_)
    assert round_(alpha).done == {"created": 1, "deleted": 1}
    assert list(shelf.cards) == [f"{max_.uid}.vcf"]


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
