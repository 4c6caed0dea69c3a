"""Intent: what a post is for: complaint, question, purchase in view, praise, suggestion, leave-taking.

Several may hold; when none does, "other". A linear head over hashed features and cues (cues.py); praise and complaint
lean on the tone of the post. The card of the model "intent" says how it was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from palabre.model import INTENTS
from palabre.read import registry
from palabre.read.contract import Line, Page, Reading, columns_of, scores

OTHER = "other"


def read(page: Page) -> Mapping[str, pa.Array]:
    found = page.probabilities("intent")
    return {"intents": lists(registry.head("intent").holds(found)), **columns_of("intent", INTENTS, found)}


def lists(holds: npt.NDArray[np.bool_]) -> pa.Array:
    """(n, labels) flags as a column of lists of labels."""
    rows, labels = np.nonzero(holds)
    offsets = np.searchsorted(rows, np.arange(len(holds) + 1)).astype(np.int32)
    names = pa.DictionaryArray.from_arrays(pa.array(labels, pa.int32()), pa.array(INTENTS, pa.string()))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), names.cast(pa.string()))


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    pairs = zip(batch["intents"].to_pylist(), scores(batch, "intent", INTENTS), strict=True)
    return {"intent": [{"labels": labels or [OTHER], "scores": one} for labels, one in pairs]}


READING = Reading("intent", ("intents", *(f"intent_{name}" for name in INTENTS)), read, lines, heads=("intent", "tone"))
