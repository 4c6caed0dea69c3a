"""The ledger: found before sending, entered once, kept with proof, moved with its chain, shown to its person."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from palabre.clock import FixedClock
from palabre.desk import clock
from palabre.desk.api.bucket import Buckets
from palabre.desk.inbox.models import Case
from palabre.desk.people.models import Person
from palabre.desk.promises import access, acts, figures, leaving, ledger, public
from palabre.desk.promises.models import Promise
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.models import User, Workspace
from palabre.engage.promises import due_at
from palabre.errors import InputError
from palabre.messages import LANGUAGES

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = round(datetime(2026, 11, 24, 9, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "CLOCK", FixedClock(TUESDAY))


@pytest.fixture
def seat(alpha: Workspace, bob: User) -> Seat:
    return Seat(alpha, bob, "agent")


@pytest.fixture
def maite(alpha: Workspace) -> Person:
    return Person.objects.add(alpha, name="Maïté", lang="fr", made_ms=1, changed_ms=1)


def due(day: str) -> int:
    return due_at(day, PARIS)


def test_a_text_shows_its_promises_with_their_days_before_it_is_sent() -> None:
    text = "Bonjour Maïté. Nous vous remboursons d'ici vendredi. Un technicien vous rappelle demain à 14 h. Merci !"
    found = access.proposed(text, "fr", TUESDAY, PARIS)
    assert [one.due for one in found] == ["2026-11-27", "2026-11-25T14:00"]
    assert [text[one.start : one.end] for one in found] == [one.words for one in found]
    assert found[0].when == "vendredi 27 novembre 2026 (dans 3 jours)"
    assert found[0].due_ms == due("2026-11-27")


def test_how_far_a_promise_is_counts_from_today_and_not_from_when_the_text_leaves() -> None:
    found = access.proposed("Nous vous répondons sous trois jours.", "fr", TUESDAY + 2 * DAY_MS, PARIS)
    assert [one.when for one in found] == ["dimanche 29 novembre 2026 (dans 5 jours)"]


@pytest.mark.parametrize("lang", ["en", ""])
def test_an_english_text_is_read_in_english_even_when_nobody_says_so(lang: str) -> None:
    found = access.proposed("Thank you for telling us. We will refund you by Friday.", lang, TUESDAY, PARIS)
    assert [(one.due, one.when) for one in found] == [("2026-11-27", "Friday 27 November 2026 (in 3 days)")]


def test_a_text_without_promise_shows_none() -> None:
    assert access.proposed("Merci pour votre message, belle journée.", "fr", TUESDAY, PARIS) == []


def test_the_same_words_of_the_same_reply_are_entered_once(alpha: Workspace) -> None:
    first, again = (access.made(alpha, "On vous rappelle.", 0, from_uid="r1") for _ in range(2))
    assert first.pk == again.pk
    assert [event.kind for event in access.history(first)] == ["made"]


def test_a_promise_reminds_on_the_day_of_work_before(alpha: Workspace) -> None:
    made = access.made(alpha, "Réponse lundi.", due("2026-11-30"), zone=PARIS, country="fr")
    assert datetime.fromtimestamp(made.remind_ms / 1000, PARIS).isoformat() == "2026-11-27T09:00:00+01:00"


def test_late_ones_are_on_top_then_near_then_the_rest(seat: Seat, alpha: Workspace) -> None:
    for words, day in (
        ("loin", "2026-12-20"),
        ("proche", "2026-11-25"),
        ("retard", "2026-11-20"),
        ("vieux", "2026-11-02"),
    ):
        access.made(alpha, words, due(day))
    access.made(alpha, "sans date", 0)
    wall = ledger.Wall(PARIS, "fr", TUESDAY)
    found = ledger.lines(ledger.chosen(seat, ledger.Asked(), wall), wall, "fr")
    assert [one.promise.words for one in found] == ["vieux", "retard", "proche", "loin", "sans date"]
    assert [one.standing for one in found] == ["late", "late", "near", "open", "open"]
    tally = ledger.counts(seat, wall)
    for state in ("late", "near", "open", "current", "all"):
        assert len(ledger.chosen(seat, ledger.Asked(state=state), wall)) == tally[state]


def test_kept_needs_a_proof_and_broken_a_reason(seat: Seat, alpha: Workspace) -> None:
    found = access.made(alpha, "On vous rappelle.", due("2026-11-25"))
    for state in ("kept", "broken", "withdrawn"):
        with pytest.raises(InputError):
            acts.settle(seat, found, state)
    acts.settle(seat, found, "kept", proof="https://one.example/facture")
    with pytest.raises(InputError):
        acts.settle(seat, found, "broken", note="non")
    acts.reopen(seat, found)
    assert (found.state, found.settled_ms, found.proof) == ("open", 0, "")
    assert [event.kind for event in access.history(found)] == ["made", "kept", "reopened"]


def test_a_renegotiated_promise_keeps_its_chain_and_says_whether_the_person_was_told(
    seat: Seat, alpha: Workspace
) -> None:
    first = access.made(alpha, "Livré vendredi.", due("2026-11-27"), owner=seat.user)
    second = acts.renegotiate(seat, first, acts.Later("Livré mardi.", due("2026-12-01"), 0, 0, "grève"))
    third = acts.renegotiate(seat, second, acts.Later("", due("2026-12-04"), 0, TUESDAY, "neige"))
    assert [one.words for one in access.before(third)] == ["Livré vendredi.", "Livré mardi."]
    assert (third.words, third.owner) == ("Livré mardi.", seat.user)
    assert "told" not in [event.kind for event in access.history(first)]
    assert "told" in [event.kind for event in access.history(second)]
    with pytest.raises(InputError):
        acts.renegotiate(seat, third, acts.Later("", TUESDAY - 1, 0, 0, "hier"))


@pytest.mark.parametrize(
    ("state", "due_day", "settled_day", "counts", "in_time"),
    [
        ("open", "2026-11-30", "", False, False),
        ("open", "2026-11-20", "", True, False),
        ("kept", "2026-11-30", "2026-11-23", True, True),
        ("kept", "2026-11-20", "2026-11-23", True, False),
        ("kept", "", "2026-11-23", True, True),
        ("broken", "2026-11-30", "2026-11-23", True, False),
        ("withdrawn", "2026-11-20", "2026-11-23", False, False),
        ("renegotiated", "2026-11-30", "2026-11-23", False, False),
        ("renegotiated", "2026-11-20", "2026-11-23", True, False),
    ],
)
def test_what_counts_in_the_kept_rate(state: str, due_day: str, settled_day: str, counts: bool, in_time: bool) -> None:
    one = Promise(state=state, due_ms=due(due_day), settled_ms=due(settled_day))
    assert (figures.is_due(one, TUESDAY), figures.in_time(one)) == (counts, in_time)


def test_the_kept_rate_has_its_n_and_its_interval() -> None:
    rows = [Promise(state="kept", due_ms=due("2026-11-20"), settled_ms=due("2026-11-19"))] * 8
    rows += [Promise(state="open", due_ms=due("2026-11-20"))] * 2
    kept, in_time = figures.kept(rows, TUESDAY)
    assert (kept.value, kept.n, round(kept.low or 0, 3), round(kept.high or 0, 3)) == (0.8, 10, 0.49, 0.943)
    assert figures.kept(rows[:4], TUESDAY)[0].few
    assert in_time.value == 0.8
    drawn = figures.chart(rows, TUESDAY, PARIS, "fr", "/w/x/promises")
    assert [(point.x, point.n) for point in drawn.series[0].points] == [("2026-11", 10)]


def test_a_member_adds_keeps_and_exports_in_the_browser(
    alpha: Workspace, bob: User, maite: Person, as_user: Callable[[User], Client]
) -> None:
    browser, at = as_user(bob), "/w/alpha/promises"
    given = {"said": "=Nous vous rappelons", "workdays": "2", "owner": bob.uid}
    answer = browser.post(f"{at}/add?person={maite.uid}", given)
    found = Promise.objects.of(alpha).get()
    assert answer["Location"] == f"{at}/{found.uid}"
    assert found.due_ms == due("2026-11-26")
    assert (found.person, found.owner, found.from_kind) == (maite, bob, "note")
    page = browser.get(at).content.decode()
    assert "Nous vous rappelons" in page
    assert "Maïté" in page
    assert "'=Nous" in browser.get(f"{at}/table.csv").content.decode()
    ics = browser.get(f"{at}/due.ics").content.decode()
    assert "DTSTART;VALUE=DATE:20261126" in ics
    assert "BEGIN:VALARM" in ics
    refused = browser.post(f"{at}/{found.uid}/settle", {"state": "kept"})
    assert refused.status_code == 400
    browser.post(f"{at}/{found.uid}/settle", {"state": "kept", "proof": "appel de 11 h"})
    found.refresh_from_db()
    assert (found.state, found.proof) == ("kept", "appel de 11 h")
    assert "BEGIN:VEVENT" not in browser.get(f"{at}/due.ics?state=all").content.decode()


def test_a_person_sees_what_was_promised_to_them_and_nothing_else(
    alpha: Workspace, bob: User, maite: Person, as_user: Callable[[User], Client]
) -> None:
    other = Person.objects.add(alpha, name="Ibrahim", made_ms=1, changed_ms=1)
    same = Person.objects.add(alpha, name="maite74", made_ms=1, changed_ms=1, merged_into=maite)
    access.made(alpha, "La pièce part lundi.", due("2026-11-30"), person=maite, owner=bob)
    access.made(alpha, "Le bon d’achat arrive.", 0, person=same)
    access.made(alpha, "Le secret d’Ibrahim.", 0, person=other)
    answer = as_user(bob).post(f"/w/alpha/promises/person/{maite.uid}/link")
    address = answer.context["fresh"].replace("http://testserver", "")
    for lang in LANGUAGES:
        seen = Client().get(f"{address}?lang={lang}")
        page = seen.content.decode()
        assert "La pièce part lundi." in page
        assert "Le bon d’achat arrive." in page
        assert not any(word in page for word in ("Ibrahim", "bob", "maite74", maite.uid, "csrf"))
        assert "noindex" in seen["X-Robots-Tag"]
        assert not seen.cookies
    link = access.links(Seat(alpha, bob, "agent"), maite)[0]
    as_user(bob).post(f"/w/alpha/promises/links/{link.uid}/revoke")
    assert Client().get(address).status_code == 404


def test_the_public_page_is_not_for_machines_that_try(monkeypatch: pytest.MonkeyPatch, alpha: Workspace) -> None:
    monkeypatch.setattr(public, "VISITS", Buckets(size=3, per_minute=3))
    answers = [Client().get("/promised/wrong") for _ in range(4)]
    assert [one.status_code for one in answers] == [404, 404, 404, 429]
    assert answers[-1]["Retry-After"]


def test_the_part_of_a_case_lists_what_was_promised_there(
    alpha: Workspace, bob: User, as_user: Callable[[User], Client]
) -> None:
    case: Any = Case.objects.add(alpha, title="Panne", opened_ms=1, changed_ms=1)
    access.made(alpha, "On vous rappelle.", due("2026-11-20"), case=case)
    page = as_user(bob).get(f"/w/alpha/promises/of-case/{case.uid}").content.decode()
    assert "On vous rappelle." in page
    assert f"?case={case.uid}" in page


def test_what_a_note_promises_is_proposed_on_its_case_and_entered_once(
    alpha: Workspace, bob: User, as_user: Callable[[User], Client]
) -> None:
    case: Any = Case.objects.add(alpha, title="Panne", opened_ms=1, changed_ms=1)
    browser, base = as_user(bob), f"/w/{alpha.slug}"
    browser.post(f"{base}/cases/{case.uid}/note", {"text": "Appelée : nous la rappelons d'ici vendredi, promis."})
    part = browser.get(f"{base}/promises/of-case/{case.uid}").content.decode()
    [door] = [unescape(one) for one in re.findall(r'href="([^"]*note=[^"]*)"', part)]
    assert 'value="2026-11-27"' in browser.get(door).content.decode()
    browser.post(door, {"said": "nous la rappelons d'ici vendredi", "owner": bob.uid})
    kept = Promise.objects.of(alpha).get()
    assert (kept.due_ms, kept.from_kind, kept.case) == (due("2026-11-27"), "note", case)  # the day is that of the words
    assert "note=" not in browser.get(f"{base}/promises/of-case/{case.uid}").content.decode()


def test_of_two_who_settle_at_once_one_does(seat: Seat, alpha: Workspace) -> None:
    made = access.made(alpha, "On vous rappelle.", due("2026-11-27"))
    mine, theirs, late = (access.promise(seat, made.uid) for _ in range(3))
    acts.settle(seat, mine, "kept", proof="appelé")
    with pytest.raises(InputError, match="settled"):
        acts.settle(seat, theirs, "broken", note="oublié")
    with pytest.raises(InputError, match="settled"):
        acts.renegotiate(seat, late, acts.Later("", due("2026-11-30"), 0, 0, "pièce"))
    assert [event.kind for event in access.history(made)] == ["made", "kept"]


def test_no_cell_of_the_table_is_a_formula(seat: Seat, alpha: Workspace) -> None:
    for name in ("=1+1", " =1+1", "＝HYPERLINK(1)", "\t=1"):
        access.made(alpha, name, 0, person=Person.objects.add(alpha, name=name, made_ms=1, changed_ms=1))
    wall = ledger.Wall(PARIS, "fr", TUESDAY)
    rows = list(csv.reader(io.StringIO(leaving.table(list(access.promises(seat)), wall, "fr"))))[1:]
    assert len(rows) == 4
    assert all(cell.startswith("'") for row in rows for cell in (row[0], row[3]))
