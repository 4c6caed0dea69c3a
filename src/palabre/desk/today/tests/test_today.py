"""The day: it fits, it covers, it says what it left out, it ends; and the same by letter."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection
from django.test import Client

from palabre.clock import FixedClock
from palabre.desk import clock, engine, post
from palabre.desk.inbox.models import Case
from palabre.desk.people.models import Person
from palabre.desk.promises import access as promises
from palabre.desk.promises import acts
from palabre.desk.today import letters, making, views
from palabre.desk.today.day import DAY_MS, Day, Page, day_of, lasting
from palabre.desk.today.models import Brief, Habit, Tick
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace

NOW = round(datetime(2026, 11, 24, 7, 30, tzinfo=UTC).timestamp() * 1000)  # Tuesday, 8:30 in Paris


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "CLOCK", FixedClock(NOW))


@pytest.fixture
def seat(alpha: Workspace, bob: User) -> Seat:
    Habit.objects.add(alpha, user=bob, minutes=20, zone="Europe/Paris", country="fr")
    return Seat(alpha, bob, "agent")


def waiting(workspace: Workspace, title: str, points: int = 0, **values: Any) -> Case:
    since = {"opened_ms": 1, "changed_ms": 1, "waiting_since_ms": NOW - DAY_MS, "points": points}
    return Case.objects.add(workspace, title=title, **since, **values)


def today(seat: Seat, lang: str = "en") -> Page:
    day = day_of(seat, lang)
    return making.page(day, making.made(day))


def titles(page: Page) -> list[str]:
    return [entry.shown.title for entry in page.entries]


def test_an_empty_day_says_so_and_ends(seat: Seat, bob: User, as_user: Callable[[User], Client]) -> None:
    engine.archive().watches.add(seat.workspace.id, "Alpha", "alpha")
    page = today(seat)
    assert (page.n, page.left, page.over) == (0, (), True)
    shown = as_user(bob).get("/w/alpha/today?all=1").content.decode()
    assert "Nothing needs you today." in shown
    assert "You are done for today." in shown


def test_who_asks_while_the_list_is_made_is_told_to_ask_again(
    seat: Seat, bob: User, as_user: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(bob)

    def made_meanwhile(day: Day, minutes: int = 0) -> Any:
        monkeypatch.setattr(making, "make", make)
        client.cookies["django_language"] = day.lang
        assert client.get("/w/alpha/today/list").status_code == 204
        return make(day, minutes)

    make = making.make
    monkeypatch.setattr(views, "PATIENCE", 0.01)
    monkeypatch.setattr(making, "make", made_meanwhile)
    assert today(seat)
    assert client.get("/w/alpha/today/list").status_code == 200


def test_a_day_without_a_watch_is_not_called_done(seat: Seat, bob: User, as_user: Callable[[User], Client]) -> None:
    shown = as_user(bob).get("/w/alpha/today?all=1").content.decode()
    assert ("Nothing is listened to yet." in shown, "You are done for today." in shown) == (True, False)


def test_late_promises_are_on_top_of_the_day(seat: Seat, alpha: Workspace) -> None:
    person = Person.objects.add(alpha, name="Maïté", made_ms=1, changed_ms=1)
    waiting(alpha, "La pompe fuit", 50)
    promises.made(alpha, "La pièce arrive demain.", NOW + DAY_MS)
    promises.made(alpha, "On vous rappelle.", NOW - 3 * DAY_MS, person=person)
    page = today(seat)
    assert titles(page) == ["On vous rappelle.", "La pièce arrive demain.", "La pompe fuit"]
    assert page.entries[0].shown.why == "Late: it was due 3 days ago · to Maïté"
    assert page.entries[0].shown.tone == "bad"


def test_others_promises_and_cases_stay_with_others(seat: Seat, alpha: Workspace, alice: User) -> None:
    promises.made(alpha, "Promesse d’Alice", NOW - DAY_MS, owner=alice)
    waiting(alpha, "Dossier d’Alice", assignee=alice)
    assert today(seat).n == 0
    assert titles(today(Seat(alpha, alice, "owner"))) == ["Promesse d’Alice", "Dossier d’Alice"]


def test_the_list_fits_and_says_what_did_not(seat: Seat, alpha: Workspace) -> None:
    for place in range(60):
        waiting(alpha, f"Dossier {place:02}", 100 - place)
    page = today(seat)
    assert page.estimate <= 20
    assert titles(page)[:2] == ["Dossier 00", "Dossier 01"]
    [(name, n, minutes, address)] = page.left
    [(_, line, _)] = page.left_out("fr")
    assert ("environ" in line, f"{n} de plus" in line) == (True, True)
    assert (name, n + page.n) == ("answer", 60)
    assert minutes > 60
    assert address == "/w/alpha/inbox"
    again = making.page(day_of(seat, "en"), making.make(day_of(seat, "en"), 5))
    assert again.estimate <= 5
    assert again.n < page.n


def test_the_list_does_not_move_and_what_was_seen_to_is_ticked_by_itself(seat: Seat, alpha: Workspace) -> None:
    found = promises.made(alpha, "On vous rappelle.", NOW - DAY_MS)
    case = waiting(alpha, "La pompe fuit")
    assert (today(seat).n, today(seat).done) == (2, 0)
    waiting(alpha, "Arrivé depuis", 500)
    assert today(seat).n == 2
    acts.settle(seat, found, "kept", proof="appel")
    Case.objects.of(alpha).filter(pk=case.pk).update(state="resolved", waiting_since_ms=0)
    page = today(seat)
    assert (page.n, page.done, page.over) == (2, 2, True)


def test_somebody_ticks_and_takes_it_back(
    seat: Seat, alpha: Workspace, bob: User, as_user: Callable[[User], Client]
) -> None:
    case, browser = waiting(alpha, "La pompe fuit"), as_user(bob)
    assert 'hx-get="/w/alpha/today/list"' in browser.get("/w/alpha/today").content.decode()
    assert "La pompe fuit" in browser.get("/w/alpha/today/list", headers={"hx-request": "true"}).content.decode()
    key = f"case:{case.uid}"
    part = browser.post("/w/alpha/today/tick", {"key": key, "done": "1"}, headers={"hx-request": "true"})
    assert "Everything is done: you are done for today." in part.content.decode()
    assert [one.key for one in Tick.objects.of(alpha)] == [key]
    browser.post("/w/alpha/today/tick", {"key": key, "done": "0"})
    assert not Tick.objects.of(alpha).exists()
    assert browser.post("/w/alpha/today/tick", {"key": "case:none", "done": "1"}).status_code == 404


def test_only_what_came_since_the_last_list_is_new(seat: Seat, alpha: Workspace, bob: User) -> None:
    assert day_of(seat, "en").since_ms == NOW - 7 * DAY_MS
    Brief.objects.add(alpha, user=bob, day="2026-11-23", since_ms=1, made_ms=NOW - DAY_MS, minutes=20,
                      entries=[{"key": "need:3:2026-48", "section": "changed", "seconds": 9}])  # fmt: skip
    day = day_of(seat, "en")
    assert (day.since_ms, day.told) == (NOW - DAY_MS, frozenset({"need:3:2026-48"}))


def test_a_reader_gets_what_changed_and_nobody_to_answer(alpha: Workspace, bob: User) -> None:
    waiting(alpha, "La pompe fuit")
    assert today(Seat(alpha, bob, "reader")).n == 0


def test_a_member_sets_their_minutes_and_their_clock(
    alpha: Workspace, bob: User, as_user: Callable[[User], Client]
) -> None:
    given: dict[str, Any] = {"minutes": "4", "zone": "Mars/Olympus", "country": "be", "mail_hour": "7", "mail_on": "on"}
    assert as_user(bob).post("/w/alpha/today/habit", given).status_code == 400
    given |= {"minutes": "35", "zone": "Europe/Brussels", "mail_days": ["0", "6"]}
    assert as_user(bob).post("/w/alpha/today/habit", given).status_code == 302
    own = Habit.objects.of(alpha).get(user=bob)
    assert (own.minutes, own.zone, own.country, own.mail_days, own.mail_hour) == (35, "Europe/Brussels", "be", "06", 7)


class Postbox:
    """Keeps what it is given; refuses while told to."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []
        self.refuses = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses:
            return self.refuses
        self.kept.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A real SMTP server, and a desk that is set to use it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Postbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    values = replace(
        settings.PALABRE, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", smtp_from="palabre@one.example",
        site_url="https://desk.one.example", allowed_hosts_private=f"127.0.0.1:{port}",
    )  # fmt: skip
    monkeypatch.setattr(settings, "PALABRE", values)
    engine.net.cache_clear()
    yield box
    server.stop()
    engine.net.cache_clear()


