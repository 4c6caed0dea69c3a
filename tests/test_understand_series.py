"""Series over posts that mention several watches."""

from __future__ import annotations

import ibis
import pyarrow as pa

from palabre.model import watch_set
from palabre.understand import series

DAY_MS = 86_400_000
POSTS = [(0, [1]), (1, [1, 11]), (2, []), (DAY_MS, [11]), (DAY_MS + 1, [2, 11, 111])]


def posts() -> ibis.Table:
    rows = [{"post_id": number, "sort_ms": at, "watch_set": watch_set(ids)} for number, (at, ids) in enumerate(POSTS)]
    return ibis.memtable(pa.Table.from_pylist(rows))


def test_share_of_voice_tells_watches_apart_whose_numbers_hold_each_other() -> None:
    told = series.share_of_voice(posts(), [1, 11]).to_pyarrow().to_pylist()
    assert [(row["start_s"], row["watch_id"], row["n"], row["total"]) for row in told] == [
        (0, 1, 2, 3),
        (0, 11, 1, 3),
        (86_400, 11, 2, 2),
    ]


def test_mentions_of_a_watch_are_its_own_only() -> None:
    def times(*watch_ids: int) -> list[int]:
        return sorted(series.of_watches(posts(), watch_ids).to_pyarrow()["sort_ms"].to_pylist())

    assert times(1) == [0, 1]
    assert times(111) == [DAY_MS + 1]
    assert times(1, 11) == [0, 1, DAY_MS, DAY_MS + 1]


def test_net_sentiment_leaves_out_what_is_folded_or_was_not_read() -> None:
    rows = [
        ("positive", False),
        ("positive", None),
        ("negative", False),
        ("negative", True),
        (None, False),
        ("", False),
    ]
    table = pa.table(
        {
            "sort_ms": [0] * 6 + [DAY_MS],
            "tone": [*(tone for tone, _ in rows), None],
            "folded": [*(folded for _, folded in rows), False],
        }
    )
    told = series.net_sentiment(ibis.memtable(table)).to_pyarrow().to_pylist()
    assert told == [{"start_s": 0, "positive": 2, "neutral": 0, "negative": 1, "n": 3, "net": 1 / 3}]
