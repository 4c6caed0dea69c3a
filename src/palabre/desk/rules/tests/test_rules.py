"""Rules on the desk: tried before they run, once each, with their name on what they did, and stopped when too busy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from palabre.archive.types import Delivery
from palabre.batches import batch_of
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case, CaseEvent
from palabre.desk.outbox.models import Sending
from palabre.desk.replies.models import Reply
from palabre.desk.rules import access, acting, passing, trial
from palabre.desk.rules.models import Rule, RuleRun, RuleTrial
from palabre.desk.teams.models import Team
from palabre.desk.workspaces.models import User, Workspace
from palabre.desk.workspaces.tests.matrix import sit

AsUser = Callable[[User], Client]
HOUR = 3_600_000


def a_rule(alpha: Workspace, conditions: dict[str, list[str]], actions: list[tuple[str, str]], **values: Any) -> Rule:
    """One that is on."""
    kept = {
        "name": f"Règle {Rule.objects.of(alpha).count()}", "state": "on", "tried_version": 1, "made_ms": 1,
        "rank": Rule.objects.of(alpha).count(),
        "conditions": [{"field": name, "values": given, "not": False} for name, given in conditions.items()],
        "actions": [{"kind": kind, "value": value} for kind, value in actions],
    }  # fmt: skip
    return Rule.objects.add(alpha, **(kept | values))


def a_case(alpha: Workspace, by: User, **values: Any) -> Case:
    return inbox.by_hand(alpha, "Frein", by, network="mail", at_ms=now_ms() - HOUR, **values)


def kinds(case: Case) -> list[str]:
    return [event.kind for event in CaseEvent.objects.of(case.workspace).filter(case=case)]


def test_a_rule_labels_a_case_once_and_says_so(alpha: Workspace, bob: User) -> None:
    rule, case = a_rule(alpha, {"network": ["mail"]}, [("label", "courriel"), ("urgent", "")]), a_case(alpha, bob)
    assert [access.apply(alpha, case) for _ in range(3)] == [1, 0, 0]
    case.refresh_from_db()
    assert (case.labels, case.urgent) == (["courriel"], True)
    events = CaseEvent.objects.of(alpha).filter(case=case, kind__in=["labelled", "urgent", "rule"])
    assert {(event.by, event.data["rule"]) for event in events} == {("machine", rule.uid)}
    assert access.log(_seat(alpha, bob), rule).count() == 1


def _seat(alpha: Workspace, user: User) -> Any:
    from palabre.desk.workspaces.access import Seat

    return Seat(alpha, user, "agent")


def test_a_case_that_comes_back_is_looked_at_again(alpha: Workspace, bob: User) -> None:
    a_rule(alpha, {"network": ["mail"]}, [("urgent", "")])
    case = a_case(alpha, bob)
    access.apply(alpha, case)
    inbox.happened(case, "resolved", user=bob)
    inbox.happened(case, "customer")
    assert access.apply(alpha, case) == 1


def test_what_a_member_decided_stays(alpha: Workspace, alice: User, bob: User) -> None:
    press, legal = Team.objects.add(alpha, name="Presse"), Team.objects.add(alpha, name="Juridique")
    a_rule(alpha, {"network": ["mail"]}, [("team", legal.uid), ("assign", alice.uid)])
    case = a_case(alpha, bob)
    inbox.happened(case, "team", user=bob, to=press.pk)
    inbox.happened(case, "assigned", user=bob, to=bob.pk)
    access.apply(alpha, case)
    case.refresh_from_db()
    assert (case.team, case.assignee) == (press, bob)
    assert [one["done"] for one in RuleRun.objects.of(alpha).get().did] == [False, False]


@pytest.mark.parametrize(("kind", "expected"), [("round_robin", [2, 2, 2]), ("least_busy", [2, 2, 2])])
def test_cases_are_shared_out(alpha: Workspace, bob: User, kind: str, expected: list[int]) -> None:
    people = [bob, sit(alpha, "agent", "carol"), sit(alpha, "agent", "dan")]
    team = Team.objects.add(alpha, name="Relation")
    team.members.set(people)
    a_rule(alpha, {"network": ["mail"]}, [(kind, team.uid)])
    cases = [a_case(alpha, bob) for _ in range(6)]
    for case in cases:
        access.apply(alpha, case)
    assert [Case.objects.of(alpha).filter(assignee=one).count() for one in people] == expected


def test_the_first_rule_that_stops_is_the_last_that_is_asked(alpha: Workspace, bob: User) -> None:
    for name, stops in (("a", False), ("b", True), ("c", False)):
        a_rule(alpha, {"network": ["mail"]}, [("label", name)], stops=stops)
    case = a_case(alpha, bob)
    access.apply(alpha, case)
    case.refresh_from_db()
    assert case.labels == ["a", "b"]


def test_a_rule_that_would_touch_too_much_is_paused_with_a_notice(
    alpha: Workspace, alice: User, bob: User, as_user: AsUser
) -> None:
    rule = a_rule(alpha, {"network": ["mail"]}, [("label", "x")], hourly_max=3)
    cases = [a_case(alpha, bob) for _ in range(5)]
    assert access.apply_to_cases(alpha, cases) == 3
    rule.refresh_from_db()
    assert (rule.state, rule.paused_key) == ("paused", "rules.paused.breaker")
    shown = as_user(alice).get("/w/alpha/rules").content.decode()
    assert "more than 3 things in an hour" in shown


def test_a_rule_that_names_somebody_gone_is_paused(alpha: Workspace, bob: User) -> None:
    rule = a_rule(alpha, {"network": ["mail"]}, [("label", "x"), ("assign", "0" * 32)])
    case = a_case(alpha, bob)
    assert access.apply(alpha, case) == 0
    rule.refresh_from_db()
    case.refresh_from_db()
    assert (rule.paused_key, case.labels) == ("rules.paused.gone", [])


def test_cut_off_in_the_middle_nothing_is_done_by_halves(
    alpha: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_rule(alpha, {"network": ["mail"]}, [("label", "a"), ("label", "b")])
    case, before = a_case(alpha, bob), acting._on_case

    def cut(rule: Any, found: Any, action: Any, event_id: str) -> bool:
        if action.value == "b":
            raise KeyboardInterrupt
        return before(rule, found, action, event_id)

    monkeypatch.setattr(acting, "_on_case", cut)
    with pytest.raises(KeyboardInterrupt):
        access.apply(alpha, case)
    assert "labelled" not in kinds(case)
    monkeypatch.setattr(acting, "_on_case", before)
    case.refresh_from_db()
    access.apply(alpha, case)
    assert kinds(case).count("labelled") == 2


def heard(alpha: Workspace, *texts: str) -> list[int]:
    """Posts in the archive, as ids."""
    import pyarrow as pa

    from palabre.model import MENTIONS, Account, Post

    now = now_ms()
    posts = [
        Post(uri=f"https://x.example/{alpha.pk}/{i}", network="mastodon", text=text, published_ms=now - HOUR,
             account=Account(f"https://x.example/@{i}", f"a{i}", followers=10 * i))
        for i, text in enumerate(texts)
    ]  # fmt: skip
    batch = batch_of(posts)
    none = pa.RecordBatch.from_pylist([], schema=MENTIONS)
    archive().write(
        Delivery(alpha.pk, None, batch, [None] * len(posts), pa.array([" ".join(text.split()) for text in texts]), none)
    )
    rows = archive().search(alpha.pk, limit=len(posts))
    return [row.post_id for row in reversed(rows)]


def test_a_rule_about_posts_opens_a_case_and_nothing_is_sent(alpha: Workspace, bob: User) -> None:
    rule = a_rule(alpha, {"text": ["remboursement"]}, [("label", "argent"), ("open", "")], about="post")
    ids = heard(alpha, "je veux un remboursement", "belle journée")
    rows = archive().posts.many(alpha.pk, ids)
    assert [access.apply_to_posts(alpha, rows) for _ in range(2)] == [1, 0]
    case = inbox.of_post(alpha, ids[0])
    assert case is not None
    assert case.labels == ["argent"]
    assert inbox.of_post(alpha, ids[1]) is None
    assert [event.data["rule"] for event in CaseEvent.objects.of(alpha).filter(kind="rule")] == [rule.uid]
    assert not Reply.objects.of(alpha).exists()
    assert not Sending.objects.of(alpha).exists()


def test_a_rule_folds_with_its_named_reason_and_a_member_brings_it_back(alpha: Workspace) -> None:
    a_rule(alpha, {"text": ["promo*"]}, [("fold", "promotion")], about="post")
    ids = heard(alpha, "promotions du jour")
    access.apply_to_posts(alpha, archive().posts.many(alpha.pk, ids))
    fold = archive().folds.of(alpha.pk, ids)[ids[0]]
    assert ([reason.name for reason in fold.reasons], fold.restored_ms) == (["promotion"], 0)
    archive().folds.restore(alpha.pk, ids, "alice")
    access.apply_to_posts(alpha, archive().posts.many(alpha.pk, ids))
    assert archive().folds.of(alpha.pk, ids)[ids[0]].restored_ms


def test_the_pass_takes_what_comes_after_it_was_switched_on(alpha: Workspace, bob: User) -> None:
    old = a_case(alpha, bob)
    rule = a_rule(alpha, {"network": ["mail"]}, [("urgent", "")], state="off")
    passing.begin(alpha)
    Rule.objects.of(alpha).filter(pk=rule.pk).update(state="on")
    new = a_case(alpha, bob)
    assert [passing.once(alpha) for _ in range(2)] == [1, 0]
    assert ("urgent" in kinds(new), "urgent" in kinds(old)) == (True, False)


def test_a_rule_that_waits_holds_when_the_time_has_come(alpha: Workspace, bob: User) -> None:
    a_rule(alpha, {"waiting_hours": ["4"]}, [("urgent", "")])
    passing.begin(alpha)
    early, late = a_case(alpha, bob), inbox.by_hand(alpha, "Vieux", bob, at_ms=now_ms() - 5 * HOUR)
    assert [passing.once(alpha) for _ in range(2)] == [1, 0]
    assert ("urgent" in kinds(early), "urgent" in kinds(late)) == (False, True)


def test_a_trial_counts_and_changes_nothing(alpha: Workspace, bob: User) -> None:
    rule = a_rule(alpha, {"text": ["remboursement"]}, [("open", "")], about="post", state="off", tried_version=0)
    heard(alpha, "un remboursement svp", "rien", "remboursement refusé")
    found = trial.tried(rule, 7, bob)
    assert (found.touched, found.looked, found.whole, len(found.sample)) == (2, 3, True, 2)
    assert not Case.objects.of(alpha).exists()
    assert rule.tried


FORM = {"name": "Plaintes", "about": "case", "every": "all", "network": ["mail"], "do_label": "plainte",
        "hourly_max": "60"}  # fmt: skip


def test_a_rule_is_written_tried_and_switched_on(alpha: Workspace, alice: User, bob: User, as_user: AsUser) -> None:
    browser = as_user(alice)
    assert browser.post("/w/alpha/rules/new", FORM).status_code == 302
    rule = Rule.objects.of(alpha).get()
    case = a_case(alpha, bob)
    browser.post(f"/w/alpha/rules/{rule.uid}/switch", {"state": "on"})
    rule.refresh_from_db()
    assert rule.state == "off"  # never tried
    browser.post(f"/w/alpha/rules/{rule.uid}/try", {"days": "7"})
    shown = browser.get(f"/w/alpha/rules/{rule.uid}").content.decode()
    assert "1 case would have been touched, of 1 looked at." in shown
    assert case.title in shown
    browser.post(f"/w/alpha/rules/{rule.uid}/switch", {"state": "on"})
    rule.refresh_from_db()
    assert rule.state == "on"
    browser.post(f"/w/alpha/rules/{rule.uid}/edit", FORM | {"do_label": "courriel", "why": "plus juste"})
    rule.refresh_from_db()
    assert (rule.state, rule.version, rule.tried) == ("off", 2, False)
    browser.post(f"/w/alpha/rules/{rule.uid}/restore", {"version": "1"})
    rule.refresh_from_db()
    assert (rule.version, rule.actions) == (3, [{"kind": "label", "value": "plainte"}])
    assert "plus juste" in browser.get(f"/w/alpha/rules/{rule.uid}").content.decode()
    assert RuleTrial.objects.of(alpha).count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"network": []}, "at least one condition"),
        ({"do_label": ""}, "at least one thing to do"),
        ({"about": "post"}, "needs a case"),
        ({"followers": "beaucoup"}, "is not a number"),
        ({"text": "(ouvert"}, "text"),
        ({"do_snooze": "99999"}, "1 to 2,160 hours"),
    ],
)
def test_what_cannot_be_followed_is_said(
    alpha: Workspace, alice: User, as_user: AsUser, change: dict[str, Any], words: str
) -> None:
    answer = as_user(alice).post("/w/alpha/rules/new", FORM | change)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Rule.objects.of(alpha).exists()


def test_the_form_gives_back_what_was_kept(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    browser, team = as_user(alice), Team.objects.add(alpha, name="Relation")
    sent = FORM | {"tone": ["negative"], "not_tone": "on", "do_assign": f"least_busy {team.uid}", "do_urgent": "on"}
    browser.post("/w/alpha/rules/new", sent)
    rule = Rule.objects.of(alpha).get()
    again = browser.get(f"/w/alpha/rules/{rule.uid}/edit").content.decode()
    assert f'<option value="least_busy {team.uid}" selected>' in again
    shown = browser.get("/w/alpha/rules").content.decode()
    assert "Tone: not negative" in shown
    assert "assign to the least busy of “Relation”" in shown


def test_rules_move_in_their_order(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    first, second = (a_rule(alpha, {"network": ["mail"]}, [("label", name)]) for name in "ab")
    as_user(alice).post(f"/w/alpha/rules/{second.uid}/move", {"way": "up"})
    assert [one.pk for one in Rule.objects.of(alpha)] == [second.pk, first.pk]
