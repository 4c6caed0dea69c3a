"""How much of what a query brings is not what one is after, judged on a sample. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Noise:
    """share: unwanted among judged, None before any judgement; low, high: Wilson interval at 95 %; n: judged."""

    n: int
    unwanted: int
    share: float | None
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """End of a message key ``panel.noise.<verdict>``."""
        if self.n < 10:
            return "few"
        return "good" if self.high <= 0.35 else "bad" if self.low >= 0.35 else "unsure"


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927): honest on small samples, never outside [0, 1]."""
    if n == 0:
        return 0.0, 1.0
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def noise(wanted: int, unwanted: int) -> Noise:
    """From counts of yes and no."""
    n = wanted + unwanted
    low, high = wilson(unwanted, n)
    return Noise(n, unwanted, unwanted / n if n else None, low, high)
