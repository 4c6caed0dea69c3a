"""Coordination: planted groups are found, chance is not, and what is said of them can be checked."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pytest
from bench.coordination_load import planted, quality

from palabre.batches import batch_of
from palabre.sample import Line, play
from palabre.understand.coordination import Coordination, Rule, coordinated, discoveries
from palabre.understand.coshares import Shares
from palabre.understand.pushes import coordinated_share, pushes
from palabre.understand.stories import stories
from palabre.understand.things import shares_of, things

END_MS = 1_790_000_000_000
HOUR = 3_600


def shares(*rows: tuple[int, int, float]) -> Shares:
    """(account, thing, second) each."""
    columns = np.array(rows, np.float64).reshape(-1, 3)
    when = (columns[:, 2] * 1000).astype(np.int64) + 1_700_000_000_000
    return Shares(columns[:, 0].astype(np.int64), columns[:, 1].astype(np.int64), when, np.arange(len(columns)))


def groups_of(found: Coordination) -> list[list[int]]:
    return [np.flatnonzero(found.group == number).tolist() for number in range(1, int(found.group.max(initial=0)) + 1)]


def together(accounts: int, times: int, apart: float = 5.0) -> list[tuple[int, int, float]]:
    return [
        (account, thing, thing * 5 * HOUR + account * apart) for thing in range(times) for account in range(accounts)
    ]


def test_three_accounts_that_share_three_things_within_a_minute_are_a_group() -> None:
    assert groups_of(coordinated(shares(*together(3, 3)), 3)) == [[0, 1, 2]]


NOT = {
    "two accounts": (together(2, 9), 2),
    "two things": (together(5, 2), 5),
    "more than a minute apart": (together(3, 9, apart=61), 3),
    "nothing": ([], 0),
    "one share": ([(0, 0, 0.0)], 1),
    "one account, a thousand times": ([(0, 0, second) for second in range(1000)], 1),
}


@pytest.mark.parametrize(("rows", "accounts"), NOT.values(), ids=NOT)
def test_what_is_no_group_is_not_said_to_be_one(rows: list[tuple[int, int, float]], accounts: int) -> None:
    found = coordinated(shares(*rows), accounts)
    assert groups_of(found) == []
    assert pushes(shares(*rows), found) == []


def test_one_thing_pushed_again_and_again_counts_each_time() -> None:
    rows = [(account, 0, wave * HOUR + account * 2) for wave in range(5) for account in range(6)]
    assert groups_of(coordinated(shares(*rows), 6)) == [list(range(6))]


def test_repeats_within_a_window_count_once() -> None:
    rows = [(account, 0, account + repeat * 8) for repeat in range(7) for account in range(4)]
    assert groups_of(coordinated(shares(*rows), 4, Rule(times_min=3))) == []


def test_a_text_and_its_address_are_one_thing_shared() -> None:
    rows = [(account, thing, wave * HOUR + account) for wave in range(2) for account in range(4) for thing in range(3)]
    bare = shares(*rows)
    post = np.array([wave * 4 + account for wave in range(2) for account in range(4) for _ in range(3)])
    assert groups_of(coordinated(Shares(bare.account, bare.thing, bare.when, post), 4)) == []


def test_many_who_share_what_is_popular_are_not_a_group() -> None:
    rng = np.random.default_rng(3)
    n = 20_000
    hot = rng.integers(0, 40, n)
    found = coordinated(
        Shares(rng.integers(0, 800, n), hot, hot * 7_200_000 + rng.integers(0, 3_600_000, n), np.arange(n)), 800
    )
    assert found.pairs > 1_000
    assert (found.group > 0).sum() <= 8


@pytest.mark.parametrize("size", [20_000, 200_000])
def test_planted_groups_are_found_and_nobody_else(size: int) -> None:
    load = planted(size)
    precision, recall = quality(coordinated(load.shares, load.accounts).group, load.group)
    assert precision >= 0.99
    assert recall >= 0.98


def test_a_moment_in_which_thousands_share_the_same_stays_cheap() -> None:
    n = 60_000
    start = time.process_time()
    found = coordinated(Shares(np.arange(n), np.zeros(n, np.int64), np.full(n, 1_700_000_000_000), np.arange(n)), n)
    assert groups_of(found) == []
    assert time.process_time() - start < 10


def test_false_discoveries_are_controlled() -> None:
    p = np.random.default_rng(1).uniform(size=10_000)
    assert discoveries(p, len(p), 0.01).sum() <= 2
    assert discoveries(np.concatenate([np.full(50, 1e-9), p]), len(p) + 50, 0.01)[:50].all()


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return play(END_MS)


def test_the_push_of_the_sample_is_found_as_one_with_all_its_accounts(lines: list[Line]) -> None:
    posts = pa.Table.from_batches([batch_of([line.post for line in lines])])
    told = stories(posts)
    given, accounts, names = shares_of(posts, things(posts, told))
    found = coordinated(given, len(accounts))
    amplifiers = {line.post.account.uri for line in lines if line.role == "amplifier" and line.post.account}
    officials = {line.post.account.uri for line in lines if line.role == "official" and line.post.account}
    push, *others = pushes(given, found)
    assert set(accounts.take(push.accounts).to_pylist()) == amplifiers
    assert all(set(accounts.take(one.accounts).to_pylist()) <= officials for one in others)
    assert any("citizen-alert.example" in name or "alerte" in name for name in names.take(push.things).to_pylist())
    assert push.first_ms < push.last_ms <= END_MS
    assert push.p < 0.01
    assert len(push.posts) >= 300
    rumour = np.flatnonzero([line.event == "rumour" for line in lines])
    assert 0 < (coordinated_share(rumour, push.posts).value or 0) < 1


def test_real_co_shares_of_the_literature_are_few_and_sure(shared: object) -> None:
    """CooRTweet's example: 40 pairs of accounts co-share twice within a minute; two of them are beyond chance."""
    import pyarrow.parquet as pq

    from palabre.understand.tabular import codes

    read = pq.read_table(f"{shared}/data/coortweet/russian_coord_tweets.parquet")
    account, names = codes(read["account_id"].combine_chunks().cast(pa.string()))
    thing, _ = codes(read["object_id"].combine_chunks().cast(pa.string()))
    when = (read["timestamp_share"].to_numpy() * 1000).astype(np.int64)
    found = coordinated(Shares(account, thing, when, np.arange(len(when))), len(names), Rule(times_min=2))
    assert found.pairs == pytest.approx(6_200, rel=0.02)
    assert 1 <= len(found.edges.p) <= 40
