"""What is written down about a person: facts with their why, consents, notes, addresses, proofs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Schema

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, When, Who, ms
from palabre.desk.api.screens import deed
from palabre.desk.api.shapes_answer import Named, Uid
from palabre.desk.people import access, forms, proving
from palabre.desk.people.models import Fact, Handle, ListMember, Merge, Note
from palabre.desk.workspaces import audit


class FactOut(Row):
    name: str
    value: str
    source: str
    purpose: str
    basis: str
    since: When = ms("since")
    until: When = ms("until")
    by: Who


class ConsentOut(Schema):
    purpose: str
    state: str
    words: str
    at: When = ms("at")
    by: Who


class PersonNoteOut(Row):
    text: str
    at: When = ms("at")
    by: Who


class ProofOut(Row):
    """proof: verified, reviewed, or alone: the account it began with."""

    network: str
    uri: str
    proof: str


class CodeOut(Row):
    network: str
    uri: str
    code: str
    made: When = ms("made")


class MergeOut(Row):
    why: str
    at: When = ms("at")
    undone: When = ms("undone")


class KnownOut(Schema):
    """Everything that members wrote down; the newest consent of each purpose."""

    facts: list[FactOut]
    consents: list[ConsentOut]
    notes: list[PersonNoteOut]
    handles: list[ProofOut]
    codes: list[CodeOut]
    merges: list[MergeOut]
    lists: list[Named]


@operation("GET", "/persons/{uid}/known", KnownOut, scope="people")
def known(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    """Whose program looked is noted."""
    seat = seat_of(request, "agent")
    found = access.person(seat, uid)
    audit.note(request, seat, "api_persons", found.name)
    rows = {name: model.objects.of(seat.workspace).filter(person=found) for name, model in MODELS.items()}
    lists = ListMember.objects.of(seat.workspace).filter(person=found).select_related("list")
    return {
        **rows,
        "consents": list(access.consents(found).values()),
        "codes": proving.waiting(seat.workspace, found),
        "merges": Merge.objects.of(seat.workspace).filter(kept=found),
        "lists": [{"id": one.list.uid, "name": one.list.name} for one in lists],
    }


MODELS: Any = {"facts": Fact, "notes": Note, "handles": Handle}
PERSON = "/persons/{uid}"
PEOPLE: Any = {"scope": "people"}
deed("POST", f"{PERSON}/facts", "people:fact", "add_fact", body("FactIn", forms.FactForm), then=known, status=201,
     **PEOPLE)  # fmt: skip
deed("DELETE", "/facts/{uid}", "people:fact_drop", "remove_fact", **PEOPLE)
deed("POST", f"{PERSON}/consents", "people:consent", "note_consent", body("ConsentIn", forms.ConsentForm), then=known,
     status=201, **PEOPLE)  # fmt: skip
deed("POST", f"{PERSON}/notes", "people:note", "note_on_person", body("PersonNoteIn", forms.NoteForm), then=known,
     status=201, **PEOPLE)  # fmt: skip
deed("DELETE", "/person-notes/{uid}", "people:note_drop", "remove_person_note", **PEOPLE)
deed("POST", f"{PERSON}/addresses", "people:address", "add_address", body("AddressIn", forms.AddressForm), then=known,
     status=201, **PEOPLE)  # fmt: skip
deed("POST", f"{PERSON}/proofs", "people:prove", "prove_accounts", then=known, **PEOPLE)
deed("POST", "/handles/{uid}/code", "people:code", "ask_for_code", then=known, strict=True,
     **PEOPLE)  # fmt: skip
deed("DELETE", "/codes/{uid}", "people:code_drop", "remove_code", **PEOPLE)
deed("PUT", f"{PERSON}/lists", "people:listed", "keep_on_lists", body("PersonLists", list=(list[Uid], ...)), then=known,
     **PEOPLE)  # fmt: skip
