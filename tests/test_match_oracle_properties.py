"""Laws that hold for every query and every post: printing, logic, distance, spans, and what an index may promise."""

from __future__ import annotations

import time
from itertools import pairwise, product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from palabre.archive.listed_facts import COLUMNS, fact_key, fact_keys
from palabre.archive.sieved import asks, loose
from palabre.errors import QueryError
from palabre.match.ast import (
    And,
    AtLeast,
    Field,
    InField,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Sentence,
    Term,
    Window,
)
from palabre.match.limits import WIDE
from palabre.match.oracle import OraclePost, matches, post_of, spans
from palabre.match.parser import parse
from palabre.match.python_engine import index_keys
from palabre.match.query import Query, matches_nothing, walk
from palabre.match.show import show
from palabre.match.sieve import sieve
from palabre.match.terms import read_terms
from palabre.model import (
    INDEX_ALIKE,
    INDEX_PART,
    POSTS,
    Between,
    Contains,
    SieveAll,
    SieveAny,
    SieveEverything,
    SieveFact,
    SieveNode,
    SieveNot,
    SievePlaces,
    SieveTerm,
    SieveTokens,
)
from palabre.text.facts import names_of

VOCABULARY = """
été ete Été coca cola colas œuvre oeuvre straße le la сок cok ｆｏｏ foo i̇stanbul ﬁn ½ x2 東 京
"""
WORDS = VOCABULARY.split()
TAGS = ["#coca", "#Été", "@coca", "@alice.bsky.social", "@bob@x.org", "@jean-luc.b", "👍🏽", "❤️", "🇫🇷", "1️⃣"]
EXACT = ["{Été}", "{coca}", "{#Coca}", "{👍🏽}", "{ｆｏｏ}", "{Cola*}"]
LOOSE = ["col*", "*ola", "c?ca", "ét*", "#co*", "@al*", "@alice.*", "cocq~1", "étée~1", "colqs~2"]
SEPARATORS = [" ", " ", " ", "\n", ", ", ". ", "! ", "-", "'", "", "\u200b", " https://x.org/coca "]
SHORT = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def term_of(typed: str) -> Term:
    exact = typed.startswith("{")
    return read_terms(typed.strip("{}"), 0, exact=exact)[0]


terms = st.sampled_from([*WORDS, *TAGS, *EXACT, *LOOSE]).map(term_of)
rows = st.lists(terms, min_size=2, max_size=3).map(tuple)
facts = st.sampled_from(
    [
        Field("lang", ("fr",)),
        Field("lang", ("en", "de")),
        Field("author", ("jean dupont", "bob*")),
        Field("site", ("x.org",)),
        Field("is", ("reply",)),
        Range("followers", 1001, None),
        Range("rating", None, 2.5),
        Range("published", 1_704_067_200_000, 1_704_153_599_999),
        Range("published", None, 1_704_067_200_123),
    ]
)
literals = st.sampled_from(["coca", "Été", "-", 'a "b" \\', ". ", "œ"]).map(lambda text: Literal(text.strip()))
positions = st.recursive(
    st.one_of(terms, terms, rows.map(Phrase), st.builds(Window, rows, st.integers(0, 3))),
    lambda below: st.one_of(
        st.lists(below, min_size=2, max_size=3).map(lambda nodes: Or(tuple(nodes))),
        st.builds(Near, below, below, st.integers(0, 4), st.booleans()),
        st.builds(Sentence, below, below, st.booleans()),
    ),
    max_leaves=4,
)


def composed(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(And),
        several.map(Or),
        below.map(Not),
        st.builds(lambda nodes, count: AtLeast(min(count, len(nodes)), nodes), several, st.integers(1, 3)),
    )


plain_nodes = st.recursive(st.one_of(positions, literals), composed, max_leaves=4)
parts = st.builds(InField, st.sampled_from(["title", "text"]), plain_nodes)
nodes: st.SearchStrategy[Node] = st.recursive(
    st.one_of(positions, positions, literals, facts, parts), composed, max_leaves=5
)
spoken = st.sampled_from([*WORDS, *WORDS, *TAGS, "Coca", "COLA", "coca", "été", "alice"])
pieces = st.lists(st.tuples(spoken, st.sampled_from(SEPARATORS)), min_size=4, max_size=12)
texts = pieces.map(lambda row: "".join(word + separator for word, separator in row))
posts = st.builds(
    lambda title, text, lang, name, followers, parent: post_of(
        {"title": title, "text": text, "lang": lang, "account_name": name, "followers": followers, "parent": parent,
         "url": "https://blog.x.org/1", "rating": 2.0, "published_ms": 1_704_067_200_000}
    ),
    texts,
    texts,
    st.sampled_from(["", "fr", "en-GB"]),
    st.sampled_from(["", "Jean Dupônt", "bobby"]),
    st.sampled_from([None, 10, 2_000]),
    st.sampled_from(["", "u:1"]),
)  # fmt: skip


