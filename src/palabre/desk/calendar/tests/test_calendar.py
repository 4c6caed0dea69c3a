"""The calendar end to end: planned, moved over clock changes, approved, published through the outbox, counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar

from palabre.desk.calendar import access, acts
from palabre.desk.calendar.models import Habit, Outside, Publication, Rhythm, Variant
from palabre.desk.outbox import courier
from palabre.desk.outbox.models import Channel, Sending
from palabre.desk.outbox.tests.platform import Platform, channel_of, speaks
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.desk.workspaces.tests.matrix import sit
from palabre.engage.editorial import on_wall, placed
from palabre.errors import InputError, RefusedError

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
Browse = Callable[[User], Client]


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    made = Platform()
    speaks(made, monkeypatch)
    return made


@pytest.fixture
def channel(alpha: Workspace, platform: Platform) -> Channel:
    Habit.objects.add(alpha, zone="Europe/Paris", country="fr")
    return channel_of(alpha)


@pytest.fixture
def seat(alpha: Workspace, alice: User) -> Seat:
    return Seat(alpha, alice, "owner")


@pytest.fixture
def other(alpha: Workspace, bob: User) -> Seat:
    return Seat(alpha, bob, "agent")


def written(seat: Seat, channel: Channel, text: str = "Le pont est ouvert.", day: int = 24, **values: object):  # type: ignore[no-untyped-def]
    due_ms = placed(date(2036, 11, day), 540, PARIS).ms
    return acts.made(seat, {channel: ""}, title="Le pont", text=text, **{"due_ms": due_ms, **values})


def sent(seat: Seat, found: Publication, channel: Channel) -> Publication:
    """Approved and published."""
    acts.approve(seat, found, found.version)
    acts.schedule(seat, found, now=True)
    out(channel)
    found.refresh_from_db()
    return found


@contextmanager
def refused(key: str) -> Iterator[None]:
    with pytest.raises(InputError) as caught:
        yield
    assert key in caught.value.key


def out(channel: Channel) -> None:
    """What is due leaves, whatever the pace."""
    Channel.objects.of(channel.workspace).update(free_ms=0)
    for one in Channel.objects.of(channel.workspace):
        courier.serve(one)


def posted(browser: Client, path: str, **data: object):  # type: ignore[no-untyped-def]
    return browser.post(f"/w/alpha/{path}", data)


def test_an_idea_becomes_a_draft_with_its_text_and_shows_on_its_day(
    as_user: Browse, alice: User, channel: Channel
) -> None:
    browser = as_user(alice)
    made = posted(browser, "calendar/new", title="Pluie", day="2026-12-01", time="09:30", themes="météo, vélo")
    found = Publication.objects.of(channel.workspace).get()
    assert (made.status_code, found.state, found.themes) == (302, "idea", ["météo", "vélo"])
    data = {"title": "Pluie", "text": "Il pleut.", "day": "2026-12-01", "time": "09:30", f"on_{channel.uid}": "on"}
    posted(browser, f"calendar/p/{found.uid}", **data)
    found.refresh_from_db()
    assert (found.state, found.version) == ("draft", 2)
    page = browser.get("/w/alpha/calendar?at=2026-12-01").content.decode()
    assert 'data-day="2026-12-01"' in page
    assert re.search(r'data-day="2026-12-01".{0,900}Pluie', page, re.S)


@pytest.mark.parametrize("view", ["month", "week", "list", "nonsense"])
def test_every_view_shows_what_is_planned_and_the_days_that_matter(
    as_user: Browse, alice: User, seat: Seat, channel: Channel, view: str
) -> None:
    written(seat, channel, due_ms=placed(date(2026, 12, 24), 600, PARIS).ms)
    page = as_user(alice).get(f"/w/alpha/calendar?view={view}&at=2026-12-22").content.decode()
    assert "Le pont" in page
    assert "Christmas" in page


def test_moving_keeps_the_hour_and_says_what_it_meets(
    as_user: Browse, alice: User, seat: Seat, channel: Channel
) -> None:
    first, second = written(seat, channel, day=24), written(seat, channel, day=26)
    page = as_user(alice).post(f"/w/alpha/calendar/p/{second.uid}/move", {"day": "2036-11-24"}, follow=True)
    second.refresh_from_db()
    assert second.due_ms == first.due_ms
    assert "0 min from" in page.content.decode()


def test_a_time_that_the_clocks_skip_moves_with_a_sentence(
    as_user: Browse, alice: User, seat: Seat, channel: Channel
) -> None:
    found = written(seat, channel)
    page = as_user(alice).post(
        f"/w/alpha/calendar/p/{found.uid}/move", {"day": "2027-03-28", "time": "02:30"}, follow=True
    )
    found.refresh_from_db()
    assert str(on_wall(found.due_ms, PARIS)) == "2027-03-28 03:00:00"
    assert "02:30 does not exist" in page.content.decode()


def test_a_time_that_comes_twice_is_asked_for_and_nothing_moves_before(
    as_user: Browse, alice: User, seat: Seat, channel: Channel
) -> None:
    found, browser = written(seat, channel), as_user(alice)
    before = found.due_ms
    asked = posted(browser, f"calendar/p/{found.uid}/move", day="2026-10-25", time="02:30")
    found.refresh_from_db()
    assert "comes twice" in asked.content.decode()
    assert found.due_ms == before
    posted(browser, f"calendar/p/{found.uid}/move", day="2026-10-25", time="02:30", which="second")
    found.refresh_from_db()
    assert found.due_ms == placed(date(2026, 10, 25), 150, PARIS, second=True).ms


def test_the_form_asks_too_and_keeps_the_answer(as_user: Browse, alice: User, channel: Channel) -> None:
    browser = as_user(alice)
    data = {"title": "Nuit", "day": "2026-10-25", "time": "02:30"}
    asked = posted(browser, "calendar/new", **data)
    assert (asked.status_code, "comes twice" in asked.content.decode()) == (400, True)
    posted(browser, "calendar/new", **data, which="second")
    found = Publication.objects.of(channel.workspace).get()
    page = browser.get(f"/w/alpha/calendar/p/{found.uid}").content.decode()
    assert re.search(r'value="second"[^>]*checked', page)


def test_nobody_approves_a_version_they_did_not_read(seat: Seat, other: Seat, channel: Channel) -> None:
    found = written(seat, channel)
    acts.change(seat, found, {channel: ""}, text="Un autre texte.")
    with refused("other_version"):
        acts.approve(other, found, 1)
    acts.approve(other, found, 2)
    assert found.state == "approved"


def seen_of(page: str) -> str:
    """What a form says was read."""
    return str(re.findall(r'name="seen" value="(\d+)"', page)[0])


def test_of_two_who_write_at_once_the_second_sees_what_the_first_wrote(
    seat: Seat, channel: Channel, as_user: Browse, alice: User
) -> None:
    found, bob = written(seat, channel), sit(seat.workspace, "agent", "carl")
    page = f"/w/alpha/calendar/p/{found.uid}"
    seen = [seen_of(as_user(one).get(page).content.decode()) for one in (alice, bob)]
    form = {"title": "Le pont", "lang": "", f"on_{channel.uid}": "on"}
    first = as_user(bob).post(page, form | {"text": "Celui de Bob.", "seen": seen[1]})
    second = as_user(alice).post(page, form | {"text": "Celui d'Alice.", "seen": seen[0]})
    shown = second.content.decode()
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Celui de Bob." in shown
    assert "Celui d&#x27;Alice." in shown
    found.refresh_from_db()
    assert found.text == "Celui de Bob."
    assert as_user(alice).post(page, form | {"text": "Celui d'Alice.", "seen": seen_of(shown)}).status_code == 302
    found.refresh_from_db()
    assert found.text == "Celui d'Alice."


@pytest.mark.parametrize(
    ("rule", "approver", "stopped"),
    [("", "seat", False), ("member", "seat", True), ("member", "other", False), ("manager", "other", True)],
)
def test_who_may_approve_is_what_the_house_says(
    request: pytest.FixtureRequest, seat: Seat, channel: Channel, rule: str, approver: str, stopped: bool
) -> None:
    Habit.objects.of(channel.workspace).update(approval=rule)
    found, by = written(seat, channel), request.getfixturevalue(approver)
    if stopped:
        with refused("approval"):
            acts.approve(by, found, 1)
    else:
        acts.approve(by, found, 1)
    assert (found.state == "draft") is stopped


def test_a_text_too_long_for_its_network_is_not_approved(seat: Seat, channel: Channel, platform: Platform) -> None:
    platform.limit = 10
    with refused("too_long"):
        acts.approve(seat, written(seat, channel), 1)


def test_lengths_are_told_while_one_writes(as_user: Browse, alice: User, channel: Channel, platform: Platform) -> None:
    platform.limit = 10
    data = {"text": "Bonjour à vous", f"on_{channel.uid}": "on"}
    page = posted(as_user(alice), "calendar/count", **data).content.decode()
    assert "14 of 10 characters" in page
    assert "too long" in page


def test_a_publication_leaves_through_the_outbox_once_and_is_published(
    seat: Seat, channel: Channel, platform: Platform
) -> None:
    found = sent(seat, written(seat, channel), channel)
    assert (found.state, found.published_ms) == ("published", platform.at_ms)
    assert [(one.text, one.answers, one.subject) for one in platform.taken] == [("Le pont est ouvert.", "", "Le pont")]
    out(channel)
    assert len(platform.taken) == 1


def test_each_channel_may_have_its_own_text(seat: Seat, channel: Channel, platform: Platform, alpha: Workspace) -> None:
    second = channel_of(alpha, free_ms=0)
    found = acts.made(seat, {channel: "", second: "Autrement dit."}, title="T", text="Commun.", due_ms=0)
    sent(seat, found, channel)
    assert sorted(one.text for one in platform.taken) == ["Autrement dit.", "Commun."]


def test_changing_the_text_of_what_is_scheduled_stops_it(seat: Seat, channel: Channel, platform: Platform) -> None:
    found = written(seat, channel)
    acts.approve(seat, found, 1)
    acts.schedule(seat, found)
    acts.change(seat, found, {channel: ""}, text="Non, demain.")
    found.refresh_from_db()
    assert (found.state, found.approved_by, found.version) == ("draft", None, 2)
    assert [one.state for one in Sending.objects.of(channel.workspace)] == ["cancelled"]


def test_moving_what_is_scheduled_moves_its_sending(seat: Seat, channel: Channel) -> None:
    found = written(seat, channel)
    acts.approve(seat, found, 1)
    acts.schedule(seat, found)
    acts.move(found, found.due_ms + 3_600_000)
    assert Sending.objects.of(channel.workspace).get().due_ms == found.due_ms


def test_a_refused_one_fails_and_can_be_tried_again_without_doubling_what_is_out(
    seat: Seat, channel: Channel, platform: Platform
) -> None:
    platform.before = [lambda: RefusedError("sending.refused", host="x", status=422)]
    found = sent(seat, written(seat, channel), channel)
    assert found.state == "failed"
    acts.schedule(seat, found, now=True)
    out(channel)
    found.refresh_from_db()
    assert (found.state, len(platform.taken)) == ("published", 1)


def test_an_unapproved_or_past_one_does_not_leave(seat: Seat, channel: Channel) -> None:
    found = written(seat, channel)
    with refused("moved_on"):
        acts.schedule(seat, found)
    late = written(seat, channel, due_ms=1_000)
    acts.approve(seat, late, 1)
    with refused("past"):
        acts.schedule(seat, late)
    assert not Sending.objects.of(channel.workspace).exists()


def test_what_is_out_can_be_corrected_and_taken_off_where_the_network_allows(
    as_user: Browse, alice: User, seat: Seat, channel: Channel, platform: Platform
) -> None:
    found, browser = sent(seat, written(seat, channel), channel), as_user(alice)
    one = Variant.objects.of(channel.workspace).get()
    posted(browser, f"calendar/sent/{one.uid}/edit", text="Le pont est fermé.")
    assert platform.taken[0].text == "Le pont est fermé."
    assert "Le pont est fermé." in browser.get(f"/w/alpha/calendar/p/{found.uid}").content.decode()
    posted(browser, f"calendar/sent/{one.uid}/delete")
    assert len(platform.gone) == 1


@pytest.mark.parametrize("rule", ["member", "manager"])
def test_what_was_approved_is_not_changed_alone_where_it_is_published(
    as_user: Browse, bob: User, seat: Seat, channel: Channel, platform: Platform, rule: str
) -> None:
    found = sent(seat, written(seat, channel), channel)
    Habit.objects.of(channel.workspace).update(approval=rule)
    one, browser = Variant.objects.of(channel.workspace).get(), as_user(bob)
    posted(browser, f"calendar/sent/{one.uid}/edit", text="Le pont est fermé.")
    assert platform.taken[0].text == "Le pont est ouvert."
    assert f"{one.uid}/edit" not in browser.get(f"/w/alpha/calendar/p/{found.uid}").content.decode()


def test_a_published_one_is_neither_deleted_nor_rewritten(seat: Seat, channel: Channel) -> None:
    found = sent(seat, written(seat, channel), channel)
    for act in (lambda: acts.removed(found), lambda: acts.change(seat, found, {channel: ""}, text="x")):
        with refused("moved_on"):
            act()


def test_confirmed_promises_enter_the_ledger_once_it_is_out(
    as_user: Browse, alice: User, seat: Seat, channel: Channel
) -> None:
    found = written(seat, channel, "Nous publierons la liste des ateliers vendredi.", lang="fr")
    page = as_user(alice).get(f"/w/alpha/calendar/p/{found.uid}").content.decode()
    words = re.search(r'name="promise" value="([^"]+)"', page)
    assert words
    posted(as_user(alice), f"calendar/p/{found.uid}/promises", promise=words[1])
    assert not Promise.objects.of(channel.workspace).exists()
    found.refresh_from_db()
    sent(seat, found, channel)
    kept = Promise.objects.of(channel.workspace).get()
    assert (kept.from_kind, kept.from_uid, kept.due_ms > 0) == ("publication", found.uid, True)


def test_a_feed_is_a_calendar_with_its_time_zone_until_it_is_revoked(
    as_user: Browse, alice: User, seat: Seat, channel: Channel
) -> None:
    written(seat, channel, day=24)
    written(seat, channel, due_ms=placed(date(2036, 7, 1), 540, PARIS).ms)
    browser = as_user(alice)
    address = re.search(r"/calendar/[\w-]+\.ics", posted(browser, "calendar/around/feeds", name="Moi").content.decode())
    assert address
    body = Client().get(address[0])
    read = Calendar.from_ical(body.content)
    starts = sorted(event.decoded("DTSTART") for event in read.walk("VEVENT"))
    assert [(one.hour, one.utcoffset().total_seconds()) for one in starts] == [(9, 7_200), (9, 3_600)]
    assert b"DTSTART;TZID=Europe/Paris:20361124T090000" in body.content
    assert {part.name for part in read.walk("VTIMEZONE")[0].subcomponents} == {"STANDARD", "DAYLIGHT"}
    feed = access.feeds(seat)[0]
    assert feed.used_ms
    posted(browser, f"calendar/around/feeds/{feed.uid}/revoke")
    assert Client().get(address[0]).status_code == 404


DATES = b"""BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:salon@x
DTSTART;VALUE=DATE:20261202
DTEND;VALUE=DATE:20261204
SUMMARY:Salon du cycle <script>
END:VEVENT
BEGIN:VEVENT
UID:weekly@x
DTSTART;TZID=Europe/Paris:20261201T180000
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Permanence
END:VEVENT
END:VCALENDAR
"""


def test_dates_of_others_come_once_and_repeated_ones_are_spread(as_user: Browse, alice: User, channel: Channel) -> None:
    browser = as_user(alice)
    for _ in range(2):
        posted(browser, "calendar/around/file", file=SimpleUploadedFile("ville.ics", DATES, "text/calendar"))
    assert Outside.objects.of(channel.workspace).count() == 4
    page = browser.get("/w/alpha/calendar?at=2026-12-01").content.decode()
    assert page.count("Salon du cycle") == 2  # two days
    assert "<script>" not in page.partition("<main")[2]
    posted(browser, "calendar/around/drop", batch="ville.ics")
    assert not Outside.objects.of(channel.workspace).exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe\x00", b"hello", b"BEGIN:VCALENDAR\nEND:VCALENDAR", b"BEGIN:VEVENT\n" * 100, b"x" * 2_000_001,
     DATES.replace(b"FREQ=WEEKLY;COUNT=3", b"FREQ=NEVER")],
)  # fmt: skip
def test_a_file_that_is_no_calendar_gets_a_sentence(
    as_user: Browse, alice: User, channel: Channel, body: bytes
) -> None:
    answer = posted(as_user(alice), "calendar/around/file", file=SimpleUploadedFile("x.ics", body))
    assert answer.status_code in (302, 400)
    if answer.status_code == 302:  # one bad series does not cost the others
        assert Outside.objects.of(channel.workspace).count() == 1


def test_a_promised_rhythm_is_shown_beside_the_kept_one(
    as_user: Browse, alice: User, seat: Seat, channel: Channel
) -> None:
    sent(seat, written(seat, channel, themes=["pont"]), channel)
    browser = as_user(alice)
    posted(browser, f"calendar/rhythm/{channel.uid}", per_week="2")
    page = browser.get("/w/alpha/calendar/rhythm").content.decode()
    assert "2 publications a week promised" in page
    assert ">pont<" in page
    posted(browser, f"calendar/rhythm/{channel.uid}", per_week="0")
    assert not Rhythm.objects.of(channel.workspace).exists()


def test_the_table_holds_everything_and_no_formula(as_user: Browse, alice: User, seat: Seat, channel: Channel) -> None:
    acts.made(seat, {channel: ""}, title="=1+1", text="x", due_ms=0)
    body = as_user(alice).get("/w/alpha/calendar/export.csv").content.decode()
    assert "'=1+1" in body
