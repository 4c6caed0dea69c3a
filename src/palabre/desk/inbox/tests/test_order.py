"""The order of the queue: reasons with their points, pages by key, what each queue holds."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from palabre.desk.inbox import access, acts, queues
from palabre.desk.inbox.models import Case
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.queue import NEVER_MS, WEIGHTS, Facts, ranked
from palabre.engage.snooze import presets, until

NOW, HOUR, DAY = 1_800_000_000_000, 3_600_000, 86_400_000
PARIS = ZoneInfo("Europe/Paris")
ASKS = {"complaint": 0.9}

REASONS = [
    (Facts(), []),
    (Facts(urgent=True), [("urgent", 100)]),
    (Facts(waiting_since_ms=NOW - 3 * HOUR, waited_ms=3 * HOUR), [("wait", 4)]),
    (Facts(waiting_since_ms=1, waited_ms=12 * HOUR), [("wait", 21)]),
    (Facts(waiting_since_ms=1, waited_ms=25 * HOUR, intents=ASKS), [("late", 56), ("complaint", 30)]),
    (Facts(intents={"complaint": 0.9, "churn": 0.8, "question": 1.0}), [("churn", 40)]),
    (Facts(promise_due_ms=NOW - 1, today_ends_ms=NOW + HOUR), [("promise_late", 90)]),
    (Facts(promise_due_ms=NOW + HOUR, today_ends_ms=NOW + 2 * HOUR), [("promise_today", 54)]),
    (Facts(promise_due_ms=NOW + DAY, today_ends_ms=NOW + 2 * HOUR), [("promise_soon", 18)]),
    (Facts(promise_due_ms=NOW + 9 * DAY), []),
    (Facts(private=True, addressed=True), [("private", 15)]),
    (Facts(reach=2_000_000), [("reach", 12)]),
    (Facts(standing=80.0, reach=500), [("standing", 15)]),
    (Facts(relation="press"), [("relation_press", 10)]),
    (Facts(relation="friend"), []),
]


@pytest.mark.parametrize(("facts", "wanted"), REASONS)
def test_each_reason_adds_its_points(facts: Facts, wanted: list[tuple[str, int]]) -> None:
    place = ranked(facts, NOW)
    assert [(one.name, one.points) for one in place.reasons] == wanted
    assert place.points == sum(points for _, points in wanted)


def test_fame_never_outweighs_a_complaint() -> None:
    assert WEIGHTS["reach"] + WEIGHTS["standing"] < WEIGHTS["complaint"]


@pytest.mark.parametrize("waited", [0, 1, 5 * HOUR, 23 * HOUR, 30 * HOUR, 47 * HOUR])
def test_nothing_changes_by_time_alone_before_it_is_said_to(waited: int) -> None:
    facts = Facts(waiting_since_ms=NOW - waited, waited_ms=waited, promise_due_ms=NOW + 40 * HOUR,
                  today_ends_ms=NOW + 7 * HOUR)  # fmt: skip
    place = ranked(facts, NOW)
    step = place.until_ms - NOW
    later = Facts(waiting_since_ms=facts.waiting_since_ms, waited_ms=waited + step - 1,
                  promise_due_ms=facts.promise_due_ms, today_ends_ms=facts.today_ends_ms)  # fmt: skip
    assert ranked(later, place.until_ms - 1).points == place.points
    assert ranked(Facts(urgent=True), NOW).until_ms == NEVER_MS


def test_a_case_put_off_until_tomorrow_comes_back_at_nine_whatever_the_clocks_do() -> None:
    eve = datetime(2026, 10, 24, 13, tzinfo=PARIS)  # the clocks go back in the night
    before_change = round(eve.timestamp() * 1000)
    assert until("tomorrow", before_change, PARIS) - before_change == 21 * HOUR
    monday = until("monday", before_change, PARIS)
    assert monday - until("tomorrow", before_change, PARIS) == 24 * HOUR
    assert "evening" not in presets(before_change + 6 * HOUR, PARIS)


def test_pages_by_key_show_each_case_once(alpha: Workspace, bob: User) -> None:
    seat = Seat(alpha, bob, "agent")
    for n in range(23):
        case = access.by_hand(alpha, f"Cas {n}", bob, at_ms=NOW + n % 5)
        if n % 7 == 0:
            acts.do(seat, [case], "urgent")
    asked, found = queues.Asked(), []
    while True:
        page = queues.page(seat, asked, size=5)
        found += [case.pk for case in page.cases]
        if not page.after:
            break
        asked = queues.Asked(after=page.after)
    assert len(found) == len(set(found)) == 23
    points = [Case.objects.of(alpha).get(pk=pk).points for pk in found]
    assert points == sorted(points, reverse=True)


def test_each_queue_holds_its_own_and_says_how_many(alpha: Workspace, bob: User, alice: User) -> None:
    seat = Seat(alpha, bob, "agent")
    cases = [access.by_hand(alpha, f"Cas {n}", bob) for n in range(5)]
    acts.do(seat, cases[:1], "assign", to=bob.pk)
    acts.do(seat, cases[1:2], "snooze", until_ms=2**45)
    acts.do(seat, cases[2:3], "wait")
    acts.do(seat, cases[3:4], "resolve")
    counted = {one.queue: one.n for one in queues.counts(seat)}
    assert counted == {"open": 2, "mine": 1, "unassigned": 1, "teams": 0, "snoozed": 1, "waiting": 1, "resolved": 1}
    for queue, n in counted.items():
        assert len(queues.page(seat, queues.Asked(queue)).cases) == n
    assert [one.pk for one in queues.page(seat, queues.Asked("all", words="cas 4")).cases] == [cases[4].pk]
