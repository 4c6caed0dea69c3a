"""Access rows of going out to people."""

from __future__ import annotations

from typing import Any

from palabre.desk.outreach.models import Contact
from palabre.desk.people.models import Person
from palabre.desk.workspaces.models import Membership, Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, Row


def person(workspace: Workspace) -> dict[str, Any]:
    return {"uid": Person.objects.add(workspace, name="Maïté", made_ms=1, changed_ms=1).uid}


def contact(workspace: Workspace) -> dict[str, Any]:
    who = Person.objects.add(workspace, name="Maïté", made_ms=1, changed_ms=1)
    reasons = [["broken", 1, "none", 0, "asked"]]
    return {"uid": Contact.objects.add(workspace, person=who, reasons=reasons, made_ms=1).uid}


def acted(what: str) -> Any:
    return lambda workspace: contact(workspace) | {"what": what}


def taken(workspace: Workspace) -> dict[str, Any]:
    made = contact(workspace)
    owner = Membership.objects.of(workspace).filter(role="owner").first()
    Contact.objects.of(workspace).filter(**made).update(state="taken", owner=owner.user if owner else None)
    return made


ROWS = (
    Row("outreach:index", needs="agent"),
    Row("outreach:look", "POST", "agent", 302),
    Row("outreach:week", "POST", "manager", 302, data={"per_week": "7"}),
    Row("outreach:contact", needs="agent", ids=contact, absent=ABSENT),
    Row("outreach:contact", "POST", "agent", 302, taken, ABSENT, {"outcome": "answered", "note": "au téléphone"}),
    Row("outreach:act", "POST", "agent", 302, acted("take"), {**ABSENT, "what": "take"}),
    Row("outreach:objection", "POST", "agent", 302, person, ABSENT, {"words": "Laissez-moi tranquille"}),
)
