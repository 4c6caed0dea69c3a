"""The sample is what it says it is: size, languages, networks, trees, and the planted events on their days."""

from __future__ import annotations

from collections import Counter

import pytest

from palabre.model import PostKind
from palabre.sample import Line, play, truth
from palabre.sample.panel import PANEL
from palabre.sample.plot import DAY_MS, EVENTS

END_MS = 1_790_000_000_000


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return play(END_MS)


def test_the_sample_has_the_size_it_promises(lines: list[Line]) -> None:
    told = truth(END_MS, lines)
    assert 28_000 <= told["posts"] <= 33_000
    assert 2_800 <= told["accounts"] <= 3_100
    assert len({line.post.network for line in lines}) == 6


def test_both_languages_are_spoken(lines: list[Line]) -> None:
    shares = Counter(line.post.lang for line in lines)
    assert set(shares) == {"fr", "en"}
    assert shares["en"] > len(lines) / 4


def test_every_answer_and_reshare_points_to_an_earlier_post(lines: list[Line]) -> None:
    when = {line.post.uri: line.post.published_ms for line in lines}
    assert len(when) == len(lines)
    for line in lines:
        target = line.post.parent or line.post.reshare_of
        if target:
            assert when[target] <= line.post.published_ms
    assert any(line.post.kind is PostKind.RESHARE for line in lines)


def test_the_same_seed_says_the_same_words(lines: list[Line]) -> None:
    again = play(END_MS)
    assert [line.post for line in again] == [line.post for line in lines]


@pytest.mark.parametrize("name", [event.name for event in EVENTS if event.kind != "weak signal"])
def test_an_event_is_loudest_around_its_day(lines: list[Line], name: str) -> None:
    event = next(event for event in EVENTS if event.name == name)
    start = truth(END_MS, lines)["start_ms"]
    days = Counter((line.post.published_ms - start) // DAY_MS for line in lines if line.event == name)
    loudest = days.most_common(1)[0][0]
    assert event.last - 12 <= loudest <= event.last if name == "need" else abs(loudest - event.peak) <= 2


def test_the_rumour_is_pushed_by_forty_accounts_in_bursts(lines: list[Line]) -> None:
    pushed = [line.post for line in lines if line.role == "amplifier"]
    assert len({post.account.uri for post in pushed if post.account}) == 40
    bursts = Counter(post.published_ms // 120_000 for post in pushed)
    assert max(bursts.values()) >= 20


def test_advisers_help_week_after_week(lines: list[Line]) -> None:
    start = truth(END_MS, lines)["start_ms"]
    weeks = {(line.post.published_ms - start) // (7 * DAY_MS) for line in lines if line.role == "adviser"}
    assert len(weeks) >= 12


def test_the_panel_has_a_watch_of_most_kinds() -> None:
    assert len({watch.kind for watch in PANEL}) >= 7


def test_every_address_is_a_reserved_example(lines: list[Line]) -> None:
    assert {line.post.uri.split("/")[2].rsplit(".", 1)[1] for line in lines} == {"example"}


def test_no_slot_is_left_unfilled(lines: list[Line]) -> None:
    assert [line.post.text for line in lines if "{" in line.post.text + line.post.title] == []
