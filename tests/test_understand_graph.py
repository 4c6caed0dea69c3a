"""The graph of who turns to whom, influence for a theme, communities, circles, and the files of a graph."""

from __future__ import annotations

import io
from itertools import count, product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from scipy import sparse
from tests.understand_talk import DAY_MS, START_MS, post, table, uri, uri_of

from palabre.understand.circles import circles
from palabre.understand.communities import communities, grouped, jaccard, modularity, rewired, undirected
from palabre.understand.gexf import GEXF, GRAPHML, write_gexf, write_graphml
from palabre.understand.graph import KINDS, WEIGHTS, Graph, interactions, pagerank
from palabre.understand.influence import influence


def weight(graph: Graph, one: str, two: str) -> float:
    keys = graph.accounts.to_pylist()
    return float(graph.matrix[keys.index(uri_of(one)), keys.index(uri_of(two))])


def test_an_edge_goes_from_who_acts_to_who_is_taken_up() -> None:
    graph = interactions(table([post(1, "lea"), post(2, "hugo", parent=uri(1)), post(3, "ines", reshare_of=uri(1))]))
    assert weight(graph, "hugo", "lea") == WEIGHTS["reply"]
    assert weight(graph, "ines", "lea") == WEIGHTS["reshare"]
    assert weight(graph, "lea", "hugo") == 0


def test_a_reply_that_names_the_person_is_one_interaction() -> None:
    graph = interactions(table([post(1, "lea"), post(2, "hugo", parent=uri(1), mentions=("lea",))]))
    assert [KINDS[kind] for kind in graph.kind] == ["reply"]


@pytest.mark.parametrize("named", ["lea", "@Lea", uri_of("lea")])
def test_a_mention_is_found_by_handle_or_by_uri(named: str) -> None:
    graph = interactions(table([post(1, "lea"), post(2, "hugo", mentions=(named,))]))
    assert weight(graph, "hugo", "lea") == WEIGHTS["mention"]


def test_nobody_turns_to_themselves_and_the_nameless_have_no_edge() -> None:
    made = [post(1, "lea"), post(2, "lea", parent=uri(1)), post(3, "", parent=uri(1)), post(4, "hugo", parent=uri(3))]
    assert interactions(table(made)).matrix.nnz == 0


def test_what_was_never_heard_is_counted() -> None:
    made = [post(1, "lea", parent=uri(99)), post(2, "hugo", mentions=("nobody",))]
    assert interactions(table(made)).unresolved == 2


def test_a_window_leaves_out_what_is_outside() -> None:
    made = table([post(1, "lea"), post(2, "hugo", day=1, parent=uri(1)), post(3, "ines", day=9, parent=uri(1))])
    graph = interactions(made, START_MS, START_MS + 5 * DAY_MS)
    assert len(graph.row) == 1
    assert graph.posts == 2


def test_beyond_the_limit_the_newest_are_kept_and_the_rest_is_counted() -> None:
    made = [post(0, "lea"), *(post(n, f"p{n}", day=10 - n, parent=uri(0)) for n in range(1, 9))]
    graph = interactions(table(made), most=3)
    assert graph.dropped == 5
    assert sorted(graph.row.tolist()) == [1, 2, 3]


@pytest.mark.parametrize(
    "made", [table([]), table([post(1, "lea")]), table([post(1, "")]), pa.table({"uri": ["a", "b"]})]
)
def test_too_little_never_crashes(made: pa.Table) -> None:
    graph = interactions(made)
    assert graph.matrix.nnz == 0
    assert not communities(graph, made).clear
    assert communities(graph, made).modularity.few
    assert circles(graph, made, "nobody").count("inner").few
    assert all(one.figure.few for one in influence(made))


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=30))
@settings(max_examples=60, deadline=None)
def test_pagerank_is_the_solution_of_its_equation(edges: list[tuple[int, int]]) -> None:
    matrix = sparse.lil_matrix((8, 8))
    for one, two in edges:
        matrix[one, two] += 1
    restart = np.arange(1.0, 9.0) / 36
    out = np.asarray(matrix.sum(axis=1)).ravel()
    step = np.array([row / n if n else restart for row, n in zip(matrix.toarray(), out, strict=True)])
    truth = np.linalg.solve(np.eye(8) - 0.85 * step.T, 0.15 * restart)
    assert np.allclose(pagerank(matrix.tocsr(), restart), truth / truth.sum(), atol=1e-6)


def crowd(group: str = "") -> pa.Table:
    """Lea is answered by twelve people, Max is passed on by forty accounts of one group."""
    number = count(10)
    made = [post(1, "lea", "what I saw"), post(2, "max", "look at this")]
    made += [post(next(number), f"p{n}", "thank you", day=n, parent=uri(1)) for n in range(12)]
    pushed = [post(next(number), f"bot{n}", "look at this", day=1, reshare_of=uri(2)) for n in range(40)]
    return table(made + pushed, group=[""] * len(made) + [group] * len(pushed))


def test_a_coordinated_group_is_one_voice() -> None:
    found = {one.account: one for one in influence(crowd("push"))}
    assert found[uri_of("max")].uptake.value == 1
    assert found[uri_of("lea")].uptake.value == 12
    alone = {one.account: one for one in influence(crowd())}
    assert alone[uri_of("max")].uptake.value == 40


def test_influence_has_an_interval_around_its_score_and_is_the_same_twice() -> None:
    made = crowd("push")
    found = influence(made)
    assert influence(made) == found
    told = [one.figure for one in found if not one.figure.few]
    assert told
    assert all(0 <= (one.low or 0) <= (one.value or 0) <= (one.high or 0) <= 100.001 for one in told)


