"""Emotion: anger, joy, optimism or sadness; and whether the post carries any.

Two heads: "emotion" says which of the four is the likeliest if there is one; "emotional", how likely there is one. The
columns ``emotion_*`` are their products, so that their sum is the strength; the column ``emotion`` is "" below the
threshold of the second head. `palabre read` names the best of the four, with the strength beside it; nothing of a post
that nothing is said of (`readings.unsaid`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from palabre.model import EMOTIONS
from palabre.read import registry
from palabre.read.contract import Line, Page, Reading, columns_of, words
from palabre.read.linear import Floats

NOTHING: Line = {"label": None, "scores": dict.fromkeys(EMOTIONS), "strength": None}


def read(page: Page) -> Mapping[str, pa.Array]:
    found = page.probabilities("emotion")
    strength = page.probabilities("emotional")[:, :1]
    felt = strength[:, 0] >= registry.head("emotional").decision[0]
    best = np.where(felt, registry.head("emotion").best(found), len(EMOTIONS))
    return {"emotion": words((*EMOTIONS, ""), best), **columns_of("emotion", EMOTIONS, found * strength)}


def lines(batch: pa.RecordBatch) -> Mapping[str, Sequence[Line]]:
    joint = np.stack([np.asarray(batch[f"emotion_{name}"], np.float32) for name in EMOTIONS], axis=1)
    strength = joint.sum(axis=1)
    shares: Floats = joint / np.maximum(strength, 1e-9)[:, None]
    labels = registry.head("emotion").best(shares).tolist()
    entries = zip(labels, shares.round(4).astype(float).tolist(), strength.astype(float).tolist(), strict=True)
    return {"emotion": [line(label, row, strong) if strong else NOTHING for label, row, strong in entries]}


def line(label: int, shares: list[float], strength: float) -> Line:
    """scores: of the four, as if the post carried one; strength: how likely it does."""
    rounded = [round(one, 4) for one in shares]
    return {
        "label": EMOTIONS[label],
        "scores": dict(zip(EMOTIONS, rounded, strict=True)),
        "strength": round(strength, 4),
    }


READING = Reading(
    "emotion", ("emotion", *(f"emotion_{name}" for name in EMOTIONS)), read, lines, heads=("emotion", "emotional")
)
