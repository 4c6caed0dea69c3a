"""The reading kernel and NumPy say the same, of any text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palabre.read import aspects, cues, native, readings
from palabre.read.features import Spec, features, word_places
from palabre.read.linear import Head, Table, pack
from palabre.read.phrases import hits

pytestmark = pytest.mark.skipif(native.library() is None, reason="the reading kernel is not built")

PIECES = [
    *("http://a.b/c", "https", "www.", "www.x", "@you", "@", "@a@b", "#tag", "NOT", "good", "pas du tout", "l'été"),
    *("aaaaa", "!!!!", "0000", "  ", "\n", "¨¨¨", "é", "e\u0301", "日本語", "가나", "ß", "İ", "😀😀", "👍🏽", "\u200d"),
    *("\ud800", "\x00", "\U00020000", "Paris", "New York", "je vais résilier", "trop cher", "the app crashes", "?"),
]  # fmt: skip
SPECS = [Spec(), Spec(16, (2, 4)), Spec(10, (1, 3), pairs=False, across=False), Spec(18, (3, 3), accents=True)]
texts = st.lists(
    st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
              st.lists(st.sampled_from(PIECES), max_size=8).map("".join)), max_size=6
)  # fmt: skip


@contextmanager
def without_kernel() -> Iterator[None]:
    """NumPy alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "library", lambda: None)
        yield


def both(work: Callable[[], Any]) -> tuple[Any, Any]:
    """What the kernel says and what NumPy says."""
    kernel = work()
    with without_kernel():
        return kernel, work()


def same(one: object, other: object) -> bool:
    return np.array_equal(np.asarray(one), np.asarray(other))


@given(texts, st.sampled_from(SPECS))
@settings(max_examples=300, deadline=None)
def test_features_are_the_same_buckets_in_the_same_order(some: list[str], spec: Spec) -> None:
    kernel, numpy = both(lambda: features(some, spec))
    assert all(same(getattr(kernel, name), getattr(numpy, name)) for name in ("indptr", "ids", "word_indptr", "words"))


@given(texts)
@settings(max_examples=150, deadline=None)
def test_words_are_at_the_same_places(some: list[str]) -> None:
    kernel, numpy = both(lambda: word_places(some))
    assert all(same(one, other) for one, other in zip(kernel, numpy, strict=True))


@given(texts)
@settings(max_examples=60, deadline=None)
def test_phrases_are_the_same_in_the_same_order(some: list[str]) -> None:
    seen = features(some)
    for book in (cues.cues().book, aspects.lexicon().book):
        kernel, numpy = both(partial(hits, book, seen))
        assert all(same(getattr(kernel, name), getattr(numpy, name)) for name in ("start", "end", "name"))


def head(name: str, labels: int, rare: bool, spec: Spec) -> Head:
    chance = np.random.default_rng(labels)
    scale, bias, slope, intercept, decision = chance.random((5, labels), np.float32)
    table = Table(chance.integers(-127, 128, (1 << spec.bits, labels)).astype(np.int8), scale)
    names = tuple(f"{name}{at}" for at in range(labels))
    return Head(name, names, "softmax", spec, table, bias, slope, intercept, decision, rare=rare)


@pytest.mark.parametrize("sizes", [(1,), (3, 4, 1), (20, 8), (40, 20), (50, 40)])
@given(texts)
@settings(max_examples=30, deadline=None)
def test_margins_are_the_same_for_rare_and_even_heads_together(sizes: tuple[int, ...], some: list[str]) -> None:
    spec = Spec(10)
    heads = [head(f"h{at}", size, bool(at % 2), spec) for at, size in enumerate(sizes)]
    rarity = np.linspace(0.01, 1, 1 << spec.bits, dtype=np.float32)
    one = pack(heads, rarity)
    seen = features([*some, "word " * 700], spec)
    kernel, numpy = both(lambda: one.margins(seen))
    for name, margins in kernel.items():
        np.testing.assert_allclose(margins, numpy[name], rtol=2e-4, atol=2e-3)


def batch(some: list[str]) -> pa.RecordBatch:
    plain = [one.encode("utf-8", "replace").decode() for one in some]
    empty = [""] * len(plain)
    return pa.RecordBatch.from_arrays(
        [pa.array(one, pa.string()) for one in (empty, plain, empty)], ["title", "text", "lang"]
    )


@given(texts)
@settings(max_examples=25, deadline=None)
def test_all_readings_are_the_same(some: list[str]) -> None:
    kernel, numpy = both(lambda: readings.read(batch(some), languages=("en", "fr", "ar")))
    assert isinstance(kernel, pa.RecordBatch)
    assert isinstance(numpy, pa.RecordBatch)
    for name in kernel.schema.names:
        if pa.types.is_floating(kernel[name].type):
            np.testing.assert_allclose(kernel[name].to_numpy(False), numpy[name].to_numpy(False), atol=1e-5)
        else:
            assert close(kernel[name].to_pylist(), numpy[name].to_pylist()), name


def close(one: object, other: object) -> bool:
    """Equal, numbers of six digits."""
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, abs=2e-4)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(close, one, other))
    return one == other


def test_a_text_of_ten_million_characters_is_read_to_its_bound() -> None:
    kernel, numpy = both(lambda: readings.read(batch(["Not good " * 1_100_000, "", "x"]), languages=("en", "fr")))
    assert kernel.num_rows == numpy.num_rows == 3
    assert kernel["tone"] == numpy["tone"]


def test_an_empty_batch_and_empty_texts() -> None:
    for some in ([], [""], ["", ""]):
        kernel, numpy = both(partial(features, some))
        assert same(kernel.ids, numpy.ids)
        assert same(kernel.indptr, numpy.indptr)
        assert readings.read(batch(some)).num_rows == len(some)


def test_what_is_no_kernel_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "_reader.so").write_bytes(b"no library")
    assert native.load(tmp_path / "_reader.so") is None
