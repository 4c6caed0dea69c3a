"""Measures of classifications, as their tasks define them. All in percent; labels are numbers (n,)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int64]


def f1(truth: Labels, said: Labels, label: int) -> float:
    """F1 of one label."""
    hits = int(((truth == label) & (said == label)).sum())
    return 100 * 2 * hits / max(1, int((truth == label).sum() + (said == label).sum()))


def macro_f1(truth: Labels, said: Labels) -> float:
    """Mean F1 of the labels that occur in the truth."""
    return float(np.mean([f1(truth, said, int(label)) for label in np.unique(truth)]))


def macro_recall(truth: Labels, said: Labels) -> float:
    """Mean recall of the labels (SemEval 2017 task 4: AvgRec)."""
    return float(np.mean([100 * (said[truth == label] == label).mean() for label in np.unique(truth)]))


def accuracy(truth: Labels, said: Labels) -> float:
    return float(100 * (truth == said).mean())


def f1_first(truth: Labels, said: Labels) -> float:
    """F1 of label 0: the one a head with two sides is about."""
    return f1(truth, said, 0)


METRICS = {
    "macro_f1": macro_f1,
    "macro_recall": macro_recall,
    "accuracy": accuracy,
    "f1": f1_first,
}
