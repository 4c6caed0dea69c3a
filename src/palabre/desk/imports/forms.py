"""How a file is to be read, where somebody knows better than we do; and what each of its columns holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from palabre.collect.files.columns import FIELDS, asked
from palabre.collect.files.detect import registered
from palabre.collect.files.names import table
from palabre.desk.design.forms import DeskForm
from palabre.desk.imports.models import Import
from palabre.desk.mentions.facets import naming
from palabre.desk.mentions.networks import listened_to

SIGNS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16")
WRITTEN = ("delimiter", "encoding", "header")  # what changes the columns themselves
MAP = "map."
MAPS_MAX = 400


def plainly(values: tuple[str, ...]) -> list[tuple[str, str]]:
    """Choices that begin with "find out"."""
    return [("", ""), *((value, value) for value in values)]


class ReadForm(DeskForm):
    """Everything empty: found out."""

    words = "imports.form"
    kind = forms.ChoiceField(required=False)
    network = forms.ChoiceField(required=False)
    dates = forms.ChoiceField(required=False, choices=plainly(("day", "month")))
    delimiter = forms.ChoiceField(required=False, choices=plainly(tuple(SIGNS)))
    encoding = forms.ChoiceField(required=False, choices=plainly(ENCODINGS))
    header = forms.ChoiceField(required=False, choices=plainly(("yes", "no")))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        named = ((name, self._choice("kind", name, name)) for name in registered())
        self.offer("kind", sorted(named, key=lambda pair: pair[1].casefold()))
        self.offer("network", networks(self.speaks))

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        entry = self.fields[name]
        entry.choices = [("", self._choice(name, "", "")), *choices]  # type: ignore[attr-defined]  # a choice field

    def options(self) -> dict[str, str]:
        """As the formats take them."""
        given = {name: str(self.cleaned_data.get(name) or "") for name in ("network", "dates", *WRITTEN)}
        given["delimiter"] = SIGNS.get(given["delimiter"], "")
        return {name: value for name, value in given.items() if value}


def networks(lang: str) -> list[tuple[str, str]]:
    """(code, name) of the networks that a file may come from."""
    called = naming(lang, {}, {})
    codes = {*listened_to(), *table("networks"), *table("hosts")}
    return sorted(((code, called("network", code)) for code in codes), key=lambda one: one[1].casefold())


def initial_of(row: Import) -> dict[str, str]:
    """What the form shows of an import."""
    signs = {sign: name for name, sign in SIGNS.items()}
    own = {name: str(row.options.get(name, "")) for name in ("network", "dates", *WRITTEN)}
    return own | {"kind": row.kind, "delimiter": signs.get(own["delimiter"], "")}


def mapping_of(given: list[str]) -> tuple[dict[str, str], list[str]]:
    """field → column of "field=column" values, and the fields that were named twice. What is no field is left out."""
    found: dict[str, str] = {}
    twice: list[str] = []
    for one in list(filter(None, given))[:MAPS_MAX]:
        name, _, column = one.partition("=")
        if name in FIELDS and column:
            (twice.append(name) if name in found else found.update({name: column}))
    return found, twice


def mapped_options(fields: Mapping[str, str]) -> dict[str, str]:
    """Options that read these columns and no other."""
    return {"guess": "no"} | {f"{MAP}{name}": column for name, column in fields.items()}


def mapping_kept(options: Mapping[str, str]) -> dict[str, str]:
    """The part of options that says what columns hold; empty where it is left to the proposal."""
    return mapped_options(asked(options)) if options.get("guess") == "no" else {}
