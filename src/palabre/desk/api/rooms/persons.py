"""Persons: making and changing them, lists and segments, files, and two persons who are one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from palabre.desk.api import shown_answer
from palabre.desk.api.answering import person
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import FileIn, body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, When, Who, listed, ms
from palabre.desk.api.screens import Values, deed, file
from palabre.desk.api.shapes import Closed, Limit, Word
from palabre.desk.api.shapes_answer import PersonList, Uid
from palabre.desk.people import access, forms
from palabre.desk.people.models import BASES, CORE, PURPOSES, Intake, Suggestion
from palabre.desk.people.models import PersonList as People
from palabre.desk.people.selection import Conditions, chosen
from palabre.desk.people.views_lists import of_list
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import one

KEPT: Any = Query(...)  # type: ignore[type-arg]  # for a type checker ninja calls it a generic
Take = Annotated[list[Literal[CORE]], Field(max_length=len(CORE))]  # type: ignore[valid-type]


class Asked(Closed):
    """Conditions of a segment, as the list of persons has them; what makes no sense is passed over."""

    q: Word = ""
    relation: Word = ""
    kind: Word = ""
    lang: Word = ""
    role: Word = ""
    network: Word = ""
    tag: Word = ""
    need: Word = ""
    consent: Word = ""
    list: Word = ""
    legit_min: Word = ""
    legit_max: Word = ""
    fame_min: Word = ""
    seen_within: Word = ""
    silent_for: Word = ""
    not_contacted: Word = ""


class ListOut(Row):
    """conditions: null for a list made by hand."""

    name: str
    conditions: dict[str, str] | None
    by: Who
    made: When = ms("made")


class AccountOut(Schema):
    network: str
    uri: str
    name: str


class SuggestionOut(Row):
    """Two accounts that are perhaps one person's; reasons: name, points, value."""

    left: AccountOut
    right: AccountOut
    score: float
    bar: float
    reasons: list[list[Any]]
    state: str

    @staticmethod
    def resolve_left(obj: Any) -> dict[str, str]:
        return {"network": obj.left_network, "uri": obj.left_uri, "name": obj.left_name}

    @staticmethod
    def resolve_right(obj: Any) -> dict[str, str]:
        return {"network": obj.right_network, "uri": obj.right_uri, "name": obj.right_name}


class PersonFileOut(Row):
    """A file of persons that was read; nothing is taken in yet. rows: what would become of each."""

    name: str
    rows: list[dict[str, Any]]
    faults: list[Any]


@operation("GET", "/person-lists", listed(ListOut), scope="people")
def person_lists(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.lists(seat_of(request).workspace)}


@operation("GET", "/person-lists/{uid}", ListOut, scope="people")
def person_list(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.person_list(seat_of(request), uid)


@operation("GET", "/person-lists/{uid}/persons", PersonList, scope="people")
def listed_persons(request: HttpRequest, workspace_slug: str, uid: Uid, limit: Limit = 50) -> Any:
    """Who is in a list or a segment; whose program looked is noted."""
    seat = seat_of(request, "agent")
    found = access.person_list(seat, uid)
    audit.note(request, seat, "api_persons", found.name)
    rows = chosen(seat.workspace, of_list(found)).order_by("name", "pk")[:limit]
    return {"items": [shown_answer.person(one) for one in rows]}


@operation("GET", "/person-suggestions", listed(SuggestionOut), scope="people")
def person_suggestions(
    request: HttpRequest, workspace_slug: str, state: Literal["open", "accepted", "refused"] = "open",
    limit: Limit = 50,
) -> Any:  # fmt: skip
    seat = seat_of(request, "agent")
    return {"items": Suggestion.objects.of(seat.workspace).filter(state=state).order_by("-score", "-pk")[:limit]}


@operation("GET", "/person-files/{uid}", PersonFileOut, scope="people")
def person_file(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return one(Intake.objects.of(seat_of(request, "agent").workspace), uid=uid)


def taken(values: Values, said: Values) -> None:
    """The names of which the other's value is taken."""
    values.update({f"take_{name}": "other" for name in said.pop("take", [])})
    if "other" in said:
        values["with"] = said.pop("other")
    values.update(said)


def segment(values: Values, said: Values) -> None:
    """With conditions it is a segment, else a list made by hand."""
    asked = Conditions.read(said.get("conditions", {})).asked
    values.update({"name": said["name"], **({"segment": "1", **asked} if "conditions" in said else {})})


TAKE: Any = (Take, [])
WHY: Any = {"purpose": (Literal[PURPOSES], ...), "basis": (Literal[BASES], ...)}
PERSON, FOUND = "/persons/{uid}", "/person-suggestions/{uid}"
PEOPLE: Any = {"scope": "people"}
deed("POST", "/persons", "people:add", "add_person", body("PersonIn", forms.PersonForm), then=person, status=201,
     begins=True, **PEOPLE)  # fmt: skip
deed("PATCH", PERSON, "people:edit", "change_person",
     body("PersonChange", forms.PersonForm, begins=("name", "kind")), then=person, begins=True, **PEOPLE)  # fmt: skip
deed("POST", "/accounts/person", "people:of_account", "person_of_account",
     body("AccountIn", uri=(Annotated[str, Field(min_length=1, max_length=500)], ...), network=(Word, "")),
     then=person, **PEOPLE)  # fmt: skip
deed("POST", f"{PERSON}/merge", "people:merge", "merge_persons", body("PersonMerge", other=(Uid, ...), take=TAKE),
     then=person, fill=taken, **PEOPLE)  # fmt: skip
deed("POST", "/merges/{uid}/undo", "people:unmerge", "unmerge_persons", then=person, **PEOPLE)
deed("POST", f"{PERSON}/erase", "people:erase", "erase_person", body("PersonErase", typed=(Word, ...)), **PEOPLE)
deed("POST", "/person-lists", "people:lists", "add_person_list",
     body("PersonListIn", name=(Annotated[str, Field(min_length=1, max_length=120)], ...),
          conditions=(Asked | None, None)), then=person_list, status=201, fill=segment, made=People,
     **PEOPLE)  # fmt: skip
deed("DELETE", "/person-lists/{uid}", "people:list_drop", "remove_person_list", **PEOPLE)
deed("POST", "/person-suggestions/look", "people:look", "look_for_same", then=person_suggestions, **PEOPLE)
deed("POST", FOUND, "people:suggestion", "judge_suggestion",
     body("SuggestionJudge", say=(Literal["yes", "no"], ...), take=TAKE), fill=taken, strict=True,
     **PEOPLE)  # fmt: skip
deed("POST", "/person-files", "people:take_in", "read_person_file", body("PersonFileIn", file=(FileIn, ...)),
     then=person_file, status=201, **PEOPLE)  # fmt: skip
deed("POST", "/person-files/{uid}", "people:intake", "take_person_file", body("PersonFileTake", **WHY), **PEOPLE)
deed("DELETE", "/person-files/{uid}", "people:intake_leave", "leave_person_file", **PEOPLE)
file("/persons-as/{kind}", "people:file", "persons_file", **PEOPLE)
file(f"{PERSON}/everything", "people:export", "person_everything", media="application/json", **PEOPLE)
