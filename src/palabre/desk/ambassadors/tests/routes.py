"""Access rows of ambassadors."""

from __future__ import annotations

import datetime
from typing import Any

from palabre.desk.ambassadors.models import Consent, Invite, Membership, Recognition
from palabre.desk.people.models import Person
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, PUBLIC, Row


def some_person(workspace: Workspace) -> dict[str, Any]:
    return {"uid": Person.objects.add(workspace, name="Léa", made_ms=1, changed_ms=1).uid}


def an_invite(workspace: Workspace) -> Invite:
    person = Person.objects.of(workspace).get(**some_person(workspace))
    n = Invite.objects.of(workspace).count()
    values = {"texts": {"fr": "Oui ?", "en": "Yes?"}, "made_ms": 1, "expires_ms": 9_999_999_999_999}
    return Invite.objects.add(workspace, person=person, kind="customer", token_hash=f"{workspace.pk}-{n}", **values)


def some_invite(workspace: Workspace) -> dict[str, Any]:
    return {"uid": an_invite(workspace).uid}


def some_member(workspace: Workspace) -> dict[str, Any]:
    invite = an_invite(workspace)
    values = {"answer": "yes", "text": "Oui ?", "text_hash": "0" * 64, "lang": "fr", "answered_ms": 2}
    consent = Consent.objects.add(workspace, invite=invite, **values)
    kept = {"person": invite.person, "consent": consent, "kind": "customer", "joined_ms": 2}
    return {"uid": Membership.objects.add(workspace, **kept).uid}


def some_recognition(workspace: Workspace) -> dict[str, Any]:
    person = Person.objects.of(workspace).get(**some_person(workspace))
    values = {"on": datetime.date(2026, 11, 20), "kind": "thanks", "nature": "notoriety", "words": "Merci"}
    return {"uid": Recognition.objects.add(workspace, person=person, made_ms=1, **values).uid}


THANKS = {"on": "2026-11-20", "kind": "thanks", "nature": "notoriety", "what": "Merci"}
ROWS = (
    Row("ambassadors:index", needs="agent"),
    Row("ambassadors:candidates", needs="agent", htmx=True),
    Row("ambassadors:invite", "POST", "agent", 404, data={"account": "https://nobody.example"}),
    Row("ambassadors:withdraw", "POST", "agent", 302, some_invite, ABSENT),
    Row("ambassadors:ledger", needs="agent"),
    Row("ambassadors:export", needs="manager"),
    Row("ambassadors:remove", "POST", "manager", 302, some_recognition, ABSENT),
    Row("ambassadors:settle", "POST", "agent", 404, data={"person": "0" * 32, "post": "1", "what": "fine"}),
    Row("ambassadors:thank", needs="agent", ids=some_person, absent=ABSENT),
    Row("ambassadors:thank", "POST", "agent", 302, some_person, ABSENT, THANKS),
    Row("ambassadors:end", "POST", "manager", 302, some_member, ABSENT),
    Row("ambassadors:proof", needs="agent", ids=some_member, absent=ABSENT),
    Row("ambassadors:answer", needs=PUBLIC, ok=404, ids=lambda _: {"token": "no-such"}, absent={"token": "none"}),
    Row("ambassadors:answer", "POST", PUBLIC, 404, lambda _: {"token": "no-such"}, {"token": "none"}),
)
