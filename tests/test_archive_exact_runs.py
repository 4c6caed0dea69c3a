"""Exact runs: what the posting lists know of the characters of a text."""

from __future__ import annotations

import sys

import pytest

from palabre.archive.exact_runs import RUN, exact_keys, exact_node, key_of
from palabre.match.oracle import in_word
from palabre.model import SieveAll, SieveAny, SieveTerm


def test_all_that_makes_a_longer_run_is_part_of_a_word_to_the_engine() -> None:
    """Else a run could go on where the engine sees the end of a word, and the literal before it would be lost."""
    joined = [char for char in map(chr, range(sys.maxunicode)) if RUN.findall(f"a{char}a") == [f"a{char}a"]]
    assert len(joined) > 40_000
    assert all(map(in_word, joined))


@pytest.mark.parametrize(
    ("text", "known", "runs"),
    [
        ("C++ et C#", "c et c", ["C", "+"]),
        ("voir https://www.Ete.fr/x_y?z", "voir ::", ["https", "www", "Ete", "fr", "x", "y", "z"]),
        (
            "l\u2019\u00e9t\u00e9 co\u00fbte 5\u20ac",
            "l ete coute 5",
            ["\u2019", "\u00e9t\u00e9", "co\u00fbte", "\u20ac"],
        ),
        ("so\u00adft \u6771 e\u0301 \u0411\u0430", "soft \u6771 e \u0431\u0430", ["so", "ft", "\u0411\u0430"]),
        ("", "", []),
    ],
)
def test_runs_that_are_no_words_have_keys(text: str, known: str, runs: list[str]) -> None:
    assert sorted(exact_keys(text, known.split(" "))) == sorted(map(key_of, runs))


def test_a_literal_asks_for_each_of_its_runs_as_a_word_or_by_its_key() -> None:
    found = exact_node(["vélo C"])
    assert found == SieveAll(tuple(SieveAny((SieveTerm(one), SieveTerm(key_of(one)))) for one in ("vélo", "C")))


def test_everyday_signs_are_not_asked_for() -> None:
    assert exact_node(["...", '"?!']) is None
