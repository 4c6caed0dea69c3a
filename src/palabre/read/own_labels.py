"""A user's own labels: which of them a post has, or "other" when it looks like none.

A model made by `palabre train --labels` is read as ``own:NAME``. Its head holds one label more than the user gave,
"other", whose margin is a constant: a post is refused when no label reaches it (a threshold on the greatest margin, as
in Larson et al. 2019, "out-of-scope").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa

from palabre.read import registry
from palabre.read.contract import Line, Page, Reading, rounded
from palabre.read.linear import Floats, Head, Table

PREFIX = "own:"
OTHER = "other"


def refusing(head: Head, limit: float) -> Head:
    """A softmax head with the label "other" at a constant margin. slope: one for all, as fit_softmax gives it."""
    more = np.zeros((len(head.table.values), 1), np.int8)
    table = Table(np.hstack([head.table.values, more]), np.append(head.table.scale, np.float32(0)))
    bias = np.append(head.bias, np.float32(limit))
    slope = np.append(head.slope, head.slope[:1])
    nothing = np.zeros(len(slope), np.float32)
    labels = (*head.labels, OTHER)
    return replace(head, labels=labels, table=table, bias=bias, slope=slope, intercept=nothing, decision=nothing)


def reading(asked: str) -> Reading:
    """The reading ``own:NAME``. Raises InputError: there is no such model."""
    name = asked.removeprefix(PREFIX)
    registry.head(name)
    columns = (column(name), f"{column(name)}_confidence")
    return Reading(asked, columns, partial(read, name), partial(lines, name), heads=(name,))


def column(name: str) -> str:
    return f"own_{name}"


def read(name: str, page: Page) -> Mapping[str, pa.Array]:
    """One label a post with its probability; of a head whose labels may hold together: all that do, the greatest."""
    head, found = registry.head(name), page.probabilities(name)
    said = labels(head, found)
    return {column(name): pa.array(said, pa.list_(pa.string())),
            f"{column(name)}_confidence": pa.array(confidence(head, found), pa.float32())}  # fmt: skip


def labels(head: Head, found: Floats) -> list[list[str]]:
    if head.kind == "softmax":
        return [[head.labels[at]] for at in head.best(found).tolist()]
    return [[head.labels[at] for at in np.flatnonzero(row)] or [OTHER] for row in head.holds(found)]


def confidence(head: Head, found: Floats) -> Floats:
    """(n,) how sure the label is; for several: the greatest of those that hold, or 1 minus the greatest for "other"."""
    if head.kind == "softmax":
        return found[np.arange(len(found)), head.best(found)]
    top = found.max(axis=1) if len(found) else np.zeros(0, np.float32)
    return np.where(head.holds(found).any(axis=1), top, 1 - top)


def lines(name: str, batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    said, sure = batch[column(name)].to_pylist(), rounded(batch[f"{column(name)}_confidence"])
    several = registry.head(name).kind == "sigmoid"
    key = "labels" if several else "label"
    rows = zip(said, sure, strict=True)
    return {f"{PREFIX}{name}": [{key: one if several else one[0], "confidence": p} for one, p in rows]}
