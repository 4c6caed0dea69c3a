"""What X costs: a budget in US dollars a day, checked before each call, booked after it, renewed at midnight UTC."""

from __future__ import annotations

from dataclasses import dataclass

from palabre.collect.contract import Cursor
from palabre.collect.payload import number
from palabre.collect.x import urls
from palabre.errors import ThrottledError

DAY_MS = 86_400_000
PRICE_PER_ITEM = 0.005  # US dollars for a post read, since 20 April 2026; $0.001 for one's own (trade press, see terms)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a query would bring and cost. posts_per_day: mean of the last seven days; usd_per_day: at the price set."""

    posts_per_day: float
    usd_per_day: float


@dataclass
class Budget:
    """items: read so far today; day: days since 1970, UTC."""

    usd_per_day: float
    price: float
    day: int
    items: int = 0

    @classmethod
    def of(cls, cursor: Cursor, usd_per_day: float, price: float, now_ms: int) -> Budget:
        day = now_ms // DAY_MS
        same = number(cursor, "day") == day
        return cls(usd_per_day, price, day, (number(cursor, "items") or 0) if same else 0)

    @property
    def left(self) -> int:
        """How many posts may still be read today; without a price, as many as one likes."""
        if self.price <= 0:
            return urls.PAGE_MAX
        return max(0, int(self.usd_per_day / self.price + 1e-9) - self.items)

    @property
    def spent_usd(self) -> float:
        return round(self.items * self.price, 4)

    def page(self, now_ms: int) -> int:
        """How many posts to ask for. ThrottledError until midnight when not even the smallest page can be paid."""
        if self.left < urls.PAGE_MIN:
            wait = ((self.day + 1) * DAY_MS - now_ms) / 1000
            raise ThrottledError(
                "connector_x.errors.budget_spent", retry_after=wait, spent=self.spent_usd, budget=self.usd_per_day
            )
        return min(self.left, urls.PAGE_MAX)

    def book(self, items: int) -> None:
        self.items += items

    def state(self) -> dict[str, object]:
        return {"day": self.day, "items": self.items}
