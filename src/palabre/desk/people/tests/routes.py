"""Access rows of the room of persons."""

from __future__ import annotations

from typing import Any

from palabre.desk.mentions.tests.posts import hear
from palabre.desk.people import access, facts, merging
from palabre.desk.people.models import Challenge, Fact, Handle, Intake, Person, PersonList, Suggestion
from palabre.desk.workspaces.models import Workspace, fresh_id
from palabre.desk.workspaces.tests.matrix import ABSENT, Row
from palabre.model import Account, Post

ACCOUNT = Account("https://row.example/@ana", "ana", "Ana")
WHY: dict[str, Any] = {"source": "told us", "purpose": "answer", "basis": "consent", "by": None}
WHY_DATA = {"source": "told us", "purpose": "answer", "basis": "consent"}


def ana(workspace: Workspace) -> Person:
    return access.met(workspace, "mastodon", ACCOUNT)


def some_person(workspace: Workspace) -> dict[str, Any]:
    return {"uid": ana(workspace).uid}


def some_fact(workspace: Workspace) -> dict[str, Any]:
    made: Fact = facts.add(ana(workspace), "city", "Lyon", **WHY)
    return {"uid": made.uid}


def some_note(workspace: Workspace) -> dict[str, Any]:
    return {"uid": facts.note(ana(workspace), "called back", None).uid}


def some_handle(workspace: Workspace) -> dict[str, Any]:
    hear(workspace, Post("https://row.example/1", "mastodon", text="hello", account=ACCOUNT))
    ana(workspace)
    return {"uid": Handle.objects.of(workspace).get(uri=ACCOUNT.uri).uid}


def some_code(workspace: Workspace) -> dict[str, Any]:
    made = Challenge.objects.add(workspace, person=ana(workspace), network="mastodon", uri=ACCOUNT.uri,
                                 code="palabre-abcdefgh", made_ms=1)  # fmt: skip
    return {"uid": made.uid}


def some_merge(workspace: Workspace) -> dict[str, Any]:
    other = access.met(workspace, "bluesky", Account(f"did:plc:{fresh_id()}", "ana.bsky.social", "Ana"))
    return {"uid": merging.merge(ana(workspace), other).uid}


def some_suggestion(workspace: Workspace) -> dict[str, Any]:
    hear(workspace, Post("https://row.example/2", "mastodon", text="hello", account=ACCOUNT))
    n = Suggestion.objects.of(workspace).count()
    made = Suggestion.objects.add(workspace, left_network="mastodon", left_uri=ACCOUNT.uri, right_network="web",
                                  right_uri=f"https://row.example/{n}", score=20.0, bar=13.0, made_ms=1,
                                  reasons=[["handle", 12.0, "ana"]])  # fmt: skip
    return {"uid": made.uid}


def some_list(workspace: Workspace) -> dict[str, Any]:
    return {"uid": PersonList.objects.add(workspace, name="Press", made_ms=1).uid}


def some_intake(workspace: Workspace) -> dict[str, Any]:
    return {"uid": Intake.objects.add(workspace, name="book.vcf", made_ms=1).uid}


def by_kind(_workspace: Workspace) -> dict[str, Any]:
    return {"kind": "csv"}


NEW = {"name": "Bea", "kind": "human", **WHY_DATA}
ROWS = (
    Row("people:index"),
    Row("people:add", needs="agent"),
    Row("people:add", "POST", "agent", 302, data=NEW),
    Row("people:file", needs="agent", ids=by_kind, absent={"kind": "exe"}),
    Row("people:take_in", needs="agent"),
    Row("people:take_in", "POST", "agent", 400),
    Row("people:intake", needs="agent", ids=some_intake, absent=ABSENT),
    Row("people:intake", "POST", "agent", 302, some_intake, ABSENT, {"purpose": "answer", "basis": "consent"}),
    Row("people:intake_leave", "POST", "agent", 302, some_intake, ABSENT),
    Row("people:of_account"),
    Row("people:of_account", "POST", "agent", 404, data={"uri": "https://nobody.example/"}),
    Row("people:suggestions", needs="agent"),
    Row("people:look", "POST", "agent", 302),
    Row("people:suggestion", "GET", "agent", 200, some_suggestion, ABSENT),
    Row("people:suggestion", "POST", "agent", 302, some_suggestion, ABSENT, {"say": "no"}),
    Row("people:lists"),
    Row("people:lists", "POST", "agent", 302, data={"name": "Partners of March"}),
    Row("people:list", "GET", ok=302, ids=some_list, absent=ABSENT),
    Row("people:list_drop", "POST", "agent", 302, some_list, ABSENT),
    Row("people:fact_drop", "POST", "agent", 302, some_fact, ABSENT),
    Row("people:note_drop", "POST", "manager", 302, some_note, ABSENT),
    Row("people:code", "POST", "agent", 302, some_handle, ABSENT),
    Row("people:code_drop", "POST", "agent", 302, some_code, ABSENT),
    Row("people:unmerge", "POST", "agent", 302, some_merge, ABSENT),
    Row("people:page", ids=some_person, absent=ABSENT),
    Row("people:more", ids=some_person, absent=ABSENT),
    Row("people:card", ids=some_person, absent=ABSENT),
    Row("people:standing", ids=some_person, absent=ABSENT),
    Row("people:edit", "GET", "agent", 200, some_person, ABSENT),
    Row("people:edit", "POST", "agent", 302, some_person, ABSENT, NEW),
    Row("people:fact", "POST", "agent", 302, some_person, ABSENT, {"name": "city", "value": "Lyon", **WHY_DATA}),
    Row("people:consent", "POST", "agent", 302, some_person, ABSENT,
        {"purpose": "news", "state": "given", "said": "by mail"}),
    Row("people:note", "POST", "agent", 302, some_person, ABSENT, {"text": "called back"}),
    Row("people:address", "POST", "agent", 302, some_person, ABSENT, {"address": "ana@row.example"}),
    Row("people:prove", "POST", "agent", 302, some_person, ABSENT),
    Row("people:listed", "POST", "agent", 302, some_person, ABSENT),
    Row("people:merge", "GET", "agent", 200, some_person, ABSENT),
    Row("people:merge", "POST", "agent", 200, some_person, ABSENT),
    Row("people:export", "GET", "agent", 200, some_person, ABSENT),
    Row("people:erase", "GET", "manager", 200, some_person, ABSENT),
    Row("people:erase", "POST", "manager", 400, some_person, ABSENT),
)  # fmt: skip
