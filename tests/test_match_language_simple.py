"""The simple mode and the query say the same."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from palabre.errors import QueryError
from palabre.match.parser import parse
from palabre.match.simple import Simple, from_text, to_text

PAIRS = [
    (Simple(all=("coca",)), "coca"),
    (Simple(any=("coca", "pepsi cola")), '(coca OR "pepsi cola")'),
    (Simple(("coca", "pepsi"), ("prix", "en hausse")), '(coca OR pepsi) AND prix AND "en hausse"'),
    (Simple(all=("coca",), none=("recette",)), "coca NOT recette"),
    (Simple(("a1", "b2"), ("c3",), ("d4", "e5 f6")), '(a1 OR b2) AND c3 NOT (d4 OR "e5 f6")'),
    (Simple(all=("#tag", "@alice@x.org", "{BT}", "palabr*")), "#tag AND @alice@x.org AND {BT} AND palabr*"),
    (Simple(all=("OR",), none=("AND NOT",)), '"OR" NOT "AND NOT"'),
]  # fmt: skip


@pytest.mark.parametrize(("simple", "text"), PAIRS)
def test_lists_and_query_say_the_same(simple: Simple, text: str) -> None:
    assert to_text(simple) == text
    assert from_text(parse(text)) == simple


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("coca OR pepsi", Simple(any=("coca", "pepsi"))),
        ("coca -pepsi -fanta", Simple(all=("coca",), none=("pepsi", "fanta"))),
        ("«\u00a0bon marché\u00a0» prix", Simple(all=("bon marché", "prix"))),
        ("porte-monnaie", Simple(all=("porte-monnaie",))),
    ],
)
def test_a_query_of_that_shape_becomes_lists(text: str, simple: Simple) -> None:
    assert from_text(parse(text)) == simple


@pytest.mark.parametrize(
    "text",
    [
        "coca NEAR/3 pepsi",
        "(a1 OR b2) (c3 OR d4)",
        "a1 OR (b2 c3)",
        "coca lang:fr",
        'raw:"x1"',
        '"a1 b2"~3',
        "title:coca",
        "a1 NOT (b2 c3)",
        "list:one",
        "ATLEAST/2(a1 OR b2 OR c3)",
    ],
)
def test_another_shape_is_not_simple(text: str) -> None:
    assert from_text(parse(text, lists={"one": "a1"})) is None


WORDS = st.text(st.sampled_from('abé #@"()«{}:~*?-/<>[]^&AND OR'), min_size=1, max_size=12)


REFUSALS = {"no_word", "wildcard_short", "fuzzy_form", "fuzzy_short", "fuzzy_wild", "quote_empty"}


def read(text: str) -> Simple | str | None:
    """The lists of a query, or why it was refused."""
    try:
        return from_text(parse(text))
    except QueryError as error:
        return error.key.removeprefix("query.")


@example([], ["{}"])
@given(st.lists(WORDS, max_size=3), st.lists(WORDS, max_size=3))
def test_whatever_is_typed_stays_a_word(some: list[str], none: list[str]) -> None:
    """Signs typed into a list are never operators: the query is read, or refused for the word itself."""
    found = read(to_text(Simple(all=("coca", *some), none=tuple(none))))
    if isinstance(found, str):
        assert found in REFUSALS
    else:
        assert found is not None
        assert (len(found.all), len(found.none)) == (1 + len(some), len(none))
