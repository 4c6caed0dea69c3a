"""Figures and their comparisons: what they say, their intervals, and when they are silent."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
import pytest

from palabre.model import Evidence, Figure
from palabre.understand import definitions as d
from palabre.understand import series

DAY_S = 86_400


def posts(tones: list[str], **columns: list[object]) -> pa.Table:
    return pa.table({"tone": tones, **columns})


def spread(positive: int, neutral: int, negative: int) -> pa.Table:
    return posts(["positive"] * positive + ["neutral"] * neutral + ["negative"] * negative)


@pytest.mark.parametrize(
    ("counts", "net"), [((30, 40, 30), 0.0), ((100, 0, 0), 1.0), ((0, 0, 50), -1.0), ((30, 60, 10), 0.2)]
)
def test_net_sentiment_is_positive_minus_negative_over_all(counts: tuple[int, int, int], net: float) -> None:
    figure = d.net_sentiment(spread(*counts))
    assert figure.value == pytest.approx(net)
    assert (figure.n, figure.method, figure.version) == (sum(counts), "methods_signals.net_sentiment", 1)
    assert -1 <= (figure.low or 0) <= net <= (figure.high or 0) <= 1
    assert (figure.low, figure.high) != (net, net)


def test_posts_without_a_tone_are_left_out() -> None:
    assert d.net_sentiment(posts(["positive"] * 20 + ["", "none"])).n == 20


def test_polarity_leaves_the_neutral_out() -> None:
    assert d.polarity(spread(30, 900, 10)).value == pytest.approx(0.5)


def test_the_interval_of_net_sentiment_covers_the_truth_19_times_in_20() -> None:
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(600):
        drawn = rng.choice([-1.0, 0.0, 1.0], 60, p=[0.2, 0.5, 0.3])
        one = d.net_of(drawn, "net_sentiment", Evidence())
        inside += (one.low or 0) <= 0.1 <= (one.high or 0)
    assert 0.93 <= inside / 600 <= 0.975


@pytest.mark.parametrize("figure", [
    d.net_sentiment(spread(5, 5, 5)), d.net_sentiment(posts([])), d.share_of_voice(1, 3), d.share_of_voice(0, 0),
    d.reach(posts([])), d.engagement(posts([])), d.engagement_rate(posts(["neutral"] * 3, likes=[1, 2, 3])),
])  # fmt: skip
def test_too_few_is_said_and_not_guessed(figure: Figure) -> None:
    assert (figure.few, figure.low, figure.high) == (True, None, None)


def test_share_of_voice_has_wilsons_interval() -> None:
    figure = d.share_of_voice(30, 100)
    assert (figure.value, figure.low, figure.high) == pytest.approx((0.3, 0.2189, 0.3959), abs=1e-3)


def test_reach_counts_each_account_once_and_guesses_nothing() -> None:
    table = posts(["neutral"] * 4, followers=[100, 120, None, 7], account_uri=["a", "a", "b", "c"])
    assert (d.reach(table).value, d.reach(table).n) == (127, 2)


def test_engagement_is_likes_replies_and_reshares() -> None:
    table = posts(["neutral"] * 3, likes=[1, None, 4], replies=[2, None, None], reshares=[None, None, 1])
    assert (d.engagement(table).value, d.engagement(table).n) == (8, 2)


def test_a_rate_with_one_giant_post_has_a_wide_interval() -> None:
    rate = d.engagement_rate(posts(["neutral"] * 50, likes=[1] * 49 + [5_000]))
    assert (rate.low or 0) < 10 < 150 < (rate.high or 0)
    assert rate == d.engagement_rate(posts(["neutral"] * 50, likes=[1] * 49 + [5_000]))


def test_voices_are_fewer_than_copies() -> None:
    table = posts(["neutral"] * 6, account_uri=list("abcabc"), group=["g", "g", "g", "", "", ""])
    assert (d.volume(table).value, d.voices(table).value) == (6, 4)


def count(n: int) -> Figure:
    return Figure("volume", float(n), n)


@pytest.mark.parametrize(
    ("first", "second", "days", "ratio", "sure"),
    [(100, 150, (30, 30), 1.5, True), (100, 105, (30, 30), 1.05, False), (100, 50, (28, 14), 1.0, False)],
)
def test_two_volumes_are_compared_as_counts(
    first: int, second: int, days: tuple[int, int], ratio: float, sure: bool
) -> None:
    found = d.compare_counts(count(first), count(second), *days)
    assert found.difference == pytest.approx(ratio)
    assert ((found.p_value or 0) < 0.05) is sure
    assert (found.low or 0) < ratio < (found.high or 0)


def test_two_net_sentiments_are_compared() -> None:
    up = d.compare_net(spread(20, 50, 30), spread(50, 40, 10))
    assert up.difference == pytest.approx(0.5)
    assert (up.p_value or 1) < 0.001
    same = d.compare_net(spread(20, 50, 30), spread(22, 49, 29))
    assert (same.p_value or 0) > 0.5


def test_two_shares_are_compared() -> None:
    found = d.compare_shares(d.share_of_voice(30, 100), d.share_of_voice(60, 100))
    assert (found.difference, (found.p_value or 1) < 0.001) == (pytest.approx(0.3), True)


@pytest.mark.parametrize("found", [
    d.compare_counts(count(3), count(4)), d.compare_counts(count(0), count(100)),
    d.compare_net(spread(5, 5, 5), spread(50, 40, 10)),
    d.compare_shares(d.share_of_voice(1, 3), d.share_of_voice(1, 90)),
])  # fmt: skip
def test_too_few_on_a_side_is_no_comparison(found: d.Comparison) -> None:
    assert (found.few, found.difference) == (True, None)


# the same over time, as expressions


def lake() -> ibis.Table:
    rows = [
        (1, 0, "positive", ["praise"], "product", "s1", False),
        (2, 1, "negative", ["complaint", "churn"], "product", "s1", False),
        (3, 2, "positive", [], "", "", False),
        (4, 3, None, None, None, None, None),
        (5, 4, "negative", ["complaint"], "relationship", "", True),
        (6, DAY_S * 1000, "neutral", ["question"], "relationship", "s2", False),
    ]
    names = ("post_id", "sort_ms", "tone", "intents", "axis", "story", "folded")
    schema = {"post_id": "int64", "sort_ms": "int64", "tone": "string", "intents": "array<string>", "axis": "string",
              "story": "string", "folded": "boolean"}  # fmt: skip
    return ibis.memtable([dict(zip(names, row, strict=True)) for row in rows], schema=schema)


def asked(table: ibis.Table) -> list[dict[str, object]]:
    return ibis.duckdb.connect().to_pyarrow(table).to_pylist()


def test_net_sentiment_over_time_leaves_out_the_folded_and_the_unread() -> None:
    rows = asked(series.net_sentiment(lake()))
    assert [(row["start_s"], row["n"], row["net"]) for row in rows] == [
        (0, 3, pytest.approx(1 / 3)),
        (DAY_S, 1, 0.0),
    ]


def test_shares_of_a_reading_and_of_intents_over_time() -> None:
    axes = asked(series.share_of(lake(), "axis"))
    assert [(row["value"], row["n"], row["share"]) for row in axes] == [("product", 2, 1.0), ("relationship", 1, 1.0)]
    intents = asked(series.intents(lake()))
    assert [(row["value"], row["n"]) for row in intents if row["start_s"] == 0] == [
        ("churn", 1), ("complaint", 1), ("praise", 1),
    ]  # fmt: skip


def test_stories_over_time_count_copies_once() -> None:
    assert [(row["n"], row["stories"]) for row in asked(series.stories(lake()))] == [(5, 4), (1, 1)]
