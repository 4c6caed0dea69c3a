"""Irony: the probability that a post means something else than it says. Hard for every model: see its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from palabre.read import registry
from palabre.read.contract import Line, Page, Reading, rounded


def read(page: Page) -> Mapping[str, pa.Array]:
    return {"irony": pa.array(page.probabilities("irony")[:, 0], pa.float32())}


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    limit = float(registry.head("irony").decision[0])
    found = rounded(batch["irony"])
    labels = [None if one is None else "ironic" if one >= limit else "not-ironic" for one in found]
    return {"irony": [{"label": label, "score": one} for label, one in zip(labels, found, strict=True)]}


READING = Reading("irony", ("irony",), read, lines, heads=("irony",))
