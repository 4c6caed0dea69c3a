"""The hashed features: what is folded together, where features are, odd texts, blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palabre.read import features as module
from palabre.read.features import READ_CHARS, Spec, features, spans

ODD = ["", " ", "\n\t\r", "\ud800", "a\ud800b", "\0", "@", "@@", "@a@b.c", "http", "https://", "www.", "é", "\u0301",
       "\ufe0f",
       "𝕏", "\U0010ffff", "مرحبا", "नमस्ते", "日本語です", "👨‍👩‍👧‍👦", "!!!!!!!", "a" * 50, "0" * 50]  # fmt: skip


PLAIN = Spec()


def ids_of(text: str, spec: Spec = PLAIN) -> list[int]:
    return features([text], spec).ids.tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Élan VITAL", "elan vital"),
        ("l’été", "l'été"),
        ("soooooo good", "soo good"),
        ("what?!!!!!!", "what?!!"),
        ("see https://a.b/c?d=e now", "see http://other.example now"),
        ("thanks @somebody_else", "thanks @bob"),
        ("a  \n\t b", "a b"),
        ("e\u0301le\u0300ve", "élève"),
        ("👍🏽", "👍"),
        ("𝐛𝐨𝐥𝐝", "bold"),
        ("in 2019", "in 2024"),
    ],
)
def test_what_means_the_same_reads_the_same(one: str, other: str) -> None:
    assert ids_of(one) == ids_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("good", "bad"), ("a b", "b a"), ("!", "?"), ("😀", "😡"), ("pâté", "pâte x")]
)
def test_what_differs_reads_differently(one: str, other: str) -> None:
    assert ids_of(one) != ids_of(other)


def test_accents_are_kept_on_demand() -> None:
    kept = Spec(accents=True)
    assert ids_of("été", kept) != ids_of("ete", kept)
    assert ids_of("ÉTÉ", kept) == ids_of("été", kept)


def test_a_text_has_the_same_features_alone_and_among_others() -> None:
    together = features([*ODD, "one more text"])
    for row, text in enumerate([*ODD, "one more text"]):
        alone = features([text])
        assert together.ids[together.indptr[row] : together.indptr[row + 1]].tolist() == alone.ids.tolist()
        assert (
            together.words[together.word_indptr[row] : together.word_indptr[row + 1]].tolist() == alone.words.tolist()
        )


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"text number {row} of many, with @{row} and http://x/{row}" for row in range(200)]
    whole = features(texts)
    monkeypatch.setattr(module, "BLOCK_CHARS", 100)
    cut = features(texts)
    assert np.array_equal(whole.ids, cut.ids)
    assert np.array_equal(whole.indptr, cut.indptr)
    assert np.array_equal(whole.word_indptr, cut.word_indptr)


def test_nothing_has_no_features() -> None:
    assert len(features([])) == 0
    assert features(["", " "]).indptr.tolist() == [0, 0, 0]


def test_a_huge_text_is_read_at_its_beginning() -> None:
    begun = "word " * (READ_CHARS // 5)
    assert ids_of(begun + "other things " * 1_000_000) == ids_of(begun)


def test_n_grams_stay_in_words_on_demand() -> None:
    inside = Spec(across=False, chars=(3, 3), pairs=False)
    assert len(ids_of("ab cd", inside)) == 6  # " ab", "ab ", " cd", "cd " and two words
    assert len(ids_of("ab cd", Spec(chars=(3, 3), pairs=False))) == 7  # and "b c"


def test_spans_say_where_each_word_is() -> None:
    text = "héllo  Wörld!!!! soooo http://x.y/z @bob ok"
    found = spans(text)
    words = [text[start:end] for start, end in zip(found.word_starts, found.word_ends, strict=True)]
    assert words == ["héllo", "Wörld", "!!!!", "soooo", "http://x.y/z", "@bob", "ok"]


@given(
    st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=80),
    st.sampled_from([Spec(), Spec(accents=True, across=False)]),
)
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_read_and_its_spans_lie_in_it(text: str, spec: Spec) -> None:
    seen, where = features([text], spec), spans(text, spec)
    assert where.ids.tolist() == seen.ids.tolist()
    assert where.words.tolist() == seen.words.tolist()
    assert ((where.starts >= 0) & (where.starts <= where.ends) & (where.ends <= len(text))).all()
    assert ((seen.ids >= 0) & (seen.ids < 1 << spec.bits)).all()
