"""How rows of the desk leave: a shape names the attributes it shows, and nothing else of the row is ever read.

class TeamOut(Row):
    name: str                       # the attribute of that name
    made: When = ms("made")         # ``made_ms`` as ISO 8601, null for 0
    owner: Who = None               # a member as id and name
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, Field, create_model

from palabre.desk.api.shapes import Closed
from palabre.desk.api.shapes_answer import Named, Uid
from palabre.exports.writers import iso

NAMES = ("name", "title", "words")  # what a row is called, the first that it has


def when(at: Any) -> Any:
    """Epoch milliseconds as ISO 8601; 0: never."""
    return (iso(at) if at else None) if isinstance(at, int) else at


def member(user: Any) -> Any:
    """A user as id and name."""
    return user if user is None or isinstance(user, Mapping) else {"id": user.uid, "name": user.label}


def named(one: Any) -> Any:
    """Another row as id and name."""
    if one is None or isinstance(one, Mapping):
        return one
    return {"id": one.uid, "name": next(str(getattr(one, name)) for name in NAMES if hasattr(one, name))}


def whole(value: Any) -> Any:
    """A number as an address says it."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19 else value


def many(rows: Any) -> Any:
    """Rows of a relation."""
    return list(rows.all()) if hasattr(rows, "all") else list(rows)


Whole = BeforeValidator(whole)
When = Annotated[str | None, BeforeValidator(when)]
Who = Annotated[Named | None, BeforeValidator(member)]
Thing = Annotated[Named | None, BeforeValidator(named)]
People = Annotated[list[Annotated[Named, BeforeValidator(member)]], BeforeValidator(many)]


def ms(name: str) -> Any:
    """The moment that a row keeps as ``<name>_ms``."""
    return Field(alias=f"{name}_ms")


class Row(Schema):
    """A row with its id. Annotations say the rest."""

    id: Uid = Field(alias="uid")


class Nothing(Closed):
    """A body that may be left out, or be empty."""


def listed(shape: type[Schema]) -> Any:
    """The answer that holds many of a shape: ``{"items": [...]}``."""
    return create_model(shape.__name__.removesuffix("Out") + "List", __base__=Schema, items=(list[shape], ...))  # type: ignore[valid-type]
