"""The panel: watches that come and go, odd batches, facts by column, threads, index texts, costs."""

from __future__ import annotations

import random
import threading
import time

import pyarrow as pa
import pytest
from tests.match_cases import random_fact, random_posts

from palabre.errors import ConfigError
from palabre.match import Panel, parse
from palabre.match.ast import Not, Or, Term
from palabre.match.oracle import matches, post_of
from palabre.match.python_engine import index_keys
from palabre.text.kernel import library

ENGINES = ["python", *(["native"] if library() else [])]
by_engine = pytest.mark.parametrize("engine", ENGINES)


def texts(*values: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"text": list(values)})


def pairs(panel: Panel, batch: pa.RecordBatch) -> list[tuple[int, int]]:
    found = panel.match(batch)
    return list(zip(found["post"].to_pylist(), found["watch"].to_pylist(), strict=True))


@by_engine
def test_a_watch_is_live_with_the_next_batch_and_gone_after(engine: str) -> None:
    panel, posts = Panel(engine), texts("l'été arrive", "rien")
    assert pairs(panel, posts) == []
    panel.add(7, parse("été"))
    assert pairs(panel, posts) == [(0, 7)]
    panel.add(7, parse("rien"))
    panel.add(3, Not(Term("rien")))
    assert pairs(panel, posts) == [(0, 3), (1, 7)]
    panel.remove(7)
    panel.remove(7)
    assert pairs(panel, posts) == [(0, 3)]
    assert (len(panel), 3 in panel, 7 in panel) == (1, True, False)


@by_engine
def test_the_characters_that_say_why_are_those_of_the_original(engine: str) -> None:
    panel = Panel(engine)
    panel.add(1, parse('"porte monnaie" OR 👍'))
    posts = pa.RecordBatch.from_pydict({"title": ["👩‍👩‍👧 Porte-Monnaie", ""], "text": ["é\u0301 👍🏽!", "x"]})
    assert [(s.where, s.start, s.end) for s in panel.explain(posts, 0, 1)] == [("title", 6, 19), ("text", 3, 5)]
    assert panel.explain(posts, 1, 1) == ()
    assert panel.explain(posts, 0, 99) == ()


@by_engine
def test_the_title_and_the_text_are_never_neighbours(engine: str) -> None:
    panel = Panel(engine)
    for watch, query in enumerate(['"a b"', "a NEAR/9 b", "a SENTENCE b", "title:a body:b", "title:b"]):
        panel.add(watch, parse(query))
    assert pairs(panel, pa.RecordBatch.from_pydict({"title": ["a"], "text": ["b"]})) == [(0, 3)]


@by_engine
def test_odd_batches(engine: str) -> None:
    panel = Panel(engine)
    panel.add(1, parse("été"))
    column = pa.array(["x", None, "été", "été", ""], pa.large_string())
    batch = pa.RecordBatch.from_arrays([column], ["text"])
    assert pairs(panel, batch) == [(2, 1), (3, 1)]
    assert pairs(panel, batch.slice(3, 1)) == [(0, 1)]
    assert pairs(panel, batch.slice(5)) == []
    assert pairs(panel, texts(*["été" if n % 3 == 0 else "non" for n in range(2000)])) == [
        (n, 1) for n in range(0, 2000, 3)
    ]


@by_engine
def test_facts_by_column_are_the_facts_by_row(engine: str) -> None:
    rng = random.Random(5)
    posts = random_posts(rng, 200)
    panel, nodes = Panel(engine), [random_fact(rng) for _ in range(120)]
    for watch, node in enumerate(nodes):
        panel.add(watch, node)
    rows = [post_of(row) for row in posts.to_pylist()]
    expected = [(at, watch) for at, row in enumerate(rows) for watch, node in enumerate(nodes) if matches(node, row)]
    assert pairs(panel, posts) == expected
    for watch in range(120):
        panel.remove(watch)
    assert not panel.book.numbers


@by_engine
def test_index_texts_hold_the_keys_of_the_tokens(engine: str) -> None:
    posts = random_posts(random.Random(6), 300)
    rows = posts.to_pylist()
    expected = [" ".join(index_keys(str(row["title"]), str(row["text"]))) for row in rows]
    assert Panel(engine).index_texts(posts).to_pylist() == expected


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ConfigError):
        Panel("hyperspace")


native_only = pytest.mark.skipif(not library(), reason="the kernel was not built here")


