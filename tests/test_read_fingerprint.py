"""Copies have one fingerprint, other texts have others, and short texts have none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.read.fingerprint import fingerprints

SAID = "La direction annonce la fermeture du site de Cholet"


@pytest.mark.parametrize(
    "copy",
    [
        SAID.upper(),
        f"RT @presse: {SAID} https://example.org/a?b=c",
        f"{SAID} !!! 😡 @syndicat @presse_libre",
        "la direction annonce  la\nfermeture du site de Cholet…",
        "« La direction annonce la fermeture du site de Chôlet » www.example.org",
        "La direction annonce la fermeture du site de #Cholet",
    ],
)
def test_copies_have_the_same_fingerprint(copy: str) -> None:
    first, second = fingerprints([SAID, copy]).tolist()
    assert first == second != 0


@pytest.mark.parametrize(
    "other",
    [
        "La direction annonce la fermeture du site de Laval",
        "La direction annonce du site la fermeture de Cholet",
        "La direction annonce la fermeture du site",
        SAID + " " + SAID,
        SAID + " 2024",
    ],
)
def test_other_words_or_another_order_have_another(other: str) -> None:
    first, second = fingerprints([SAID, other]).tolist()
    assert first != second != 0


@pytest.mark.parametrize(
    "text", ["", "merci beaucoup", "RT @a b c d e", "https://example.org/un-deux-trois-quatre-cinq", "🙂" * 9]
)
def test_fewer_than_five_words_have_none(text: str) -> None:
    assert fingerprints([text]).tolist() == [0]


@given(st.lists(st.text(max_size=60), max_size=10))
def test_it_does_not_depend_on_the_neighbours(texts: list[str]) -> None:
    assert fingerprints(texts).tolist() == [int(fingerprints([text])[0]) for text in texts]
