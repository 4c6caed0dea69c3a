"""Amounts as ranges: sums that promise no more than their parts; and the places of a chain."""

from __future__ import annotations

import pytest

from palabre.errors import InputError
from palabre.measure.chain import MOST, Node, drawn, lines_of
from palabre.measure.ranges import AMOUNT_MAX, Range, by_certainty, total


def test_low_ends_are_added_and_high_ends() -> None:
    assert total([Range(800, 1_200), Range(300, 900)]) == {"EUR": Range(1_100, 2_100)}


def test_the_largest_amounts_have_a_sum_too() -> None:
    assert total([Range(0, AMOUNT_MAX), Range(0, AMOUNT_MAX)]) == {"EUR": Range(0, 2 * AMOUNT_MAX)}


def test_currencies_are_never_added() -> None:
    assert total([Range(1, 2), Range(3, 4, "CHF"), Range(5, 6)]) == {"EUR": Range(6, 8), "CHF": Range(3, 4, "CHF")}
    with pytest.raises(InputError):
        Range(1, 2).plus(Range(1, 2, "USD"))


@pytest.mark.parametrize("ends", [(2, 1), (float("nan"), 1), (0, float("inf"))])
def test_what_is_no_range_is_refused(ends: tuple[float, float]) -> None:
    with pytest.raises(InputError):
        Range(*ends)


def test_the_surest_come_first() -> None:
    found = by_certainty([("possible", Range(1, 9)), ("sure", Range(5, 5)), ("possible", Range(1, 1))])
    assert found == [("sure", {"EUR": Range(5, 5)}), ("possible", {"EUR": Range(2, 10)})]


def test_a_chain_links_each_stage_with_the_next_one_there_is() -> None:
    nodes = [Node("mention", "a"), Node("mention", "b"), Node("case", "c"), Node("outcome", "d")]
    found = drawn(nodes)
    assert [stage for _, stage in found.titles] == ["mention", "case", "outcome"]
    assert len(found.links) == 3
    assert found.empty == ("exchange", "promise")


def test_a_column_that_is_too_long_says_how_many_more() -> None:
    found = drawn([Node("mention", str(at)) for at in range(12)], {"mention": Node("mention", "and more")})
    assert len(found.boxes) == MOST
    assert found.boxes[-1].node.words == "and more"


def test_words_fit_their_box() -> None:
    lines = lines_of("Anticonstitutionnellementissimement dit, et bien d'autres choses qui ne tiennent pas")
    assert len(lines) == 2
    assert all(len(line) <= 24 for line in lines)
    assert lines[-1].endswith("…")
