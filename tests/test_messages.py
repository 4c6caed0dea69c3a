"""Both languages say the same things, with the same values."""

from __future__ import annotations

import string

import pytest

from palabre.messages import LANGUAGES, catalogue, flatten, plural_form, say


def names(sentence: object) -> set[str]:
    forms = sentence.values() if hasattr(sentence, "values") else [sentence]
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(str(form)) if name}


def test_every_key_exists_in_both_languages() -> None:
    french, english = (set(catalogue(lang)) for lang in LANGUAGES)
    assert french == english


def test_both_languages_name_the_same_values() -> None:
    french, english = (catalogue(lang) for lang in LANGUAGES)
    assert {key for key in french if names(french[key]) != names(english[key])} == set()


@pytest.mark.parametrize(
    ("lang", "n", "form"),
    [
        ("fr", 0, "one"),
        ("fr", 1, "one"),
        ("fr", 2, "other"),
        ("en", 0, "other"),
        ("en", 1, "one"),
        ("en", 2, "other"),
    ],
)
def test_plural_forms_follow_the_language(lang: str, n: int, form: str) -> None:
    assert plural_form(lang, n) == form


def test_an_unknown_key_comes_back_as_it_is() -> None:
    assert say("no.such.key", "fr") == "no.such.key"


def test_nested_tables_become_dotted_keys() -> None:
    assert flatten({"a": {"b": "x"}, "c": {"one": "1", "other": "n"}}, "area") == {
        "area.a.b": "x",
        "area.c": {"one": "1", "other": "n"},
    }