# Printing and reading.


@SHORT
@given(nodes)
def test_what_is_printed_is_read_back_as_the_same_tree(node: Node) -> None:
    guarded = And((Term("anchor"), node))
    assert parse(show(guarded), limits=WIDE).root == guarded


def reading(text: str, **options: object) -> Query | QueryError:
    """The query, or why it was refused."""
    try:
        return parse(text, **options)  # type: ignore[arg-type]
    except QueryError as error:
        return error


@SHORT
@given(nodes)
def test_a_query_that_needs_no_word_is_refused_and_no_other(node: Node) -> None:
    found = reading(show(node), limits=WIDE)
    assert isinstance(found, QueryError) == matches_nothing(node)
    assert isinstance(found, Query) or found.key == "query.only_negative"


SYNTAX = """
a été AND OR NOT ( ) " NEAR/3 ONEAR SENTENCE ~2 * ? { } site: lang:fr title: body: #x @u.v ❤️ raw:" list:z author:@k
[1 TO 5] followers: >=3 ^4 <<< >>> - 東京 ½ ﬁ « » “ ATLEAST/2 published: 2024-01 http://x & \\ , @ # . : ᚠ ＡＮＤ （
"""
SIGNS = ["\ufe0f", "\u20e3", "\x00", "\ud800", "\u202e", "\U000e0041", " ", " ", "\n"]
anything = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*SYNTAX.split(), *SIGNS]), max_size=25).map("".join),
)
LISTS = {"z": 'x y\n"a b", k', "k": "jean\nmarie"}


@settings(max_examples=300, deadline=None)
@given(anything)
def test_any_text_is_read_or_refused_at_a_place(text: str) -> None:
    found = reading(text, lists=LISTS)
    if isinstance(found, QueryError):
        assert 0 <= found.start <= found.end <= len(text)
        assert found.key.startswith("query.")
    else:
        assert parse(show(found.root), limits=WIDE).root == found.root
        assert all(0 <= place.start <= place.end <= len(text) for _, place in found.places)


def test_reading_is_fast_whatever_is_written() -> None:
    """Within the limits of a watch, under 50 ms of CPU: the best of three, the machine being shared."""
    hard = ["(" * 1999, '"' * 2000, "a NEAR " * 280, "NOT " * 500, "é*?" * 600, "{a" * 900, "<<<" * 600, "-" * 2000,
            "a1 OR " * 190 + "b2", "(a b c d) NEAR " * 130, "x:" * 990, "@a." * 660, "👨‍👩‍👧" * 240, "ᚠ" * 2000,
            "site:(" * 330, "followers:[" * 180, "“" * 2000, 'raw:"\\' * 300, "~1" * 999, "list:z " * 280]  # fmt: skip
    for text in hard:
        assert min(cost_s(text[:2000]) for _ in range(3)) < 0.05, text[:20]


def cost_s(text: str) -> float:
    start = time.process_time()
    reading(text, lists=LISTS)
    return time.process_time() - start


# Logic.


@SHORT
@given(nodes, nodes, nodes, posts)
def test_the_laws_of_logic_hold(a: Node, b: Node, c: Node, post: OraclePost) -> None:
    def same(one: Node, other: Node) -> bool:
        return matches(one, post) == matches(other, post)

    assert same(Not(Not(a)), a)
    assert same(And((a, b)), And((b, a)))
    assert same(Or((a, b)), Or((b, a)))
    assert same(Not(And((a, b))), Or((Not(a), Not(b))))
    assert same(Not(Or((a, b))), And((Not(a), Not(b))))
    assert same(And((a, Or((b, c)))), Or((And((a, b)), And((a, c)))))
    assert same(And((a, And((b, c)))), And((a, b, c)))
    assert same(AtLeast(1, (a, b, c)), Or((a, b, c)))
    assert same(AtLeast(3, (a, b, c)), And((a, b, c)))
    assert same(AtLeast(2, (a, b, c)), Or((And((a, b)), And((a, c)), And((b, c)))))


