"""The distinct values of a column: numbered once, by the kernel as by Python, and forgotten when they grow too many."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.match import Panel, columns, parse
from palabre.match.distinct import FEW, Known, Numbering, PlainNumbering
from palabre.match.native import NativeNumbering
from palabre.text.kernel import library

KERNEL = library()
NUMBERINGS = [PlainNumbering, *([partial(NativeNumbering, KERNEL)] if KERNEL else [])]
WORDS = st.lists(st.lists(st.none() | st.sampled_from("ab\0c") | st.text(max_size=5), max_size=3 * FEW), max_size=4)


@pytest.mark.parametrize("make", NUMBERINGS)
@given(batches=WORDS, skipped=st.integers(0, 3))
def test_equal_values_have_one_number_and_new_ones_are_told(
    make: type[PlainNumbering], batches: list[list[str | None]], skipped: int
) -> None:
    numbering: Numbering = make()
    named: list[object] = []
    for batch in batches:
        values = pa.array(batch, pa.string())[skipped:]
        codes, fresh = numbering.codes(values)
        named += fresh
        assert [named[code] or "" for code in codes] == [value or "" for value in batch[skipped:]]
        assert len(named) == len(set(named)) == len(numbering)


@pytest.mark.parametrize("make", NUMBERINGS)
def test_a_row_has_the_facts_of_its_value(make: type[PlainNumbering]) -> None:
    known = Known(make(), lambda value: {"a": (7,), "b": (8, 9)}.get(str(value), ()))
    rows = np.arange(10, 16, dtype=np.int32)
    for values in (["a", "x", None, "b", "b", "a"], ["y", "x", "x", "y", "x", "z"], ["b", "a", "b", "c", "x", "b"]):
        posts, facts = known.pairs(rows, pa.array(values, pa.string()))
        told = [(10 + n, fact) for n, value in enumerate(values) for fact in {"a": (7,), "b": (8, 9)}.get(value, ())]
        assert list(zip(posts.tolist(), facts.tolist(), strict=True)) == told


@pytest.mark.parametrize("engine", ["python", *(["native"] if KERNEL else [])])
def test_a_flood_of_new_authors_keeps_the_answers(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MEMORY_MAX", 1_000)
    panel = Panel(engine)
    panel.add(1, parse("author:lea"))
    for start in range(0, 5_000, 500):
        names = [f"u{n}" for n in range(start, start + 500)]
        names[start // 500] = "Lea"
        found = panel.match(pa.RecordBatch.from_pydict({"text": [""] * 500, "account_handle": names}))
        assert found["post"].to_pylist() == [start // 500]
    assert max(map(len, panel.book.memory.values())) < 2_000
