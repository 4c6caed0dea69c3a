"""Figures made the same way everywhere: shares and counts with their interval, or "too few". Pure.

    answered = share("answered", hits=12, n=40, method="methods_actors.answered")
    answered.value, answered.low, answered.high      # 0.3, 0.18, 0.45: Wilson, 95 %
    share("answered", 1, 2, "methods_actors.answered").few           # True: two posts say nothing

``method`` is the key of a sentence that says how the figure is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import sqrt

import numpy as np
import scipy

from palabre.model import Evidence, Figure
from palabre.understand.tabular import Floats

FEW_POSTS = 5  # below, a share says nothing
Z95 = 1.959963984540054
LISTED_MAX = 200  # ids that an evidence names one by one
NOTHING = Evidence()


def wilson(hits: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927): honest on small samples, never outside [0, 1]."""
    if n <= 0:
        return 0.0, 1.0
    p, square = hits / n, z * z
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(max(0.0, p * (1 - p) / n + square / (4 * n * n)))
    return max(0.0, middle - half), min(1.0, middle + half)


def wilson_low(hits: Floats, n: Floats, z: float = Z95) -> Floats:
    """The lower bounds of many shares at once; 0 where n is 0. Shapes: equal."""
    total, square = np.maximum(n, 1e-9), z * z
    p = np.clip(hits / total, 0, 1)
    half = z * np.sqrt(p * (1 - p) / total + square / (4 * total * total))
    low = (p + square / (2 * total) - half) / (1 + square / total)
    return np.where(n > 0, np.maximum(low, 0.0), 0.0)


def share(
    name: str, hits: float, n: int, method: str, evidence: Evidence = NOTHING, *, few: int = FEW_POSTS, version: int = 1
) -> Figure:
    """hits of n with Wilson's interval; too few below ``few``."""
    if n < few:
        return Figure(name, None, n, unit="share", method=method, version=version, evidence=evidence)
    low, high = wilson(hits, n)
    return Figure(name, hits / n, n, low, high, "share", method, version, evidence)


def count(
    name: str,
    value: float,
    method: str,
    evidence: Evidence = NOTHING,
    *,
    unit: str = "posts",
    n: int | None = None,
    version: int = 1,
) -> Figure:
    """An exact count: its interval is itself. n: the posts it rests on, the count itself unless said."""
    return Figure(name, value, int(value) if n is None else n, value, value, unit, method, version, evidence)


def few(
    name: str, n: int, method: str, evidence: Evidence = NOTHING, *, unit: str = "points", version: int = 1
) -> Figure:
    """A figure that says "too few"."""
    return Figure(name, None, n, unit=unit, method=method, version=version, evidence=evidence)


def narrowed(scope: Evidence, **filters: str) -> Evidence:
    """The same evidence, of one account, one axis, one story …"""
    return replace(scope, filters={**scope.filters, **filters})


def listing(scope: Evidence, ids: Iterable[int]) -> Evidence:
    """The same evidence as a list of posts, the first LISTED_MAX of them."""
    return replace(scope, post_ids=tuple(int(one) for one, _ in zip(ids, range(LISTED_MAX), strict=False)))


def percentiles(values: Floats) -> Floats:
    """Mid-rank percentile of each value in [0, 1]; ties share theirs; NaN stays NaN and ranks nobody."""
    known = ~np.isnan(values)
    ranked = np.full(len(values), np.nan)
    if known.any():
        ranked[known] = (scipy.stats.rankdata(values[known]) - 0.5) / known.sum()
    return ranked


def log_scaled(values: Floats) -> Floats:
    """log(1 + x) over its maximum, in [0, 1]: each tenfold counts the same. All 0: all 0."""
    grown = np.log1p(np.maximum(values, 0.0))
    top = grown.max(initial=0.0)
    return grown / top if top > 0 else grown
