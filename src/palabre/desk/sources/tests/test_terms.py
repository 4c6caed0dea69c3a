"""What a platform allows is said in the reader's language, and says the same in both."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from palabre import plugins
from palabre.desk.sources.terms import Terms, terms, terms_in


def package_of(connector: str) -> str:
    return type(plugins.connector(connector)).__module__.rpartition(".")[0]


OURS = [name for name, entry in plugins.registered().items() if entry.value.startswith("palabre.")]
PACKAGES = sorted({*map(package_of, OURS), "palabre.collect.files"})


def both(package: str) -> tuple[Terms, Terms]:
    english, french = terms_in(package, "en"), terms_in(package, "fr")
    assert english is not None
    assert french is not None
    return english, french


@pytest.mark.parametrize("package", PACKAGES)
def test_the_french_terms_are_those_in_english(package: str) -> None:
    english, french = both(package)
    assert (english.lang, french.lang) == ("en", "fr")
    assert [[block.kind for block in group] for _, group in french.groups] == [
        [block.kind for block in group] for _, group in english.groups
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_both_were_checked_on_the_same_days(package: str) -> None:
    said = [(files(package) / name).read_text("utf-8") for name in ("terms.md", "terms.fr.md")]
    days = [re.findall(r"\d{4}-\d\d-\d\d", text) for text in said]
    assert days[0] == days[1]
    assert days[0]


def test_a_language_without_terms_reads_the_english_ones() -> None:
    found = terms("feed", "de")
    assert found is not None
    assert found.lang == "en"
    assert terms("nobody", "fr") is None
