"""The perception gap: what the team believes customers want, beside what they ask for. Pure.

    gap = perception_gap(believed=["range", "price"], asked={"range": 12, "seat": 80, "price": 30})
    gap.agreement.value, gap.rows[0].key, gap.rows[0].displacement

The team ranks; customers' voices rank. Displacement of a need: rank believed minus rank asked (positive: asked more
than believed). Agreement: Kendall's tau-b (Kendall 1945) over the needs that both sides name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from palabre.model import Figure

VERSION = 1
FEW = 4  # needs ranked by both, below which no agreement is said
RESAMPLES, SEED = 2_000, 20_261_122


@dataclass(frozen=True, slots=True)
class Row:
    """One need. believed, asked: its ranks, 1 first, None where that side does not name it; voices: that ask."""

    key: str
    believed: int | None
    asked: float | None
    voices: int

    @property
    def displacement(self) -> float | None:
        """Ranks by which the team places it too low; None when one side does not name it."""
        return None if self.believed is None or self.asked is None else self.believed - self.asked


@dataclass(frozen=True, slots=True)
class Gap:
    """rows: widest gap first, then what only one side names; blind: asked and not believed; idle: the contrary."""

    rows: tuple[Row, ...]
    agreement: Figure
    blind: tuple[str, ...]
    idle: tuple[str, ...]


def perception_gap(believed: Sequence[str], asked: Mapping[str, int]) -> Gap:
    """believed: keys of needs as the team ranks them, first the most wanted; asked: voices that ask for each."""
    order = list(dict.fromkeys(believed))
    heard = {key: n for key, n in asked.items() if n > 0}
    ranks = dict(zip(heard, scipy.stats.rankdata([-n for n in heard.values()]).tolist(), strict=True)) if heard else {}
    keys = [*order, *(key for key in heard if key not in order)]
    rows = [Row(key, order.index(key) + 1 if key in order else None, ranks.get(key), heard.get(key, 0)) for key in keys]
    both = [row for row in rows if row.displacement is not None]
    alone = [row for row in rows if row.displacement is None]
    return Gap(
        tuple(sorted(both, key=lambda row: -abs(row.displacement or 0)) + sorted(alone, key=lambda row: -row.voices)),
        agreement([float(row.believed or 0) for row in both], [float(row.voices) for row in both]),
        tuple(row.key for row in sorted(alone, key=lambda row: -row.voices) if row.believed is None),
        tuple(row.key for row in alone if row.asked is None),
    )


def agreement(believed: Sequence[float], voices: Sequence[float]) -> Figure:
    """Kendall's tau-b with a percentile bootstrap over needs (Efron 1979); too few below `FEW`."""
    n = len(believed)
    ranks = np.array([believed, voices])
    value = scipy.stats.kendalltau(-ranks[0], ranks[1]).statistic if n >= FEW else np.nan
    if np.isnan(value):
        return Figure("agreement", None, n, unit="score", method="methods_signals.agreement", version=VERSION)
    draws = np.random.default_rng(SEED).integers(0, n, (RESAMPLES, n))
    taus = [scipy.stats.kendalltau(-ranks[0, draw], ranks[1, draw]).statistic for draw in draws]
    low, high = np.nanpercentile(taus, [2.5, 97.5])
    low, high = min(float(low), float(value)), max(float(high), float(value))
    return Figure("agreement", float(value), n, low, high, "score", "methods_signals.agreement", VERSION)
