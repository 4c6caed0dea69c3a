"""The posting lists of the lake choose what SQL chooses: on both databases, whatever changed since they were made."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

import pyarrow as pa
import pytest
from tests.contract.deliveries import delivery, note
from tests.contract.test_archive_search import indexed, random_stored
from tests.contract.test_archive_understood import readings, row
from tests.match_cases import plain_node, plain_term, random_fact, random_node

from palabre.archive import Archive, Filters, lake_words, postings, search
from palabre.archive.folds import Reason
from palabre.archive.lake_words import LakeWords
from palabre.batches import batch_of
from palabre.match.ast import And, InField, Literal, Node, Not, Or, Range
from palabre.match.panel import Panel
from palabre.match.query import Query
from palabre.model import EMOTIONS, INTENTS, TONES, Metrics, Post
from palabre.rematch import rematch
from palabre.search import Asked, ask, ask_query

DAY = 86_400_000
NAMES = ("lang", "network", "kind", "source", "watch", "tone", "intent", "axis", "emotion")


def read_row(rng: random.Random) -> dict[str, Any]:
    """What was read of a post, or nothing."""
    if rng.random() < 0.2:
        return row(None, emotion=None, intents=None, axis=None)
    emotion, intents = rng.choice(("", *EMOTIONS)), rng.sample(INTENTS, rng.randrange(3))
    return row(rng.choice(TONES), emotion=emotion, intents=intents, axis=rng.choice(("", "product")))


def deliver(archive: Archive, rng: random.Random, posts: list[Post], source_id: int | None) -> None:
    """Posts with the keys of the engine, and with readings."""
    version = archive.readings.version(1, "m1")
    read = readings(*[read_row(rng) for _ in posts])
    index = Panel("python").index_texts(batch_of(posts))
    archive.write(delivery(posts, source_id=source_id, index=index, readings=read, reading_version=version))


def change_some(archive: Archive, rng: random.Random, posts: list[Post]) -> None:
    """Edits, erasures, corrections, folds and mentions, after the lists were made."""
    ids = sorted(found.post_id for found in archive.search(1, limit=1_000))
    some = rng.sample(ids, 12)
    archive.folds.put(1, [(post_id, 0.9, [Reason("copies", 0.9, {})]) for post_id in some[:4]])
    archive.corrections.correct(1, some[4:7], "tone", "positive", "Ada")
    archive.write(delivery([], gone=[post.uri for post in (*posts[:3], posts[-1])]))
    edited = [note(900, "oui zorglub", uri=post.uri) for post in posts[3:6]]
    archive.write(indexed(edited))


def random_filters(rng: random.Random, now_ms: int) -> Filters:
    """Some of what lists know."""
    start = now_ms - rng.randrange(20) * DAY
    choices: dict[str, Any] = {
        "since_ms": start,
        "until_ms": start + 5 * DAY,
        "langs": (rng.choice(("fr", "en", "")),),
        "tones": tuple(rng.sample(TONES, 2)),
        "emotions": (rng.choice(("none", *EMOTIONS)),),
        "intents": (rng.choice(("none", "other", *INTENTS)),),
        "axes": (rng.choice(("none", "product", "unheard of")),),
        "folded": rng.choice(("yes", "no")),
        "mentioned": True,
        "watch_ids": (1,),
    }
    return Filters(**{name: choices[name] for name in rng.sample(sorted(choices), rng.randrange(4))})


def told(asked: Asked) -> tuple[Any, ...]:
    """All that a screen shows of a question."""
    facets = asked.archive.posts.facets(1, asked.sieve, asked.verify, asked.filters, NAMES)
    pages, before = [], None
    while page := [found.post_id for found in asked.rows(before, limit=7)]:
        pages.append(page)
        before = page[-1]
    equals = {name: sorted(found) for name, found in facets.items()}  # databases order what is equally frequent
    return asked.count().n, equals, asked.volume(DAY), pages


@contextmanager
def without_lists(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(archive.posts, "_lists", lambda: None)
        patch.setattr(archive._search, "_lists", lambda: None)
        yield


def told_alike(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many posts there are, once lists and SQL have told the same of a question."""
    found = told(asked)
    with without_lists(asked.archive, monkeypatch):
        assert told(asked) == found, (asked.query, asked.filters)
    return int(found[0])


