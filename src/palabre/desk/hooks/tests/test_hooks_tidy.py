"""Old events go, and what they told is not told again: in a quiet house a table is read again from before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from palabre.desk.calendar.models import Publication
from palabre.desk.clock import now_ms
from palabre.desk.hooks import delivering, recording
from palabre.desk.hooks.models import Endpoint, Event
from palabre.desk.hooks.tests.routes import made
from palabre.desk.inbox import access as inbox
from palabre.desk.people import merging
from palabre.desk.people.models import Person
from palabre.desk.promises import access as promises
from palabre.desk.workspaces.models import User, Workspace

DAY_MS = 86_400_000


@pytest.fixture
def told(alpha: Workspace, bob: User) -> set[str]:
    """One event of each table that anything was written to; its keys."""
    recording.begin(alpha)
    made(alpha)
    inbox.by_hand(alpha, "Lost parcel", bob)
    promises.made(alpha, "We call you back", now_ms() + 1_000)
    Publication.objects.add(alpha, title="The bridge", state="published", published_ms=now_ms() + 1, made_ms=1,
                            changed_ms=1)  # fmt: skip
    one, other = (Person.objects.add(alpha, name=name, made_ms=1, changed_ms=1) for name in ("Ana", "Bea"))
    merging.merge(one, other)
    recording.run()
    return set(Event.everywhere.values_list("key", flat=True))


def test_what_was_told_a_month_ago_is_not_told_again(alpha: Workspace, told: set[str]) -> None:
    assert {key.partition(":")[0] for key in told} == {"case", "promise", "due", "publication", "merge"}
    Event.everywhere.update(made_ms=now_ms() - 31 * DAY_MS)
    recording.tidy()
    left = set(Event.everywhere.values_list("key", flat=True))
    assert {key.partition(":")[0] for key in left} == {"due"}  # the promise is open still
    recording.run()
    assert {key.partition(":")[0] for key in set(Event.everywhere.values_list("key", flat=True)) - left} <= {"late"}


def test_what_happens_after_old_events_went_is_told(alpha: Workspace, bob: User, told: set[str]) -> None:
    Event.everywhere.update(made_ms=now_ms() - 31 * DAY_MS)
    recording.tidy()
    inbox.by_hand(alpha, "Torn sleeve", bob)
    promises.made(alpha, "We write to you", 0)
    assert recording.run() >= 2
    assert {"case.opened", "promise.made"} <= set(Event.everywhere.values_list("kind", flat=True))


def test_an_endpoint_that_cannot_be_opened_keeps_nothing_from_the_others(
    alpha: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording.begin(alpha)
    lost, well = made(alpha), made(alpha)
    Endpoint.everywhere.filter(pk=lost.pk).update(url=b"sealed with another key, long ago")
    inbox.by_hand(alpha, "Lost parcel", bob)
    recording.run()
    called: list[Sequence[delivering.Round]] = []
    monkeypatch.setattr(delivering, "told", lambda rounds: called.append(rounds) or [])  # type: ignore[func-returns-value]
    delivering.run()
    assert [one.endpoint for one in called[0]] == [well]
    assert Endpoint.everywhere.get(pk=lost.pk).state == "broken"
