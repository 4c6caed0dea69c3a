"""Tone: negative, neutral or positive, of posts in many languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from palabre.model import TONES
from palabre.read.contract import Line, Page, Reading, columns_of, scores, words


def read(page: Page) -> Mapping[str, pa.Array]:
    found = page.probabilities("tone")
    return {"tone": words(TONES, page.best("tone")), **columns_of("tone", TONES, found)}


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    pairs = zip(batch["tone"].to_pylist(), scores(batch, "tone", TONES), strict=True)
    return {"tone": [{"label": label, "scores": one} for label, one in pairs]}


READING = Reading("tone", ("tone", *(f"tone_{name}" for name in TONES)), read, lines, heads=("tone",))