@pytest.fixture
def heard(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> list[Post]:
    """Posts of twenty days in several segments of several parts, some of them changed since, some new."""
    monkeypatch.setattr(postings, "PART_ROWS", 17)
    rng = random.Random(20_261_123)
    now = archive.clock.now_ms()
    posts = [
        replace(post, published_ms=now - rng.randrange(20 * DAY), metrics=Metrics(likes=rng.choice((None, 0, 5, 9))))
        for post in random_stored(rng, 160)
    ]
    source = archive.sources.add(1, "feed", "a", {}).source_id
    for some, source_id in ((posts[:60], None), (posts[60:120], source)):
        deliver(archive, rng, some, source_id)
        archive.lake.seal_all()
        archive.lake_words.keep_all()
    deliver(archive, rng, posts[120:], None)
    watch = archive.watches.add(1, "w", "oui OR non OR le")
    rematch(archive, watch)
    change_some(archive, rng, posts)
    return posts


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of each answer that was given by lists."""
    given: list[str] = []
    for name in ("selected", "newest", "candidates"):
        plain = getattr(LakeWords, name)

        def noted(*args: Any, _name: str = name, _plain: Any = plain, **more: Any) -> Any:
            found = _plain(*args, **more)
            given.extend([_name] if found is not None else [])
            return found

        monkeypatch.setattr(LakeWords, name, noted)
    return given


def random_literal(rng: random.Random, posts: list[Post]) -> Node:
    """Characters cut out of a post, alone or beside other conditions."""
    text = rng.choice([post.text or "?" for post in posts])
    start = rng.randrange(len(text))
    one = Literal(text[start : start + rng.choice((1, 2, 5, 12, 30))].strip() or "C++")
    likes = Range("likes", 1, None)
    return rng.choice([one, one, InField("text", one), And((one, Not(Literal("brand")))), And((one, likes))])


QUERIES = (
    "",
    "br*",
    "ete",
    "et* AND NOT google",
    '"a b"',
    "lang:fr AND ab*",
    "#ete OR fin",
    '"ete a" OR c',
    "x NEAR/3 a",
)


def test_lists_tell_what_sql_tells(
    archive: Archive, heard: list[Post], answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, some = random.Random(7), 0
    for number in range(72):
        filters = random_filters(rng, archive.clock.now_ms())
        asked = ask(archive, 1, QUERIES[number % len(QUERIES)], filters)
        if number % 4 == 3:
            asked = ask_query(archive, 1, Query("", random_node(rng)), filters)
        some += 0 < told_alike(asked, monkeypatch) < 100
    assert some > 20
    assert answers.count("selected") > 90
    assert answers.count("newest") > 30


def test_lists_find_the_literals_that_sql_finds(
    archive: Archive, heard: list[Post], answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, some = random.Random(11), 0
    for number in range(120):
        filters = random_filters(rng, archive.clock.now_ms()) if number % 3 == 2 else Filters()
        asked = ask_query(archive, 1, Query("", random_literal(rng, heard)), filters)
        some += 0 < told_alike(asked, monkeypatch) < 100
    assert some > 40
    assert answers.count("candidates") > 200


def random_facts(rng: random.Random) -> Node:
    """Facts, alone or beside words and each other."""
    one, other = random_fact(rng), random_fact(rng)
    return rng.choice(
        [
            one,
            And((plain_node(rng), one)),
            And((plain_node(rng), Not(one))),
            Or((plain_node(rng), And((one, other)))),
            And((Or((one, other)), Range("likes", 1, None))),
            And((InField("title", plain_term(rng)), one)),
            And((random_node(rng), one)),
        ]
    )


def test_lists_know_the_facts_that_sql_knows(
    archive: Archive, heard: list[Post], answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NEAR", 9)
    rng, some = random.Random(13), 0
    for number in range(120):
        filters = random_filters(rng, archive.clock.now_ms()) if number % 3 == 2 else Filters()
        asked = ask_query(archive, 1, Query("", random_facts(rng)), filters)
        some += 0 < told_alike(asked, monkeypatch) < 100
    assert some > 40
    assert min(map(answers.count, ("selected", "newest", "candidates"))) > 40


def test_the_index_goes_on_where_lists_are_taken_away(
    archive: Archive, heard: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask_query(archive, 1, Query("", Literal("Google+")))
    found = [row.post_id for row in asked.rows()]
    plain = LakeWords.candidates

    def broken(*args: Any) -> Iterator[int]:
        yield from islice(plain(*args) or (), 3)
        raise FileNotFoundError

    monkeypatch.setattr(LakeWords, "candidates", broken)
    assert len(found) > 3
    assert [row.post_id for row in asked.rows()] == found
    assert asked.count().n == len(found)


@pytest.mark.parametrize("asked_first", [True, False])
def test_lists_with_other_keys_than_ours_are_made_again(
    archive: Archive, asked_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.write(indexed([note(1, "C++"), note(2, "c plus")]))
    archive.lake.seal_all()
    with monkeypatch.context() as patch:
        patch.setattr(postings, "SCHEMA", postings.SCHEMA.with_metadata({"keys": "1"}))
        archive.lake_words.keep()
    asked = ask(archive, 1, 'raw:"C++"')
    if asked_first:
        assert asked.count().n == 1
    assert archive.lake.status().unlisted == 1
    archive.lake_words.keep_all()
    assert archive.lake.status().unlisted == 0
    assert asked.count().n == 1
    (lists,) = archive.lake.root.rglob("*.postings")
    assert pa.ipc.open_file(lists).schema.metadata == postings.VERSION


def test_a_count_that_the_index_gives_at_once_asks_no_lists(
    archive: Archive, heard: list[Post], answers: list[str]
) -> None:
    assert ask(archive, 1, "ete").count().n
    assert not answers
    assert ask(archive, 1, "et*").count().n
    assert answers == ["selected"]


def test_lists_count_several_words_of_a_large_archive(
    archive: Archive, heard: list[Post], answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for query in ("ete OR fin", "ete AND NOT a", "ete OR lang:fr"):
        answers.clear()
        n = ask(archive, 1, query).count().n
        assert not answers
        with monkeypatch.context() as patch:
            patch.setattr(search, "LARGE", 1)
            assert ask(archive, 1, query).count().n == n
        assert answers == ["selected"]


def test_other_workspaces_are_not_counted(archive: Archive, heard: list[Post], answers: list[str]) -> None:
    other = archive.workspaces.add("other").workspace_id
    archive.write(indexed([note(1, "ete")], other))
    archive.lake.seal_all()
    archive.lake_words.keep_all()
    assert ask(archive, other, "et*").count().n == 1
    assert answers == ["selected"]


def test_without_lists_or_with_damaged_ones_sql_answers(
    archive: Archive, heard: list[Post], answers: list[str]
) -> None:
    """Damaged lists are made again; so are those that are gone."""
    n = ask(archive, 1, "et*").count().n
    one, other = archive.lake.root.rglob("*.postings")
    for spoil in (lambda: one.write_bytes(b"ARROW1 or what?"), other.unlink):
        answers.clear()
        spoil()
        assert ask(archive, 1, "et*").count().n == n
        assert not answers
        archive.lake_words.keep_all()
        assert ask(archive, 1, "et*").count().n == n
        assert answers == ["selected"]


def test_many_changes_are_left_to_sql_until_they_are_sealed(
    archive: Archive, heard: list[Post], answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake_words, "CHANGED_MIN", 3)
    n = ask(archive, 1, "et*").count().n
    assert not answers
    archive.lake.seal_all()
    archive.lake.compact()
    archive.lake_words.keep_all()
    assert ask(archive, 1, "et*").count().n == n
    assert answers


def test_phrases_are_counted_where_the_newest_posts_are_gone(archive: Archive, answers: list[str]) -> None:
    archive.write(indexed([note(at, "a b", published_ms=archive.clock.now_ms()) for at in range(5)]))
    archive.lake.seal_all()
    archive.lake_words.keep_all()
    archive.write(delivery([], gone=[note(4).uri]))
    assert ask(archive, 1, '"a b"', Filters(since_ms=1)).count().n == 4
    assert answers


def test_a_post_too_long_for_its_places_is_looked_at(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.write(indexed([note(1, "Un " * 30_001 + "mot. un"), note(2, "Un mot. Un"), note(3, "#un été")]))
    archive.lake.seal_all()
    archive.lake_words.keep_all()
    for query, n in (("{Un} SENTENCE mot", 2), ("mot SENTENCE {un}", 0), ("{un}", 2), ('raw:"mot. un"', 1), ("été", 1)):
        assert told_alike(ask(archive, 1, query), monkeypatch) == n
        assert told_alike(ask(archive, 1, f"({query}) AND NOT url:x"), monkeypatch) == n


def test_what_is_taken_back_leaves_no_byte_in_the_lists(archive: Archive) -> None:
    archive.write(indexed([note(1, "zorglub vit"), note(2, "rien")]))
    archive.lake.seal_all()
    archive.lake_words.keep_all()
    assert any(b"zorglub" in path.read_bytes() for path in archive.lake.root.rglob("*.postings"))
    archive.write(delivery([], gone=[note(1).uri]))
    archive.lake.purge()
    archive.lake_words.keep_all()
    lists = list(archive.lake.root.rglob("*.postings"))
    assert lists
    assert not any(b"zorglub" in path.read_bytes() for path in lists)


def test_lists_of_a_segment_that_was_replaced_meanwhile_are_not_kept(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.write(indexed([note(1, "zorglub vit"), note(2, "rien")]))
    archive.lake.seal_all()
    plain = lake_words.write_postings

    def slowly(*args: Any) -> None:
        plain(*args)
        archive.write(delivery([], gone=[note(1).uri]))
        archive.lake.purge()

    monkeypatch.setattr(lake_words, "write_postings", slowly)
    archive.lake_words.keep()
    assert not any(b"zorglub" in path.read_bytes() for path in archive.lake.root.rglob("*.postings"))


def test_a_setting_that_names_no_folder_leaves_counts_to_sql(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "settings", replace(archive.settings, segments_url="s3://nowhere"))
    archive.write(indexed([note(1, "ete")]))
    assert ask(archive, 1, "et*").count().n == 1