@pytest.fixture
def subscribed(seat: Seat, alpha: Workspace, bob: User) -> Habit:
    Habit.objects.of(alpha).filter(user=bob).update(mail_on=True, mail_hour=8, mail_days="1")
    User.objects.filter(pk=bob.pk).update(lang="fr")
    return Habit.objects.of(alpha).select_related("user", "workspace").get(user=bob)


def mails_on(own: Habit) -> bool:
    return Habit.everybody.get(pk=own.pk).mail_on


def test_the_letter_comes_once_with_an_end_in_one_click(postbox: Postbox, subscribed: Habit, alpha: Workspace) -> None:
    promises.made(alpha, "On vous rappelle.", NOW - DAY_MS)
    assert (letters.deliver_due(), letters.deliver_due()) == (1, 0)
    [mail] = postbox.kept
    assert mail["Subject"] == "mardi 24 novembre : 1 chose, 1 min"
    assert mail["To"] == "bob@alpha.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    for part in (text, html):
        assert "On vous rappelle." in part
        assert "c’est fini pour aujourd’hui" in part
        assert "https://desk.one.example/w/alpha/promises/" in part
    stop = mail["List-Unsubscribe"].strip("<>").replace("https://desk.one.example", "")
    assert "Arrêter les lettres" in Client(headers={"accept-language": "fr"}).get(stop).content.decode()
    assert mails_on(subscribed)
    assert Client(enforce_csrf_checks=True).post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not mails_on(subscribed)
    assert Client().post(stop[:-3] + "xxx").status_code == 404


