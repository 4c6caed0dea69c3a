"""Whatever app a row is of, it follows its person through a merge, back again, and out of the house."""

from __future__ import annotations

from datetime import date

from palabre.desk.addressbook.models import Book, Card
from palabre.desk.ambassadors import access as ambassadors
from palabre.desk.ambassadors import acts
from palabre.desk.ambassadors.models import Consent, Invite, Membership, Recognition, Reminder
from palabre.desk.inbox.models import Case
from palabre.desk.objectives.models import Outcome
from palabre.desk.outreach.models import Contact, Round
from palabre.desk.people import erasing, merging
from palabre.desk.people.models import Home, Person
from palabre.desk.people.tests.test_merging import someone, state
from palabre.desk.promises.models import PromiseLink
from palabre.desk.workspaces.models import Workspace

KNOWN = {
    "people.handle", "people.challenge", "people.fact", "people.consent", "people.note", "people.listmember",
    "inbox.case", "promises.promise", "promises.promiselink", "objectives.outcome", "outreach.contact",
    "ambassadors.invite", "ambassadors.membership", "ambassadors.recognition", "ambassadors.reminder",
    "addressbook.card",
}  # fmt: skip
POST = 700


def full(workspace: Workspace, number: int) -> Person:
    """A person with a row in every app; their post is POST + number."""
    found = someone(workspace, number)
    book, _ = Book.objects.of(workspace).get_or_create(workspace=workspace, defaults={"made_ms": 1})
    Card.objects.add(workspace, book=book, person=found, stem=found.uid, state="conflict", theirs=f"FN:{number}")
    texts = {"fr": "Oui ?", "en": "Yes?"}
    invite = Invite.objects.add(workspace, person=found, kind="customer", token_hash=f"t{number}", texts=texts,
                                answer="yes", made_ms=1, expires_ms=9)  # fmt: skip
    consent = Consent.objects.add(workspace, invite=invite, answer="yes", text="Yes?", text_hash="0", lang="en",
                                  answered_ms=2)  # fmt: skip
    Membership.objects.add(workspace, person=found, consent=consent, kind="customer", joined_ms=2)
    Recognition.objects.add(workspace, person=found, on=date(2026, 3, 1), kind="thanks", nature="gift",
                            words=f"thanks {number}", made_ms=1)  # fmt: skip
    Reminder.objects.add(workspace, person=found, post_id=POST + number, what="fine", at_ms=1)
    PromiseLink.objects.add(workspace, person=found, token_hash=f"p{number}", made_ms=1)
    reasons = [["need", 1, "bikes", POST + number, "asked"], ["need", 1, "other", 1, "asked"]]
    Contact.objects.add(workspace, person=found, state="taken", reasons=reasons, opening=f"hello {number}", made_ms=1)
    Outcome.objects.add(workspace, kind="sale", words=f"order of {number}", on=date(2026, 3, 1), person=found, low=10,
                        high=20, basis="said", post_ids=[POST + number, 1], made_ms=1, changed_ms=1)  # fmt: skip
    return found


def test_every_app_that_names_persons_was_thought_of() -> None:
    """A new relation belongs in `full` too, and, where its words outlive the person, in a ``forgetting.py``."""
    assert {merging.mark(model, field) for model, field in merging.belongings()} == KNOWN


def test_rows_of_every_app_follow_a_merge_and_come_back(alpha: Workspace) -> None:
    one, two = full(alpha, 1), full(alpha, 2)
    before = state(alpha)
    made = merging.merge(one, two)
    for model in (Recognition, Reminder, Invite, Contact, Outcome, PromiseLink, Case):
        assert model._base_manager.filter(person=one).count() == 2
    merging.unmerge(made)
    assert state(alpha) == before
    assert not Home.objects.of(alpha).exists()


def test_who_was_an_ambassador_twice_counts_once_and_leaves_at_once(alpha: Workspace) -> None:
    one, two = full(alpha, 1), full(alpha, 2)
    assert ambassadors.members(alpha).count() == 2
    merging.merge(one, two)
    [member] = ambassadors.members(alpha)
    assert member.person == one
    other = Membership.objects.of(alpha).exclude(pk=member.pk).get()
    acts.left(other, "person")  # by the address that the second of them was given
    assert not Membership.objects.of(alpha).filter(left_ms=0).exists()
    assert Consent.objects.of(alpha).count() == 2


def test_nothing_is_left_of_who_is_forgotten_whomever_they_were(alpha: Workspace) -> None:
    one, two, other = full(alpha, 1), full(alpha, 2), full(alpha, 3)
    Contact.objects.of(alpha).filter(person=other).update(
        reasons=[["need", 1, "x", POST + 1, "g"], ["a", 1, "", 5, "g"]]
    )
    Round.objects.add(alpha, left_out=[[two.uid, "refused", ["need"]], [other.uid, "busy", []]])
    merging.merge(one, two)
    erasing.forget(alpha, merging.family(one), [POST + 1, POST + 2], [])
    for model, field in merging.belongings():
        assert set(model._base_manager.values_list(f"{field}_id", flat=True)) <= {other.pk, None}
    assert list(Consent.objects.of(alpha).values_list("invite__person", flat=True)) == [other.pk]
    assert Contact.objects.of(alpha).get().reasons == [["a", 1, "", 5, "g"]]
    assert Round.objects.of(alpha).get().left_out == [["", "refused", ["need"]], [other.uid, "busy", []]]
    gone = Outcome.objects.of(alpha).filter(person=None)
    assert [(row.words, row.basis, row.post_ids, row.high) for row in gone] == [("—", "", [1], 20)] * 2
    assert Outcome.objects.of(alpha).get(person=other).words == "order of 3"
    assert list(Card.objects.of(alpha).filter(person=None).values_list("state", "theirs")) == [("waiting", "")] * 2
    assert not Home.objects.of(alpha).exists()
