"""Bursts, signals and their register: on numbers, on small talk, and on the sample with its planted events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from palabre.batches import batch_of
from palabre.model import Account, Post
from palabre.sample import play, truth
from palabre.understand.bursts import Rules, spikes_many, tail
from palabre.understand.concepts import concept, lexicon
from palabre.understand.explain import contrast, discoveries, explain
from palabre.understand.register import DAY_MS, Entry, Outcome, garwood, score, scores
from palabre.understand.terms import post_terms, terms_of
from palabre.understand.weak_signals import Known, Signal, signals

END_MS = 1_763_769_600_000
START_MS = END_MS - 90 * DAY_MS


@cache
def sample() -> tuple[pa.Table, tuple[str, ...], dict[str, Any]]:
    """The posts, the planted event of each, the truth."""
    told = play(END_MS)
    return (
        pa.Table.from_batches([batch_of([line.post for line in told])]),
        tuple(line.event for line in told),
        truth(END_MS, told),
    )


@cache
def heard() -> tuple[Signal, ...]:
    return tuple(signals(sample()[0]))


def about(signal: Signal) -> str:
    """The planted event of most of its posts; "" when it is of none."""
    events = [sample()[1][row] for row in signal.post_ids]
    best = max(set(events), key=events.count)
    planted = [event for event in events if event]
    return best or (max(set(planted), key=planted.count) if len(planted) >= 0.4 * len(events) else "")


# when each event begins to be visible, and when a good ear must have heard it (days of the plot)
@pytest.mark.parametrize(
    ("event", "begins", "heard_by"),
    [("fault", 30, 32), ("rumour", 52, 54), ("weak", 40, 60), ("need", 10, 30), ("promise", 44, 64),
     ("campaign", 76, 78), ("fair", 66, 68)],
)  # fmt: skip
def test_every_planted_event_is_found_with_its_date(event: str, begins: int, heard_by: int) -> None:
    first = min(one.detected_ms for one in heard() if about(one) == event)
    assert START_MS + begins * DAY_MS < first <= START_MS + heard_by * DAY_MS


def test_no_more_than_one_false_signal_a_month() -> None:
    assert [one.words for one in heard() if not about(one)][1:] == []  # one in three months; the aim is three


def test_the_weak_signal_meets_across_languages_and_names_itself() -> None:
    weak = next(one for one in heard() if about(one) == "weak")
    assert {"siffle", "whistles"} <= set(weak.words)
    assert (weak.kind, weak.accounts >= 5, weak.sources >= 2) == ("weak", True, True)


def test_the_outcry_is_a_spike() -> None:
    assert {one.kind for one in heard() if about(one) == "fair"} == {"spike"}


def test_a_signal_already_known_is_not_raised_again() -> None:
    fair = next(one for one in heard() if about(one) == "fair")
    known = Known(fair.first_ms, fair.last_ms, frozenset(fair.post_ids))
    posts = sample()[0].slice(15_000, 12_000)
    before, after = signals(posts), signals(posts, [replace(known, post_ids=frozenset(range(15_000)))])
    assert len(after) <= len(before)


# small talk


def talk(say: Callable[[int, int], str], days: int = 40, crowd: int = 12, networks: int = 3) -> pa.Table:
    """Each day, each of a crowd says something of its own."""
    posts = []
    for day in range(days):
        for who in range(crowd):
            uri = f"https://n.example/{day}/{who}"
            account = Account(f"https://n.example/@{(day * 7 + who) % 97}", f"u{(day * 7 + who) % 97}")
            at = START_MS + day * DAY_MS + who * 3_600_000
            posts.append(Post(uri, f"net{who % networks}", text=say(day, who), account=account, published_ms=at))
    return pa.Table.from_batches([batch_of(posts)])


def chatter(day: int, who: int) -> str:
    words = np.random.default_rng(day * 1_000 + who).choice([f"mot{n}" for n in range(400)], 8)
    return " ".join(words)


def test_talk_without_an_event_raises_nothing() -> None:
    assert signals(talk(chatter)) == []


def test_a_rising_theme_is_a_signal() -> None:
    def say(day: int, who: int) -> str:
        return chatter(day, who) + (" grincement pédale" if day > 25 and who < 6 else "")

    found = signals(talk(say))
    assert any("grincement" in " ".join(one.words) for one in found)
    assert all(START_MS + 25 * DAY_MS < one.detected_ms < START_MS + 32 * DAY_MS for one in found)


def test_one_loud_account_is_no_signal() -> None:
    posts = talk(lambda day, who: chatter(day, who) + (" réclame" if day > 25 and who < 6 else ""))
    same = pa.array(["https://n.example/@loud"] * posts.num_rows)
    rows = posts.column("text").to_pylist()
    uris = [
        loud.as_py() if "réclame" in text else uri
        for loud, text, uri in zip(same, rows, posts.column("account_uri").to_pylist(), strict=True)
    ]
    place = posts.schema.get_field_index("account_uri")
    assert signals(posts.set_column(place, posts.schema.field("account_uri"), pa.array(uris))) == []


def test_a_coordinated_group_is_one_voice() -> None:
    posts = talk(lambda day, who: chatter(day, who) + (" complot" if day > 25 and who < 6 else ""))
    groups = ["7" if "complot" in text else "" for text in posts.column("text").to_pylist()]
    assert signals(posts.append_column("group", pa.array(groups))) == []


@pytest.mark.parametrize("rows", [0, 1])
def test_nothing_or_one_post_is_no_signal(rows: int) -> None:
    assert signals(talk(chatter).slice(0, rows)) == []


# bursts


def test_chance_raises_fewer_bursts_than_allowed() -> None:
    daily = np.random.default_rng(5).negative_binomial(2, 0.4, (90, 1_500))
    assert len({one.term for one in spikes_many(daily)}) <= 5


@pytest.mark.parametrize("shape", [(0, 0), (5, 3), (30, 0)])
def test_too_few_days_or_terms_give_no_burst(shape: tuple[int, int]) -> None:
    assert spikes_many(np.zeros(shape)) == []


def test_a_new_word_bursts_on_its_first_day() -> None:
    daily = np.random.default_rng(5).poisson(0.2, (60, 300)).astype(float)
    daily[45:, 7] = 12
    assert min(one.day for one in spikes_many(daily, Rules()) if one.term == 7) == 45


def test_the_tail_is_that_of_the_law() -> None:
    draws = np.random.default_rng(1).negative_binomial(4, 4 / (4 + 10), 200_000)
    mean, variance = np.array([10.0]), np.array([10 + 100 / 4])
    for seen in (10, 20, 30):
        assert tail(np.array([float(seen)]), mean, variance)[0] == pytest.approx((draws >= seen).mean(), abs=0.004)


# explanation


def test_an_episode_is_explained_by_its_own_words() -> None:
    posts, _, told = sample()
    fault = next(one for one in told["events"] if one["event"] == "fault")
    reasons = explain(posts, fault["start_ms"], fault["start_ms"] + 4 * DAY_MS)
    shown = {reason.shown for reason in reasons}
    assert {"pluie", "batterie", "connecteur"} <= shown
    assert all(reason.inside >= 3 and reason.rate_in > reason.rate_out and reason.post_ids for reason in reasons)


def test_forty_copies_by_one_voice_explain_nothing() -> None:
    posts = talk(chatter, days=4)
    inside = np.arange(posts.num_rows) >= 24
    texts = ["achetez maintenant" if one else text for one, text in zip(inside, posts["text"].to_pylist(), strict=True)]
    place = posts.schema.get_field_index("text")
    posts = posts.set_column(place, posts.schema.field("text"), pa.array(texts))
    groups = pa.array(["g" if one else "" for one in inside])
    assert [r for r in contrast(posts.append_column("group", groups), inside) if r.kind == "word"] == []


def test_an_empty_episode_has_no_reason() -> None:
    assert explain(sample()[0], 0, 1) == []


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    p = np.array([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216])  # their table, rate 0.05
    assert discoveries(p, 0.05).tolist() == [True, True] + [False] * 8


# terms and concepts


def test_terms_of_a_post() -> None:
    found = set(post_terms("", "Le siège enfant #vélo https://a.example/x", (), ()))
    assert {("word", "siege", "siège"), ("pair", "siege enfant", "siège enfant"), ("tag", "#velo", "#vélo"),
            ("concept", "seat", "siège"), ("link", "https://a.example/x", "https://a.example/x")} <= found  # fmt: skip


def test_a_word_of_one_post_is_left_out() -> None:
    assert "mot1" not in terms_of(talk(lambda day, who: "unique" if day + who == 0 else "commun")).names


@pytest.mark.parametrize(
    ("french", "english"),
    [("sifflement", "whistles"), ("sieges", "seat"), ("pluie", "rain"), ("livraison", "delivery"), ("enfants", "kids"),
     ("remboursement", "refunded"), ("abonnement", "subscription"), ("montre", "watch"), ("sommeil", "sleep")],
)  # fmt: skip
def test_french_and_english_meet_in_a_concept(french: str, english: str) -> None:
    assert concept(french) == concept(english) != ""


def test_the_lexicon_is_large_and_a_name_has_no_concept() -> None:
    assert len(lexicon().whole) + len(lexicon().beginnings) > 1_200
    assert (concept("cyclovent"), concept("")) == ("", "")


# the register


def entries(confirmed: int, refuted: int, undecided: int = 0) -> list[Entry]:
    made = [Entry("m", 1, 10 * DAY_MS, Outcome.CONFIRMED, (13 + n % 3) * DAY_MS) for n in range(confirmed)]
    made += [Entry("m", 1, 0, Outcome.NOT_CONFIRMED)] * refuted
    return [*made, *[Entry("m", 1, 0, Outcome.UNDECIDED)] * undecided]


def test_a_detector_is_scored_on_what_was_decided() -> None:
    card = score(entries(9, 3, 4), "m", 1, months=3)
    assert (card.raised, card.undecided) == (16, 4)
    assert card.precision.value == 0.75
    assert card.lead_days.value == 4
    assert card.false_a_month.value == 1
    assert 0.4 < (card.precision.low or 0) < 0.75


def test_a_young_register_says_too_few() -> None:
    card = score(entries(2, 1), "m", 1, months=0.5)
    assert (card.precision.few, card.lead_days.few, card.false_a_month.few) == (True, True, True)


def test_each_detector_has_its_card() -> None:
    assert [card.method for card in scores([*entries(1, 0), Entry("a", 2, 0, Outcome.UNDECIDED)], 1)] == ["a", "m"]


def test_the_interval_of_a_count_is_exact() -> None:
    assert garwood(0) == pytest.approx((0, 3.6889), abs=1e-3)
    assert garwood(10) == pytest.approx((4.7954, 18.3904), abs=1e-3)
