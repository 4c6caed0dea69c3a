"""Tokens by their places: posting lists say of each row what the law of the query language says."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache

import pyarrow as pa
import pytest
from tests.match_cases import plain_post, random_node, random_placed, random_post

from palabre.archive.fulfilled import fulfilling
from palabre.archive.postings import Keyed, Part, parts_of, write_postings
from palabre.archive.sieved import asks, listed, loose
from palabre.archive.token_where import UndecidedError
from palabre.match.ast import InField, Node
from palabre.match.oracle import matches, post_of
from palabre.match.parser import parse
from palabre.match.query import walk
from palabre.match.sieve import sieve
from palabre.model import SieveFact, SieveNode, SievePlaces, SieveTokens

Row = Mapping[str, object]


def part_of(posts: Sequence[Row]) -> Part:
    sink = pa.BufferOutputStream()
    write_postings(sink, [Keyed(n, str(post["title"]), str(post["text"]), "") for n, post in enumerate(posts)])
    return parts_of(sink.getvalue())[0]


def asked_of_lists(root: SieveNode) -> SieveNode:
    """A sieve as lists are asked, without the index."""
    return loose(listed(root, lambda fact: fact))


@cache
def some_posts() -> tuple[Row, ...]:
    rng = random.Random(2)
    return (*(plain_post(rng) for _ in range(300)), *(random_post(rng) for _ in range(200)))


def placed_node(rng: random.Random) -> Node:
    node = random_node(rng, 2) if rng.random() < 0.3 else random_placed(rng, 2)
    return InField(rng.choice(["title", "text"]), node) if rng.random() < 0.2 else node


def test_lists_decide_what_the_law_says_of_tokens_and_leave_out_nothing() -> None:
    rng, posts, decided, found = random.Random(3), some_posts(), 0, 0
    part = part_of(posts)
    for _ in range(1_500):
        node = placed_node(rng)
        asked = sieve(node)
        if asks(asked.root, SieveFact) or asked.numbers or asked.contains:
            continue
        try:
            told = fulfilling(part, asked_of_lists(asked.root)).tolist()
        except UndecidedError:  # one token may be two terms of a window
            continue
        law = [matches(node, post_of(post)) for post in posts]
        if asked.exact and not asks(asked.root, SievePlaces):
            assert told == law, node
            decided += 1
            found += any(law)
        else:
            assert all(said or not true for said, true in zip(told, law, strict=True)), node
    assert decided > 700
    assert found > 400


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("été", [0, 2]),
        ("#été", [2]),
        ("{Été}", [0, 2]),
        ("{ete}", [1, 3]),
        ("@ada@srv.fr", [3]),
        ("@ada", [3]),
        ("\u00e9t?", [0, 2]),
        ("r*me", [0, 1]),
        ('"l\u2019été à"', [0]),
        ("été NEAR/1f rome", [0]),
        ("rome NEAR/0f ete", []),
        ("rome SENTENCE ete", [0]),
        ("ete SENTENCE pluie", [1]),
        ("title:été", [2]),
        ("body:ete", [0, 1, 3]),
        ("ATLEAST/2(été OR rome OR #ete)", [0, 2]),
        ("ATLEAST/2(été OR rome OR pluie)", [0, 1]),
        ("NOT été AND rome", [1]),
    ],
)
def test_queries_find_their_rows(query: str, rows: list[int]) -> None:
    posts = [
        {"title": "", "text": "L\u2019Été à Rome."},
        {"title": "", "text": "rome ! l'ete sous la pluie\nla pluie"},
        {"title": "Un #Été", "text": "rien"},
        {"title": "", "text": "@Ada@srv.fr en #ETE et l'ete"},
    ]
    asked = sieve(parse(query).root)
    assert asked.exact
    assert [matches(parse(query).root, post_of(post)) for post in posts] == [n in rows for n in range(4)]
    assert fulfilling(part_of(posts), asked_of_lists(asked.root)).nonzero()[0].tolist() == rows


def test_what_is_too_long_to_be_told_is_not_told() -> None:
    part = part_of([{"title": "", "text": "Un " * 40_000}, {"title": "", "text": "Deux un"}])
    one, two = (
        asked_of_lists(sieve(parse(query).root).root) for query in ("{Un} SENTENCE deux", "{Un} SENTENCE trois")
    )
    assert not fulfilling(part, one).any()
    assert not fulfilling(part, two).any()
    with pytest.raises(UndecidedError):
        fulfilling(part, asked_of_lists(sieve(parse("un SENTENCE {Un}").root).root))


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("*\ufe0f\u20e3", ["bonjour", "*\ufe0f\u20e3 voila"]),
        ("a*z", ["a" * 250 + "z", "a" * 199 + "z" + "b" * 10]),
        (
            "*\u0e01\u0e23\u0e38\u0e07*",
            ["\u0e01" * 220 + "\u0e01\u0e23\u0e38\u0e07\u0e01", "\u0e01\u0e23\u0e38\u0e07", "rien"],
        ),
        ("b" * 300 + "~1", ["b" * 299, "b"]),
        ("{\u03c4\u1fc7}", ["\u03c4\u1fc7", "\u03c4\u03b7"]),
        ("{\u1fb3}", ["\u1fb3"]),
        ("\u00e9" * 600 + "~1", ["\u00e9" * 600]),
    ],
)
def test_strange_words_are_left_out_by_no_list(query: str, texts: list[str]) -> None:
    posts = [{"title": "", "text": text} for text in texts]
    asked, law = sieve(parse(query).root), [matches(parse(query).root, post_of(post)) for post in posts]
    told = fulfilling(part_of(posts), asked_of_lists(asked.root)).tolist()
    assert any(law)
    assert told == law if asked.exact else all(said or not true for said, true in zip(told, law, strict=True))


@pytest.mark.parametrize("query", ['"@ada @ada@srv.fr"~3', '"\u043er\u0430ng\u0435 orange x"~5'])
def test_a_token_that_may_be_two_terms_of_a_window_is_not_told(query: str) -> None:
    part = part_of([{"title": "", "text": "@ada@srv.fr x \u043er\u0430ng\u0435 orange"}])
    with pytest.raises(UndecidedError):
        fulfilling(part, asked_of_lists(sieve(parse(query).root).root))


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    part = part_of([{"title": "", "text": "a" * 190}])
    node = sieve(parse("a" + "*a" * 40 + "*b").root).root
    assert isinstance(node, SieveTokens)
    assert not fulfilling(part, asked_of_lists(node)).any()


def test_all_that_stands_somewhere_is_asked_of_lists_or_of_the_index() -> None:
    for query in ("été", "{Été} NEAR/3f b", "(a OR b) SENTENCE c", "(a AND b) SENTENCE c", "title:(a AND NOT b)", "#a"):
        node = parse(query).root
        assert sieve(node).exact, [type(one).__name__ for one in walk(node)]
