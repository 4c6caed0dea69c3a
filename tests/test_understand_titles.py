"""What a need is called: words that several people share, told apart from what everybody says."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from palabre.understand.ask_titles import titles, usual_shares, words_of

SEAT = ["Bonjour, un siège enfant serait utile", "Bonjour, je voudrais un siège enfant", "Bonjour ! Le siège enfant ?"]
LOCK = ["Bonjour, un antivol solide svp", "Bonjour, il manque un antivol solide", "Bonjour, l'antivol solide casse"]


def titled(texts: list[str], authors: list[str], groups: list[int], names: tuple[str, ...] = ()) -> dict[int, str]:
    found = titles(texts, authors, ["fr"] * len(texts), np.array(groups, np.int64), names)
    return {group: said["fr"] for group, said in found.items()}


def test_a_need_is_called_by_what_its_own_people_say() -> None:
    authors = [f"a{n}" for n in range(6)]
    assert titled(SEAT + LOCK, authors, [0, 0, 0, 1, 1, 1]) == {0: "Siège enfant", 1: "Antivol solide"}


def test_the_words_of_fewer_than_three_people_name_nothing() -> None:
    assert titled(SEAT, ["ana", "ana", "bob"], [0, 0, 0]) == {}


def test_a_name_is_no_part_of_a_title() -> None:
    texts = [text.replace("siège", "siège Mistral") for text in SEAT]
    assert titled(texts + LOCK, [f"a{n}" for n in range(6)], [0, 0, 0, 1, 1, 1], ("mistral",))[0] == "Siège enfant"
    assert "mistral" not in {word.folded for word in words_of(texts[0], ("mistral",))}


def test_nothing_heard_is_usual_nowhere() -> None:
    assert usual_shares([]) == {}


@pytest.mark.parametrize("strangers", [20_000])
def test_thousands_of_other_wishes_cost_no_more_than_their_reading(strangers: int) -> None:
    many = [f"mot{n}a mot{n}b mot{n}c mot{n}d" for n in range(100)]
    texts = [text for text in many for _ in range(5)] + [f"autre{n}" for n in range(strangers)]
    groups = [n // 5 for n in range(500)] + [100 + n for n in range(strangers)]
    before = process_time()
    assert len(titled(texts, [f"a{n}" for n in range(len(texts))], groups)) == 100
    assert process_time() - before < 4
