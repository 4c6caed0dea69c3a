"""Acts on cases: each an event, each taken back exactly; merging, splitting; the columns are what the events say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.desk.engine import archive
from palabre.desk.inbox import access, acts, clock, splitting
from palabre.desk.inbox.folding import columns_of, tape
from palabre.desk.inbox.models import Act, Case, CaseEvent, CaseNote, Notice
from palabre.desk.inbox.tests.routes import some_case
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.cases import folded
from palabre.measure.hours import always
from palabre.measure.sla import case_times
from palabre.model import Account, Post

AsUser = Callable[[User], Client]
HOUR = 3_600_000
NAMES = (
    "state",
    "assignee_id",
    "team_id",
    "labels",
    "marks",
    "urgent",
    "snoozed_until_ms",
    "waiting_since_ms",
    "points",
)


@pytest.fixture
def seat(alpha: Workspace, bob: User) -> Seat:
    return Seat(alpha, bob, "agent")


def fresh(workspace: Workspace) -> Case:
    return Case.objects.of(workspace).get(uid=some_case(workspace)["uid"])


def columns(case: Case) -> dict[str, object]:
    found = Case.objects.of(case.workspace).get(pk=case.pk)
    return {name: getattr(found, name) for name in NAMES}


def follows(case: Case) -> bool:
    """Whether the columns are what the events say."""
    found = Case.objects.of(case.workspace).get(pk=case.pk)
    said = columns_of(folded(tape(found)))
    return {name: getattr(found, name) for name in said} == said


ACTS = [
    ("assign", {"to": 1}), ("team", {"to": None, "unassign": True}), ("label", {"label": "livraison"}),
    ("snooze", {"until_ms": 2**45}), ("wait", {}), ("resolve", {}), ("urgent", {}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "data"), ACTS, ids=[what for what, _ in ACTS])
def test_what_was_done_to_many_is_taken_back_exactly(what: str, data: dict[str, int], seat: Seat) -> None:
    cases = [fresh(seat.workspace) for _ in range(3)]
    acts.do(seat, [cases[0]], "urgent")
    acts.do(seat, [cases[1]], "assign", to=seat.user.pk)
    acts.do(seat, [cases[2]], "label", label="ancien")
    before = [columns(case) for case in cases]
    if data.get("to"):
        data = {"to": seat.user.pk}
    act = acts.do(seat, cases, what, **data)
    after = [columns(case) for case in cases]
    assert act.n == sum(one != other for one, other in zip(before, after, strict=True)) > 0
    assert all(map(follows, cases))
    assert acts.undo(seat, act) == act.n
    assert [columns(case) for case in cases] == before
    assert all(map(follows, cases))
    assert acts.undo(seat, act) == 0


def test_an_act_that_changes_nothing_leaves_no_event(seat: Seat) -> None:
    case = fresh(seat.workspace)
    assert acts.do(seat, [case], "urgent").n == 1
    assert acts.do(seat, [case], "urgent").n == 0
    assert CaseEvent.objects.of(seat.workspace).filter(case=case, kind="urgent").count() == 1


def test_taking_back_a_resolution_gives_the_clock_its_wait_back(seat: Seat) -> None:
    case = fresh(seat.workspace)
    before = case_times(clock.events(seat.workspace, case), always(), 2**45)
    act = acts.do(seat, [case], "resolve")
    assert case_times(clock.events(seat.workspace, case), always(), 2**45) != before
    acts.undo(seat, act)
    assert case_times(clock.events(seat.workspace, case), always(), 2**45) == before


def test_what_others_did_since_stays(seat: Seat) -> None:
    case = fresh(seat.workspace)
    act = acts.do(seat, [case], "resolve")
    acts.do(seat, [case], "label", label="suite")
    acts.undo(seat, act)
    found = Case.objects.of(seat.workspace).get(pk=case.pk)
    assert (found.state, found.labels) == ("open", ["suite"])


def test_a_bulk_act_by_the_page_is_undone_in_one_click(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    browser = as_user(bob)
    uids = [some_case(alpha)["uid"] for _ in range(3)]
    before = [columns(case) for case in Case.objects.of(alpha)]
    answer = browser.post("/w/alpha/inbox/many", {"what": "resolve", "case": uids, "back": "queue=open"}, follow=True)
    assert Case.objects.of(alpha).filter(state="resolved").count() == 3
    act = Act.objects.of(alpha).get()
    assert f"/w/alpha/inbox/undo/{act.uid}" in answer.content.decode()
    browser.post(f"/w/alpha/inbox/undo/{act.uid}", {"back": "queue=open"})
    assert [columns(case) for case in Case.objects.of(alpha)] == before


def test_nobody_takes_back_what_another_did(alpha: Workspace, alice: User, bob: User, as_user: AsUser) -> None:
    act = acts.do(Seat(alpha, alice, "owner"), [fresh(alpha)], "resolve")
    assert as_user(bob).post(f"/w/alpha/inbox/undo/{act.uid}").status_code == 404
    assert Case.objects.of(alpha).get().state == "resolved"


def test_merged_cases_are_one_and_an_unmerge_gives_back_what_was(seat: Seat) -> None:
    first, second = fresh(seat.workspace), fresh(seat.workspace)
    before = columns(second), columns(first)
    assert acts.merge(seat, first, [second]) == 1
    second.refresh_from_db()
    assert second.merged_into_id == first.pk
    assert [case.pk for case in access.cases(seat)] == [first.pk]
    access.answered(second, first.opened_ms + HOUR, user=seat.user, event_id="sending:1")
    assert Case.objects.of(seat.workspace).get(pk=first.pk).waiting_since_ms == 0
    assert acts.merge(seat, second, [first]) == 0  # no circle
    CaseEvent.objects.of(seat.workspace).filter(kind="reply").delete()
    assert acts.unmerge(seat, Case.objects.of(seat.workspace).get(pk=second.pk))
    assert (columns(second), columns(first)) == before


def test_a_case_that_holds_two_matters_is_split(seat: Seat) -> None:
    who = Account("https://m.example/u/zoe", "zoe", "Zoé")
    said = [Post(f"https://m.example/{n}", "mastodon", text=f"matter {n}", account=who, published_ms=10**12 + n * HOUR)
            for n in range(3)]  # fmt: skip
    rows = [archive().post(seat.workspace.pk, one) for one in hear(seat.workspace, *said)]
    case = access.opened(seat.workspace, rows[0])
    for row in rows[1:]:
        access.joined(case, row)
        access.happened(case, "customer", at_ms=row.sort_ms, event_id=access.key_of(row.post.uri), post_id=row.post_id)
    other = splitting.split(seat, case, [rows[2].post_id])
    assert other is not None
    assert other.title == "matter 2"
    assert access.of_post(seat.workspace, rows[2].post_id) == other
    assert follows(case)
    assert follows(other)
    kinds = {event.kind for event in clock.events(seat.workspace, Case.objects.of(seat.workspace).get(pk=other.pk))}
    assert kinds == {"opened"}
    assert splitting.split(seat, case, [row.post_id for row in rows[:2]]) is None


def test_a_colleague_named_in_a_note_is_told(alpha: Workspace, alice: User, bob: User, as_user: AsUser) -> None:
    case = fresh(alpha)
    as_user(bob).post(f"/w/alpha/cases/{case.uid}/note", {"text": "@alice tu peux regarder ? pas @nobody"})
    assert CaseNote.objects.of(alpha).count() == 1
    told = Notice.objects.of(alpha).get()
    assert (told.user, told.kind) == (alice, "named")
    assert "mentions you" in as_user(alice).get("/w/alpha/inbox").content.decode()
    as_user(alice).get(f"/w/alpha/cases/{case.uid}")
    assert "mentions you" not in as_user(alice).get("/w/alpha/inbox").content.decode()


def test_a_call_becomes_a_case(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    given = {
        "title": "Colis abîmé",
        "person": "Mme Durand",
        "way": "phone",
        "note": "Rappeler",
        "urgent": "on",
        "mine": "on",
    }
    as_user(bob).post("/w/alpha/inbox/new", given)
    case = Case.objects.of(alpha).select_related("person").get()
    assert case.person is not None
    assert (case.person.name, case.network, case.urgent, case.assignee) == ("Mme Durand", "phone", True, bob)
    assert "Rappeler" in as_user(bob).get(f"/w/alpha/cases/{case.uid}").content.decode()
