"""Where tokens stand: Python says what is meant, the kernel says the same."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.text.kernel import library
from palabre.text.token_lists import (
    ALIKE,
    LINK,
    LONG,
    SENTENCE,
    SERVED,
    TITLE,
    Places,
    form,
    kernel_places,
    plain_places,
    token_places,
)

KERNEL = library()
SPOKEN = (
    "été Été ETE #Été @Ada @ada.org @Ada-L@Srv.tld https://a.fr/X оrаngе orange C++ 👏🏽 👏 l’eau M. fin. fin! 東京"
)
PIECES = (*SPOKEN.split(" "), "x" + "y" * 250, "\n", " ", "\r", "\t \x7f", "\u200b")
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map(" ".join)


def batch(posts: list[tuple[str, str]]) -> pa.RecordBatch:
    titles, texts = zip(*posts, strict=True) if posts else ((), ())
    return pa.RecordBatch.from_pydict({"title": pa.array(titles, pa.string()), "text": pa.array(texts, pa.string())})


def listed(found: Places) -> dict[str, list[tuple[int, int]]]:
    starts = [0, *found.ends.tolist()]
    pairs = list(zip(found.rows.tolist(), found.places.tolist(), strict=True))
    return {key: pairs[start:end] for key, start, end in zip(found.keys.to_pylist(), starts, starts[1:], strict=False)}


def test_each_token_has_its_place_and_its_form() -> None:
    found = listed(token_places(batch([("Titre", "Été à Rome. Vu https://a.fr"), ("", "rome @Ada@x.org")])))
    assert found["ete"] == [(0, 0)]
    assert found[form("ete", "w", "été", "Été")] == [(0, 0)]
    assert found["rome"] == [(0, 2), (1, 0)]
    assert found[form("rome", "w", "rome", "Rome")] == [(0, 2)]
    assert found["vu"] == [(0, 3)]
    assert found[LINK] == [(0, 4)]
    assert found["titre"] == [(0, TITLE)]
    assert found[SENTENCE] == [(0, 3)]
    assert (
        found["ada"]
        == found[SERVED]
        == found["ada@x.org"]
        == found[form("ada@x.org", "@", "ada@x.org", "Ada@x.org")]
        == [(1, 1)]
    )


def test_a_look_alike_stands_where_what_it_imitates_would() -> None:
    found = listed(token_places(batch([("", "une #оrаngе")])))
    assert found["orange"] == found[ALIKE] == [(0, 1)]
    assert found[form("orange", "#", "оrаngе", "оrаngе")] == [(0, 1)]


def test_a_post_too_long_says_so() -> None:
    posts = batch([("", "a " * 29_999), ("", "a " * 40_000), ("b " * 30_000, "")])
    found = listed(token_places(posts))
    assert found[LONG] == [(1, 0), (2, TITLE)]
    assert found == listed(plain_places(posts))


def test_keys_are_in_the_order_of_their_bytes() -> None:
    keys = token_places(batch([("", "zèbre é \U0001f44f ﬀ Ω ~ a 東")])).keys.to_pylist()
    assert keys == sorted(keys, key=str.encode)


def test_no_posts_have_no_places() -> None:
    assert listed(token_places(batch([]))) == listed(token_places(batch([("", "")]))) == {}


@pytest.mark.skipif(KERNEL is None, reason="the kernel is not built")
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_the_kernel_finds_the_places_that_python_finds(posts: list[tuple[str, str]]) -> None:
    posts = [(clean(title), clean(text)) for title, text in posts]
    assert KERNEL is not None
    assert listed(kernel_places(KERNEL, batch(posts))) == listed(plain_places(batch(posts)))


def clean(text: str) -> str:
    """No surrogate: what no Arrow text can hold."""
    return text.encode(errors="replace").decode()


@pytest.mark.skipif(KERNEL is None, reason="the kernel is not built")
def test_what_the_kernel_learnt_of_one_batch_is_not_told_of_the_next() -> None:
    rng = random.Random(5)
    assert KERNEL is not None
    for _ in range(20):
        posts = batch([("", " ".join(rng.choices(PIECES, k=9))) for _ in range(30)])
        assert listed(kernel_places(KERNEL, posts)) == listed(plain_places(posts))
