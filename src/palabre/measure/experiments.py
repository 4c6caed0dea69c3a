"""What changed after we changed something: before and after, beside a comparison series where there is one. Pure.

    found = compare(days, "2026-03-01")                   # days: Day(date, value, comparison or None)
    found.effect, found.low, found.high, found.verdict    # 1.31, 1.08, 1.59, "rose"

* Without comparison: the mean of a day after over (``ratio``) or less (``difference``) the mean of a day before.
* With one: the same of the other series is taken off (difference in differences; Card and Krueger 1994): what moved
  both is not ours. It rests on a guess that the page says: without our change both would have moved alike.
* A ratio for counts and amounts, reckoned on logarithms; a difference for scores, shares and what can be negative.
* Interval, 95 %: days are not independent of the days beside them, so that whole blocks of days are drawn again
  (circular block bootstrap, Künsch 1989; Politis and Romano 1992), both series together; blocks of a week where there
  are four weeks, else the cube root of the days. So few blocks understate the spread: the variance is enlarged by
  blocks / (blocks - 1) and the interval takes Student's quantile with (blocks of the shorter side - 1) degrees of
  freedom.
* It says "cannot tell" (``unclear``) whenever the interval holds "no change", and "too few" below `FEW_DAYS` a side.

Before and after is not an experiment with a draw: what else changed that day is in the effect too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, exp, isfinite

import numpy as np
import numpy.typing as npt
import scipy

from palabre.errors import InputError

VERSION = 1
FEW_DAYS = 7  # a side: below, not even a week is known
RESAMPLES = 2_000
SEED = 20_261_122
WEEK = 7
ROSE, FELL, UNCLEAR, FEW = "rose", "fell", "unclear", "few"
SCALES = ("ratio", "difference")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Day:
    """value: of the measure; comparison: of the other series that day, None where there is none."""

    on: date
    value: float
    comparison: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """before, after: means a day; effect with its interval on the scale, None when there are too few days; n_before,
    n_after: days; block: days drawn together; compared: whether a comparison series was taken off."""

    verdict: str
    scale: str
    before: float | None
    after: float | None
    effect: float | None
    low: float | None
    high: float | None
    n_before: int
    n_after: int
    block: int
    compared: bool
    comparison_before: float | None = None
    comparison_after: float | None = None
    method: str = "methods_proof.experiment"
    version: int = VERSION

    @property
    def few(self) -> bool:
        return self.effect is None


def compare(days: Sequence[Day], changed: date, scale: str = "") -> Found:
    """The days before ``changed`` against those from it on. scale: of SCALES, "" chooses. Raises InputError: a value
    that is no number, a day twice, a ratio of what can be negative."""
    ordered = checked(days)
    before, after = ([one for one in ordered if (one.on >= changed) is late] for late in (False, True))
    compared = bool(ordered) and all(one.comparison is not None for one in ordered)
    sides = table(before, compared), table(after, compared)
    scale = scale or fitting(sides)
    if scale == "ratio" and min((float(side.min()) for side in sides if side.size), default=0.0) < 0:
        raise InputError("experiment.negative_ratio")
    return judged(sides, scale, compared)


def checked(days: Sequence[Day]) -> list[Day]:
    """In order of time. Raises InputError."""
    seen: set[date] = set()
    for one in days:
        if not isfinite(one.value) or (one.comparison is not None and not isfinite(one.comparison)):
            raise InputError("experiment.bad_value", day=one.on.isoformat())
        if one.on in seen:
            raise InputError("experiment.day_twice", day=one.on.isoformat())
        seen.add(one.on)
    return sorted(days, key=lambda one: one.on)


def table(days: Sequence[Day], compared: bool) -> Floats:
    """Shape (days, 1 or 2): the measure, and the comparison."""
    rows = [(one.value, one.comparison or 0.0) if compared else (one.value,) for one in days]
    return np.array(rows, np.float64).reshape(len(rows), 2 if compared else 1)


def fitting(sides: tuple[Floats, Floats]) -> str:
    """A ratio where nothing is negative, every mean is over zero and some value is over one (a share is no count)."""
    if any(not len(side) for side in sides):
        return "ratio"
    counts = all(side.min() >= 0 and (side.mean(axis=0) > 0).all() for side in sides)
    return "ratio" if counts and max(side.max() for side in sides) > 1 else "difference"


def judged(sides: tuple[Floats, Floats], scale: str, compared: bool) -> Found:
    n = len(sides[0]), len(sides[1])
    means = [side.mean(axis=0) if len(side) else np.full(2, np.nan) for side in sides]
    block = block_of(min(n))
    usable = min(n) >= FEW_DAYS and (scale != "ratio" or all((mean > 0).all() for mean in means))
    middle, half = interval(sides, scale, block) if usable else (None, None)
    told = (None, None, None) if middle is None or half is None else (middle, middle - half, middle + half)
    effect, low, high = (None if one is None else exp(one) if scale == "ratio" else one for one in told)
    before, after = (None if not count else float(mean[0]) for count, mean in zip(n, means, strict=True))
    first, then = (float(mean[1]) if compared and count else None for count, mean in zip(n, means, strict=True))
    return Found(verdict(told), scale, before, after, effect, low, high, *n, block, compared, first, then)


def verdict(told: tuple[float | None, float | None, float | None]) -> str:
    """On the scale where no change is 0."""
    _, low, high = told
    if low is None or high is None:
        return FEW
    return ROSE if low > 0 else FELL if high < 0 else UNCLEAR


def block_of(n: int) -> int:
    """Days drawn together: a week where there are four of them, else the cube root."""
    return WEEK if n >= 4 * WEEK else max(1, ceil(n ** (1 / 3)))


def interval(sides: tuple[Floats, Floats], scale: str, block: int) -> tuple[float, float]:
    """(effect, half of its interval): on logarithms for a ratio."""
    rng = np.random.default_rng(SEED)
    level = log_mean if scale == "ratio" else plain_mean
    variance, fewest = 0.0, 10**9
    for side in sides:
        blocks = len(side) / block
        spread = float(net(level(resampled(side, block, rng))).var(ddof=1))
        variance += spread * blocks / max(blocks - 1, 0.5)
        fewest = min(fewest, max(1, int(blocks) - 1))
    middle = [float(net(level(side.mean(axis=0)[None, :]))[0]) for side in sides]
    return middle[1] - middle[0], float(scipy.stats.t.ppf(0.975, fewest)) * variance**0.5


def resampled(side: Floats, block: int, rng: np.random.Generator) -> Floats:
    """Means of so many resamples, shape (RESAMPLES, series): blocks of days that begin anywhere, around the end."""
    n = len(side)
    starts = rng.integers(0, n, (RESAMPLES, ceil(n / block)))
    rows = ((starts[:, :, None] + np.arange(block)) % n).reshape(RESAMPLES, -1)[:, :n]
    means: Floats = side[rows].mean(axis=1)
    return means


def net(levels: Floats) -> Floats:
    """What is ours: less the comparison, where there is one."""
    return levels[:, 0] - levels[:, 1] if levels.shape[1] == 2 else levels[:, 0]


def log_mean(means: Floats) -> Floats:
    """Logarithms; a resample of nothing but zeros counts as a hundredth of the smallest other."""
    floor = means[means > 0].min() / 100
    levels: Floats = np.log(np.maximum(means, floor))
    return levels


def plain_mean(means: Floats) -> Floats:
    return means


def outcome(verdict_: str, hoped: str) -> str:
    """win, loss or undecided. hoped: "up" or "down", what the hypothesis said."""
    if verdict_ in (UNCLEAR, FEW):
        return "undecided"
    return "win" if (verdict_ == ROSE) == (hoped == "up") else "loss"
