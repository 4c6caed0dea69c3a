"""Keys of a post as the index takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.archive.index_keys import KEY_CHARS_MAX, KEYS_BYTES_MAX, WHOLE, all_clean, clean_keys, stored_keys

texts = st.lists(st.text("aé||  \n\t\x00\x01\x7f東", max_size=8), min_size=1, max_size=4)


@given(texts)
def test_one_look_at_many_texts_says_what_a_look_at_each_says(given_texts: list[str]) -> None:
    assert all_clean(given_texts) == all(stored_keys(text) == text for text in given_texts)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a" * KEY_CHARS_MAX, "a" * KEY_CHARS_MAX),
        ("b " + "a" * (KEY_CHARS_MAX + 1), "b " + "a" * KEY_CHARS_MAX),
        ("東" * (KEY_CHARS_MAX + 1), "東" * KEY_CHARS_MAX),
        ("a " * KEYS_BYTES_MAX, WHOLE),
        (" a  b\x00c ", "a b c"),
        ("\ud800", "\ud800"),
    ],
)
def test_what_an_index_cannot_hold_is_cut(text: str, kept: str) -> None:
    assert list(clean_keys([text, "plain"])) == [kept, "plain"]
