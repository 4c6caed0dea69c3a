"""Nobody is enrolled without their yes; thanks are kept; what has a price is disclosed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from palabre.desk.ambassadors import access, acts, figures
from palabre.desk.ambassadors.models import Consent, Invite, Membership, Recognition, Reminder
from palabre.desk.engine import archive
from palabre.desk.people.models import Handle, Person
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.disclosure import obliges, tag
from palabre.errors import InputError

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def seat(alpha: Workspace, alice: User) -> Seat:
    return Seat(alpha, alice, "owner")


@pytest.fixture
def lea(alpha: Workspace) -> Person:
    made = Person.objects.add(alpha, name="Léa", made_ms=1, changed_ms=1)
    Handle.objects.add(alpha, person=made, network="mastodon", uri="https://x.example/@lea", linked_ms=1)
    return made


def asked(browser: Client, person: Person, kind: str = "customer") -> str:
    """The address of an invitation."""
    page = browser.post("/w/alpha/ambassadors/invite", {"person": person.uid, "kind": kind}).content.decode()
    found = re.search(r"/yes/[\w-]+", page)
    assert found
    return found[0]


def test_an_invitation_enrols_nobody(as_user: Browse, alice: User, alpha: Workspace, lea: Person) -> None:
    address = asked(as_user(alice), lea)
    Client().get(address)
    assert Invite.objects.of(alpha).get().opened_ms
    assert not access.is_member(alpha, lea.pk)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_their_own_yes_enrols_with_the_very_words_they_read(
    as_user: Browse, alice: User, alpha: Workspace, lea: Person, lang: str
) -> None:
    address, guest = asked(as_user(alice), lea), Client(headers={"accept-language": lang})
    page = guest.get(address).content.decode()
    guest.post(address, {"answer": "yes", "lang": lang})
    member = access.members(alpha).get()
    text = Invite.objects.of(alpha).get().texts[lang]
    assert (member.person, member.consent.text, member.consent.lang) == (lea, text, lang)
    assert member.consent.text_hash == hashlib.sha256(text.encode()).hexdigest()
    assert all(line.replace("'", "&#x27;") in page for line in text.split("\n"))
    assert ("« produit offert »" in text.replace("\u00a0", " ")) is (lang == "fr")
    proof = as_user(alice).get(f"/w/alpha/ambassadors/{member.uid}/proof").content.decode()
    assert member.consent.text_hash in proof


def test_a_no_enrols_nobody_and_is_not_asked_again_but_may_become_a_yes(
    as_user: Browse, alice: User, alpha: Workspace, lea: Person
) -> None:
    address = asked(as_user(alice), lea)
    Client().post(address, {"answer": "no"})
    assert (Invite.objects.of(alpha).get().answer, access.is_member(alpha, lea.pk)) == ("no", False)
    Client().post(address, {"answer": "yes", "lang": "fr"})
    assert access.is_member(alpha, lea.pk)


def test_they_leave_at_any_time_and_the_proof_stays(
    as_user: Browse, alice: User, alpha: Workspace, lea: Person
) -> None:
    address = asked(as_user(alice), lea)
    Client().post(address, {"answer": "yes", "lang": "fr"})
    Client().post(address, {"answer": "leave"})
    assert not access.is_member(alpha, lea.pk)
    assert Membership.objects.of(alpha).get().left_by == "person"
    assert Consent.objects.of(alpha).count() == 1
    Client().post(address, {"answer": "yes", "lang": "fr"})  # the same address does not bring them back
    assert not access.is_member(alpha, lea.pk)


@pytest.mark.parametrize("given", [{}, {"answer": "maybe"}, {"answer": "leave"}, {"answer": "YES"}])
def test_anything_but_a_yes_enrols_nobody(
    as_user: Browse, alice: User, alpha: Workspace, lea: Person, given: dict[str, str]
) -> None:
    Client().post(asked(as_user(alice), lea), given)
    assert not Membership.objects.of(alpha).exists()


def test_the_database_refuses_a_member_without_a_yes(seat: Seat, lea: Person) -> None:
    invite, _ = acts.invited(seat, lea, "customer")
    values: dict[str, Any] = {"text": "Oui ?", "text_hash": "0" * 64, "lang": "fr", "answered_ms": 5}
    wrong: list[dict[str, Any]] = [{"answer": "no"}, {"answer": ""}, {"answer": "yes", "text": ""},
                                   {"answer": "yes", "answered_ms": 0}]  # fmt: skip
    for one in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.add(seat.workspace, invite=invite, **{**values, **one})
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.add(seat.workspace, person=lea, kind="customer", joined_ms=1, consent_id=None)
    proof = Consent.objects.add(seat.workspace, invite=invite, answer="yes", **values)
    Membership.objects.add(seat.workspace, person=lea, kind="customer", joined_ms=1, consent=proof)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.add(seat.workspace, person=lea, kind="customer", joined_ms=1, consent=proof)


def test_a_withdrawn_or_replaced_address_opens_no_more(
    as_user: Browse, alice: User, alpha: Workspace, lea: Person
) -> None:
    browser = as_user(alice)
    first, second = asked(browser, lea), asked(browser, lea)
    assert Client().get(first).status_code == 404
    invite = access.invites(alpha).filter(withdrawn_ms=0).get()
    browser.post(f"/w/alpha/ambassadors/invite/{invite.uid}/withdraw")
    assert Client().post(second, {"answer": "yes"}).status_code == 404
    assert not Membership.objects.of(alpha).exists()


def test_who_said_yes_is_not_invited_again(seat: Seat, lea: Person) -> None:
    invite, _ = acts.invited(seat, lea, "partner")
    acts.answered(invite, "yes", "fr")
    with pytest.raises(InputError) as caught:
        acts.invited(seat, lea, "partner")
    assert caught.value.key == "recognition.already"


def test_an_employee_reads_that_a_no_has_no_effect(seat: Seat, lea: Person) -> None:
    invite, _ = acts.invited(seat, lea, "employee")
    assert "no effect on your work" in invite.texts["en"]


def test_what_has_a_price_is_entered_only_when_they_were_told(
    as_user: Browse, alice: User, alpha: Workspace, lea: Person
) -> None:
    browser, data = as_user(alice), {"on": "2026-11-20", "kind": "reward", "nature": "financial", "what": "Un antivol"}
    data |= {"low": "40", "high": "30"}
    assert browser.post(f"/w/alpha/ambassadors/thank/{lea.uid}", data).status_code == 400
    assert browser.post(f"/w/alpha/ambassadors/thank/{lea.uid}", data | {"disclosed": "on"}).status_code == 302
    kept = Recognition.objects.of(alpha).get()
    assert (kept.low, kept.high, kept.disclosed) == (30.0, 40.0, True)
    body = browser.get("/w/alpha/ambassadors/ledger.csv").content.decode()
    assert "Un antivol" in body
    assert "told" in body


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Superbe vélo ! #collaborationcommerciale", "#collaborationcommerciale"),
        ("[Publicité] : mon essai", ""),
        ("Publicité : mon essai", "Publicité :"),
        ("Antivol offert par Cyclovent", "offert par"),
        ("Je travaille chez Cyclovent, et j'en suis fier", "Je travaille chez"),
        ("#ad lovely bike", "#ad"),
        ("Lovely bike #address", ""),
        ("Gifted by Cyclovent", "Gifted by"),
        ("Produit offert, avis libre", "Produit offert"),
        ("J'ai acheté ce vélo", ""),
        ("publicité mensongère !", ""),
    ],
)
def test_disclosures_are_found_in_words(text: str, found: str) -> None:
    assert tag(text) == found


def test_a_price_obliges_and_a_word_does_not() -> None:
    assert [obliges("financial", None), obliges("notoriety", 10.0), obliges("notoriety", None)] == [True, True, False]


def test_posts_of_the_rewarded_without_a_disclosure_are_listed_until_somebody_looked(
    as_user: Browse, alice: User, seat: Seat, lea: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts.thanked(seat, lea, on=date(2026, 1, 1), kind="reward", nature="financial", words="Un antivol", disclosed=True)
    account, after = "https://x.example/@lea", 1_780_000_000_000
    rows = [
        {"post_id": 1, "account_uri": account, "sort_ms": after, "title": "", "text": "Bel antivol", "url": ""},
        {"post_id": 2, "account_uri": account, "sort_ms": after, "title": "", "text": "Bel antivol #ad", "url": ""},
        {"post_id": 3, "account_uri": account, "sort_ms": 1, "title": "", "text": "Avant", "url": ""},
    ]
    monkeypatch.setattr(figures, "said_by", lambda *given: rows)
    assert [one.post_id for one in figures.unsaid(seat)] == [1]
    assert "Bel antivol" in as_user(alice).get("/w/alpha/ambassadors").content.decode()
    Reminder.objects.add(seat.workspace, person=lea, post_id=1, what="reminded", at_ms=1)
    assert figures.unsaid(seat) == []


@pytest.mark.parametrize(
    ("thanks", "followed"), [([], False), ([5], False), ([10], True), ([10 + 30 * 86_400_000], True), ([10**11], False)]
)
def test_thanks_count_within_their_delay(thanks: list[int], followed: bool) -> None:
    assert figures.followed(10, thanks, 30 * 86_400_000) is followed


@pytest.fixture(scope="module")
def sample_ground(django_db_blocker: Any) -> Any:
    """The whole sample in the archive, under a workspace of its own."""
    from palabre.clock import SystemClock
    from palabre.sample import load as sample

    made = archive().workspaces.add(f"sample-{SystemClock().now_ms()}", "Sample")
    sample.add_panel(archive(), made.workspace_id, "fr")
    sample.load(archive(), SystemClock(), made.workspace_id, lambda done, total: None)
    return made


@pytest.mark.long
def test_loyal_advisers_of_the_sample_are_proposed(sample_ground: Any, alice: User, db: None) -> None:
    from palabre.desk.workspaces.mirror import follow

    follow([sample_ground])
    seat = Seat(Workspace.objects.get(pk=sample_ground.workspace_id), alice, "owner")
    found = figures.candidates(seat)
    advisers = [one for one in found if one.helper.why == "adviser"]
    assert len(advisers) >= 3
    assert all(one.helper.advice.evidence.post_ids for one in advisers)
