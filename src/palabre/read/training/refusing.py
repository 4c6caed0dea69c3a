"""A model of a user's own labels that says "other" of what looks like none of them.

One against the rest; the user's examples of "other", if any, are against all. The threshold is set on a held-out fifth:
the greatest that loses no more than LOST of the posts that were rightly labelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from palabre.read import calibrate
from palabre.read.features import Spec, features
from palabre.read.linear import Head, design, quantised
from palabre.read.own_labels import refusing
from palabre.read.training.data import folds
from palabre.read.training.fit import Recipe, Weights, fit

OTHERS = frozenset({"other", "oos", "out-of-scope", "none"})
LOST = 0.005
FEW_LABELS = 20  # with more, smaller tables: 2^15 rows of 150 labels are 5 MB
RECIPE = Recipe(cost=1.0, iterations=40)
Array = npt.NDArray[np.floating]
Labels = npt.NDArray[np.int64]


def trained(name: str, texts: list[str], said: Sequence[str]) -> tuple[Head, dict[str, Any]]:
    """The head, and what was measured on the held-out fifth. said: one label a text."""
    order = tuple(sorted(set(said) - OTHERS))
    spec = Spec() if len(order) <= FEW_LABELS else Spec(bits=15)
    number = {label: at for at, label in enumerate(order)}
    truth = np.array([number.get(label, -1) for label in said], np.int64)
    matrix = design(features(texts, spec))
    held = folds(["own"] * len(texts), texts) == 0
    part = fitted(matrix[~held], truth[~held], len(order))
    margins = part.margins(matrix[held])
    limit = threshold(margins, truth[held])
    inside = truth[held] >= 0
    slope, _ = calibrate.fit_softmax(margins[inside], truth[held][inside])
    whole = fitted(matrix, truth, len(order))
    nothing = np.zeros(len(order), np.float32)
    bare = Head(name, order, "softmax", spec, quantised(whole.table), whole.bias, slope, nothing, nothing)
    return refusing(bare, limit), {"held-out": measured(margins, truth[held], limit)}


def fitted(matrix: Any, truth: Labels, count: int) -> Weights:
    """truth (n,): -1 for what is no label's."""
    targets = np.zeros((len(truth), count), np.float32)
    rows = np.flatnonzero(truth >= 0)
    targets[rows, truth[rows]] = 1
    return fit(matrix, targets, None, RECIPE)


def threshold(margins: Array, truth: Labels) -> float:
    """The greatest margin under which LOST of the rightly labelled fall."""
    right = margins.argmax(axis=1) == truth
    return float(np.quantile(margins[right].max(axis=1), LOST)) if right.any() else 0.0


def measured(margins: Array, truth: Labels, limit: float) -> dict[str, Any]:
    """Accuracy of what has a label (a refusal is wrong), and the share of the rest that is refused. In percent."""
    inside, refused = truth >= 0, margins.max(axis=1) < limit
    right = (margins.argmax(axis=1) == truth) & ~refused
    found: dict[str, Any] = {"metric": "accuracy", "value": round(100 * float(right[inside].mean()), 2)}
    found["n"] = int(inside.sum())
    if not inside.all():
        found["refused"] = round(100 * float(refused[~inside].mean()), 2)
    return found
