"""History answers as live matching does: random queries and nasty posts, on both databases, against the oracle."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pyarrow as pa
import pytest
from tests.contract.deliveries import delivery, note
from tests.match_cases import plain_node, plain_post, random_node, random_post

from palabre import rematch
from palabre.archive import Archive, Delivery, Filters
from palabre.batches import batch_of, post_of
from palabre.clock import FixedClock
from palabre.match.ast import And, InField, Literal, Node, Not, Or, Range, Term
from palabre.match.oracle import matches, post_from
from palabre.match.panel import Panel
from palabre.match.query import Query
from palabre.model import (
    MENTIONS,
    Account,
    Between,
    Metrics,
    Post,
    Sieve,
    SieveAll,
    SieveAny,
    SieveEverything,
    SieveTerm,
)
from palabre.search import ask, ask_query, search

DAY = 86_400_000


def indexed(posts: list[Post], workspace_id: int = 1) -> Delivery:
    """A delivery whose keys are those of the engine."""
    batch = batch_of(posts)
    return Delivery(
        workspace_id,
        None,
        batch,
        [None] * len(posts),
        Panel("python").index_texts(batch),
        pa.RecordBatch.from_pylist([], MENTIONS),
    )


def random_stored(
    rng: random.Random, count: int, make: Callable[[random.Random], dict[str, object]] = random_post
) -> list[Post]:
    """Posts that live and stored readers see alike: every author has one name."""
    posts = []
    for i in range(count):
        post = post_of(make(rng) | {"uri": f"u:{i}"})
        handle = post.account.handle if post.account else ""
        account = replace(post.account, name=handle.upper()) if post.account and handle else None
        posts.append(replace(post, account=account))
    return posts


def test_history_gives_the_answers_of_the_oracle(archive: Archive) -> None:
    rng = random.Random(20_261_121)
    posts = random_stored(rng, 150)
    archive.write(indexed(posts))
    seen = [post_from(post) for post in posts]
    some = 0
    for number in range(150):
        node = random_node(rng)
        expected = {post.uri for post, one in zip(posts, seen, strict=True) if matches(node, one)}
        asked = ask_query(archive, 1, Query("", node))
        assert {row.post.uri for row in asked.rows(limit=1000)} == expected, (number, node)
        assert asked.count().n == len(expected)
        some += 0 < len(expected) < len(posts)
    assert some > 40


def test_places_and_facts_are_those_of_the_oracle(archive: Archive) -> None:
    rng = random.Random(20_261_122)
    posts = random_stored(rng, 120, plain_post)
    archive.write(indexed(posts))
    seen = [post_from(post) for post in posts]
    some = 0
    for number in range(300):
        node = plain_node(rng)
        expected = {post.uri for post, one in zip(posts, seen, strict=True) if matches(node, one)}
        asked = ask_query(archive, 1, Query("", node))
        assert {row.post.uri for row in asked.rows(limit=1000)} == expected, (number, node)
        assert asked.count().n == len(expected), (number, node)
        some += 0 < len(expected) < len(posts)
    assert some > 150


def test_counts_beside_words_are_those_of_the_oracle(archive: Archive) -> None:
    rng = random.Random(20_261_123)
    bare = random_stored(rng, 120, plain_post)
    posts = [
        replace(post, metrics=Metrics(likes=rng.choice([None, 0, 1, 5, 9]), views=rng.choice([None, 3, 2**40])))
        for post in bare
    ]
    archive.write(indexed(posts))
    seen = [post_from(post) for post in posts]
    some = 0
    for number in range(200):
        spans = [Range("likes", rng.choice([None, 0, 1, 5.5]), rng.choice([None, 5, 9])), Range("views", 3, None)]
        node = And((plain_node(rng), *rng.sample(spans, rng.choice([1, 1, 2]))))
        node = rng.choice([node, node, node, Or((node, Term("brand"))), And((Term("ete"), Not(node)))])
        expected = {post.uri for post, one in zip(posts, seen, strict=True) if matches(node, one)}
        asked = ask_query(archive, 1, Query("", node))
        assert {row.post.uri for row in asked.rows(limit=1000)} == expected, (number, node)
        assert asked.count().n == asked.count(seconds=60).n == len(expected), (number, node)
        assert sum(n for _, n in asked.facets()["lang"]) == len(expected), (number, node)
        some += 0 < len(expected) < len(posts)
    assert some > 80


def test_literals_cut_out_of_posts_are_found_where_the_oracle_finds_them(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palabre.archive.chosen.WINDOW", 40)
    rng = random.Random(20_261_124)
    posts = [replace(post, text=post.text.replace("\x00", " ")) for post in random_stored(rng, 150)]  # as it is kept
    archive.write(indexed(posts))
    seen = [post_from(post) for post in posts]
    for number in range(200):
        text = rng.choice([post.text for post in posts])
        start, end = sorted(rng.choices(range(len(text) + 1), k=2))
        written = Literal(text[start:end].strip() or "%_\\")
        node: Node = rng.choice([written, written, InField("text", written), And((written, Not(Literal("brand"))))])
        expected = {post.uri for post, one in zip(posts, seen, strict=True) if matches(node, one)}
        asked = ask_query(archive, 1, Query("", node))
        assert {row.post.uri for row in asked.rows(limit=1000)} == expected, (number, node)
        assert asked.count().n == asked.count(seconds=60).n == len(expected), (number, node)
        pages = [asked.rows(limit=2)]
        while pages[-1]:
            pages.append(asked.rows(before=pages[-1][-1].post_id, limit=2))
        assert sorted(row.post.uri for page in pages for row in page) == sorted(expected), (number, node)


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "a \udfff b", "a'; --"])
def test_a_literal_that_no_text_can_hold_finds_nothing(archive: Archive, odd: str) -> None:
    archive.write(indexed(random_stored(random.Random(1), 20)))
    asked = ask_query(archive, 1, Query("", And((Literal(odd), Term("brand")))))
    assert (asked.rows(), asked.count().n) == ([], 0)


def test_pages_by_key_hold_every_answer_once(archive: Archive) -> None:
    archive.write(indexed([note(i, "impair" if i % 2 else "pair oui") for i in range(300)]))
    found, before = [], None
    while page := search(archive, 1, '"pair oui"', before=before, limit=7):
        found += [row.post_id for row in page]
        before = page[-1].post_id
    assert found == sorted(set(found), reverse=True)
    assert len(found) == 150


def test_spans_say_why(archive: Archive) -> None:
    archive.write(indexed([note(1, "Le vélo électrique perdu")]))
    asked = ask(archive, 1, "velo NEAR/1 perdu")
    rows = asked.rows()
    assert [rows[0].post.text[span.start : span.end] for span in asked.spans(rows)[0]] == ["vélo", "perdu"]
    assert ask(archive, 1, "  ").rows()[0].post.uri == rows[0].post.uri


FILTERS = [
    (Filters(networks=("mastodon",)), {0, 2}),
    (Filters(networks=("mastodon", "web")), {0, 1, 2}),
    (Filters(langs=("fr",)), {0, 1}),
    (Filters(langs=("",)), {3}),
    (Filters(kinds=("article",)), {1}),
    (Filters(since_ms=1_700_000_000_000 + DAY), {1, 2, 3}),
    (Filters(since_ms=1_700_000_000_000 + DAY, until_ms=1_700_000_000_000 + 2 * DAY), {1}),
    (Filters(account_uri="https://example.org/u/bob"), {2, 3}),
    (Filters(langs=("fr",), kinds=("note",), account_uri="https://example.org/u/ada"), {0}),
    (Filters(watch_ids=(12345,)), set()),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
def test_filters_choose_in_the_database(
    archive: Archive, clock: FixedClock, filters: Filters, expected: set[int]
) -> None:
    clock.ms = 1_800_000_000_000
    start = 1_700_000_000_000
    ada, bob = Account("https://example.org/u/ada", "ada"), Account("https://example.org/u/bob", "bob")
    posts = [
        note(0, "mot", lang="fr", published_ms=start, account=ada),
        note(1, "mot", lang="fr", network="web", kind="article", published_ms=start + DAY, account=ada),
        note(2, "mot", lang="en", published_ms=start + 2 * DAY, account=bob),
        note(3, "mot", network="x y", published_ms=start + 3 * DAY, account=bob),
    ]
    archive.write(indexed(posts))
    for text in ("", "mot", '"mot"'):
        assert {int(row.post.uri[-1]) for row in search(archive, 1, text, filters)} == expected
        assert ask(archive, 1, text, filters).count().n == len(expected)
        assert sum(n for _, n in ask(archive, 1, text, filters).facets()["lang"]) == len(expected)
        assert sum(bucket.n for bucket in ask(archive, 1, text, filters).volume(DAY)) == len(expected)


HOSTILE = [
    '"',
    "'",
    "a OR b",
    "* AND x",
    "col:x",
    "NEAR(",
    "\\",
    "x' & !'y",
    "a:*",
    "((",
    "%s",
    ":p0",
    "é*",
    "\u0002w1",
    "a b",
    "",
]


@pytest.mark.parametrize("key", HOSTILE)
def test_no_key_can_break_out_of_the_question(archive: Archive, key: str) -> None:
    archive.write(delivery([note(1, "a b")]))
    for node in (
        SieveTerm(key),
        SieveTerm(key, prefix=True),
        SieveAll((SieveTerm(key), SieveTerm("a"))),
        SieveAny((SieveTerm(key),)),
    ):
        assert archive.count(1, Sieve(node, exact=True)).n in (0, 1)
        assert len(archive.search(1, Sieve(node), lambda batch: [True] * batch.num_rows)) in (0, 1)


@pytest.mark.parametrize("looked_at", [0, 3, 7, 1_000])
def test_pages_of_an_open_word_are_the_same_however_many_recent_posts_are_looked_at(
    archive: Archive, looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palabre.archive.search.RECENT", looked_at)
    texts = ["velo perdu", "velodrome", "vers", "rien", "les velos"]
    archive.write(indexed([note(i, texts[i % 5], lang="fr" if i % 2 else "en") for i in range(40)]))
    archive.write(indexed([note(100 + i, "velos") for i in range(5)], archive.workspaces.add("other").workspace_id))
    for query, filters, wanted in (
        ("velo*", Filters(), {0, 1, 4}),
        ("velo* AND NOT perdu", Filters(), {1, 4}),
        ('"les velo*" OR vers', Filters(), {2, 4}),
        ("ve*", Filters(langs=("fr",)), {0, 1, 2, 4}),
    ):
        found, before = [], None
        while page := search(archive, 1, query, filters, before=before, limit=4):
            found += [int(row.post.uri.rsplit("/", 1)[-1]) for row in page]
            before = page[-1].post_id
        assert found == [i for i in reversed(range(40)) if i % 5 in wanted and (not filters.langs or i % 2)]


def liked(likes: int) -> Sieve:
    return Sieve(SieveTerm("mot"), exact=True, numbers=(Between("likes", likes, None),))


def test_a_count_beside_words_looks_at_columns_alone(archive: Archive) -> None:
    archive.write(indexed([note(i, "mot", metrics=Metrics(likes=i or None)) for i in range(20)]))

    def never(batch: pa.RecordBatch) -> list[bool]:
        raise AssertionError("looked at one by one")

    assert archive.count(1, liked(15), never).n == 5


def test_rare_counts_beside_common_words_keep_the_limit_of_time(
    archive: Archive, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.write(indexed([note(i, "mot", metrics=Metrics(likes=1)) for i in range(1_000)]))
    monkeypatch.setattr("palabre.archive.search.COLUMNS_AT_ONCE", 100)
    monkeypatch.setattr(archive._search, "_lists", lambda: None)
    looks = count(clock.monotonic())
    monkeypatch.setattr(FixedClock, "monotonic", lambda _: next(looks))  # a second passes between two looks
    found = archive.count(1, liked(1), lambda batch: [True] * batch.num_rows, seconds=1.5)
    assert (found.n, found.exact) == (200, False)
    whole = archive.count(1, liked(1), lambda batch: [True] * batch.num_rows)
    assert (whole.n, whole.exact) == (1_000, True)


def test_a_count_that_may_not_take_longer_says_at_least(archive: Archive, clock: FixedClock) -> None:
    """Few posts are verified between two looks at the clock: from the disk, each may take half a millisecond."""
    archive.write(delivery([note(i) for i in range(4_000)]))
    batches: list[int] = []

    def slow(batch: pa.RecordBatch) -> list[bool]:
        clock.sleep(1)
        batches.append(batch.num_rows)
        return [True] * batch.num_rows

    count = archive.count(1, Sieve(SieveEverything()), slow, seconds=0.5)
    assert (count.exact, 0 < count.n < 4_000) == (False, True)
    assert archive.count(1, Sieve(SieveEverything()), slow) == type(count)(4_000)
    assert max(batches) <= 1_024


def test_a_thread_holds_what_it_answers_and_what_answers_it(archive: Archive) -> None:
    tree = {1: 0, 2: 1, 3: 1, 4: 2, 9: 0}
    posts = [note(i, f"p{i}", parent=note(up).uri if up else "", published_ms=10**12 + i) for i, up in tree.items()]
    archive.write(delivery(posts))
    ids = {row.post.text: row.post_id for row in archive.search(1)}
    assert [row.post.text for row in archive.thread(1, ids["p4"])] == ["p1", "p2", "p3", "p4"]
    assert [row.post.text for row in archive.thread(1, ids["p9"])] == ["p9"]


def test_a_thread_that_bites_its_tail_ends(archive: Archive) -> None:
    archive.write(delivery([note(1, parent=note(2).uri), note(2, parent=note(1).uri)]))
    assert len(archive.thread(1, archive.search(1)[0].post_id)) == 2


def test_history_is_matched_when_a_watch_is_added_and_changed(archive: Archive) -> None:
    archive.write(indexed([note(i, f"le mot{i % 3} ici") for i in range(90)]))
    watch = archive.watches.add(1, "w", '"mot1 ici"')
    shares: list[float] = []
    done = rematch.rematch(archive, watch, lambda _, share: shares.append(share))
    assert (done.won, done.lost, shares[-1]) == (30, 0, 1.0)
    assert len(archive.mentions(1, watch.watch_id, limit=100)) == 30
    watch = archive.watches.change(watch.watch_id, 1, query="mot1 OR mot2", who="ada", why="wider")
    assert rematch.rematch_waiting(archive) == rematch.Rematched(30, 0)
    watch = archive.watches.change(watch.watch_id, 1, query="mot2")
    assert rematch.rematch_waiting(archive) == rematch.Rematched(0, 30)
    assert archive.watches.with_history() == []
    assert [version.query for version in archive.watches.versions(watch.watch_id, 1)] == [
        "mot2",
        "mot1 OR mot2",
        '"mot1 ici"',
    ]


@pytest.mark.parametrize(
    "query", ["a1 SENTENCE b2", 'raw:"b2."', 'raw:"b2. fin"', "title:a1 OR b2 SENTENCE a1", "author:bob"]
)
def test_a_look_that_is_stopped_goes_on_where_it_was(
    query: str, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palabre.archive.search.FIRST_BATCH", 7)
    monkeypatch.setattr("palabre.archive.search.BATCH_MAX", 7)
    monkeypatch.setattr("palabre.archive.chosen.WINDOW", 9)
    bob = Account("https://x.org/bob", handle="bob")
    archive.write(
        indexed(
            [
                note(i, "a1 un b2. fin" if i % 13 == 4 else "a1. b2 x", account=bob if i % 13 == 4 else None)
                for i in range(90)
            ]
        )
    )
    asked, found, before, looks = ask(archive, 1, query), list[int](), None, 0
    while True:
        look = asked.look(before, 50, seconds=0)
        found += [row.post_id for row in look.rows]
        looks += 1
        if not look.further:
            break
        assert look.reached_ms
        before = look.further
    assert found == [row.post_id for row in asked.rows()]
    assert len(found) == 7
    assert looks > 1


def test_matching_history_can_be_stopped_and_goes_on(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rematch, "STEP_POSTS", 10)
    archive.write(indexed([note(i, "mot") for i in range(55)]))
    watch = archive.watches.add(1, "w", "mot AND NOT autre")
    assert rematch.rematch(archive, watch, steps=2).won == 20
    assert rematch.rematch_waiting(archive).won == 35
    assert archive.count(1, filters=Filters(watch_ids=(watch.watch_id,))).n == 55


def test_posts_matched_by_an_older_panel_are_looked_at_again(archive: Archive) -> None:
    stamp = archive.watches.stamp()
    watch = archive.watches.add(1, "w", "mot")
    rematch.rematch_waiting(archive)
    archive.write(replace(indexed([note(1, "mot")]), panel_stamp=stamp))
    assert rematch.rematch_waiting(archive).won == 1
    archive.write(replace(indexed([note(2, "mot")]), panel_stamp=archive.watches.stamp()))
    assert archive.watches.get(watch.watch_id).history_before == 0


def test_the_panel_can_be_followed(archive: Archive) -> None:
    stamp = archive.watches.stamp()
    one, two = archive.watches.add_many(1, [("a", "x", "brand"), ("b", "y", "theme")])
    assert archive.watches.changed_since(stamp) == ([one, two], [])
    stamp = archive.watches.stamp()
    archive.watches.remove(one.watch_id, 1)
    paused = archive.watches.set_state(two.watch_id, 1, "paused")
    assert archive.watches.changed_since(stamp) == ([paused], [one.watch_id])
    assert archive.watches.all(1, active=True) == []
    archive.watches.set_list(1, "marques", "a OR b")
    assert archive.watches.lists(1) == {"marques": "a OR b"}
    test = archive.watches.add_test(two.watch_id, 1, "un texte", must_match=True)
    assert archive.watches.tests(two.watch_id, 1) == [test]
