"""An objective from its sentence to its proof, and an experiment to its verdict, in the browser of a member."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from palabre.desk.engine import archive
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case
from palabre.desk.mentions.tests.posts import hear
from palabre.desk.objectives.models import Experiment, Measure, Objective, Outcome
from palabre.desk.objectives.showing import duration, money
from palabre.desk.promises.models import Promise
from palabre.desk.replies.models import Reply
from palabre.desk.workspaces.models import User, Workspace
from palabre.measure.ranges import Range
from palabre.model import Account, Post

AsUser = Callable[[User], Client]
HERE = "/w/alpha/measure"
ANA = Account("https://social.example/users/ana", "ana", "Ana Lyse")


@pytest.fixture
def browser(alice: User, as_user: AsUser) -> Client:
    return as_user(alice)


@pytest.fixture
def case(alpha: Workspace) -> Case:
    hear(alpha, Post("https://social.example/@ana/1", "mastodon", text="The child seat wobbles", account=ANA))
    return inbox.opened(alpha, archive().search(alpha.id, limit=1)[0])


def test_an_objective_has_means_a_plan_and_measures(browser: Client, alpha: Workspace) -> None:
    sentence = {"sentence": "Fewer people wait", "state": "running", "horizon": "2027-01-01"}
    assert browser.post(f"{HERE}/objectives/new", sentence).status_code == 302
    goal = Objective.objects.of(alpha).get()
    here = f"{HERE}/objectives/{goal.uid}"
    browser.post(f"{here}/means", {"kind": "budget", "low": "400", "high": "900", "currency": "EUR"})
    browser.post(f"{here}/steps", {"text": "Ask the shops", "due": "2026-01-01"})
    browser.post(f"{here}/measures", {"name": "kept_rate", "target": "90", "days": "30"})
    assert Measure.objects.of(alpha).get().target == pytest.approx(0.9)
    page = browser.get(here).content.decode()
    for words in ("€400 to €900", "Ask the shops", "late", "Promises kept", "too few promises", "90.0% or more"):
        assert words in page


@pytest.mark.parametrize(
    ("name", "target", "status"),
    [("kept_rate", "101", 400), ("net_tone", "2", 400), ("first_reply", "4", 302), ("no_such", "1", 400)],
)
def test_a_target_is_in_the_unit_of_its_figure(
    name: str, target: str, status: int, browser: Client, alpha: Workspace
) -> None:
    goal = Objective.objects.add(alpha, words="w", made_ms=1, changed_ms=1)
    said = {"name": name, "target": target, "days": "30"}
    assert browser.post(f"{HERE}/objectives/{goal.uid}/measures", said).status_code == status


def outcome(**more: str) -> dict[str, str]:
    return {
        "kind": "order",
        "text": "Twelve bikes",
        "on": "2026-03-02",
        "currency": "EUR",
        "certainty": "likely",
        **more,
    }


def test_an_amount_needs_its_conversation_and_its_basis(browser: Client, case: Case, alpha: Workspace) -> None:
    path, range_ = f"{HERE}/outcomes/new", {"low": "18000", "high": "22000"}
    assert b"needs the conversation" in browser.post(path, outcome(basis="the quote", **range_)).content
    assert b"what the estimate rests on" in browser.post(path, outcome(case=case.uid, **range_)).content
    assert browser.post(path, outcome(case=case.uid, basis="q", low="9", high="1")).status_code == 400
    assert browser.post(path, outcome(posts="999999")).status_code == 400
    assert Outcome.objects.of(alpha).count() == 0
    assert browser.post(path, outcome(case=case.uid, basis="the quote", **range_)).status_code == 302
    assert Outcome.objects.of(alpha).get().person == case.person


def test_every_euro_opens_the_conversations_behind_it(browser: Client, case: Case, alpha: Workspace) -> None:
    Reply.objects.add(alpha, case=case, text="We send a new part", state="sent_off", made_ms=2, changed_ms=2)
    Promise.objects.add(alpha, words="A part on Friday", case=case, made_ms=3, state="kept")
    browser.post(f"{HERE}/outcomes/new", outcome(case=case.uid, basis="the quote", low="18000", high="22000"))
    proof = browser.get(f"{HERE}/proof").content.decode()
    post_id = case.posts.model.objects.of(alpha).get().post_id
    assert "€18,000 to €22,000" in proof
    assert f"post={post_id}" in proof
    assert "Contribution, not attribution" in proof
    assert "Barcelona" in proof
    page = browser.get(f"{HERE}/outcomes/{Outcome.objects.of(alpha).get().uid}").content.decode()
    for words in ("The child seat", "We send a new part", "A part on Friday", "1 mention", "1 reply", "1 promise"):
        assert words in page
    assert page.count('class="link"') == 4


def test_the_export_has_a_line_an_outcome_and_no_formula(browser: Client, alpha: Workspace) -> None:
    Outcome.objects.add(alpha, kind="idea", words="=1+1", on=date(2026, 3, 2), made_ms=1, changed_ms=1)
    text = browser.get(f"{HERE}/proof.csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert "'=1+1" in text


def test_an_experiment_is_concluded_once_and_kept_whatever_it_says(browser: Client, alpha: Workspace) -> None:
    said = {"hypothesis": "If…, then…", "change": "Noon", "changed": "2026-03-02", "name": "volume", "hoped": "up",
            "days_before": "28", "days_after": "28"}  # fmt: skip
    browser.post(f"{HERE}/experiments/new", said)
    one = Experiment.objects.of(alpha).get()
    here = f"{HERE}/experiments/{one.uid}"
    assert b"Too few days" in browser.get(here).content
    browser.post(f"{here}/conclude", {"learned": "Nobody spoke of it"})
    browser.post(f"{here}/conclude", {"learned": "Something else"})
    kept = Experiment.objects.of(alpha).get()
    assert (kept.verdict, kept.learned) == ("undecided", "Nobody spoke of it")
    assert b"cannot be decided" in browser.get(f"{HERE}/experiments").content


@pytest.mark.parametrize(
    ("seconds", "lang", "said"),
    [(59, "en", "1 min"), (3_600, "en", "1 h"), (5_400, "fr", "1 h 30"), (86_400 * 3, "fr", "3 jours"),
     (86_400 * 2.5, "en", "2 days 12 h")],
)  # fmt: skip
def test_times_are_told_in_two_units_at_most(seconds: float, lang: str, said: str) -> None:
    assert duration(seconds, lang) == said


def test_an_amount_that_is_known_is_said_once() -> None:
    assert money(Range(5, 5), "en") == "€5"
