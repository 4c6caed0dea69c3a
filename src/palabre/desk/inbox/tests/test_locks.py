"""Two agents never answer twice: of many who take the lock at once, one has it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from palabre.clock import FixedClock
from palabre.desk import clock as desk_clock
from palabre.desk.clock import now_ms
from palabre.desk.inbox import locks
from palabre.desk.inbox.models import Case
from palabre.desk.inbox.tests.routes import some_case
from palabre.desk.workspaces.models import User, Workspace
from palabre.desk.workspaces.tests.matrix import sit

AsUser = Callable[[User], Client]
AGENTS, ROUNDS = 6, 8


def fresh(workspace: Workspace) -> Case:
    return Case.objects.of(workspace).get(uid=some_case(workspace)["uid"])


@pytest.mark.django_db(transaction=True)
def test_of_many_transactions_at_once_one_takes_the_lock(alpha: Workspace) -> None:
    users = [sit(alpha, "agent", f"agent{n}") for n in range(AGENTS)]
    for _ in range(ROUNDS):
        taken: list[User] = []
        case = fresh(alpha)
        start = threading.Barrier(AGENTS)

        def take(user: User, case: Case = case, taken: list[User] = taken, start: threading.Barrier = start) -> None:
            try:
                start.wait()
                if locks.claim(case, user) and locks.holds(case, user):
                    taken.append(user)
            finally:
                connection.close()

        threads = [threading.Thread(target=take, args=(user,)) for user in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(taken) == 1
        case.refresh_from_db()
        assert case.locked_by == taken[0]


def test_a_lock_ends_by_itself_and_then_anyone_may_take_it(
    alpha: Workspace, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, now = fresh(alpha), now_ms()
    monkeypatch.setattr(desk_clock, "CLOCK", FixedClock(now))
    assert locks.claim(case, alice)
    assert not locks.claim(case, bob)
    assert not locks.holds(case, bob)
    monkeypatch.setattr(desk_clock, "CLOCK", FixedClock(now + locks.LOCK_MS + 1))
    assert not locks.holds(case, alice)
    assert locks.claim(case, bob)
    assert not locks.claim(case, alice)


def test_whoever_asks_is_given_the_lock_by_its_holder(alpha: Workspace, alice: User, bob: User) -> None:
    case = fresh(alpha)
    assert not locks.ask(case, bob)  # nobody to ask
    locks.claim(case, alice)
    assert locks.ask(case, bob)
    assert not locks.ask(case, alice)
    assert locks.hand_over(case, alice)
    assert locks.holds(case, bob)
    assert not locks.holds(case, alice)
    assert not locks.hand_over(case, bob)


def test_two_pages_see_who_is_there_and_who_writes(alpha: Workspace, alice: User, bob: User, as_user: AsUser) -> None:
    case = fresh(alpha)
    hers, his, at = as_user(alice), as_user(bob), f"/w/alpha/cases/{case.uid}"
    hers.get(at)
    assert "alice" in his.get(at).content.decode()
    assert "You are answering" in hers.post(f"{at}/presence", {"writing": "1"}).content.decode()
    assert "alice is answering" in his.post(f"{at}/presence", {"writing": "1"}).content.decode()
    his.post(f"{at}/lock", {"what": "ask"})
    assert "bob would like to answer" in hers.post(f"{at}/presence", {}).content.decode()
    hers.post(f"{at}/lock", {"what": "give"})
    assert "You are answering" in his.post(f"{at}/presence", {}).content.decode()
