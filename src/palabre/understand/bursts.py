"""Many terms at once: which are said more than their own past lets expect, day after day. Pure.

Method, version 1: for each day, each term and each span (1, 3, 7, 14, 28 days up to that day), the votes of the span
against the 56 days before it. The expectation follows the weekdays of all talk; the law is negative binomial with a
dispersion estimated for each term (method of moments) and the uncertainty of a rate seen for so long only; the p-values
of a day
over all terms and spans are held to a false discovery rate (Benjamini and Hochberg 1995) and, since a day with a true
event would let many chance ones through, to a number of false alarms a month. Compare: EARS C2 (Hutwagner
et al. 2003), Farrington Flexible (Noufaily et al. 2013): the same idea for counts of cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import scipy

from palabre.understand.explain import discoveries
from palabre.understand.tabular import Floats

SPANS = (1, 3, 7, 14, 28)  # days
HISTORY = 56  # days before the span
HISTORY_MIN = 14
POOL_DAYS = 14  # days of a term's own that all terms together are worth
WEEK = 7
PRIOR_VOTES = 0.5  # votes that a term never seen is taken to have had in its history


@dataclass(frozen=True, slots=True)
class Rules:
    """fdr: false discoveries among those of a day; false_a_month: how many terms chance may raise in thirty days;
    votes_min: in the span; growth_min: times the expectation."""

    fdr: float = 0.01
    false_a_month: float = 0.5
    votes_min: int = 5
    growth_min: float = 2.0


@dataclass(frozen=True, slots=True)
class Burst:
    """A term on the day that it was found unusual. day, term: places in the table; seen: votes of the ``span`` days."""

    day: int
    term: int
    span: int
    seen: float
    expected: float
    p_value: float


def spikes_many(daily: npt.ArrayLike, rules: Rules = Rules()) -> list[Burst]:
    """Every burst of every term, day by day; of a term's spans on a day the surest. daily: (days, terms) of votes."""
    table = np.asarray(daily, np.float64)
    if table.ndim != 2 or not table.size:
        return []
    total = np.vstack([np.zeros(table.shape[1]), np.cumsum(table, axis=0)])
    squares = np.vstack([np.zeros(table.shape[1]), np.cumsum(table**2, axis=0)])
    weekdays = weekday_weights(table.sum(axis=1))
    return [burst for day in range(len(table)) for burst in bursts_of_day(day, total, squares, weekdays, rules)]


def weekday_weights(volume: Floats) -> Floats:
    """How much is said on each day of the week, beside the mean: median a weekday, so that no event bends it."""
    if len(volume) < 2 * WEEK:
        return np.ones(len(volume))
    typical = np.array([np.median(volume[place::WEEK]) for place in range(WEEK)])
    weights = typical / max(float(typical.mean()), 1e-9)
    return np.clip(weights, 0.25, 4.0)[np.arange(len(volume)) % WEEK]


def bursts_of_day(day: int, total: Floats, squares: Floats, weekdays: Floats, rules: Rules) -> list[Burst]:
    """The bursts found on one day."""
    spans = [span for span in SPANS if day + 1 - span >= HISTORY_MIN]
    if not spans:
        return []
    tests = [tested(day, span, total, squares, weekdays, rules) for span in spans]
    seen, expected, p_values = (np.stack(column) for column in zip(*tests, strict=True))
    tried = np.flatnonzero((p_values < 1).ravel())
    good = np.zeros(p_values.size, bool)
    limit = rules.false_a_month / (30 * max(1, int((seen > 0).sum())))
    good[tried] = discoveries(p_values.ravel()[tried], rules.fdr) & (p_values.ravel()[tried] <= limit)
    best = p_values.argmin(axis=0)
    found = np.flatnonzero(good.reshape(p_values.shape).any(axis=0))
    return [
        Burst(day, int(t), spans[best[t]], seen[best[t], t], expected[best[t], t], float(p_values[best[t], t]))
        for t in found
    ]


def tested(
    day: int, span: int, total: Floats, squares: Floats, weekdays: Floats, rules: Rules
) -> tuple[Floats, Floats, Floats]:
    """(seen, expected, p-value) of each term for the ``span`` days up to ``day``; p = 1 where it is not tried."""
    first = day + 1 - span
    start = max(0, first - HISTORY)
    n = first - start
    seen = total[day + 1] - total[first]
    before = total[first] - total[start]
    rate = (before + PRIOR_VOTES) / n
    expected = rate * span * float(weekdays[first : day + 1].mean() / weekdays[start:first].mean())
    dispersion = over_dispersion(before / n, (squares[first] - squares[start]) / n, n)
    variance = expected + expected**2 * (dispersion / span + dispersion / n + 1 / (before + PRIOR_VOTES))
    tried = (seen >= rules.votes_min) & (seen >= rules.growth_min * expected)
    p_values = np.ones(len(seen))
    p_values[tried] = tail(seen[tried], expected[tried], variance[tried])
    return seen, expected, p_values


def over_dispersion(mean: Floats, mean_square: Floats, days: int) -> Floats:
    """alpha of variance = mean + alpha mean^2 for each term: by moments over these days, never below a share of what
    all terms show together, since few days seldom show the worst."""
    excess, square = (mean_square - mean**2) * days / max(days - 1, 1) - mean, mean**2
    pooled = float(np.clip(excess.sum() / max(float(square.sum()), 1e-9), 0.0, 5.0))
    own = np.clip(excess / np.maximum(square, 1e-9), 0.0, 5.0)
    return np.maximum(own, pooled) * days / (days + POOL_DAYS) + pooled * POOL_DAYS / (days + POOL_DAYS)


def tail(seen: Floats, mean: Floats, variance: Floats) -> Floats:
    """P(X >= seen) of a negative binomial of this mean and variance."""
    size = mean**2 / np.maximum(variance - mean, 1e-9)
    return cast(Floats, scipy.stats.nbinom.sf(seen - 1, size, size / (size + mean)))
