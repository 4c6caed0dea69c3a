"""Saved replies with fields."""

from __future__ import annotations

import pytest

from palabre.engage.saved import Rendered, fields, render
from palabre.errors import InputError

VALUES = {"person.name": "Zoé {agent.name}", "agent.name": "Marc", "promise.due": ""}


@pytest.mark.parametrize(
    ("text", "made", "missing"),
    [
        ("Bonjour {person.name},", "Bonjour Zoé {agent.name},", ()),
        ("{ agent.name } {agent.name}", "Marc Marc", ()),
        ("D’ici {promise.due}", "D’ici [promise.due]", ("promise.due",)),
        ("D’ici {promise.due|vendredi}", "D’ici vendredi", ()),
        ("{{agent.name}}", "{agent.name}", ()),
        ("rien", "rien", ()),
        ("", "", ()),
    ],
)
def test_fields_are_filled_once(text: str, made: str, missing: tuple[str, ...]) -> None:
    assert render(text, VALUES) == Rendered(made, missing)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("{person.password}", "saved.unknown_field"),
        ("{person.name.__class__}", "saved.unknown_field"),
        ("{}", "saved.unknown_field"),
        ("{person.name!r}", "saved.unknown_field"),
        ("une { seule", "saved.lone_brace"),
        ("une } seule", "saved.lone_brace"),
    ],
)
def test_what_is_no_field_is_refused(text: str, key: str) -> None:
    for reads in (fields, lambda given: render(given, VALUES)):
        with pytest.raises(InputError) as refused:
            reads(text)
        assert refused.value.key == key


def test_fields_are_listed_once() -> None:
    assert fields("{agent.name} {case.title} {agent.name|x}") == ("agent.name", "case.title")
