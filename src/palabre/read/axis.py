"""Axis: what a public judges. The product (the thing, its quality, its price), the relationship (service, contact,
people, delivery), legitimacy (values, ecology, jobs, trust, public role); "" when none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from palabre.model import AXES
from palabre.read import registry
from palabre.read.contract import Line, Page, Reading, columns_of, scores, words

NONE = "none"


def read(page: Page) -> Mapping[str, pa.Array]:
    found = page.probabilities("axis")
    return {
        "axis": words((*AXES, ""), registry.head("axis").best(found)),
        **columns_of("axis", AXES, found[:, : len(AXES)]),
    }


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    pairs = zip(batch["axis"].to_pylist(), scores(batch, "axis", AXES), strict=True)
    return {"axis": [{"label": label or NONE, "scores": one} for label, one in pairs]}


READING = Reading("axis", ("axis", *(f"axis_{name}" for name in AXES)), read, lines, heads=("axis",))
