"""Shares from what a classifier says: each method recovers what counting gets wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.understand.prevalence import (
    adjusted_count,
    classify_and_count,
    divergence,
    expected_shares,
    interval,
    probabilistic_adjusted_count,
    probabilistic_count,
    rates,
    shares_by_group,
    solved,
)

TRAINED = np.array([0.5, 0.5])


def world(share: float, n: int, seed: int):
    """n posts, a share of them of label 1, and calibrated probabilities of a model trained on equal shares."""
    random = np.random.default_rng(seed)
    truth = (random.random(n) < share).astype(np.int64)
    signal = random.normal(np.where(truth == 1, 0.8, -0.8), 1.0)
    high = 1 / (1 + np.exp(-1.6 * signal))
    return truth, np.column_stack([1 - high, high])


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9])
def test_counting_is_biased_and_the_corrections_are_not(share):
    truth, p = world(share, 20_000, 1)
    audit_truth, audit_p = world(0.5, 40_000, 2)
    said, audit_said = p.argmax(axis=1), audit_p.argmax(axis=1)
    raw = classify_and_count(said, 2)[1]
    found = {
        "adjusted": adjusted_count(said, audit_truth, audit_said, 2)[1],
        "probabilistic": probabilistic_adjusted_count(p, audit_truth, audit_p)[1],
        "expected": expected_shares(p, TRAINED)[1],
    }
    actual = truth.mean()
    for name, one in found.items():
        assert abs(one - actual) < 0.02, name
        assert abs(one - actual) < abs(raw - actual) + 0.02, name
    if share != 0.5:
        assert abs(raw - actual) > 0.04


def test_three_labels_are_solved_together():
    errors = np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7]])
    actual = np.array([0.1, 0.6, 0.3])
    assert solved(errors, errors @ actual) == pytest.approx(actual, abs=1e-4)


def test_what_no_shares_explain_stays_within_zero_and_one():
    errors = np.array([[0.9, 0.2], [0.1, 0.8]])
    assert solved(errors, np.array([1.0, 0.0])) == pytest.approx([1, 0], abs=1e-4)


def test_an_audit_without_a_label_says_nothing_of_it():
    found = rates(np.array([0, 0]), np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert found[:, 1] == pytest.approx([0.5, 0.5])
    assert found[0, 0] > found[1, 0]


def test_no_post_gives_equal_shares_or_the_centre():
    assert classify_and_count(np.empty(0, np.int64), 3) == pytest.approx([1 / 3] * 3)
    assert probabilistic_count(np.empty((0, 2))) == pytest.approx([0.5, 0.5])
    assert expected_shares(np.empty((0, 2)), TRAINED, np.array([0.3, 0.7]), 5) == pytest.approx([0.3, 0.7])


def test_a_small_brand_leans_on_all_and_a_large_one_on_itself():
    _, low = world(0.2, 5_000, 3)
    _, few = world(0.9, 4, 4)
    groups = np.array([0] * len(low) + [1] * len(few))
    alone = expected_shares(few, TRAINED)
    large, small = shares_by_group(np.vstack([low, few]), groups, TRAINED, 20.0)
    assert large[1] == pytest.approx(0.2, abs=0.03)
    assert small[1] < alone[1]


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    held = 0
    for seed in range(40):
        _, p = world(0.3, 300, 100 + seed)
        found = interval(lambda rows, _, p=p: expected_shares(p[rows], TRAINED), len(p), draws=100)
        held += bool(found.low[1] <= 0.3 <= found.high[1])
    assert held >= 34


def test_an_interval_over_a_small_audit_is_wider():
    _, p = world(0.3, 2_000, 5)

    def width(m: int) -> float:
        truth, audit = world(0.3, m, 6)
        found = interval(
            lambda rows, chosen: probabilistic_adjusted_count(p[rows], truth[chosen], audit[chosen]),
            len(p),
            m,
            draws=80,
        )
        assert found.audited == m
        return float(found.high[1] - found.low[1])

    assert width(40) > 1.5 * width(1_000)


def test_nothing_heard_means_anything_is_possible():
    found = interval(lambda rows, _: classify_and_count(rows, 2), 0)
    assert (found.low, found.high) == (pytest.approx([0, 0]), pytest.approx([1, 1]))


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30), st.floats(0.05, 0.95), st.floats(0, 50))
def test_shares_are_shares_whatever_the_probabilities(values, trained, strength):
    high = np.array(values)
    p = np.column_stack([1 - high, high])
    found = expected_shares(p, np.array([1 - trained, trained]), strength=strength)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()


def test_divergence_is_that_of_the_task():
    assert divergence(np.array([0.4, 0.6]), np.array([0.4, 0.6]), 50) == pytest.approx(0)
    smooth = lambda share: (share + 0.01) / 1.02  # noqa: E731  # n = 50: 1 / 2n
    expected = smooth(1.0) * np.log(smooth(1.0) / smooth(0.5)) + smooth(0.0) * np.log(smooth(0.0) / smooth(0.5))
    assert divergence(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 50) == pytest.approx(expected)
