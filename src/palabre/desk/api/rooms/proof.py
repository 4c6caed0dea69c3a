"""What came of the conversations, with the conversations behind every amount."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.rows import Row, Thing, Who, listed
from palabre.desk.api.screens import Values, deed, file
from palabre.desk.api.shapes import Id, Limit
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.design.language import lang_of
from palabre.desk.objectives import access, chains, forms


class OutcomeOut(Row):
    """low, high: the amount as a range, null without one; basis: how it was estimated, in words."""

    kind: str
    words: str
    on: date
    objective: Thing
    case: Thing
    promise: Thing
    need: int | None
    low: float | None
    high: float | None
    currency: str
    basis: str
    certainty: str
    estimated_by: Who

    @staticmethod
    def resolve_need(obj: Any) -> int | None:
        return None if obj.need_id is None else int(obj.need_id)


class ChainOut(Schema):
    """How an outcome came about. posts: everything that was said to us; counts: by stage."""

    outcome: OutcomeOut
    posts: list[int]
    counts: dict[str, int]


@operation("GET", "/outcomes", listed(OutcomeOut))
def outcomes(request: HttpRequest, workspace_slug: str, limit: Limit = 50) -> Any:
    return {"items": access.outcomes(seat_of(request).workspace)[:limit]}


@operation("GET", "/outcomes/{uid}", ChainOut)
def outcome(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    seat = seat_of(request)
    found = access.outcome(seat, uid)
    made = chains.chain(seat, found, lang_of(request))
    return {"outcome": found, "posts": list(made.posts), "counts": dict(made.counts)}


def with_posts(values: Values, said: Values) -> None:
    """Posts by their numbers; a need by its own."""
    values.update(said)
    if "posts" in said:
        values["posts"] = " ".join(map(str, said["posts"]))


LINKS: Any = {"posts": (Annotated[list[Id], Field(max_length=200)] | None, None), "need": (Id | None, None)}
deed("POST", "/outcomes", "objectives:outcome_new", "add_outcome",
     body("OutcomeIn", forms.OutcomeForm, begins=("on",), **LINKS), then=outcome,
     status=201, fill=with_posts, begins=True)  # fmt: skip
deed("PATCH", "/outcomes/{uid}", "objectives:outcome_edit", "change_outcome",
     body("OutcomeChange", forms.OutcomeForm, part=True, **LINKS), then=outcome,
     fill=with_posts, begins=True)  # fmt: skip
deed("DELETE", "/outcomes/{uid}", "objectives:outcome_remove", "remove_outcome")
file("/outcomes.csv", "objectives:proof_export", "outcomes_file", media="text/csv")