@SHORT
@given(positions, positions, positions, st.integers(0, 4), posts)
def test_the_laws_of_distance_hold(a: Node, b: Node, c: Node, words: int, post: OraclePost) -> None:
    def holds(node: Node) -> bool:
        return matches(node, post)

    near, ordered = Near(a, b, words), Near(a, b, words, ordered=True)
    assert holds(near) == holds(Near(b, a, words))
    assert holds(near) == (holds(ordered) or holds(Near(b, a, words, ordered=True)))
    assert holds(near) <= holds(Near(a, b, words + 1))
    assert holds(near) <= holds(And((a, b)))
    assert holds(Sentence(a, b)) == holds(Sentence(b, a))
    assert holds(Sentence(a, b, ordered=True)) <= holds(Sentence(a, b)) <= holds(And((a, b)))
    assert holds(Near(Or((a, c)), b, words)) == holds(Or((near, Near(c, b, words))))
    assert holds(Near(And((a, c)), b, words)) == holds(And((near, Near(c, b, words))))
    assert holds(Sentence(b, And((a, Or((a, c)))))) == holds(Sentence(b, a))


@SHORT
@given(terms, terms, posts)
def test_phrases_and_windows_are_neighbours(a: Term, b: Term, post: OraclePost) -> None:
    assert matches(Phrase((a, b)), post) == matches(Near(a, b, 0, ordered=True), post)
    assert matches(Window((a, b), 2), post) == matches(Near(a, b, 2), post)


@SHORT
@given(plain_nodes, posts)
def test_a_part_is_a_post_of_its_own(node: Node, post: OraclePost) -> None:
    alone = post_of({"title": post.row["title"]})
    assert matches(InField("title", node), post) == matches(node, alone)


# Why.


@SHORT
@given(nodes, posts)
def test_spans_are_places_of_the_post_in_order(node: Node, post: OraclePost) -> None:
    found = spans(node, post)
    assert not found or matches(node, post)
    keys = [(span.where == "text", span.start, span.end) for span in found]
    assert keys == sorted(keys)
    for span in found:
        assert 0 <= span.start < span.end <= len(str(post.row[span.where]))
    for one, other in pairwise(found):
        assert one.where != other.where or one.end <= other.start


@SHORT
@given(positions, posts)
def test_words_that_match_are_shown(node: Node, post: OraclePost) -> None:
    assert bool(spans(node, post)) == matches(node, post)
    assert spans(Not(node), post) == ()


@SHORT
@given(positions, posts)
def test_the_spans_alone_still_match(node: Node, post: OraclePost) -> None:
    """For words and alternatives of them: the highlighted characters prove the match by themselves."""
    assume(all(isinstance(below, Term | Phrase | Or) for below in walk(node)))
    for span in spans(node, post):
        assert matches(node, post_of({"text": str(post.row[span.where])[span.start : span.end]}))


# What an index may promise.


KNOWN = {
    "lang": {"fr": "0fr", "fr-CA": "0fr-CA", "en": "0en", "en-GB": "0en-GB", "": "0"}
}  # all that posts have, as in an archive


def index_of(post: OraclePost) -> list[list[str]]:
    """The keys that the archive keeps of a post: of its text, of its title, and beside."""
    parts: list[list[str]] = [[]]
    for key in index_keys(str(post.row.get("title") or ""), str(post.row.get("text") or "")):
        parts.append([]) if key == INDEX_PART else parts[-1].append(key)
    parts += [[] for _ in range(3 - len(parts))]
    (facts,) = fact_keys({name: [post.row.get(name) or ""] for name in COLUMNS})
    authors = [fact_key("author", name) for name in names_of(post.row) if name]
    parts[2] += [KNOWN["lang"][str(post.row.get("lang") or "")], *facts.split(), *authors]
    return parts


def in_index(node: SieveNode) -> SieveNode:
    """As an index sees it that knows facts, and of tokens no more than their keys. Here the names of an author are
    keys; the archive lists accounts, and looks their names up."""
    match node:
        case SieveTokens():
            return in_index(node.wider)
        case SieveFact():
            return SieveTerm(fact_key(node.name, node.value), node.prefix)
        case SieveAll():
            return SieveAll(tuple(map(in_index, node.parts)))
        case SieveAny():
            return SieveAny(tuple(map(in_index, node.parts)))
        case SieveNot():
            return SieveEverything() if asks(node.part, SieveTokens) else SieveNot(in_index(node.part))
    return node


