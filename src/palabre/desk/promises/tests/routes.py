"""Access rows of the ledger."""

from __future__ import annotations

from typing import Any

from palabre.desk.inbox.models import Case
from palabre.desk.people.models import Person
from palabre.desk.promises.models import Promise, PromiseLink
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.models import Workspace
from palabre.desk.workspaces.tests.matrix import ABSENT, PUBLIC, Row

DAY_MS = 86_400_000


def somebody(workspace: Workspace) -> Person:
    return Person.objects.add(workspace, name="Maïté", made_ms=1, changed_ms=1)


def person(workspace: Workspace) -> dict[str, Any]:
    return {"uid": somebody(workspace).uid}


def case(workspace: Workspace) -> dict[str, Any]:
    return {"uid": Case.objects.add(workspace, title="Panne", opened_ms=1, changed_ms=1).uid}


def promise(workspace: Workspace) -> dict[str, Any]:
    found = Promise.objects.add(
        workspace, words="Nous vous rappelons.", due_ms=1, made_ms=1, person=somebody(workspace)
    )
    return {"uid": found.uid}


def acted(what: str) -> Any:
    return lambda workspace: promise(workspace) | {"what": what}


def link(workspace: Workspace) -> dict[str, Any]:
    made = PromiseLink.objects.add(workspace, person=somebody(workspace), token_hash=tokens.fresh()[:60], made_ms=1)
    return {"uid": made.uid}


def address(workspace: Workspace) -> dict[str, Any]:
    token = tokens.fresh()
    PromiseLink.objects.add(workspace, person=somebody(workspace), token_hash=tokens.hashed(token), made_ms=1)
    return {"token": token}


ROWS = (
    Row("promises:index"),
    Row("promises:add", needs="agent"),
    Row("promises:add", "POST", "agent", 302, data={"said": "On vous rappelle vendredi.", "due_day": "2027-01-08"}),
    Row("promises:table"),
    Row("promises:calendar"),
    Row("promises:chart", ids=lambda workspace: {"kind": "csv"}, absent={"kind": "exe"}),
    Row("promises:of_case", ids=case, absent=ABSENT, htmx=True),
    Row("promises:of_person", ids=person, absent=ABSENT, htmx=True),
    Row("promises:person", ids=person, absent=ABSENT),
    Row("promises:give_link", "POST", "agent", 200, person, ABSENT),
    Row("promises:revoke_link", "POST", "agent", 302, link, ABSENT),
    Row("promises:promise", ids=promise, absent=ABSENT),
    Row("promises:settle", "POST", "agent", 302, promise, ABSENT, {"state": "kept", "proof": "Facture 12"}),
    Row(
        "promises:renegotiate",
        "POST",
        "agent",
        302,
        promise,
        ABSENT,
        {"due_day": "2099-01-08", "why": "La pièce manque"},
    ),
    Row("promises:act", "POST", "agent", 302, acted("remind"), {**ABSENT, "what": "remind"}, {"day": "2099-01-07"}),
    Row("promises:shown", needs=PUBLIC, ids=address, absent={"token": "x"}),
)
