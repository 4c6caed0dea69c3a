"""Hours and targets decide what is late; figures open the cases behind them; a machine never stops the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from palabre.clock import FixedClock
from palabre.desk.inbox import access as inbox
from palabre.desk.inbox.models import Case
from palabre.desk.service import access, figures
from palabre.desk.service.asked import Asked
from palabre.desk.service.clock import reached
from palabre.desk.service.forms import minutes_of
from palabre.desk.service.models import Target, WorkHours
from palabre.desk.service.spans import span
from palabre.desk.teams.models import Team
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.errors import InputError
from palabre.measure.hours import parse_hours

AsUser = Callable[[User], Client]
MINUTE, HOUR = 60_000, 3_600_000
PARIS = parse_hours("mon-fri 09:00-18:00", "Europe/Paris", "fr")


def at(text: str) -> int:
    """A moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW = at("2026-11-20T15:00")  # a Friday, 16:00 in Paris


@pytest.fixture(autouse=True)
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("palabre.desk.clock.CLOCK", FixedClock(NOW))


def a_case(alpha: Workspace, by: User, asked_ms: int, network: str = "") -> Case:
    return inbox.by_hand(alpha, "Frein", by, network=network, at_ms=asked_ms)


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-11-20T15:00", 2 * HOUR, "2026-11-20T17:00"),  # just until the evening
        ("2026-11-20T15:00", 2 * HOUR + MINUTE, "2026-11-23T08:01"),  # over the week-end
        ("2026-11-22T10:00", HOUR, "2026-11-23T09:00"),  # from a Sunday
        ("2026-11-10T16:00", 2 * HOUR, "2026-11-12T09:00"),  # over 11 November
        ("2026-03-27T16:00", 3 * HOUR, "2026-03-30T09:00"),  # the clocks go forward meanwhile
    ],
)
def test_a_target_runs_out_at_work(start: str, length: int, end: str) -> None:
    found = reached(PARIS, at(start), length)
    assert found == at(end)
    assert PARIS.between(at(start), found) == length


