"""Both languages say the same things, with the same values."""

from __future__ import annotations

import string

import pytest

from palabre.messages import LANGUAGES, catalogue, flatten, plural_form, say
from palabre.messages.spaces import spaced


def names(sentence: object) -> set[str]:
    forms = sentence.values() if hasattr(sentence, "values") else [sentence]
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(str(form)) if name}


def test_every_key_exists_in_both_languages() -> None:
    french, english = (set(catalogue(lang)) for lang in LANGUAGES)
    assert french == english


def test_both_languages_name_the_same_values() -> None:
    french, english = (catalogue(lang) for lang in LANGUAGES)
    assert {key for key in french if names(french[key]) != names(english[key])} == set()


def test_a_table_of_plural_forms_holds_nothing_else() -> None:
    """A key named other would swallow every sentence beside it."""
    for lang in LANGUAGES:
        forms = {key: set(found) for key, found in catalogue(lang).items() if not isinstance(found, str)}
        assert {key: found for key, found in forms.items() if found != {"one", "other"}} == {}


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


@pytest.mark.parametrize(
    ("written", "typeset"),
    [
        ("Vraiment ?", "Vraiment\u202f?"),
        ("Non ! Si ; oui", "Non\u202f! Si\u202f; oui"),
        ("Reste : 5 %", "Reste\u00a0: 5\u202f%"),
        ("Le mot « été » suffit", "Le mot «\u00a0été\u00a0» suffit"),
        ("« a » et « b »", "«\u00a0a\u00a0» et «\u00a0b\u00a0»"),
        ("Quoi ?!", "Quoi\u202f?!"),
        ("Écrivez `a ; b : c ? d !` ici : oui", "Écrivez `a ; b : c ? d !` ici\u00a0: oui"),
        (
            "Voir https://a.example/?q=1;b:2 ou http://b.example:80/!",
            "Voir https://a.example/?q=1;b:2 ou http://b.example:80/!",
        ),
        ("à 10:30, ratio 4:3, lang:fr", "à 10:30, ratio 4:3, lang:fr"),
        ("Champ :nom et ?x", "Champ :nom et ?x"),
        ("déjà\u00a0: bien", "déjà\u00a0: bien"),
        ("Sans rien", "Sans rien"),
        ("", ""),
    ],
)
def test_french_gets_its_no_break_spaces_where_a_space_is_written(written: str, typeset: str) -> None:
    assert spaced(written) == typeset
    assert spaced(typeset) == typeset


def test_say_typesets_the_french_sentence_and_never_its_values() -> None:
    said = say("query.cli.suggestion", "fr", text="a ; « b » : c ?")
    assert said == "Écrivez\u00a0: a ; « b » : c ?"


def test_english_stays_as_it_is_written() -> None:
    assert not [key for key, said in catalogue("en").items() if "\u202f" in str(said)]