@native_only
def test_threads_match_while_watches_come_and_go() -> None:
    panel = Panel("native")
    for watch in range(200):
        panel.add(watch, parse(f"mot{watch} OR été"))
    batch = texts(*[f"l'été mot{n}" for n in range(600)])
    wrong: list[int] = []

    def work() -> None:
        for _ in range(15):
            found = panel.match(batch)
            if len(found.filter(pa.compute.less(found["watch"], 200))) != 600 * 200:
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(300):
        panel.add(1000 + n % 50, parse(f"mot{n} NEAR/2 été"))
        panel.remove(1000 + (n * 7) % 50)
    for thread in threads:
        thread.join()
    assert not wrong


@native_only
def test_a_new_watch_among_thousands_is_live_within_a_millisecond() -> None:
    panel = Panel("native")
    for watch in range(5000):
        panel.add(watch, parse(f"(marque{watch} OR m{watch}) AND (été OR sujet{watch % 50}) NOT pluie"))
    took = []
    for n in range(50):
        query = parse(f'neuf{n} OR "neuf {n}"')
        start = time.thread_time()
        panel.add(9000 + n, query)
        took.append(time.thread_time() - start)
        assert (0, 9000 + n) in pairs(panel, texts(f"un neuf{n}"))
    assert sorted(took)[len(took) // 2] < 0.001


@native_only
def test_a_flood_of_new_chunks_keeps_its_memory_and_its_answers() -> None:
    panel = Panel("native")
    panel.add(1, parse("sel AND NOT poivre"))
    for start in range(0, 900_000, 100_000):
        words = " ".join(f"w{n:x}" for n in range(start, start + 100_000))
        assert pairs(panel, texts(words + " sel", "sel poivre", "Sel")) == [(0, 1), (2, 1)]


@native_only
def test_bytes_that_only_look_like_another_chunk_are_told_apart() -> None:
    panel = Panel("native")
    long = "a" * 40
    panel.add(1, parse(long + "x"))
    panel.add(2, parse("aaaaaaaab"))
    posts = texts(long + "x", long + "y", long + "x", "aaaaaaaab", "aaaaaaaac", "aaaaaaaa")
    assert pairs(panel, posts) == [(0, 1), (2, 1), (3, 2)]


def test_the_cost_grows_with_what_a_query_must_look_at() -> None:
    panel = Panel()
    rare, common, negative = map(
        panel.cost, (Term("sernambiguetibe"), Term("de"), Or((Term("sel"), Not(Term("poivre")))))
    )
    assert rare.us_per_1000_posts < common.us_per_1000_posts <= negative.us_per_1000_posts
    assert rare.scan_seconds < common.scan_seconds < negative.scan_seconds
    assert (rare.anchored, negative.anchored, rare.known) == (True, False, False)


@native_only
def test_the_cost_follows_the_stream_once_it_has_been_seen() -> None:
    panel = Panel("native")
    panel.add(1, parse("magasin"))
    for _ in range(20):
        panel.match(texts(*["au magasin" if n % 2 else "rien" for n in range(512)]))
    cost = panel.cost(parse("magasin"))
    assert cost.known
    assert cost.share == pytest.approx(0.5, abs=0.01)


REPEATED = ("un SENTENCE un", "un NEAR/1000 fin", "zut ONEAR/3 un", '"un fin"', '"un mot fin"~3',
            "(un SENTENCE mot) NEAR/3 zut", "(un SENTENCE mot) NEAR/3 fin")  # fmt: skip


@pytest.mark.skipif(library() is None, reason="the kernel is not built")
@pytest.mark.parametrize(
    ("unit", "watches"), [("Un ", {0, 1, 3}), ("Un mot ", {0, 1, 4, 5, 6}), ("un mot. ", {1, 4, 5, 6})]
)
def test_a_post_that_repeats_itself_holds_up_nobody(unit: str, watches: set[int]) -> None:
    """Of so many places no pairs are made: for 1,000 words they took 22 seconds."""
    panel, posts = Panel("native"), texts(unit * 20_000 + "fin. zut")
    for number, query in enumerate(REPEATED):
        panel.add(number, parse(query))
    found = panel.match(posts)
    assert set(found["watch"].to_pylist()) == watches
    assert all(panel.explain_all(posts, found["post"].to_numpy(), found["watch"].to_numpy()))