def test_hours_of_no_day_are_never_reached() -> None:
    assert reached(parse_hours("mon 09:00-10:00", "UTC"), NOW, 10_000 * HOUR) == 0


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("4h", 240), ("4 h", 240), ("90 min", 90), ("1h30", 90), ("1 h 30", 90), ("2 j", 2880), ("2d", 2880), ("3", 180),
     ("", None)],
)  # fmt: skip
def test_a_length_is_written_as_people_write_it(text: str, minutes: int | None) -> None:
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["soon", "h", "-1h", "0", "9999999 j", "1,5 h"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        minutes_of(text)


@pytest.mark.parametrize(
    ("ms", "business", "words"),
    [(None, False, "—"), (40_000, False, "40 s"), (12 * MINUTE, False, "12 min"),
     (3 * HOUR + 5 * MINUTE, False, "3 h 05"),
     (52 * HOUR, False, "2 j 4 h"), (52 * HOUR, True, "52 h"), (-HOUR, True, "−1 h")],
)  # fmt: skip
def test_a_length_is_told_in_two_units(ms: int | None, business: bool, words: str) -> None:
    assert span(ms, "fr", business) == words


def test_a_machine_does_not_stop_the_clock_and_a_human_does(alpha: Workspace, bob: User) -> None:
    WorkHours.objects.add(alpha, hours="mon-fri 09:00-18:00", zone="Europe/Paris", country="fr")
    case = a_case(alpha, bob, at("2026-11-19T16:00"))  # 17:00 on Thursday
    inbox.happened(case, "reply", at_ms=at("2026-11-19T16:01"))
    inbox.happened(case, "reply", user=bob, at_ms=at("2026-11-20T09:00"))  # 10:00 on Friday
    told = access.times(case)
    assert told is not None
    assert told.first is not None
    assert told.first.machine is not None
    assert told.first.human is not None
    assert (told.first.machine.calendar_ms, told.first.human.business_ms) == (MINUTE, 2 * HOUR)


def test_what_was_taken_back_did_not_happen(alpha: Workspace, bob: User) -> None:
    case = a_case(alpha, bob, NOW - 5 * HOUR)
    reply = inbox.happened(case, "reply", user=bob, at_ms=NOW - 4 * HOUR)
    assert reply is not None
    inbox.happened(case, "restored", user=bob, at_ms=NOW - 3 * HOUR, voids=[reply.pk])
    told = access.times(case)
    assert told is not None
    assert told.first is not None
    assert told.first.human is None


def test_who_asks_in_a_merged_case_waits_in_the_one_it_goes_on_in(alpha: Workspace, bob: User) -> None:
    early, late = a_case(alpha, bob, NOW - 5 * HOUR), a_case(alpha, bob, NOW - 2 * HOUR)
    Case.objects.of(alpha).filter(pk=early.pk).update(merged_into=late)
    told = access.times(late)
    assert told is not None
    assert told.opened_ms == NOW - 5 * HOUR


def test_the_target_that_asks_the_most_counts(alpha: Workspace, bob: User) -> None:
    team = Team.objects.add(alpha, name="Nuit")
    Target.objects.add(alpha, first=480)
    Target.objects.add(alpha, first=60, network="mail")
    Target.objects.add(alpha, first=30, network="mail", team=team)
    case = a_case(alpha, bob, NOW, "mail")
    assert access.targets_of(case).first == 60 * MINUTE
    inbox.happened(case, "team", user=bob, to=team.pk)
    case.refresh_from_db()
    assert access.targets_of(case).first == 30 * MINUTE
    general = access.targets(alpha)
    assert general.first == 480 * MINUTE


def test_what_runs_out_next_and_what_is_late(alpha: Workspace, bob: User) -> None:
    WorkHours.objects.add(alpha, hours="mon-fri 09:00-18:00", zone="Europe/Paris", country="fr")
    Target.objects.add(alpha, first=240, resolution=2_400)
    near, late = a_case(alpha, bob, NOW - 3 * HOUR - 30 * MINUTE), a_case(alpha, bob, NOW - 6 * HOUR)
    due, over = access.due(near), access.due(late)
    assert due is not None
    assert over is not None
    assert (due.measure, due.left_ms, due.at_ms, due.near) == ("first", 30 * MINUTE, NOW + 30 * MINUTE, True)
    assert (over.late, over.at_ms) == (True, 0)
    missed, soon = figures.late(figures.timed(Seat(alpha, bob, "agent"), [near, late]))
    assert ([case.pk for case, _ in missed], [case.pk for case, _ in soon]) == ([late.pk], [near.pk])


def test_a_case_that_waits_for_the_customer_is_not_late(alpha: Workspace, bob: User) -> None:
    Target.objects.add(alpha, first=60, business=False)
    case = a_case(alpha, bob, NOW - 3 * HOUR)
    inbox.happened(case, "waiting", user=bob, at_ms=NOW - 3 * HOUR + 10 * MINUTE)
    due = access.due(case)
    assert due is not None
    assert (due.late, due.took_ms) == (False, 10 * MINUTE)


def six(alpha: Workspace, bob: User) -> list[Case]:
    """Answered after 1 to 5 hours, and one that nobody answered."""
    cases = [a_case(alpha, bob, NOW - 48 * HOUR, "mastodon") for _ in range(6)]
    for hours, case in enumerate(cases[:5], 1):
        inbox.happened(case, "reply", user=bob, at_ms=NOW - (48 - hours) * HOUR)
    return cases


def test_the_page_tells_the_figures_and_each_opens_its_cases(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    six(alpha, bob)
    Target.objects.add(alpha, first=180, business=False)
    shown = as_user(bob).get("/w/alpha/service?days=7").content.decode()
    assert "6 cases opened in the period" in shown
    assert (
        '<a class="figure-value nums" href="/w/alpha/service/cases?days=7&amp;measure=first&amp;clock=calendar">3 h</a>'
        in shown
    )
    assert "Friday" not in shown
    listed = as_user(bob).get("/w/alpha/service/cases?days=7&measure=first&clock=calendar").content.decode()
    assert "5 cases" in listed
    assert listed.index("5 h") < listed.index("4 h")
    assert "1 case is late" in shown


def test_the_share_within_target_counts_what_is_decided(alpha: Workspace, bob: User) -> None:
    Target.objects.add(alpha, first=180, business=False)
    seat = Seat(alpha, bob, "agent")
    six(alpha, bob)
    found = figures.within(figures.timed(seat, Asked(7).cases(seat)), "first")
    assert (found.value, found.n) == (0.5, 6)  # three in time; two late; one late and still waiting


def test_an_hour_of_the_week_opens_its_cases(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    six(alpha, bob)  # asked on Wednesday at 15:00 UTC
    hour = 24 * 2 + 15
    listed = as_user(bob).get(f"/w/alpha/service/cases?days=7&hour={hour}&kind=silent").content.decode()
    assert "5 cases" in listed  # the one answered after just an hour was in time
    assert "No case" in as_user(bob).get("/w/alpha/service/cases?days=7&hour=3&kind=asked").content.decode()


def test_the_export_has_a_line_a_case_and_no_person(alpha: Workspace, bob: User, as_user: AsUser) -> None:
    six(alpha, bob)
    lines = as_user(bob).get("/w/alpha/service/export?days=7").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 7
    assert ",3600.0,3600.0," in lines[1]


def test_hours_that_cannot_be_read_are_refused_where_they_stand(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    browser = as_user(alice)
    sent = {"hours": "always", "zone": "Europe/Paris", "country": "fr"}
    refused = browser.post("/w/alpha/service/hours", sent)
    assert refused.status_code == 400
    assert "“always”" in refused.content.decode()
    assert browser.post("/w/alpha/service/hours", sent | {"hours": "24/7", "zone": "Mars"}).status_code == 400
    assert browser.post("/w/alpha/service/hours", sent | {"hours": "24/7"}).status_code == 302
    assert browser.post("/w/alpha/service/hours", sent | {"hours": "mon 09:00-10:00"}).status_code == 302
    assert WorkHours.objects.of(alpha).get().hours == "mon 09:00-10:00"


def test_a_target_needs_a_length(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    browser = as_user(alice)
    assert browser.post("/w/alpha/service/targets/new", {"clock": "business"}).status_code == 400
    sent = {"clock": "calendar", "first": "1 h 30", "network": "mail", "urgent": "on"}
    assert browser.post("/w/alpha/service/targets/new", sent).status_code == 302
    kept = Target.objects.of(alpha).get()
    assert (kept.first, kept.network, kept.urgent, kept.business) == (90, "mail", True, False)
    assert "1 h 30" in browser.get(f"/w/alpha/service/targets/{kept.uid}").content.decode()


def test_a_wait_is_told_in_days_unless_it_is_counted_in_working_time(
    alpha: Workspace, bob: User, as_user: AsUser
) -> None:
    a_case(alpha, bob, NOW - 53 * HOUR)
    Target.objects.add(alpha, first=60)
    assert "waiting for 2 d 5 h<" in as_user(bob).get("/w/alpha/service").content.decode()
    WorkHours.objects.add(alpha, hours="mon-fri 09:00-18:00", zone="Europe/Paris")
    assert "waiting for 23 h of working time" in as_user(bob).get("/w/alpha/service").content.decode()


def test_one_grid_of_the_week_is_drawn_and_the_other_is_a_link_away(
    alpha: Workspace, bob: User, as_user: AsUser
) -> None:
    for hour in range(100):
        a_case(alpha, bob, NOW - hour * HOUR)
    plain, asked = (as_user(bob).get("/w/alpha/service" + words).content for words in ("", "?days=30&kind=asked"))
    assert (b'id="chart-silent"' in plain, b'id="chart-asked"' in plain) == (True, False)
    assert (b'id="chart-silent"' in asked, b'id="chart-asked"' in asked) == (False, True)
    assert b"kind=asked#cover" in plain
    assert max(len(plain), len(asked)) < 250_000
