"""Names in posts: where they are, what they are, how they are linked to the panel's; measured in French and English."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.batches import batch_of
from palabre.model import READINGS, Post
from palabre.read import readings
from palabre.read.chain import chances, forward_backward, padded
from palabre.read.entities import KINDS, Entity, edges, find, link, model
from palabre.read.entity_tokens import tokens_of
from palabre.read.training.entities import glued, marked, measured

FRENCH = Path(__file__).parent / "quality" / "handmade" / "entities.fr.test.txt"
FRENCH_FLOOR = 64.0


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Je vis à Lyon depuis dix ans", "Lyon", "place"),
        ("J'ai vu Emmanuel Macron hier soir", "Emmanuel Macron", "person"),
        ("Encore une panne chez Bouygues Telecom", "Bouygues Telecom", "organisation"),
        ("She lives in New York now", "New York", "place"),
        ("Barack Obama spoke for an hour", "Barack Obama", "person"),
        ("I love my new iPhone so much", "iPhone", "product"),
    ],
)
def test_names_are_found_where_they_are(text: str, name: str, kind: str) -> None:
    found = [one for one in find([text])[0] if one.kind == kind]
    assert [(text[one.start : one.end], one.name) for one in found] == [(name, name)]
    assert 0 < found[0].confidence <= 1


def test_spans_are_code_points_whatever_stands_before() -> None:
    text = "👩🏽‍🚀🇫🇷 é\u0301 𝒳 https://example.org/Paris Je vis à Lyon"
    found = find([text])[0]
    assert [text[one.start : one.end] for one in found] == ["Lyon"]


@pytest.mark.parametrize(
    "text", ["", "...", "🙂", "https://example.org/Paris/Barack-Obama", "il fait beau et chaud", "\ud800"]
)
def test_nothing_is_found_where_there_is_no_name(text: str) -> None:
    assert find([text]) == [[]]


def test_the_answer_does_not_depend_on_the_neighbours() -> None:
    texts = ["Je vis à Lyon", "", "Barack Obama spoke", "https://example.org", "Orange à Nantes, Google à Paris"]
    assert find(texts) == [find([text])[0] for text in texts]


@given(st.lists(st.text(max_size=60), max_size=6))
def test_spans_lie_in_their_text_and_do_not_overlap(texts: list[str]) -> None:
    for text, found in zip(texts, find(texts, confidence_min=0.0), strict=True):
        assert all(0 <= one.start < one.end <= len(text) and one.kind in KINDS for one in found)
        assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_huge_post_is_read_to_a_limit() -> None:
    assert len(find(["Paris " * 300_000])[0]) < 1_000


def test_the_panel_names_what_it_knows() -> None:
    names = {"SNCF Connect": ["OUI.sncf", "sncfconnect"], "Société Générale": ["SocGen"]}
    said = [
        Entity(0, 12, "organisation", form, 0.9) for form in ("SNCFConnect", "societe generale", "SOCGEN", "Orange")
    ]
    assert [one.name for one in link(said, names)] == ["SNCF Connect", "Société Générale", "Société Générale", "Orange"]
    assert link(said, {}) == said


def test_the_column_is_the_one_of_the_contract() -> None:
    batch = batch_of([Post("urn:x:1", "web", text="Je vis à Lyon"), Post("urn:x:2", "web", text="")])
    found = readings.read(batch, only=["entities"])
    assert found.schema == READINGS
    assert found["entities"][0].as_py()[0]["kind"] == "place"
    assert found["entities"].to_pylist()[1] == []


def test_no_kind_tells_what_a_person_is() -> None:
    assert KINDS == ("person", "organisation", "product", "place")


# ── the chain ──


def test_chances_are_those_of_all_labellings() -> None:
    """Against every labelling of short rows, one by one."""
    rng = np.random.default_rng(0)
    lengths, k = np.array([3, 1, 2]), 3
    flat, follows, begins = rng.normal(size=(6, k)), rng.normal(size=(k, k)), rng.normal(size=k)
    scores = padded(flat, lengths)
    found = forward_backward(scores, lengths, follows, begins)
    for row, length in enumerate(lengths):
        weight = {
            way: np.exp(begins[way[0]] + sum(scores[row, t, way[t]] for t in range(length))
                        + sum(follows[a, b] for a, b in pairwise(way)))
            for way in product(range(k), repeat=int(length))
        }  # fmt: skip
        total = sum(weight.values())
        assert found.log_z[row] == pytest.approx(np.log(total))
        for t in range(length):
            told = [sum(one for way, one in weight.items() if way[t] == label) / total for label in range(k)]
            assert found.single[row, t] == pytest.approx(told)
    assert np.allclose(chances(scores, lengths, follows, begins), found.single)
    assert found.pairs.sum() == pytest.approx(3)  # as many pairs as neighbours


def test_a_name_that_goes_on_without_a_beginning_begins_there() -> None:
    tokens = tokens_of(["a b c d", "e f"])
    first, last = edges(tokens, np.array([2, 2, 3, 4, 4, 0]))
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == [(0, 1), (2, 3), (4, 4)]


# ── what it is worth ──


def test_french_names_reach_their_floor() -> None:
    found = measured(model(), marked(FRENCH.read_text("utf-8").splitlines()))
    assert found["all"] >= FRENCH_FLOOR, found


def test_marked_sentences_and_corpora_are_read_alike() -> None:
    assert marked(["% note", "", "Vu [Lyon](l) !"]) == [("Vu Lyon !", [(3, 7, "place")])]
    assert glued(["RT", "@", "Nike", ":"], ["O", "B-ORG", "B-ORG", "O"]) == ("RT @Nike :", [(3, 8, "organisation")])


def test_the_calibration_of_confidence_is_fair() -> None:
    """Among French names announced with 80 % or more, most are exact."""
    pairs = marked(FRENCH.read_text("utf-8").splitlines())
    said = [
        (one.start, one.end, one.kind) in names
        for (_, names), some in zip(pairs, find([text for text, _ in pairs]), strict=True)
        for one in some
        if one.confidence >= 0.8
    ]
    assert np.mean(said) >= 0.75


def test_titles_may_be_missing() -> None:
    batch = pa.RecordBatch.from_pydict({"text": ["Je vis à Lyon", None]})
    assert [len(one) for one in readings.read(batch, only=["entities"])["entities"].to_pylist()] == [1, 0]
