"""Three judges, one answer: kernel, Python engine and brute-force oracle on random queries and nasty posts."""

from __future__ import annotations

import random
import sys

import pyarrow as pa
import pytest
from tests.match_cases import random_node, random_posts

from palabre.match import oracle
from palabre.match.ast import Node
from palabre.match.panel import Panel
from palabre.model import Span
from palabre.text.kernel import library

ENGINES = ["python", *(["native"] if library() else [])]
Why = dict[tuple[int, int], tuple[Span, ...]]


def by_oracle(nodes: list[Node], posts: pa.RecordBatch) -> Why:
    """(post, watch) → spans."""
    rows = [oracle.post_of(row) for row in posts.to_pylist()]
    return {
        (at, watch): oracle.spans(node, row)
        for at, row in enumerate(rows)
        for watch, node in enumerate(nodes)
        if oracle.matches(node, row)
    }


def by_panel(panel: Panel, posts: pa.RecordBatch) -> Why:
    found = panel.match(posts)
    pairs = list(zip(found["post"].to_pylist(), found["watch"].to_pylist(), strict=True))
    return dict(zip(pairs, panel.explain_all(posts, found["post"], found["watch"]), strict=True))


def differences(seed: int, engine: str, queries: int = 30, posts: int = 30) -> tuple[int, int]:
    """(decisions, matches) of one case; fails where the judges differ. Queries come and go in the middle."""
    rng = random.Random(seed)
    nodes = [random_node(rng) for _ in range(queries)]
    batch = random_posts(rng, posts)
    expected = by_oracle(nodes, batch)
    panel = Panel(engine)
    for watch, node in enumerate(nodes):
        panel.add(watch, random_node(rng))
        if rng.random() < 0.7:
            panel.add(watch, node)
    panel.match(random_posts(rng, rng.choice([1, 20])))
    for watch, node in enumerate(nodes):
        if rng.random() < 0.2:
            panel.remove(watch)
        panel.add(watch, node)
        if rng.random() < 0.05:
            panel.tune()
    found = by_panel(panel, batch)
    assert_same(seed, nodes, batch, expected, found)
    return queries * posts, len(expected)


def assert_same(seed: int, nodes: list[Node], batch: pa.RecordBatch, expected: Why, found: Why) -> None:
    if found == expected:
        return
    post, watch = min(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    row = batch.slice(post, 1).to_pylist()[0]
    pytest.fail(
        f"case {seed}, post {post}, query {nodes[watch]!r}\n{row!r}\n"
        f"oracle {expected.get((post, watch))}\nengine {found.get((post, watch))}"
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(12))
def test_engine_and_oracle_agree_with_spans(seed: int, engine: str) -> None:
    differences(seed, engine)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("engine", ENGINES)
def test_engine_and_oracle_agree_on_millions_of_decisions(engine: str) -> None:
    cases = 1200 if engine == "native" else 300
    sums = [differences(seed, engine, 60, 60) for seed in range(1000, 1000 + cases)]
    decisions, matches = (sum(column) for column in zip(*sums, strict=True))
    print(  # noqa: T201  # the count is the point
        f"{engine}: {decisions:,} decisions, {matches:,} matches, 0 differences", file=sys.stderr
    )
    assert matches > decisions / 20
