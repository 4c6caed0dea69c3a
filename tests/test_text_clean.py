"""Text from outside becomes storable, and stays what its author wrote."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.text.clean import clean, clean_text

CASES = [
    ("plain", "plain"),
    ("", ""),
    ("a\x00b", "ab"),
    ("a\ud800b", "a\ufffdb"),
    ("\udc00", "\ufffd"),
    ("\ud83d\ude00", "😀"),  # the two halves of an emoji, given apart
    ("a\r\nb\rc", "a\nb\nc"),
    ("a\x0bb\x0cc\x85d", "a\nb\nc\nd"),
    ("a\tb", "a\tb"),
    ("a\x07\x1b[31mb\x7f", "a[31mb"),
    ("l\x92été \x96 5\xa0\x80", "l’été – 5\xa0€"),  # cp1252 taken for latin-1
    ("e\u0301te\u0301", "été"),
    ("\u202eabc\u2066", "\u202eabc\u2066"),  # bidi controls are the screen's business
    ("bra\u200bnd", "bra\u200bnd"),
    ("👨‍👩‍👧", "👨‍👩‍👧"),
    ("ﬁ①", "ﬁ①"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_only_what_cannot_be_stored_goes(text: str, expected: str) -> None:
    assert clean_text(text) == expected


def test_a_ten_megabyte_post_is_cut_between_two_characters_and_says_so() -> None:
    cut = clean("é" * 5_000_000)
    assert cut.cut
    assert cut.text == "é" * 1_000_000
    assert not clean("é" * 1_000_000).cut


def test_a_million_stacked_accents_cost_linear_time() -> None:
    started = time.perf_counter()
    found = clean_text("a" + "\u0301\u0323" * 400_000)
    assert time.perf_counter() - started < 2
    assert len(found) <= 31


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_clean_text_is_storable_and_clean_again(text: str) -> None:
    found = clean_text(text)
    found.encode("utf-8")
    assert "\x00" not in found
    assert unicodedata.is_normalized("NFC", found)
    assert clean_text(found) == found
