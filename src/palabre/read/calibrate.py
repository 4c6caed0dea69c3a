"""Margins into probabilities that mean what they say, and how far they do. Fitted on posts the head has not seen.

Temperature (Guo et al. 2017, softmax heads), Platt's sigmoid with his smoothed targets (Platt 1999), isotonic
regression (Zadrozny & Elkan 2002, by pool-adjacent-violators), expected calibration error with equal-width bins (Naeini
et al. 2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from palabre.read.linear import Floats, sigmoid, softmax

Labels = npt.NDArray[np.int64]
Array = npt.NDArray[np.floating]
SLOPE_MIN, SLOPE_MAX = 1e-3, 1e3


def fit_softmax(margins: Array, labels: Labels) -> tuple[Floats, Floats]:
    """slope, intercept (labels,): one temperature and a shift a label, by maximum likelihood of the held-out ``labels``
    (n,) given ``margins`` (n, labels). The shift is what class frequencies add to a one-against-the-rest margin."""
    count = margins.shape[1]

    def loss(theta: Array) -> tuple[float, Array]:
        logits = margins * np.exp(theta[0]) + theta[1:]
        found = softmax(np.asarray(logits, np.float64))
        wrong = found.astype(np.float64)
        wrong[np.arange(len(labels)), labels] -= 1
        slope = (wrong * margins).sum() * np.exp(theta[0]) / len(labels)
        ridge = 1e-3 * theta[1:]
        value = -np.log(np.maximum(found[np.arange(len(labels)), labels], 1e-12)).mean() + 5e-4 * (theta[1:] ** 2).sum()
        return float(value), np.concatenate([[slope], wrong.mean(axis=0) + ridge])

    theta = scipy.optimize.minimize(loss, np.zeros(count + 1), jac=True, method="L-BFGS-B").x
    slope = float(np.clip(np.exp(theta[0]), SLOPE_MIN, SLOPE_MAX))
    return np.full(count, slope, np.float32), theta[1:].astype(np.float32)


def fit_sigmoid(margins: Array, holds: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """slope, intercept of one label, by Platt's method. margins, holds: (n,)."""
    yes, no = int(holds.sum()), int((~holds).sum())
    target = np.where(holds, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(theta: Array) -> tuple[float, Array]:
        found = sigmoid(np.asarray(margins * theta[0] + theta[1])).astype(np.float64)
        safe = np.clip(found, 1e-12, 1 - 1e-12)
        value = -(target * np.log(safe) + (1 - target) * np.log(1 - safe)).mean()
        wrong = (found - target) / len(target)
        return float(value), np.array([(wrong * margins).sum(), wrong.sum()])

    start = np.array([1.0, np.log((yes + 1) / (no + 1))])
    slope, intercept = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B").x
    return float(np.clip(slope, SLOPE_MIN, SLOPE_MAX)), float(intercept)


@dataclass(frozen=True, slots=True)
class Steps:
    """A rising curve from margins to probabilities: straight between its points."""

    at: Array
    value: Array

    def __call__(self, margins: Array) -> Array:
        return np.asarray(np.interp(margins, self.at, self.value))


def fit_isotonic(margins: Array, holds: npt.NDArray[np.bool_]) -> Steps:
    """The non-decreasing curve nearest to the outcomes. margins, holds: (n,), n > 0."""
    order = np.argsort(margins, kind="stable")
    pools: list[list[float]] = []  # [mean, weight, first margin, last margin]
    for at, one in zip(margins[order], holds[order], strict=True):
        pools.append([float(one), 1.0, float(at), float(at)])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            mean, weight, _, last = pools.pop()
            before = pools[-1]
            before[0] = (before[0] * before[1] + mean * weight) / (before[1] + weight)
            before[1] += weight
            before[3] = last
    points = [(edge, pool[0]) for pool in pools for edge in (pool[2], pool[3])]
    return Steps(np.array([at for at, _ in points]), np.array([value for _, value in points]))


def calibration_error(confidence: Array, right: npt.NDArray[np.bool_], bins: int = 15) -> float:
    """ECE, 0 to 1: mean distance of what was announced (n,) to what was right (n,), over bins weighted by size."""
    if not len(confidence):
        return 0.0
    bin_of = np.minimum((np.asarray(confidence) * bins).astype(int), bins - 1)
    sums = np.bincount(bin_of, weights=np.asarray(confidence, np.float64) - right, minlength=bins)
    return float(np.abs(sums).sum() / len(confidence))
