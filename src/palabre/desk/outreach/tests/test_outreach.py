"""Going out to people: suggested with a ground, taken by a human, capped by the week, ended by an objection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from palabre.clock import FixedClock
from palabre.desk import clock
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case
from palabre.desk.outreach import access, acts, rounds
from palabre.desk.outreach.models import Contact
from palabre.desk.people import access as people
from palabre.desk.people.models import Person
from palabre.desk.promises import access as promises
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.outreach import DAY_MS
from palabre.errors import InputError

NOW = round(datetime(2026, 11, 24, 9, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "CLOCK", FixedClock(NOW))


@pytest.fixture
def seat(alpha: Workspace, bob: User) -> Seat:
    return Seat(alpha, bob, "agent")


def owed(workspace: Workspace, name: str, days: int = 5) -> Person:
    """Somebody to whom a promise was not kept."""
    person = Person.objects.add(workspace, name=name, made_ms=1, changed_ms=1)
    promises.made(workspace, f"On vous rappelle, {name}.", NOW - days * DAY_MS, person=person)
    return person


def test_a_round_suggests_whom_we_owe_and_who_waits(seat: Seat, alpha: Workspace, bob: User) -> None:
    maite = owed(alpha, "Maïté")
    waiting = Person.objects.add(alpha, name="Ibrahim", made_ms=1, changed_ms=1)
    case = Case.objects.add(
        alpha, title="Panne", person=waiting, opened_ms=1, changed_ms=1, waiting_since_ms=NOW - 9 * DAY_MS, assignee=bob
    )
    rounds.look(seat)
    found = {one.person.name: one for one in access.contacts(seat)}
    assert {name: [reason[0] for reason in one.reasons] for name, one in found.items()} == {
        "Maïté": ["broken"],
        "Ibrahim": ["unanswered"],
    }
    assert found["Ibrahim"].suggested_to == bob
    assert found["Ibrahim"].reasons[0][2] == case.uid
    assert found["Maïté"].suggested_to is None
    assert found["Maïté"].person == maite


def test_the_human_who_spoke_with_them_comes_first(seat: Seat, alpha: Workspace, alice: User, bob: User) -> None:
    maite = owed(alpha, "Maïté")
    case = Case.objects.add(alpha, title="Panne", person=maite, opened_ms=1, changed_ms=1, assignee=bob)
    inbox.happened(case, "reply", user=alice, at_ms=NOW - 60 * DAY_MS)
    assert rounds.who_knows(alpha, maite) == alice
    assert rounds.last_contact(maite) == NOW - 60 * DAY_MS


def test_a_week_holds_no_more_than_was_promised(seat: Seat, alpha: Workspace) -> None:
    for place in range(4):
        owed(alpha, f"Personne {place}", days=place + 1)
    acts.set_week(seat, 2)
    this = rounds.look(seat)
    assert [one.person.name for one in access.contacts(seat)] == ["Personne 3", "Personne 2"]
    assert [why for _, why, _ in this.left_out] == ["full", "full"]
    for one in access.contacts(seat):
        acts.take(seat, one)
    rounds.look(seat)
    assert access.contacts(seat).filter(state="suggested").count() == 0
    late = Contact.objects.add(alpha, person=owed(alpha, "Trop"), made_ms=NOW)
    with pytest.raises(InputError):
        acts.take(seat, late)


def test_who_asked_not_to_be_contacted_never_comes_back(seat: Seat, alpha: Workspace) -> None:
    maite = owed(alpha, "Maïté")
    rounds.look(seat)
    found = access.contacts(seat).get()
    with pytest.raises(InputError):
        acts.conclude(seat, found, "answered", "")
    acts.take(seat, found)
    acts.conclude(seat, found, "objected", "Ne m’écrivez plus")
    assert people.objects(maite)
    assert people.consents(maite)["thank"].words == "Ne m’écrivez plus"
    this = rounds.look(seat)
    assert [[uid, why] for uid, why, _ in this.left_out] == [[maite.uid, "objected"]]
    assert access.contacts(seat).filter(state="suggested").count() == 0


def test_put_off_is_put_off_for_a_month(seat: Seat, alpha: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    owed(alpha, "Maïté")
    rounds.look(seat)
    acts.put_off(access.contacts(seat).get())
    assert [why for _, why, _ in rounds.look(seat).left_out] == ["put_off"]
    monkeypatch.setattr(clock, "CLOCK", FixedClock(NOW + 31 * DAY_MS))
    rounds.look(seat)
    assert access.contacts(seat).filter(state="suggested").count() == 1


def test_a_member_goes_from_suggestion_to_case_to_outcome(
    alpha: Workspace, bob: User, as_user: Callable[[User], Client]
) -> None:
    owed(alpha, "Maïté")
    browser, at = as_user(bob), "/w/alpha/outreach"
    browser.post(f"{at}/look")
    assert "A promise made to them was not kept (5 days ago)" in browser.get(at).content.decode()
    found = Contact.objects.of(alpha).get()
    browser.post(f"{at}/{found.uid}/take")
    answer = browser.post(f"{at}/{found.uid}/case", {"opening": "Je vous dois une réponse."})
    found.refresh_from_db()
    case: Any = found.case
    assert answer["Location"] == f"/w/alpha/cases/{case.uid}"
    assert (found.opening, found.owner) == ("Je vous dois une réponse.", bob)
    assert browser.post(f"{at}/{found.uid}", {}).status_code == 400
    browser.post(f"{at}/{found.uid}", {"outcome": "meeting", "note": "jeudi"})
    found.refresh_from_db()
    assert (found.state, found.outcome, found.note) == ("done", "meeting", "jeudi")
    assert "A meeting" in browser.get(at).content.decode()


def test_of_two_who_take_the_same_contact_one_does(seat: Seat, alpha: Workspace, bob: User, alice: User) -> None:
    owed(alpha, "Maïté")
    rounds.look(seat)
    mine, theirs = access.contacts(seat).get(), access.contacts(seat).get()
    acts.take(seat, mine)
    with pytest.raises(InputError, match="took it on"):
        acts.take(Seat(alpha, alice, "owner"), theirs)
    assert access.contacts(seat).get().owner == bob
