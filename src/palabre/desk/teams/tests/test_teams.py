"""Teams, handing over, and who reads a reply before it leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.desk.clock import now_ms
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case, CaseEvent
from palabre.desk.replies.models import Reply
from palabre.desk.teams import access
from palabre.desk.teams.models import ApprovalPath, Team
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.desk.workspaces.tests.matrix import sit

AsUser = Callable[[User], Client]


def a_case(alpha: Workspace, by: User, assignee: User | None = None, **values: object) -> Case:
    case = inbox.by_hand(alpha, "Frein", by, at_ms=1_000)
    if assignee:
        inbox.happened(case, "assigned", user=by, to=assignee.pk)
    Case.objects.of(alpha).filter(pk=case.pk).update(**values)
    case.refresh_from_db()
    return case


def test_a_manager_makes_a_department_with_members(alpha: Workspace, alice: User, bob: User, as_user: AsUser) -> None:
    sent = {"name": "Atelier", "about": "Pièces et délais", "department": "on", "members": [bob.uid]}
    assert as_user(alice).post("/w/alpha/teams/new", sent).status_code == 302
    made = Team.objects.of(alpha).get()
    assert (made.department, access.members(made)) == (True, [bob])
    assert "Pièces et délais" in as_user(bob).get("/w/alpha/teams").content.decode()


def test_two_teams_have_two_names(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    Team.objects.add(alpha, name="Atelier")
    answer = as_user(alice).post("/w/alpha/teams/new", {"name": "Atelier"})
    assert answer.status_code == 400
    assert "This name is taken" in answer.content.decode()


def test_who_waits_longest_comes_first_and_who_waits_for_nothing_last(alpha: Workspace, bob: User) -> None:
    team = Team.objects.add(alpha, name="Atelier")
    since = {"Rien": 0, "Hier": 2_000, "Avant-hier": 1_000}
    for title, ms in since.items():
        a_case(alpha, bob, team=team, title=title, waiting_since_ms=ms)
    a_case(alpha, bob, team=team, title="Urgent", waiting_since_ms=3_000, urgent=True)
    found = access.queue(Seat(alpha, bob, "agent"), team)
    assert [case.title for case in found] == ["Urgent", "Avant-hier", "Hier", "Rien"]


def test_a_case_is_handed_over_with_its_note(alpha: Workspace, alice: User, bob: User, as_user: AsUser) -> None:
    case, legal = a_case(alpha, bob, bob), Team.objects.add(alpha, name="Juridique")
    sent = {"team": legal.uid, "note": "Menace d’un procès", "next": "/w/alpha/teams"}
    assert as_user(bob).post(f"/w/alpha/teams/route/{case.uid}", sent).headers["Location"] == "/w/alpha/teams"
    case.refresh_from_db()
    event = CaseEvent.objects.of(alpha).get(kind="team")
    assert (case.team, case.assignee, event.user, event.data["note"]) == (legal, None, bob, "Menace d’un procès")
    assert case.title in as_user(alice).get(f"/w/alpha/teams/{legal.uid}").content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/w/beta/teams", "/w/alpha/\\x"])
def test_handing_over_leads_nowhere_else(alpha: Workspace, bob: User, as_user: AsUser, back: str) -> None:
    case, legal = a_case(alpha, bob), Team.objects.add(alpha, name="Juridique")
    answer = as_user(bob).post(f"/w/alpha/teams/route/{case.uid}", {"team": legal.uid, "next": back})
    assert answer.headers["Location"] == "/w/alpha/teams"


def test_a_team_must_be_chosen(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    case = a_case(alpha, bob)
    Team.objects.add(alpha, name="Juridique")
    answer = as_user(bob).post(f"/w/alpha/teams/route/{case.uid}", {"note": "gardée"})
    assert answer.status_code == 400
    assert "gardée" in answer.content.decode()


def a_reply(case: Case, by: User, state: str = "draft") -> Reply:
    return Reply.objects.add(case.workspace, case=case, text="Bonjour", by=by, state=state, made_ms=1, changed_ms=1)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ({}, True),
        ({"on": False}, False),
        ({"roles": ["agent"]}, True),
        ({"roles": ["manager"]}, False),
        ({"networks": ["mastodon"]}, True),
        ({"networks": ["mail"]}, False),
        ({"labels": ["juridique", "presse"]}, True),
        ({"labels": ["presse"]}, False),
        ({"labels": ["juridique"], "networks": ["mail"]}, False),
        ({"first_replies": 2}, True),
        ({"first_replies": 1}, False),
    ],
)
def test_a_reply_is_read_first_when_all_that_is_set_holds(
    alpha: Workspace, bob: User, path: dict[str, object], asked: bool
) -> None:
    case = a_case(alpha, bob, network="mastodon", labels=["juridique"])
    a_reply(case, bob, "sent_off")
    ApprovalPath.objects.add(alpha, name="Relecture", **path)
    assert bool(access.needs_approval(a_reply(case, bob), bob)) is asked


def test_nobody_approves_their_own_and_a_member_of_the_named_team_may(alpha: Workspace, alice: User, bob: User) -> None:
    carol, team = sit(alpha, "agent", "carol"), Team.objects.add(alpha, name="Relecteurs")
    ApprovalPath.objects.add(alpha, name="Relecture", team=team)
    team.members.set([carol, bob])
    reply = a_reply(a_case(alpha, bob), bob)
    may = {user.name: access.may_approve(Seat(alpha, user, role), reply) for user, role in
           ((alice, "owner"), (bob, "agent"), (carol, "agent"))}  # fmt: skip
    assert may == {"alice": True, "bob": False, "carol": True}


def test_a_path_is_made_on_the_screen(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    sent = {"name": "Débutants", "roles": ["agent"], "networks": ["mastodon", "mail"], "first_replies": "5",
            "approver": "manager", "on": "on"}  # fmt: skip
    assert as_user(alice).post("/w/alpha/teams/approval/new", sent).status_code == 302
    kept = ApprovalPath.objects.of(alpha).get()
    assert (kept.networks, kept.first_replies, kept.on) == (["mastodon", "mail"], 5, True)
    shown = as_user(alice).get("/w/alpha/teams").content.decode()
    assert "everybody’s first 5 replies" in shown


def test_a_queue_says_how_long_somebody_waits(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    User.objects.filter(pk=alice.pk).update(lang="fr")
    team = Team.objects.add(alpha, name="Atelier")
    a_case(alpha, alice, team=team, waiting_since_ms=now_ms() - 3 * 86_400_000)
    browser = as_user(User.objects.get(pk=alice.pk))
    assert "attend depuis 3 jours" in browser.get(f"/w/alpha/teams/{team.uid}").content.decode()
    assert "L’attente la plus longue\u00a0: 3 jours" in browser.get("/w/alpha/teams").content.decode()
