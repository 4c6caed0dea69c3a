"""Amounts that nobody knows to the cent: ranges, and sums of ranges that promise no more than their parts. Pure.

    order = Range(800, 1_200, "EUR")
    total(  [order, Range(300, 900, "EUR")])      # {"EUR": Range(1100, 2100, "EUR")}

A sum adds the low ends and the high ends (interval arithmetic, Moore 1966). It is the widest range that the parts
allow: the errors of several estimates of one team go the same way more often than not, so they are not assumed to
cancel, as a root of squares would. Amounts of different currencies are never added: no rate of exchange is ours to
choose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from palabre.errors import InputError

CURRENCIES = ("EUR", "CHF", "GBP", "USD", "CAD", "XOF", "XAF", "MAD", "TND", "DZD")
AMOUNT_MAX = 1e12  # that anybody may enter; a sum may be more
CERTAINTIES = ("sure", "likely", "possible")  # a document says so; it was said to us; we think so


@dataclass(frozen=True, slots=True)
class Range:
    """low <= high, in whole units of the currency (ISO 4217). Raises InputError ``measure.range``."""

    low: float
    high: float
    currency: str = "EUR"

    def __post_init__(self) -> None:
        ends = (self.low, self.high)
        if not (-inf < self.low <= self.high < inf):  # also refuses what is not a number
            raise InputError("measure.range", low=ends[0], high=ends[1])

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def plus(self, other: Range) -> Range:
        """Raises InputError ``measure.currencies``."""
        if other.currency != self.currency:
            raise InputError("measure.currencies", one=self.currency, other=other.currency)
        return Range(self.low + other.low, self.high + other.high, self.currency)


def total(amounts: Iterable[Range]) -> Mapping[str, Range]:
    """The sum in each currency, in the order in which they come up."""
    sums: dict[str, Range] = {}
    for one in amounts:
        sums[one.currency] = sums[one.currency].plus(one) if one.currency in sums else one
    return sums


def by_certainty(amounts: Sequence[tuple[str, Range]]) -> list[tuple[str, Mapping[str, Range]]]:
    """(certainty, sums) for each certainty that has an amount, the surest first."""
    groups = ((name, [one for known, one in amounts if known == name]) for name in CERTAINTIES)
    return [(name, total(some)) for name, some in groups if some]
