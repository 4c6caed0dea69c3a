"""The register scores its own detectors: of the signals they raised, how many came true, and how early. Pure.

    card = score(entries, "signals.bursts", version=1, months=3.0)
    card.precision.value, card.lead_days.value, card.false_a_month.value

A signal is a hypothesis with an outcome: confirmed, not confirmed, or undecided. Undecided ones count in no share; the
card says how many they are, so that a detector is not praised for what nobody has reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy

from palabre.model import Figure
from palabre.understand.figuring import share

DAY_MS = 86_400_000
FEW = 5  # decided signals below which no share is said
RESAMPLES = 2_000
SEED = 20_261_122


class Outcome(StrEnum):
    """What became of a signal."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Entry:
    """A signal in the register. happened_ms: when what it announced became plain to all (its peak, the first article,
    the decision); 0 when nothing did or nobody said."""

    method: str
    version: int
    detected_ms: int
    outcome: Outcome
    happened_ms: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """How a detector did. precision: confirmed of decided; lead_days: median days between detection and event;
    false_a_month: signals not confirmed in thirty days. n: the decided signals that each rests on."""

    method: str
    version: int
    raised: int
    undecided: int
    precision: Figure
    lead_days: Figure
    false_a_month: Figure


def score(entries: Iterable[Entry], method: str, version: int, months: float) -> Card:
    """The card of one detector over ``months`` of listening (of thirty days)."""
    mine = [one for one in entries if one.method == method and one.version == version]
    decided = [one for one in mine if one.outcome is not Outcome.UNDECIDED]
    confirmed = [one for one in decided if one.outcome is Outcome.CONFIRMED]
    return Card(
        method,
        version,
        len(mine),
        len(mine) - len(decided),
        share("precision", len(confirmed), len(decided), "methods_signals.precision", few=FEW),
        lead([(one.happened_ms - one.detected_ms) / DAY_MS for one in confirmed if one.happened_ms]),
        rate("false_a_month", len(decided) - len(confirmed), months, len(decided)),
    )


def scores(entries: Sequence[Entry], months: float) -> list[Card]:
    """A card for each detector that raised anything, in order of name."""
    detectors = sorted({(one.method, one.version) for one in entries})
    return [score(entries, method, version, months) for method, version in detectors]


def lead(days: Sequence[float]) -> Figure:
    """The median of the days won, with a percentile bootstrap (Efron 1979); too few below `FEW`."""
    if len(days) < FEW:
        return Figure("lead_days", None, len(days), unit="days", method="methods_signals.lead")
    draws = np.random.default_rng(SEED).choice(np.asarray(days), (RESAMPLES, len(days)))
    low, high = np.percentile(np.median(draws, axis=1), [2.5, 97.5])
    return Figure(
        "lead_days", float(np.median(days)), len(days), float(low), float(high), "days", "methods_signals.lead"
    )


def rate(name: str, events: int, months: float, n: int) -> Figure:
    """Events a month with the exact interval of a Poisson count (Garwood 1936); too few under a month, and where nobody
    decided anything (n): what is not looked at has no fault."""
    if months < 1 or not n:
        return Figure(name, None, n, unit="a_month", method="methods_signals.rate")
    low, high = garwood(events)
    return Figure(name, events / months, n, low / months, high / months, "a_month", "methods_signals.rate")


def garwood(events: float) -> tuple[float, float]:
    """The exact 95 % interval of a Poisson count."""
    low = float(scipy.stats.chi2.ppf(0.025, 2 * events)) / 2 if events else 0.0
    return low, float(scipy.stats.chi2.ppf(0.975, 2 * events + 2)) / 2
