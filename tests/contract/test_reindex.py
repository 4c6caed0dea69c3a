"""An archive of before places answers the same while its index is made anew, and after."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from tests.contract.deliveries import delivery, note
from tests.contract.test_archive_schema import ENDING, RELEASED, SCHEMAS
from tests.contract.test_archive_search import indexed, random_stored
from tests.match_cases import plain_node, plain_post

from palabre.archive import Archive, Filters, fulltext, open_archive
from palabre.archive.index_keys import KEY_CHARS_MAX, joined, placed
from palabre.archive.reindex import set_counter
from palabre.clock import FixedClock
from palabre.match.oracle import matches, post_from
from palabre.match.panel import Panel
from palabre.match.query import Query
from palabre.model import Post
from palabre.search import ask, ask_query
from palabre.settings import Settings, load

OLD = "CREATE VIRTUAL TABLE post_fts USING fts5 (keys, content='', detail=none, columnsize=0, tokenize=\"ascii {}\")"


@pytest.fixture
def aged(settings: Settings, clock: FixedClock) -> Archive:
    """An archive with an index as it was before schema 0006."""
    archive = open_archive(settings, clock)
    if not archive.ledger.sqlite:
        pytest.skip("the index on PostgreSQL keeps no places")
    with archive.ledger.write() as connection:
        connection.exec_driver_sql("DROP TABLE post_fts")
        connection.exec_driver_sql(OLD.format(f"tokenchars '{fulltext.SIGNS}'"))
        set_counter(connection, "places", 0)
    return archive


def check(archive: Archive, rng: random.Random, posts: dict[str, Post], rounds: int = 40) -> None:
    """Rows and counts of random queries are those of the oracle."""
    seen = {uri: post_from(post) for uri, post in posts.items()}
    for _ in range(rounds):
        node = plain_node(rng)
        expected = {uri for uri, one in seen.items() if matches(node, one)}
        asked = ask_query(archive, 1, Query("", node))
        assert {row.post.uri for row in asked.rows(limit=1000)} == expected, node
        assert asked.count().n == len(expected), node


def test_answers_stay_while_posts_change_and_go(aged: Archive) -> None:
    rng = random.Random(6)
    posts = {post.uri: post for post in random_stored(rng, 90, plain_post)}
    aged.write(indexed(list(posts.values())))
    watch = aged.watches.add(1, "w", "zzz").watch_id
    check(aged, rng, posts)
    done, turns = False, 0
    while not done:
        done = aged.reindex(Panel().index_texts, 20)
        change(aged, rng, posts, turns)
        aged.change_mentions(1, watch, [], [row.post_id for row in aged.search(1, limit=5)])
        check(aged, rng, posts)
        turns += 1
    with aged.ledger.read() as connection:
        assert fulltext.has_places(connection)
    assert turns > 4
    assert aged.reindex(Panel().index_texts)
    assert aged.count(1, filters=Filters(watch_ids=(watch,))).n > 5


def change(archive: Archive, rng: random.Random, posts: dict[str, Post], turn: int) -> None:
    """Some posts are edited, one goes, one comes."""
    fresh = random_stored(rng, 90, plain_post)
    known = [(post, posts[post.uri]) for post in fresh if post.uri in posts and rng.random() < 0.1]
    edited = [replace(post, network=was.network) for post, was in known]  # an edit does not move a post
    posts |= {post.uri: post for post in edited}
    gone = rng.choice(sorted(posts))
    del posts[gone]
    new = note(1000 + turn, "a b brand ete")
    posts[new.uri] = new
    archive.write(indexed([*(post for post in edited if post.uri != gone), new]))
    archive.write(delivery([], gone=[gone]))


def test_nothing_of_what_went_stays_in_the_index(aged: Archive) -> None:
    rng = random.Random(7)
    posts = {post.uri: post for post in random_stored(rng, 30, plain_post)}
    aged.write(indexed(list(posts.values())))
    aged.reindex(Panel().index_texts, 10)
    for turn in range(3):
        change(aged, rng, posts, turn)
    while not aged.reindex(Panel().index_texts, 10):
        pass
    aged.write(delivery([], gone=sorted(posts)))
    with aged.ledger.write() as connection:
        fulltext.optimise(connection)
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.left_over USING fts5vocab (main, post_fts, row)")
        assert connection.exec_driver_sql("SELECT term FROM left_over").all() == []


@pytest.mark.parametrize("version", [version for version in RELEASED if version < "0006"])
def test_an_archive_of_a_released_version_gets_its_places(version: str, tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "palabre.sqlite3").write_bytes(zstandard.decompress((SCHEMAS / f"{version}{ENDING}").read_bytes()))
    (tmp_path / "secret.key").write_text((SCHEMAS / f"{version}.key").read_text("utf-8"))
    with open_archive(load(tmp_path, {}), clock) as archive:
        assert found(archive) == [1, 1, 0, 1]
        assert not archive.reindex(Panel().index_texts, 1)
        assert found(archive) == [1, 1, 0, 1]
        assert archive.reindex(Panel().index_texts)
        assert found(archive) == [1, 1, 0, 1]


def found(archive: Archive) -> list[int]:
    queries = ('"released post"', "post NEAR/0 released", '"post released"', "network:mastodon")
    return [ask(archive, 1, query).count().n for query in queries]


def test_keys_that_are_too_long_to_index_obey_filters(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A post that is too long for the index is looked at, but only where it fulfils the filters."""
    monkeypatch.setattr("palabre.archive.index_keys.KEYS_BYTES_MAX", 40)
    long = note(1, "mot " * 30, lang="fr")
    archive.write(indexed([long, note(2, "mot ici", lang="fr")]))
    assert ask(archive, 1, "mot").count().n == 2
    assert ask(archive, 1, "mot", Filters(langs=("en",))).count().n == 0
    assert ask(archive, 1, "mot AND NOT ici").count().n == 1
    assert [row.post.uri for row in ask(archive, 1, '"mot mot"', Filters(langs=("fr",))).rows()] == [long.uri]


def test_a_key_as_long_as_the_cut_ones_is_looked_at(archive: Archive) -> None:
    """Of two words that are alike in all that the index keeps of them, a query finds the one it names."""
    exact, longer = note(1, "y" * KEY_CHARS_MAX + " ici"), note(2, "y" * (KEY_CHARS_MAX + 50) + " ici")
    archive.write(indexed([exact, longer]))
    for query, found in (
        (exact.text[:-4], exact),
        (f"ici AND NOT {exact.text[:-4]}", longer),
        (f'"{exact.text}"', exact),
    ):
        asked = ask(archive, 1, query)
        assert [row.post.uri for row in asked.rows()] == [found.uri], query
        assert asked.count().n == 1, query
    assert ask(archive, 1, "y" * KEY_CHARS_MAX + "*").count().n == 2


def test_hostile_keys_stay_in_their_workspace() -> None:
    """Signs that part keys do so only when they stand alone."""
    parts = placed(1, "a||b ||2:c || t || x", "f")
    assert all(key.startswith("1:") for key in joined(parts).split(" "))
    assert parts == ("1:a||b 1:||2:c", "1:t", "1:f 1:x")
    cases = {"": ("", "", "1:f"), "|| t": ("", "1:t", "1:f"), "a || || x": ("1:a", "", "1:f 1:x")}
    assert {words: placed(1, words, "f") for words in cases} == cases
