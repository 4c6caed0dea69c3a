"""What the queue says to whoever reads it: names for everybody, and a sentence of its own for each empty queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from palabre.desk.inbox import access
from palabre.desk.inbox.models import CaseNote
from palabre.desk.workspaces.models import User, Workspace

AsUser = Callable[[User], Client]
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
