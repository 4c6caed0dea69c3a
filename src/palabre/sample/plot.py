"""What happens in the sample's ninety days, and the truth that tests may ask for.

Days are counted from the first; every event says when it starts, peaks and ends, and what a good ear would notice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DAYS = 90
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Planted:
    """An event. rate: root posts on a day; first, last: its days; product: index in PRODUCTS; query: finds it."""

    name: str
    kind: str  # spike, rumour, weak signal, need, promise, campaign, fair
    first: int
    peak: int
    last: int
    product: int
    query: str
    rate: Callable[[int], float]


def hump(first: int, peak: int, last: int, height: float) -> Callable[[int], float]:
    """Rises fast to its peak and fades slowly: the shape of an outcry."""

    def rate(day: int) -> float:
        if not first <= day <= last:
            return 0.0
        if day <= peak:
            return height * (day - first + 1) / (peak - first + 1)
        return height * (1 - (day - peak) / (last - peak + 1)) ** 2

    return rate


def ramp(first: int, last: int, low: float, high: float) -> Callable[[int], float]:
    """Grows steadily, and ever a little faster."""

    def rate(day: int) -> float:
        if not first <= day <= last:
            return 0.0
        return float(low * (high / low) ** ((day - first) / (last - first)))

    return rate


EVENTS = (
    Planted("fault", "spike", 30, 32, 39, 0, '(batterie OR battery OR connecteur OR connector) AND (pluie OR rain OR averse OR shower)', hump(30, 32, 39, 110)),
    Planted("rumour", "rumour", 52, 52, 58, 0, '"GPS" AND (assureur* OR insurer*)', hump(52, 53, 58, 25)),
    Planted("weak", "weak signal", 40, 89, 89, 1, 'siffle* OR sifflement OR whistl*', ramp(40, 89, 0.4, 5)),
    Planted("need", "need", 10, 89, 89, 1, '"siège enfant" OR "siège bébé" OR porte-bébé OR porte-enfant OR "child seat" OR "baby seat" OR "child carrier"', ramp(10, 89, 1, 14)),
    Planted("promise", "promise", 44, 62, 75, 0, '"pièces détachées" OR "pièce détachée" OR "spare parts" OR "spare part"', hump(61, 62, 72, 40)),
    Planted("campaign", "campaign", 76, 78, 84, 0, '"roulez léger" OR "ride light" OR (Pédalis AND (offre OR offer OR free OR abonnement))', hump(76, 78, 84, 30)),
    Planted("fair", "partner", 66, 66, 68, 1, '"Saint-Orvan"', hump(66, 66, 68, 45)),
)  # fmt: skip
PROMISE_MADE_DAY, PROMISE_DUE_DAY, PROMISE_RENEWED_DAY, PROMISE_NEW_DUE_DAY = 44, 60, 70, 88

# Root posts a day when nothing happens, by theme. A weekend has three quarters of that.
THEMES = {
    "praise": 16.0, "question": 20.0, "complaint": 15.0, "price": 10.0, "rival": 22.0, "mobility": 26.0, "partner": 5.0, "homonym": 4.0,
    "promotion": 5.0,
}  # fmt: skip
HOURS = (2, 1, 1, 1, 1, 2, 5, 9, 10, 8, 7, 7, 9, 9, 7, 6, 7, 9, 11, 11, 10, 9, 7, 4)
REPLY_MEAN = {"question": 2.2, "complaint": 1.8, "fault": 2.2, "rumour": 3.0, "need": 1.6, "promise": 1.6, "weak": 1.0}
RESHARE_MEAN = {
    "fault": 0.9,
    "rumour": 1.0,
    "promise": 0.6,
    "campaign": 0.6,
    "fair": 0.7,
    "promotion": 0.1,
    "weak": 0.1,
}
