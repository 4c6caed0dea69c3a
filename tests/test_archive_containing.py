"""Pieces of texts in a column: found where the law of the query language finds them, one row at a time."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.archive.containing import containing
from palabre.match.ast import Field
from palabre.match.facts import holds
from palabre.text.facts import fold_value

SHARDS = ("Été", "https://", "X.fr", "\x07", "\u200b", "#", "É", " ", "ß", "a")
TEXTS = st.lists(st.sampled_from(SHARDS), max_size=4).map("".join)
PIECES = ("ete", "x.fr", "e", "ss", "fr", "ete https")


@given(st.lists(TEXTS, max_size=6), st.lists(st.sampled_from(PIECES), min_size=1, max_size=2))
def test_texts_that_hold_a_piece(texts: list[str], pieces: list[str]) -> None:
    found = containing(pa.chunked_array([pa.array(texts, pa.string())]), pieces)
    assert found.tolist() == [holds(Field("url", tuple(pieces)), {"url": text}) for text in texts]


@given(st.lists(st.lists(TEXTS, max_size=3), max_size=5), st.sampled_from(PIECES))
def test_lists_of_which_one_holds_a_piece(rows: list[list[str]], piece: str) -> None:
    half = len(rows) // 2
    chunks = [pa.array(some, pa.list_(pa.string())) for some in (rows[:half], rows[half:])]
    found = containing(pa.chunked_array(chunks), [piece])
    assert found.tolist() == [holds(Field("link", (piece,)), {"links": row}) for row in rows]


def test_a_piece_that_no_text_can_hold_is_in_none() -> None:
    assert not containing(pa.chunked_array([pa.array(["a"], pa.string())]), ["\ud800", "z"]).any()


@pytest.mark.parametrize("values", [[None, "", "ETE"], []])
def test_what_is_absent_holds_nothing(values: list[str | None]) -> None:
    found = containing(pa.chunked_array([pa.array(values, pa.string())]), [fold_value("Été")])
    assert found.tolist() == [value == "ETE" for value in values]
