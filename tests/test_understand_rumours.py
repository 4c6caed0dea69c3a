"""Rumour files: first seen, spread, stance of replies, marked sources, our answer; and the stance reader."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from palabre.batches import batch_of
from palabre.read.stance import STANCES, stance, stances
from palabre.sample import Line, play
from palabre.understand import rumours
from palabre.understand.rumours import Marks, answering, rumour, techniques

END_MS = 1_790_000_000_000
CASES = {
    "That's false, nothing of it is true": "deny",
    "Hoax. Debunked last week.": "deny",
    "Arrêtez de relayer cette intox !": "deny",
    "Ce n'est pas vrai du tout": "deny",
    "Aucune preuve dans l’article": "deny",
    "not true": "deny",
    "Do you have a serious source?": "query",
    "Can anyone confirm?": "query",
    "C'est vrai, ça ?": "query",
    "Une source ?": "query",
    "D'où tenez-vous cela ?": "query",
    "I knew it!": "support",
    "C’est confirmé, je l’ai vu": "support",
    "Exactement, partagez !": "support",
    "RT @agency: the bridge is closed": "support",
    "I rode my bike this morning": "comment",
    "Beau temps aujourd'hui": "comment",
    "": "comment",
    "🤷": "comment",
    "@bob https://example.org": "comment",
}


@pytest.mark.parametrize(("text", "label"), CASES.items())
def test_the_stance_of_plain_replies(text: str, label: str) -> None:
    assert stance(text).label == label


def test_a_stance_says_which_words_carried_it() -> None:
    found = stance("Hoax, no evidence at all")
    assert {"hoax", "no evidence"} <= set(found.words)
    assert found.scores["deny"] > found.scores["support"]


@pytest.mark.parametrize(
    "text", ["?" * 1_000_000, "not " * 500_000, "is " * 500_000 + "?", "\ud800 fake", "a" * 10_000_000]
)
def test_adversarial_replies_are_read_in_no_time(text: str) -> None:
    assert stance(text).label in STANCES


def test_real_replies_are_read_better_than_by_calling_all_of_them_comments(shared: Any) -> None:
    """Macro-F1 0.41 over 526 replies in 41 threads; calling all of them comments gives 0.21."""
    import pyarrow.parquet as pq

    names = dict(zip(("agreed", "disagreed", "appeal-for-more-information", "comment"), STANCES, strict=True))
    rows = pq.read_table(shared / "data/pheme_charliehebdo/posts.parquet").to_pylist()
    rows = [row for row in rows if row["role"] == "reply" and row["response_type"]]
    found = np.array([one.label for one in stances(row["text"] for row in rows)])
    truth = np.array([names[row["response_type"]] for row in rows])
    scores = [
        2 * ((found == name) & (truth == name)).sum() / ((found == name).sum() + (truth == name).sum())
        for name in STANCES
    ]
    assert np.mean(scores) >= 0.39


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return play(END_MS)


@pytest.fixture(scope="module")
def talk(lines: list[Line]) -> pa.Table:
    return pa.Table.from_batches([batch_of([line.post for line in lines])])


def test_the_rumour_of_the_sample_has_its_file(talk: pa.Table, lines: list[Line]) -> None:
    told = np.flatnonzero(
        [line.event == "rumour" and "GPS" in line.post.text and not line.post.parent for line in lines]
    )
    replies = answering(talk, told)
    officials = {line.post.account.uri for line in lines if line.role == "official" and line.post.account}
    pushed = np.flatnonzero([lines[row].role == "amplifier" for row in told.tolist()])
    said = [one.label for one in stances(talk["text"].take(pa.array(replies)).to_pylist())]
    press = {line.post.account.uri for line in lines if line.role == "press" and line.post.account}
    marks = Marks(credible=press, ours=officials, coordinated=pushed)
    file = rumour(talk.take(pa.array(told)), talk.take(pa.array(replies)), said, marks)
    assert file is not None
    assert file.first_ms == min(lines[row].post.published_ms for row in told.tolist())
    assert file.posts.n == len(told)
    assert (file.coordinated.value or 0) > 0.4
    assert sum(int(posts) for posts in file.series[1]) == len(told)
    assert {one.network for one in file.networks} == {lines[row].post.network for row in told.tolist()}
    assert all((file.stances[name].value or 0) > 0.05 for name in STANCES)
    assert sum(figure.value or 0 for figure in file.stances.values()) == pytest.approx(1)
    assert any(one.mark == "credible" and not one.reply for one in file.sources)


def test_a_claim_that_nobody_carries_has_no_file() -> None:
    nothing = pa.table({"uri": pa.array([], pa.string()), "text": pa.array([], pa.string())})
    assert rumour(nothing, nothing, []) is None


def test_one_post_without_replies_says_too_few() -> None:
    one = pa.table({"uri": ["a"], "text": ["x"], "published_ms": [5_000]})
    file = rumour(one, one.slice(0, 0), [])
    assert file is not None
    assert (file.first_ms, file.last_ms, file.half_ms, file.reply) == (5_000, 5_000, 0, -1)
    assert file.coordinated.few
    assert file.amplified.few
    assert all(figure.few for figure in file.stances.values())


def test_our_reply_is_the_first_of_ours() -> None:
    claim = pa.table({"uri": ["a"], "text": ["x"], "published_ms": [1_000]})
    replies = pa.table(
        {
            "uri": list("bcd"),
            "text": ["no", "no", "no"],
            "published_ms": [9_000, 7_000, 2_000],
            "account_uri": ["us", "us", "them"],
        }
    )
    file = rumour(claim, replies, ["deny"] * 3, Marks(ours={"us"}))
    assert file is not None
    assert (file.reply, file.reply_after_ms) == (1, 6_000)


def test_the_vocabulary_is_whole_in_both_languages() -> None:
    assert len(techniques()) >= 40
    for name, one in techniques().items():
        assert one.technique_id == name
        assert name[0] == "T"
        assert one.tactic.startswith("TA")
        assert one.names["en"] != one.names["fr"]
    assert rumours.STANCES == STANCES
