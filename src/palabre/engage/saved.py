"""Saved replies: texts with fields between braces, filled by a template that knows names and nothing else. Pure.

    render("Bonjour {person.name|à vous},", {})     # Rendered("Bonjour à vous,", ())
    render("Bonjour {person.name},", {})            # Rendered("Bonjour [person.name],", ("person.name",))

No expression, no attribute, no loop: a field is one of FIELDS, what follows "|" stands in where its value is not known.
"{{" and "}}" are braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from palabre.errors import InputError

FIELDS = (
    "person.name", "person.addressed", "agent.name", "workspace.name", "case.title", "case.network",
    "promise.words", "promise.due", "today",
)  # fmt: skip
PIECE = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")
TEXT_CHARS_MAX, SHORTCUT = 10_000, re.compile(r"[\w-]{1,30}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """missing: fields without a value and without a word in their stead; they stand in brackets in the text."""

    text: str
    missing: tuple[str, ...]


def render(text: str, values: Mapping[str, str]) -> Rendered:
    """The text with its fields filled. Raises InputError for a field that does not exist or a lone brace."""
    missing: list[str] = []

    def filled(found: re.Match[str]) -> str:
        if found[0] in {"{{", "}}"}:
            return found[0][0]
        name, otherwise = _field(found)
        value = values.get(name, "").strip() or otherwise
        if not value:
            missing.append(name)
        return value or f"[{name}]"

    return Rendered(PIECE.sub(filled, text), tuple(dict.fromkeys(missing)))


def fields(text: str) -> tuple[str, ...]:
    """The fields of a text, each once, in order. Raises InputError as `render`."""
    found = (_field(one)[0] for one in PIECE.finditer(text) if one[0] not in {"{{", "}}"})
    return tuple(dict.fromkeys(found))


def _field(found: re.Match[str]) -> tuple[str, str]:
    """(name, what stands in). Raises InputError."""
    if found[1] is None:
        raise InputError("saved.lone_brace", sign=found[0])
    name, _, otherwise = found[1].partition("|")
    if name.strip() not in FIELDS:
        raise InputError("saved.unknown_field", name=name.strip() or "{}", known=", ".join(FIELDS))
    return name.strip(), otherwise.strip()
