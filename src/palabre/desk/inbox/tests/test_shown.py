"""What the queue says to whoever reads it: names for everybody, and a sentence of its own for each empty queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.clock import to_datetime
from palabre.desk import engine
from palabre.desk.clock import now_ms
from palabre.desk.inbox import access, acts
from palabre.desk.inbox.models import Case, CaseNote
from palabre.desk.panel.models import Job
from palabre.desk.service.models import WorkHours
from palabre.desk.teams.models import Team
from palabre.desk.workspaces.models import User, Workspace
from palabre.measure import sla

AsUser = Callable[[User], Client]
HAPPENS = {*sla.KINDS, *acts.KINDS.values(), "approved", "corrected", "drafted", "edited", "let_go", "merged", "named",
           "noted", "restored", "returned", "rule", "split", "split_from", "taken_down", "took_in", "unmerged",
           "withdrawn"}  # fmt: skip
OWNER = {"fr": "Propriétaire de l’installation", "en": "Owner of this installation"}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_owner_without_a_name_is_called_something(lang: str, alpha: Workspace, alice: User, as_user: AsUser) -> None:
    User.objects.filter(pk=alice.pk).update(name="", form_of_address="", email=None, lang=lang)
    case = access.by_hand(alpha, "Frein", alice)
    access.happened(case, "assigned", user=alice, to=alice.pk)
    CaseNote.objects.add(alpha, case=case, user=alice, text="Vu", made_ms=1)
    browser = as_user(User.objects.get(pk=alice.pk))
    queue = browser.get("/w/alpha/inbox").content.decode()
    assert f'title="{OWNER[lang]}"' in queue
    assert f'aria-hidden="true">{OWNER[lang][0]}' in queue
    page = browser.get(f"/w/alpha/cases/{case.uid}").content.decode()
    assert f"<b>{OWNER[lang]}</b>" in page  # of the note
    assert f"selected>{OWNER[lang]}</option>" in page


@pytest.mark.parametrize(
    ("queue", "says"),
    [
        ("open", "Rien à traiter ici"),
        ("mine", "Rien ne vous attend"),
        ("snoozed", "Rien n’est mis de côté"),
        ("waiting", "Nous n’attendons la réponse de personne"),
        ("resolved", "Rien n’est encore résolu"),
    ],
)
def test_an_empty_queue_says_what_it_is_for(
    queue: str, says: str, alpha: Workspace, alice: User, as_user: AsUser
) -> None:
    User.objects.filter(pk=alice.pk).update(lang="fr")
    browser = as_user(User.objects.get(pk=alice.pk))
    assert says in browser.get(f"/w/alpha/inbox?queue={queue}").content.decode()


@pytest.mark.parametrize(
    ("done", "total", "says"), [(1200, 30000, "1,200 of 30,000 posts are here"), (0, 0, "opens as")]
)
def test_an_empty_queue_says_that_posts_are_arriving(
    done: int, total: int, says: str, alpha: Workspace, bob: User, as_user: AsUser
) -> None:
    job = Job.objects.add(alpha, what="sample", started_ms=1, done=done, total=total)
    page = as_user(bob).get("/w/alpha/inbox").content.decode()
    assert ("Posts are arriving" in page, says in page, "Nothing to handle here" in page) == (True, True, False)
    polled = as_user(bob).get("/w/alpha/inbox", headers={"hx-request": "true", "hx-target": "found"}).content.decode()
    assert 'id="found"' in polled  # the whole page, of which htmx takes its own part
    Job.objects.of(alpha).filter(pk=job.pk).update(state="done")
    assert "Posts are arriving" not in as_user(bob).get("/w/alpha/inbox").content.decode()


def test_posts_that_wait_to_be_read_are_told_of_where_nothing_is_to_do(
    alpha: Workspace, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(engine.archive().readings), "waits", lambda *_: True)
    assert "Palabre is reading them" in as_user(bob).get("/w/alpha/inbox").content.decode()
    access.by_hand(alpha, "Frein", bob)
    assert "Palabre is reading them" not in as_user(bob).get("/w/alpha/inbox").content.decode()


def test_many_at_once_that_change_nothing_say_so(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    User.objects.filter(pk=alice.pk).update(lang="fr")
    case = access.by_hand(alpha, "Frein", alice)
    browser = as_user(User.objects.get(pk=alice.pk))
    sent = {"case": [case.uid], "what": "urgent"}
    assert "Marqué urgent." in browser.post("/w/alpha/inbox/many", sent, follow=True).content.decode()
    assert "Rien à changer" in browser.post("/w/alpha/inbox/many", sent, follow=True).content.decode()


def test_the_clock_of_a_case_is_that_of_its_team(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    """Nobody works in the team: its clock stands, where that of the workspace would run round the clock."""
    User.objects.filter(pk=alice.pk).update(lang="fr")
    team = Team.objects.add(alpha, name="Atelier")
    case = access.by_hand(alpha, "Frein", alice, at_ms=now_ms() - 3 * 3_600_000)
    browser = as_user(User.objects.get(pk=alice.pk))
    page = browser.get(f"/w/alpha/cases/{case.uid}").content.decode()
    assert "en cours\u00a0: 3 h" in page
    assert "En heures de travail." not in page
    later = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")[(to_datetime(now_ms()).weekday() + 3) % 7]
    WorkHours.objects.add(alpha, team=team, hours=f"{later} 09:00-10:00", zone="UTC")
    access.happened(case, "team", user=alice, to=team.pk)
    page = browser.get(f"/w/alpha/cases/{case.uid}").content.decode()
    assert "en cours\u00a0: 0 s" in page
    assert "En heures de travail." in page


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_happened_is_told_in_words(lang: str, alpha: Workspace, alice: User, as_user: AsUser) -> None:
    User.objects.filter(pk=alice.pk).update(lang=lang)
    case = access.by_hand(alpha, "Frein", alice)
    for kind in HAPPENS:
        access.happened(case, kind, user=alice)
    log = as_user(User.objects.get(pk=alice.pk)).get(f"/w/alpha/cases/{case.uid}/log", headers={"HX-Request": "true"})
    page = log.content.decode()
    assert {"fr": "a ouvert le dossier", "en": "opened the case"}[lang] in page
    assert "inbox.event" not in page
    assert "(" not in page.partition("<ol")[2]  # no event without words of its own


def test_a_wait_is_told_as_the_person_lives_it(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    """Working hours decide what is late; nobody waits in working hours."""
    User.objects.filter(pk=alice.pk).update(lang="fr")
    WorkHours.objects.add(alpha, hours="lun 09:00-10:00", zone="UTC")
    case = access.by_hand(alpha, "Frein", alice)
    Case.objects.of(alpha).filter(pk=case.pk).update(waiting_since_ms=now_ms() - 21 * 86_400_000)
    page = as_user(User.objects.get(pk=alice.pk)).get("/w/alpha/inbox").content.decode()
    assert "attend depuis 21 jours" in page


def test_a_case_that_goes_on_in_another_offers_the_way_there_alone(
    alpha: Workspace, alice: User, as_user: AsUser
) -> None:
    into, other = access.by_hand(alpha, "Frein", alice), access.by_hand(alpha, "Freins", alice)
    Case.objects.of(alpha).filter(pk=other.pk).update(merged_into=into)
    page = as_user(alice).get(f"/w/alpha/cases/{other.uid}").content.decode()
    assert f"/cases/{into.uid}" in page
    assert f"/cases/{other.uid}/unmerge" in page
    assert f"/cases/{other.uid}/act" not in page
    assert 'id="composer"' not in page
