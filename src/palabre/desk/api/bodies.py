"""The body of an operation as the form of its screen has it: the same names, the same limits, never a second list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Annotated, Any, Literal

from django import forms
from pydantic import Field, create_model

from palabre.desk.api.shapes import Closed

TEXT_MAX, WORD_MAX, LIST_MAX = 200_000, 200, 500


class FileIn(Closed):
    """A file, as text."""

    name: Annotated[str, Field(max_length=200)] = "file"
    text: Annotated[str, Field(max_length=20_000_000)]


def body(title: str, form: type[forms.Form] | None = None, /, *, part: bool = False, without: Iterable[str] = (),
         begins: Iterable[str] = (), **more: Any) -> type[Closed]:  # fmt: skip
    """A closed list of fields. part: what is not said stays, so nothing is required; without: fields that are not
    offered; begins: fields that the screen fills in; more: fields that the form makes by itself, as (type, default)."""
    known = form.base_fields if form else {}
    made = {
        field: (annotation(entry), ... if needed(entry) and not part and field not in set(begins) else None)
        for field, entry in known.items()
        if field not in set(without)
    }
    optional = {field: (kind | None if default is None else kind, default) for field, (kind, default) in made.items()}
    found: type[Closed] = create_model(title, __base__=Closed, **{**optional, **more})
    found.begins_with = {} if part else {field: one.initial for field, one in known.items() if one.initial is not None}
    return found


def needed(entry: forms.Field) -> bool:
    """Whether a program must say it: the screen asks for it, and does not begin with an answer."""
    return entry.required and entry.initial is None and not isinstance(entry, forms.BooleanField)


def annotation(entry: forms.Field) -> Any:
    """The type of a field."""
    for kind, made in KINDS:
        if isinstance(entry, kind):
            return made(entry)
    return Annotated[str, Field(max_length=TEXT_MAX)]


def number(entry: Any, kind: type) -> Any:
    return Annotated[kind, Field(ge=entry.min_value, le=entry.max_value)]


def choice(entry: Any) -> Any:
    """One of the values, where they are the same for everybody; else a word that the form judges."""
    values = tuple(value for value, _ in entry.choices)
    return Literal[values] if values else Annotated[str, Field(max_length=WORD_MAX)]


def choices(entry: Any) -> Any:
    kind: Any = choice(entry)
    return Annotated[list[kind], Field(max_length=LIST_MAX)]


def text(entry: Any) -> Any:
    return Annotated[str, Field(max_length=entry.max_length or TEXT_MAX)]


KINDS: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.FileField, lambda _entry: FileIn),
    (forms.BooleanField, lambda _entry: bool),
    (forms.MultipleChoiceField, choices),
    (forms.ChoiceField, choice),
    (forms.FloatField, lambda entry: number(entry, float)),
    (forms.IntegerField, lambda entry: number(entry, int)),
    (forms.DateField, lambda _entry: date),
    (forms.TimeField, lambda _entry: time),
    (forms.CharField, text),
)
