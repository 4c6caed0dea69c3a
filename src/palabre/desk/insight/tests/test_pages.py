"""The pages of Understand: each opens empty and filled, its charts are files, its figures say what they rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from palabre.desk.insight import views
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.evidence import pairs
from palabre.desk.insight.memory import MEMORY
from palabre.desk.insight.pages import Screen, page, pages
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Evidence

AsUser = Callable[[User], Client]
DAY = 86_400_000
NOW = 20_400 * DAY + 5


@pytest.mark.parametrize("page", [page.name for page in pages()])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_page_of_an_empty_workspace_says_so(
    page: str, lang: str, alpha: Workspace, alice: User, as_user: AsUser
) -> None:
    answer = as_user(alice).get(f"/w/alpha/understand/{page}?all=1&lang={lang}")
    assert answer.status_code == 200
    assert "None" not in answer.content.decode().split("<main")[1]


def test_a_page_comes_before_its_answer(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    shell = as_user(alice).get("/w/alpha/understand/overview?days=7").content.decode()
    assert "/w/alpha/understand/overview/answer?days=7" in shell
    assert "data-failed hidden" in shell  # shown when the answer does not come


def test_who_asks_while_an_answer_is_made_is_told_to_ask_again(
    alpha: Workspace, alice: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, at, told = as_user(alice), "/w/alpha/understand/needs/answer?days=7", []
    needs = page("needs")

    def build(seat: Seat, asked: Asked, lang: str) -> Screen:
        client.cookies["django_language"] = lang
        told.append(client.get(at).status_code)
        return needs.build(seat, asked, lang)

    MEMORY.forget()
    monkeypatch.setattr(views, "PATIENCE", 0.01)
    monkeypatch.setattr(views, "page", lambda name: replace(needs, build=build))
    assert client.get(at).status_code == 200
    assert told == [204]


def test_without_a_period_the_last_thirty_days_are_asked() -> None:
    asked = Asked.read({}, NOW)
    assert asked.days == 30
    assert asked.until_ms == 20_401 * DAY


def test_a_period_that_still_runs_is_set_against_as_much_of_the_one_before() -> None:
    monday_morning = 20_400 * DAY + 10 * 3_600_000
    asked = Asked.read({"days": ["7"]}, monday_morning)
    since, until = asked.before
    assert asked.open
    assert until - since == monday_morning - asked.since_ms
    assert (asked.since_ms - since) == 7 * DAY  # the same days of the week


def test_a_period_that_is_over_is_set_against_the_whole_one_before() -> None:
    asked = Asked.read({"since": ["2025-01-01"], "until": ["2025-01-07"]}, NOW)
    assert not asked.open
    assert asked.before == (asked.since_ms - 7 * DAY, asked.since_ms)


def test_a_period_between_two_days_includes_both() -> None:
    asked = Asked.read({"since": ["2025-01-01"], "until": ["2025-01-07"]}, NOW)
    assert asked.days == 7


def test_unknown_words_stay_in_the_address() -> None:
    assert Asked.read({"theme": ["prix"], "days": ["7"]}, NOW).address() == "days=7&theme=prix"


def test_evidence_is_the_words_of_the_stream() -> None:
    evidence = Evidence("batterie", (3,), 20_000 * DAY, 20_001 * DAY, {"tone": "negative"}, (9,))
    assert pairs(evidence) == [
        ("q", "batterie"), ("watch", "3"), ("tone", "negative"), ("post", "9"),
        ("since", "2024-10-04"), ("until", "2024-10-04"),
    ]  # fmt: skip
