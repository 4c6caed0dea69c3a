"""What somebody put off, or wanted to be reminded of, is on top of the inbox when its time has come."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from palabre.clock import FixedClock
from palabre.desk import clock as desk_clock
from palabre.desk.clock import now_ms
from palabre.desk.inbox import access, queues, upkeep
from palabre.desk.inbox.models import Case, CaseEvent
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace

AsUser = Callable[[User], Client]
HOUR = 3_600_000


def test_a_case_that_was_put_off_is_first_when_it_is_back_and_says_so_until_somebody_sees_to_it(
    alpha: Workspace, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_off = access.by_hand(alpha, "Put off", bob)
    access.by_hand(alpha, "Waits long", bob, at_ms=now_ms() - 24 * 10 * HOUR)
    access.happened(put_off, "snoozed", user=bob, until_ms=now_ms() + HOUR)
    monkeypatch.setattr(desk_clock, "CLOCK", FixedClock(now_ms() + 2 * HOUR))
    upkeep.wake()
    seat = Seat(alpha, bob, "agent")
    first = queues.page(seat, queues.Asked()).cases[0]
    assert (first.title, first.back_ms > 0) == ("Put off", True)
    page = as_user(bob).get("/w/alpha/inbox").content.decode()
    assert "back as planned" in page
    access.happened(first, "waiting", user=bob)
    first.refresh_from_db()
    assert (first.back_ms, first.points < 80) == (0, True)


def test_the_reminder_of_a_promise_is_told_once_in_the_inbox_to_whom_it_is(
    alpha: Workspace, alice: User, bob: User, as_user: AsUser
) -> None:
    case = access.by_hand(alpha, "A broken lamp", bob)
    dates = {"due_ms": now_ms() + 48 * HOUR, "remind_ms": now_ms() - 1, "made_ms": 1}
    Promise.objects.add(alpha, words="A new lamp", case=case, owner=alice, **dates)
    assert (upkeep.reminded(alpha), upkeep.reminded(alpha)) == (1, 0)
    assert "Reminder of a promise in" in as_user(alice).get("/w/alpha/inbox").content.decode()
    assert "Reminder of a promise in" not in as_user(bob).get("/w/alpha/inbox").content.decode()


def test_an_open_page_of_a_case_learns_that_nobody_waits_any_more(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    case, browser = access.by_hand(alpha, "A broken lamp", bob, at_ms=now_ms() - 5 * HOUR), as_user(bob)
    page = browser.get(f"/w/alpha/cases/{case.uid}").content.decode()
    assert "for 5 h" in page
    assert "answered from:body" in page
    assert "replies/replies.js" in page  # Ctrl+Enter sends from here
    access.answered(Case.objects.of(alpha).get(), now_ms(), user=bob, event_id="x")
    heard = browser.post(f"/w/alpha/cases/{case.uid}/presence", {"seen": "1"}).content.decode()
    assert 'id="case-chips" hx-swap-oob="true"' in heard
    assert "for 5 h" not in heard


def test_after_a_thousand_events_an_open_page_still_tells_what_is_new(
    alpha: Workspace, bob: User, as_user: AsUser
) -> None:
    case, browser = access.by_hand(alpha, "A broken lamp", bob), as_user(bob)
    CaseEvent.objects.of(alpha).filter(case=case).update(id=12_345)
    page = browser.get(f"/w/alpha/cases/{case.uid}").content.decode()
    seen = re.findall(r'"seen": "([^"]*)"', page)[0]
    assert "Something new" not in browser.post(f"/w/alpha/cases/{case.uid}/presence", {"seen": seen}).content.decode()
    access.happened(case, "customer")
    assert "Something new" in browser.post(f"/w/alpha/cases/{case.uid}/presence", {"seen": seen}).content.decode()