def test_influence_is_of_a_theme() -> None:
    made = crowd("push")
    theme = np.zeros(made.num_rows, bool)
    theme[1] = True
    found = influence(made, theme)
    assert uri_of("lea") not in {one.account for one in found}
    assert found[0].account == uri_of("max")


def groups(sizes: tuple[int, ...], cross: int = 3) -> pa.Table:
    """Groups that answer each other, with a few answers between."""
    words = ("brakes pads squeal", "battery charger range", "saddle comfort leather", "lights lamp dark")
    number, rng, made = count(1), np.random.default_rng(3), []
    for group, size in enumerate(sizes):
        firsts = {n: next(number) for n in range(size)}
        made += [post(key, f"g{group}n{n}", words[group]) for n, key in firsts.items()]
        pairs = [pair for pair in product(range(size), repeat=2) if pair[0] != pair[1] and rng.random() < 0.5]
        made += [post(next(number), f"g{group}n{one}", words[group], parent=uri(firsts[two])) for one, two in pairs]
    own = [one.uri for one in made if not one.parent]
    made += [post(next(number), f"g{n % len(sizes)}n0", "hello", parent=own[-1 - n]) for n in range(cross)]
    return table(made)


def test_planted_communities_are_found_and_named_by_their_words() -> None:
    made = groups((12, 12, 12))
    found = communities(interactions(made), made)
    assert found.clear
    assert [one.size.value for one in found.communities] == [12, 12, 12]
    assert {word for one in found.communities for word in one.words} >= {"brakes", "battery", "saddle"}
    assert all((one.inside.value or 0) > 0.9 for one in found.communities)


def test_a_community_keeps_its_name() -> None:
    made = groups((12, 12, 12))
    before = communities(interactions(made), made).communities
    old = [type(one)(f"club {n}", *(getattr(one, key) for key in ("words", "main", "members", "size", "inside"))) for n, one in enumerate(before)]  # fmt: skip  # noqa: E501
    after = communities(interactions(made), made, before=tuple(old)).communities
    assert {one.name for one in after} == {"club 0", "club 1", "club 2"}


def test_a_graph_wired_at_random_has_no_clear_communities() -> None:
    rng = np.random.default_rng(5)
    made = [post(n, f"p{n}") for n in range(200)]
    made += [post(1000 + n, f"p{rng.integers(200)}", parent=uri(int(rng.integers(200)))) for n in range(500)]
    found = communities(interactions(table(made)), table(made))
    assert not found.clear
    assert found.communities == ()
    assert (found.modularity.value or 0) > 0.3  # which alone would have been taken for structure


def test_modularity_is_what_scikit_network_says() -> None:
    from sknetwork.clustering import get_modularity

    both = undirected(interactions(groups((10, 10, 10))).matrix)
    labels = grouped(both, 1.0, 7)
    assert modularity(both, labels) == pytest.approx(get_modularity(both, labels))
    assert rewired(both, 1).sum() <= both.sum()


def test_jaccard_of_nothing_is_nothing() -> None:
    assert jaccard(frozenset(), frozenset()) == 0


def test_circles_follow_frequency_and_return() -> None:
    number, made = count(100), [post(n, name) for n, name in enumerate(("ego", "friend", "star", "known", "rare"))]
    plan = {"friend": range(0, 56, 5), "star": range(0, 56, 5), "known": (1, 30), "rare": (3,)}
    for n, (name, days) in enumerate(plan.items(), start=1):
        made += [post(next(number), "ego", day=day, parent=uri(n)) for day in days]
        if name == "friend":
            made += [post(next(number), name, day=day, parent=uri(0)) for day in days]
    made.append(post(99, "ego", day=56))
    posts = table(made)
    found = circles(interactions(posts), posts, uri_of("ego"))
    assert [one.account for one in found.inner] == [uri_of("friend")]
    assert {one.account for one in found.regular} == {uri_of("star"), uri_of("known")}
    assert [one.account for one in found.occasional] == [uri_of("rare")]
    assert found.count("regular").value == 2


def test_gexf_opens_and_carries_attributes_kinds_and_odd_names() -> None:
    posts = table([post(1, "lea\x00<&>"), post(2, "hugo", parent=uri(1)), post(3, "ines", mentions=("hugo",))])
    graph, stream = interactions(posts), io.BytesIO()
    assert write_gexf(graph, stream, {"influence": [1.5] * graph.n, "community": ["a", None, "b"]}) == 0
    tree = etree.fromstring(stream.getvalue())
    assert tree.get("version") == "1.3"
    assert len(tree.findall(f".//{{{GEXF}}}node")) == 3
    edge = tree.find(f".//{{{GEXF}}}edge")
    assert edge is not None
    assert edge.get("weight") == "1"
    declared = {one.get("id"): one.get("type") for one in tree.iter(f"{{{GEXF}}}attribute")}
    assert declared["influence"] == "double"
    assert declared["community"] == "string"


def test_graphml_opens_and_the_lightest_edges_are_left_out() -> None:
    made = [post(1, "lea"), post(2, "hugo", parent=uri(1)), post(3, "ines", mentions=("lea",))]
    graph, stream = interactions(table(made)), io.BytesIO()
    assert write_graphml(graph, stream, edges_max=1) == 1
    tree = etree.fromstring(stream.getvalue())
    assert len(tree.findall(f".//{{{GRAPHML}}}edge")) == 1
    assert write_gexf(interactions(table([])), io.BytesIO()) == 0