def passes(node: SieveNode, index: list[list[str]]) -> bool:
    match node:
        case SieveTerm():
            return any(has_key(node, key) for part in index for key in part)
        case SievePlaces():
            return any(stand_near(node, part) for part in index[:2])
        case SieveAll():
            return all(passes(part, index) for part in node.parts)
        case SieveAny():
            return any(passes(part, index) for part in node.parts)
        case SieveNot():
            return not passes(node.part, index)
        case _:
            return True


def has_key(term: SieveTerm, key: str) -> bool:
    return key.startswith(term.key) if term.prefix else key == term.key


def stand_near(node: SievePlaces, keys: list[str]) -> bool:
    """Some way to put each phrase somewhere, with few enough words between the end of the first and the start of the
    last."""
    places = [
        [
            (at, at + len(phrase) - 1)
            for at in range(len(keys) - len(phrase) + 1)
            if all(map(has_key, phrase, keys[at:]))
        ]
        for phrase in node.phrases
    ]
    return any(max(way)[0] - min(way)[1] - 1 <= node.words for way in product(*places))


@settings(SHORT, max_examples=400)
@given(nodes, posts)
def test_no_match_falls_through_the_sieve(node: Node, post: OraclePost) -> None:
    found, index = sieve(node, KNOWN), index_of(post)
    doubtful = INDEX_ALIKE in index[2]  # then the archive asks no places
    root = in_index(loose(found.root) if doubtful else found.root)
    fits = passes(root, index) and all(holds(one, post.row.get(one.column)) for one in found.numbers)
    assert matches(node, post) <= fits
    by_lists = asks(found.root, SieveTokens) or found.contains  # which tests of posting lists hold against the law
    if found.exact and not doubtful and not by_lists:
        assert matches(node, post) == fits


def holds(number: Between, value: object) -> bool:
    low, high = (end if end is not None else value for end in (number.low, number.high))
    return isinstance(value, int | float) and low <= value <= high  # type: ignore[operator]


spaced = st.lists(st.tuples(spoken, st.sampled_from([" ", " ", *SEPARATORS])), min_size=4, max_size=8)
cuts = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


@settings(SHORT, max_examples=400)
@given(spaced.map(lambda row: "".join(word + separator for word, separator in row)), cuts)
def test_no_literal_cut_out_of_a_text_falls_through_the_sieve(text: str, cut: list[float]) -> None:
    """Also when it begins or ends amid a link, a handle or a disguised word."""
    start, end = (round(share * len(text)) for share in cut)
    node, post = Literal(text[start:end].strip() or "coca"), post_of({"text": text})
    index = index_of(post)
    root = in_index(sieve(node).root)
    assert matches(node, post) <= passes(loose(root) if INDEX_ALIKE in index[2] else root, index)


@pytest.mark.parametrize(
    ("text", "sought"),
    [
        ("m12 m5 m2", SievePlaces(((SieveTerm("m5"), SieveTerm("m2")),))),
        ("the AT&T www", SievePlaces(((SieveTerm("at"), SieveTerm("t")),))),
        ("see https://x.org/a now!", SievePlaces(((SieveTerm("::"), SieveTerm("now")),))),
        ("Google+", SieveEverything()),
        ("is C++", SieveTerm("c")),
        ("is ++", SieveEverything()),
        ("is https", SieveEverything()),
        ("is fo\u00ado", SieveEverything()),
    ],
)
def test_of_a_literal_the_index_is_asked_for_the_words_inside(text: str, sought: SieveNode) -> None:
    assert in_index(sieve(Literal(text)).root) == sought
    found = sieve(And((Literal(text), Term("coca"))))
    assert (found.literals, found.exact) == ((text,), False)


def test_a_literal_is_not_found_in_a_word_that_goes_on_behind_an_invisible_sign() -> None:
    assert not matches(Literal("été foo"), post_of({"text": "un été foo\u00adbar"}))
    assert not matches(Literal("foo été"), post_of({"text": "bar\u200bfoo été"}))
    assert matches(Literal("foo été"), post_of({"text": "bar-\u200bfoo été\u200b."}))


