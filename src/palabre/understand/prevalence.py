"""How large a share is, from what a classifier says: quantification. Pure.

Counting what a classifier says is biased as soon as the share differs from the one it was trained on. What is known of
its errors (a sample that people labelled) or its probabilities alone correct the count:

    classify_and_count(said, 2)                      # the raw shares: biased
    adjusted_count(said, audit_truth, audit_said, 2)       # ACC (Forman 2008), solved as in Hopkins & King (2010)
    probabilistic_adjusted_count(p, audit_truth, audit_p)  # PACC (Bella et al. 2010)
    expected_shares(p, trained_shares)               # EMQ (Saerens, Latinne & Decaestecker 2002): no audit needed

Everywhere n posts, m audited posts, k labels numbered from 0; p (n, k) probabilities whose rows sum to 1. Shares (k,)
sum to 1. ``interval`` gives any of them a bootstrap interval over posts and audit together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
ROUNDS_MAX = 1_000  # of expectation-maximisation
CLOSE = 1e-6
DRAWS = 400
BORROWED = 10.0  # posts; chosen on SemEval 2017 task 4 D, topics held out (docs/figures/text.md)
SUM_WEIGHT = 1e3  # of "shares sum to 1" among the equations


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares (k,) with their interval; n posts, m of them audited (0: the method needs none)."""

    value: Floats
    low: Floats
    high: Floats
    n: int
    audited: int = 0


def classify_and_count(said: Labels, count: int) -> Floats:
    """CC: the share of each label among what was said. No post: equal shares."""
    found = np.bincount(said, minlength=count).astype(np.float64)
    return found / found.sum() if found.sum() else np.full(count, 1 / count)


def probabilistic_count(probabilities: Floats) -> Floats:
    """PCC (Bella et al. 2010): the mean probability of each label."""
    some = np.asarray(probabilities, np.float64)
    return some.mean(axis=0) if len(some) else np.full(some.shape[1], 1 / some.shape[1])


def adjusted_count(said: Labels, truth: Labels, audit_said: Labels, count: int) -> Floats:
    """ACC. said (n,); truth, audit_said (m,): of the audited posts.

    A label that no audited post carries is taken to be recognised as well as chance would (its rates are uniform).
    """
    return solved(rates(truth, np.eye(count)[audit_said]), classify_and_count(said, count))


def probabilistic_adjusted_count(probabilities: Floats, truth: Labels, audit_probabilities: Floats) -> Floats:
    """PACC: as ``adjusted_count`` with mean probabilities in the place of counts."""
    return solved(rates(truth, audit_probabilities), probabilistic_count(probabilities))


def rates(truth: Labels, audit: Floats) -> Floats:
    """(k, k) column j: what is said, on average, of posts whose label is j. One post said at random is added to each
    label, so that a small audit does not say "never"."""
    count = audit.shape[1]
    found = np.full((count, count), 1 / count)
    np.add.at(found.T, truth, audit)
    return np.asarray(found / found.sum(axis=0))


def solved(errors: Floats, observed: Floats) -> Floats:
    """Shares x >= 0 that sum to 1, with errors @ x nearest to what was observed (least squares, Lawson & Hanson)."""
    rows = np.vstack([errors, np.full(errors.shape[1], SUM_WEIGHT)])
    found, _ = scipy.optimize.nnls(rows, np.append(observed, SUM_WEIGHT))
    return np.asarray(found / max(found.sum(), CLOSE))


def expected_shares(
    probabilities: Floats, trained: Floats, centre: Floats | None = None, strength: float = 0.0
) -> Floats:
    """EMQ: the shares under which the probabilities, corrected for them, average to themselves.

    trained (k,): the shares that the probabilities assume. centre, strength: as if that many more posts with those
    shares had been seen (a Dirichlet prior): what a small brand borrows from all of them.
    """
    ratio = np.asarray(probabilities, np.float64) / np.maximum(trained, CLOSE)
    middle = np.asarray(trained if centre is None else centre, np.float64)
    shares = np.asarray(middle, np.float64)
    for _ in range(ROUNDS_MAX if len(ratio) else 0):
        seen = ratio * shares
        seen /= np.maximum(seen.sum(axis=1, keepdims=True), 1e-300)
        after = (seen.sum(axis=0) + strength * middle) / (len(seen) + strength)
        if np.abs(after - shares).max() < CLOSE:
            return np.asarray(after)
        shares = after
    return shares


def shares_by_group(
    probabilities: Floats, groups: Labels, trained: Floats, strength: float = BORROWED, audited: Floats | None = None
) -> Floats:
    """(g, k) EMQ of each group (brand), groups (n,) numbered from 0; a small group leans on the shares of all.

    audited (k,): the shares of all where an audit knows them.
    """
    whole = expected_shares(probabilities, trained) if audited is None else np.asarray(audited, np.float64)
    count = int(groups.max()) + 1 if len(groups) else 0
    parts = [expected_shares(probabilities[groups == one], trained, whole, strength) for one in range(count)]
    return np.array(parts, np.float64).reshape(count, len(trained))


Estimate = Callable[[Labels, Labels], Floats]


def interval(
    estimate: Estimate, n: int, audited: int = 0, level: float = 0.95, draws: int = DRAWS, seed: int = 0
) -> Shares:
    """Percentile bootstrap (Efron 1979) of an estimate over rows of the n posts and of the audited ones.

    estimate(rows, audit_rows): the shares from those rows; the two samples are drawn apart, since an audit's own chance
    counts as much as the posts'.
    """
    random = np.random.default_rng(seed)
    value = estimate(np.arange(n), np.arange(audited))
    if not n:
        return Shares(value, np.zeros_like(value), np.ones_like(value), 0, audited)
    found = np.array([estimate(random.integers(0, n, n), _drawn(random, audited)) for _ in range(draws)])
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Shares(value, np.minimum(low, value), np.maximum(high, value), n, audited)


def _drawn(random: np.random.Generator, size: int) -> Labels:
    return random.integers(0, size, size) if size else np.empty(0, np.int64)


def divergence(truth: Floats, found: Floats, n: int) -> float:
    """KLD of SemEval 2017 task 4 D (Nakov et al. 2016): sum p log(p / q), both smoothed by 1 / 2n, in nats."""
    smooth = 1 / (2 * max(n, 1))
    p, q = ((np.asarray(one, np.float64) + smooth) / (1 + len(one) * smooth) for one in (truth, found))
    return float((p * np.log(p / q)).sum())
