"""A post that breaks a model costs its own reading, and nobody else's."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from palabre.read import readings
from palabre.reader import Reader


def test_a_post_that_breaks_a_model_has_no_reading_and_its_neighbours_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(batch: pa.RecordBatch, **how: Any) -> pa.RecordBatch:
        if "bomb" in batch["text"].to_pylist():
            raise RuntimeError
        return whole(batch, **how)

    whole = readings.read
    monkeypatch.setattr(readings, "read", fragile)
    texts = ["I love this bike", "it works", "bomb", "my battery is dead", "never again"]
    found = Reader(1, 1, ()).read(pa.RecordBatch.from_pydict({"title": [""] * 5, "text": texts, "lang": ["en"] * 5}))
    assert [tone is None for tone in found["tone"].to_pylist()] == [False, False, True, False, False]
    assert found["fingerprint"].to_pylist()[2] is None