def test_a_letter_that_was_refused_is_tried_again_and_one_nobody_can_tell_of_is_not(
    postbox: Postbox, subscribed: Habit, monkeypatch: pytest.MonkeyPatch
) -> None:
    postbox.refuses = "451 try later"
    assert letters.deliver_due() == 0
    subscribed.refresh_from_db(from_queryset=Habit.everybody.all())
    assert (subscribed.mail_error, subscribed.mail_tries) == ("net.smtp_refused", 1)
    assert letters.deliver_due() == 0  # not at once
    postbox.refuses = ""
    monkeypatch.setattr(clock, "CLOCK", FixedClock(NOW + letters.AGAIN_MS))
    assert letters.deliver_due() == 1
    subscribed.refresh_from_db(from_queryset=Habit.everybody.all())
    assert subscribed.mail_error == ""


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({}, True),
        ({"mail_hour": 9}, False),
        ({"mail_hour": 4}, False),
        ({"mail_hour": 5}, True),
        ({"mail_days": "0"}, False),
        ({"mailed_day": "2026-11-24"}, False),
        ({"mailed_day": "2026-11-23"}, True),
        ({"zone": "America/Montreal"}, False),
        ({"mailed_day": "2026-11-24", "mail_next_ms": NOW}, True),
        ({"mailed_day": "2026-11-24", "mail_next_ms": NOW + 1}, False),
    ],
)
def test_a_letter_is_due_on_the_clock_of_its_reader(values: dict[str, Any], due: bool) -> None:
    usual: dict[str, Any] = {"mail_hour": 8, "mail_days": "1", "zone": "Europe/Paris"}
    own = Habit(user=User(email="bob@one.example"), **(usual | values))
    assert letters.is_due(own, NOW) is due


def test_no_letter_leaves_a_desk_without_a_server(subscribed: Habit) -> None:
    assert not post.ready()
    assert letters.deliver_due() == 0


def test_the_list_is_gathered_while_nobody_waits_for_the_database(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    depth, composed = len(connection.savepoint_ids), making.composed
    seen: list[int] = []

    def spied(*given: Any) -> Any:
        seen.append(len(connection.savepoint_ids) - depth)
        return composed(*given)

    monkeypatch.setattr(making, "composed", spied)
    making.make(day_of(seat, "en"))
    assert seen == [0]


@pytest.mark.parametrize(("minutes", "said"), [(3, "3 min"), (89, "89 min"), (90, "2 h"), (396, "7 h")])
def test_a_long_time_is_said_in_hours(minutes: int, said: str) -> None:
    assert lasting(minutes, "fr") == said.replace(" ", "\u202f") or lasting(minutes, "fr") == said


def test_minutes_for_one_day_are_not_called_those_of_every_day(
    seat: Seat, bob: User, as_user: Callable[[User], Client]
) -> None:
    waiting(seat.workspace, "La pompe fuit")
    browser = as_user(bob)
    browser.post("/w/alpha/today/again", {"minutes": "45"})
    assert "You give 45 minutes today." in browser.get("/w/alpha/today?all=1").content.decode()
    browser.post("/w/alpha/today/again", {"minutes": "20"})
    assert "You give 20 minutes a day." in browser.get("/w/alpha/today?all=1").content.decode()
