"""Fitting of linear heads: L2-regularised logistic regression or squared-hinge SVM, in the primal, by L-BFGS.

Targets may be soft (a teacher's probabilities), posts may be weighted. Same optimum as LIBLINEAR's solvers
(Fan et al. 2008: L2-regularised L2-loss SVC, one against the rest), with the features and divisors of serving.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from palabre.read.linear import softmax

Array = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a head is fitted. cost: LIBLINEAR's C; loss: hinge (one against the rest) or softmax."""

    cost: float = 0.3
    loss: str = "hinge"
    iterations: int = 120


@dataclass(frozen=True, slots=True)
class Weights:
    """table (features, labels), bias (labels,)."""

    table: Array
    bias: Array

    def margins(self, matrix: csr_matrix) -> Array:
        return np.asarray(matrix @ self.table + self.bias)


def fit(matrix: csr_matrix, targets: Array, weights: Array | None = None, recipe: Recipe = Recipe()) -> Weights:
    """Weights of a head. matrix (n, features); targets (n, labels) in [0, 1]; weights (n,) of posts, mean about 1."""
    used = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]))
    small = matrix[:, used].astype(np.float32).tocsr()
    turned = small.T.tocsr()
    labels = targets.shape[1]
    share = np.ones(len(targets), np.float32) if weights is None else np.asarray(weights, np.float32)
    loss = _softmax_loss if recipe.loss == "softmax" else _hinge_loss
    wanted = np.asarray(targets, np.float32)

    def value(theta: Array) -> tuple[float, Array]:
        table = theta[:-labels].reshape(-1, labels).astype(np.float32)
        cost, slopes = loss(small @ table + theta[-labels:].astype(np.float32), wanted)
        slopes *= (recipe.cost * share)[:, None]
        down = (turned @ slopes).astype(np.float64).ravel() + theta[:-labels]
        total = 0.5 * float(theta[:-labels] @ theta[:-labels]) + recipe.cost * float(share @ cost)
        return total, np.concatenate([down, slopes.sum(axis=0, dtype=np.float64)])

    start = np.zeros((len(used) + 1) * labels)
    options = {"maxiter": recipe.iterations, "maxcor": 8, "ftol": 1e-6}
    theta = minimize(value, start, jac=True, method="L-BFGS-B", options=options).x
    table = np.zeros((matrix.shape[1], labels), np.float32)
    table[used] = theta[:-labels].reshape(-1, labels)
    return Weights(table, theta[-labels:].astype(np.float32))


def _hinge_loss(margins: Array, targets: Array) -> tuple[Array, Array]:
    """Squared hinge of each label against the rest, (n,), and its slope (n, labels). Soft targets: expected loss."""
    over, under = np.maximum(1 - margins, 0), np.maximum(1 + margins, 0)
    cost = (targets * over**2 + (1 - targets) * under**2).sum(axis=1)
    return cost, 2 * ((1 - targets) * under - targets * over)


def _softmax_loss(margins: Array, targets: Array) -> tuple[Array, Array]:
    """Cross-entropy (n,) and its slope (n, labels)."""
    found = softmax(np.asarray(margins, np.float32))
    return -(targets * np.log(np.maximum(found, 1e-9))).sum(axis=1), found - targets


def one_hot(labels: npt.NDArray[np.int64], count: int) -> Array:
    """(n, count) targets of labels (n,)."""
    return np.eye(count, dtype=np.float32)[labels]
