"""Before and after: what is found, what cannot be told, and how often chance fools us."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from palabre.errors import InputError
from palabre.measure.experiments import FELL, FEW, ROSE, UNCLEAR, Day, compare, outcome

CHANGED = date(2026, 3, 1)


def days(before: list[float], after: list[float], beside: list[float] | None = None) -> list[Day]:
    first = CHANGED - timedelta(days=len(before))
    both = [*before, *after]
    return [Day(first + timedelta(days=at), one, beside[at] if beside else None) for at, one in enumerate(both)]


def noisy(mean: float, n: int, seed: int) -> list[float]:
    return [float(one) for one in np.random.default_rng(seed).poisson(mean, n)]


@pytest.mark.parametrize(
    ("before", "after", "verdict"), [(50, 90, ROSE), (90, 50, FELL), (50, 50, UNCLEAR)], ids=["rose", "fell", "same"]
)
def test_a_change_that_is_there_is_found(before: float, after: float, verdict: str) -> None:
    found = compare(days(noisy(before, 28, 1), noisy(after, 28, 2)), CHANGED)
    assert found.verdict == verdict
    assert found.low is not None
    assert found.high is not None
    assert found.low <= (found.effect or 0) <= found.high


def test_what_moved_the_comparison_too_is_taken_off() -> None:
    ours = days(noisy(50, 28, 3), noisy(100, 28, 4), [*noisy(40, 28, 5), *noisy(80, 28, 6)])
    alone = compare([Day(one.on, one.value) for one in ours], CHANGED)
    beside = compare(ours, CHANGED)
    assert alone.verdict == ROSE
    assert beside.compared
    assert beside.verdict == UNCLEAR
    assert beside.effect == pytest.approx(1.0, abs=0.15)


def test_scores_are_compared_by_their_difference() -> None:
    rng = np.random.default_rng(7)
    found = compare(days(list(rng.normal(-0.3, 0.1, 28)), list(rng.normal(0.2, 0.1, 28))), CHANGED)
    assert found.scale == "difference"
    assert found.effect == pytest.approx(0.5, abs=0.1)
    assert found.verdict == ROSE


@pytest.mark.parametrize("n", [0, 1, 6])
def test_few_days_say_nothing(n: int) -> None:
    found = compare(days([1.0] * 28, [100.0] * n), CHANGED)
    assert found.verdict == FEW
    assert found.effect is None
    assert outcome(found.verdict, "up") == "undecided"


def test_zeros_everywhere_say_nothing_as_a_ratio() -> None:
    assert compare(days([0.0] * 28, [0.0] * 28), CHANGED, "ratio").few


def test_chance_fools_us_seldom() -> None:
    """200 pairs of windows without any change, with days that depend on each other and a week's rhythm."""
    rng = np.random.default_rng(11)
    wrong = 0
    for _ in range(200):
        drift, level = 0.0, []
        for at in range(56):
            drift = 0.4 * drift + rng.normal(0, 0.3)
            level.append(float(rng.poisson(40 * np.exp(drift) * (1 + 0.3 * np.sin(at * 2 * np.pi / 7)))))
        wrong += compare(days(level[:28], level[28:]), CHANGED).verdict in (ROSE, FELL)
    assert wrong <= 16


@pytest.mark.parametrize(
    ("given", "scale", "key"),
    [
        ([Day(CHANGED, float("nan"))], "", "experiment.bad_value"),
        ([Day(CHANGED, 1.0), Day(CHANGED, 2.0)], "", "experiment.day_twice"),
        (days([-1.0] * 8, [1.0] * 8), "ratio", "experiment.negative_ratio"),
    ],
)
def test_what_cannot_be_compared_is_refused(given: list[Day], scale: str, key: str) -> None:
    with pytest.raises(InputError) as error:
        compare(given, CHANGED, scale)
    assert error.value.key == key


@pytest.mark.parametrize(
    ("verdict", "hoped", "said"),
    [
        (ROSE, "up", "win"),
        (ROSE, "down", "loss"),
        (FELL, "down", "win"),
        (FELL, "up", "loss"),
        (UNCLEAR, "up", "undecided"),
    ],
)
def test_failures_count_as_much_as_wins(verdict: str, hoped: str, said: str) -> None:
    assert outcome(verdict, hoped) == said