def test_the_sieve_of_words_and_their_places_is_the_answer() -> None:
    for text in ("coca (pepsi OR fanta)", "col* 👍", "@alice@x.org", "ATLEAST/2(a1 OR b2)", "coca NOT pepsi", '"a1 b2"',
                 'a1 NEAR/3 (b2 OR "c3 d4")', '"a1 b2 c3"~2', '"a1 bb*"'):  # fmt: skip
        assert sieve(parse(text)).exact, text
        assert not asks(sieve(parse(text)).root, SieveTokens), text
    by_lists = ["été", "#coca", "@coca", "co?a", "{Coca}", "title:coca", '"a1 #b2"', "aa1 NEAR/3 aa*", "*oca", "coca~1"]
    by_lists += ["a1 SENTENCE b2", "a1 ONEAR/2 b2", "(a1 AND b2) SENTENCE c3", '"été b2"~3', "fanta NOT été"]
    for text in by_lists:
        assert sieve(parse(text)).exact, text
        assert asks(sieve(parse(text)).root, SieveTokens), text
    verified = [
        "coca lang:fr",
        '"a1 a1"~2',
        "NOT coca likes:>3",
        "fanta~2",
        "a1 NEAR/2 (b2 NEAR/2 c3)",
        f"{'a' * 60}~1",
    ]
    for text in verified:
        assert not sieve(parse(text)).exact, text


@pytest.mark.parametrize(
    ("query", "fact", "exact"),
    [
        ("is:reply", SieveFact("is", "reply"), True),
        ("site:https://www.Exemple.fr/page", SieveFact("site", "fr.exemple.", prefix=True), True),
        ("site:ex*.fr", SieveEverything(), False),
        ("tag:Vélo", SieveFact("tag", "velo"), True),
        ("tag:vé*", SieveFact("tag", "ve", prefix=True), True),
        ("mention:a*b", SieveFact("mention", "a", prefix=True), False),
        ("mention:*b", SieveFact("has", "mention"), False),
        ("link:exemple.fr/page", SieveFact("has", "link"), True),
        ("link:#exemple OR coca", SieveAny((SieveFact("has", "link"), SieveTerm("coca"))), False),
        ("city:(Lyon OR Nice)", SieveAny((SieveFact("city", "lyon"), SieveFact("city", "nice"))), True),
        ("author:@Bob", SieveFact("author", "bob"), True),
        ("author:b?b", SieveFact("author", "b", prefix=True), False),
        ("author:*bob", SieveEverything(), False),
        ("url:exemple", SieveEverything(), True),
        ("url:exemple OR coca", SieveEverything(), False),
    ],
)
def test_other_facts_are_named_for_those_who_know_them(query: str, fact: SieveNode, exact: bool) -> None:
    found = sieve(parse(query))
    assert (found.root, found.exact) == (fact, exact)


def test_pieces_of_addresses_that_a_query_demands_are_looked_for_in_their_column() -> None:
    assert sieve(parse("coca url:(a.fr OR b.fr)")).contains == (Contains("url", ("a.fr", "b.fr")),)
    assert sieve(parse("link:a.fr")).contains == (Contains("links", ("a.fr",)),)
    assert sieve(parse("coca NOT url:a.fr")).contains == ()


def test_words_in_a_title_say_that_there_is_one() -> None:
    assert SieveFact("has", "title") in getattr(sieve(parse('title:"coca coca"~2')).root, "parts", ())
    assert in_index(sieve(InField("title", Not(Term("coca")))).root) == SieveEverything()


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("followers:>10", Between("followers", 11, None)),
        ("published:2024", Between("published_ms", 1_704_067_200_000, 1_735_689_599_999)),
        ("published:<1960", Between("published_ms", 1, -315_619_200_001)),
    ],
)
def test_a_range_alone_is_the_answer(query: str, number: Between) -> None:
    found = sieve(parse(query))
    assert (found.root, found.exact, found.numbers) == (SieveEverything(), True, (number,))


def test_a_fact_is_asked_by_the_values_that_posts_have() -> None:
    known = {"lang": {"fr": "0fr", "fr-CA": "0fr-CA", "en": "0en"}, "network": {"a b": "1a_b", "a_b": "1a_b"}}
    assert sieve(parse("lang:fr"), known).root == SieveAny((SieveTerm("0fr"), SieveTerm("0fr-CA")))
    assert sieve(parse("coca lang:(fr OR de)"), known).exact
    assert sieve(parse("lang:de"), known).root == SieveAny(())
    assert not sieve(parse("network:a_b"), known).exact  # another value has the same key


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ('"a1 b2"', {"title", "text"}),
        ("coca lang:fr rating:>3", {"title", "text", "lang", "rating"}),
        ("coca author:bob", {"title", "text", "account_handle", "account_name", "account_uri"}),
        ("coca is:reply", set(POSTS.names)),
    ],
)
def test_the_sieve_says_what_else_must_be_looked_at(query: str, columns: set[str]) -> None:
    assert set(sieve(parse(query)).columns) == columns
