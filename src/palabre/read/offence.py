"""Offence: the probability that a post offends (insults, slurs, threats, obscenities aimed at somebody)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from palabre.read import registry
from palabre.read.contract import Line, Page, Reading, rounded


def read(page: Page) -> Mapping[str, pa.Array]:
    return {"offence": pa.array(page.probabilities("offence")[:, 0], pa.float32())}


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    limit = float(registry.head("offence").decision[0])
    found = rounded(batch["offence"])
    labels = [None if one is None else "offensive" if one >= limit else "not-offensive" for one in found]
    return {"offence": [{"label": label, "score": one} for label, one in zip(labels, found, strict=True)]}


READING = Reading("offence", ("offence",), read, lines, heads=("offence",))
