"""The pages on the query language tell the truth: their examples are read, their tables name every field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from palabre.match.fields import FIELDS, find_field
from palabre.match.parser import parse
from palabre.messages import LANGUAGES, catalogue

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {"en": DOCS / "query-language.md", "fr": DOCS / "langage-requetes.md"}
LISTS = {"rivals": "coca\npepsi", "press": "lemonde\nafp"}


def examples(page: Path) -> list[str]:
    """Queries of the page: the first column of the "you write" tables, and code with an operator or a value."""
    text = page.read_text("utf-8")
    found = re.findall(r"```query\n(.*?)```", text, re.DOTALL)
    for line in text.splitlines():
        codes = re.findall(r"`([^`]+)`", line.split("|")[1] if line.startswith("| `") else "")
        found += [code for code in codes if not code.endswith(":")]
    found += re.findall(r"`((?:list:|[a-z]+:[^\s`|]|prix )[^`]*)`", text)
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_example_is_read(lang: str) -> None:
    found = examples(PAGES[lang])
    assert len(found) > 50
    for example in found:
        wanted = f"coca {example}" if example.startswith("-") else example
        parse(wanted, lists=LISTS)


def test_both_pages_hold_the_same_examples() -> None:
    assert examples(PAGES["en"]) == examples(PAGES["fr"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_is_in_the_table_and_has_its_help(lang: str) -> None:
    named = set(re.findall(r"`([a-z]+):", PAGES[lang].read_text("utf-8")))
    assert {spec.name for spec in FIELDS} <= named
    assert all(find_field(name) or name in ("raw", "list") for name in named)
    assert {key.removeprefix("query.field.") for key in catalogue(lang) if key.startswith("query.field.")} == {
        spec.name for spec in FIELDS
    }


def test_no_two_fields_share_a_name() -> None:
    names = [name for spec in FIELDS for name in (spec.name, *spec.aliases)]
    assert len(names) == len(set(names))
