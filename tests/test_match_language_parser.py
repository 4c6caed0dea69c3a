"""What each way of writing means, shown by the printer, and what each mistake is answered."""

from __future__ import annotations

import pytest

from palabre.errors import QueryError
from palabre.match.ast import And, AtLeast, Field, Level, Near, Phrase, Range, Term, TermKind, Window
from palabre.match.limits import Limits
from palabre.match.parser import parse
from palabre.match.show import show
from palabre.messages import LANGUAGES, say

LISTS = {
    "rivals": "Coca\n«Pepsi Cola», Fanta",
    "one": "(a1 OR b2) AND c3",
    "press": "@lemonde\nJean Dupont; afp",
    "loop": "x1 OR list:pool",
    "pool": "list:loop",
    "bad": "fine\nnot (closed",
    "void": " \n<<< nothing >>>",
    "nested": "list:rivals\nlist:one",
}
MEANINGS = [
    ("café", "café"),
    ("CAFE", "cafe"),
    ("coca pepsi", "coca AND pepsi"),
    ("coca AND pepsi OR fanta", "coca AND pepsi OR fanta"),
    ("coca (pepsi OR fanta)", "coca AND (pepsi OR fanta)"),
    ("a1 -b2", "a1 AND NOT b2"),
    ('a1 -"b2 c3" -(d4 OR e5) -site:x.org', 'a1 AND NOT "b2 c3" AND NOT (d4 OR e5) AND NOT site:x.org'),
    ("a1 AND NOT b2", "a1 AND NOT b2"),
    ("a1 NOT NOT b2", "a1 AND NOT NOT b2"),
    ("porte-monnaie", '"porte monnaie"'),
    ("l'été", '"l été"'),
    ("L’ÉTÉ", '"l été"'),
    ("«\u00a0bon marché\u00a0»", '"bon marché"'),
    ("“bon marché”", '"bon marché"'),
    ("„gut günstig“", '"gut günstig"'),
    ('"bon"', "bon"),
    ('"AND"', "and"),
    ('"très bon* marché"', '"très bon* marché"'),
    ('"a1 b2"~3', '"a1 b2"~3'),
    ("a1 NEAR b2", "a1 NEAR/4 b2"),
    ("a1 NEAR/2 b2", "a1 NEAR/2 b2"),
    ("a1 NEAR/2f b2", "a1 ONEAR/2 b2"),
    ("a1 ONEAR/0 b2", "a1 ONEAR/0 b2"),
    ("a1 ONEAR b2", "a1 ONEAR/4 b2"),
    ("a1 SENTENCE b2 OSENTENCE c3", "a1 SENTENCE b2 OSENTENCE c3"),
    ("a1 NEAR/1 b2 NEAR/2 c3", "a1 NEAR/1 b2 NEAR/2 c3"),
    ("a1 NEAR/1 (b2 NEAR/2 c3)", "a1 NEAR/1 (b2 NEAR/2 c3)"),
    ("a1 b2 NEAR/1 c3 OR d4", "a1 AND b2 NEAR/1 c3 OR d4"),
    ("(a1 AND b2) NEAR/3 c3", "a1 NEAR/3 c3 AND b2 NEAR/3 c3"),
    ("c3 ONEAR/3 (a1 AND b2)", "c3 ONEAR/3 a1 AND c3 ONEAR/3 b2"),
    ("((a1 AND b2) OR c3) SENTENCE d4", "a1 SENTENCE d4 AND b2 SENTENCE d4 OR c3 SENTENCE d4"),
    ("(a1 OR b2) NEAR/3 c3", "(a1 OR b2) NEAR/3 c3"),
    ("palabr* *phone* fo?t", "palabr* AND *phone* AND fo?t"),
    ("port***e", "port*e"),
    ("palabre~1 palavre~2", "palabre~1 AND palavre~2"),
    ("{BT} {British Telecom} {#BTs}", '{BT} AND "{British} {Telecom}" AND {#BTs}'),
    ('"the {BT} group"', '"the {BT} group"'),
    ('raw:"Google+" raw:C++ raw:"say \\"hi\\""', 'raw:"Google+" AND raw:"C++" AND raw:"say \\"hi\\""'),
    ("#Palabre @Alice @alice@mastodon.social @bob.bsky.social", None),
    ("＃palabre ＠alice", "#palabre AND @alice"),
    ("👍🏽 ❤️ 🇫🇷 1️⃣", "👍 AND ❤ AND 🇫🇷 AND 1⃣"),
    ("東京", '"東 京"'),
    ("ｆｏｏ　ＯＲ　（ｂａｒ　ｂａｚ）", "foo OR bar AND baz"),
    ("a1 <<< why\nthis >>> OR b2", "a1 OR b2"),
    ("fo<<<note>>>od", "fo AND od"),
    ("a1^4 OR (b2 c3)^2 OR \"d4 e5\"^1.5", 'a1 OR b2 AND c3 OR "d4 e5"'),
    ("ATLEAST/2(a1 OR b2 OR (c3 OR d4))", "ATLEAST/2(a1 OR b2 OR (c3 OR d4))"),
    ("title:prix", "title:(prix)"),
    ("titre:(prix OR hausse) corps:« en hausse »", 'title:(prix OR hausse) AND body:("en hausse")'),
    ("site:www.Example.org", "site:example.org"),
    ("site:https://blog.example.org/page?x=1", "site:blog.example.org"),
    ("site:*.gouv.fr", "site:gouv.fr"),
    ("site:(a.org OR b.org)", "site:(a.org OR b.org)"),
    ("-site:(a.org OR b.org) x1", "NOT site:(a.org OR b.org) AND x1"),
    ("tag:(a1 AND NOT b2)", "tag:a1 AND NOT tag:b2"),
    ("url:https://x.org/Page?id=3", "url:https://x.org/page?id=3"),
    ("link:*x.org/p*", "link:x.org/p"),
    ('author:"Jean-Luc Dupont" auteur:@JLD', 'author:"jean-luc dupont" AND author:jld'),
    ("lang:FR langue:pt-BR", "lang:fr AND lang:pt-br"),
    ("type:Review is:reply has:link", "kind:review AND is:reply AND has:link"),
    ("followers:>1000", "followers:[1001 TO *]"),
    ("followers:>=1.5k followers:<2M", "followers:[1500 TO *] AND followers:[* TO 1999999]"),
    ("rating:[3 TO 4.5]", "rating:[3 TO 4.5]"),
    ("abonnés:[ * TO 10 ]", "followers:[* TO 10]"),
    ("likes:5", "likes:[5 TO 5]"),
    ("likes: >= 5", "likes:[5 TO *]"),
    ("published:[2024-01-01 TO 2024-02-01]", "published:[2024-01-01 TO 2024-02-01]"),
    ("published:2024-02", "published:[2024-02-01 TO 2024-02-29]"),
    ("published:>2024-02-01", "published:[2024-02-02 TO *]"),
    ("published:<=2024", "published:[* TO 2024-12-31]"),
    ("published:>=2024-02-01T10:30", "published:[2024-02-01T10:30:00.000Z TO *]"),
    ("list:rivals", 'coca OR "pepsi cola" OR fanta'),
    ("x1 list:one", "x1 AND (a1 OR b2) AND c3"),
    ("list:nested -y1", '((coca OR "pepsi cola" OR fanta) OR (a1 OR b2) AND c3) AND NOT y1'),
    ("author:@press", 'author:(lemonde OR "jean dupont" OR afp)'),
    ("author:@nobody", "author:nobody"),
    ("list:rivals NEAR/3 prix", '(coca OR "pepsi cola" OR fanta) NEAR/3 prix'),
    ("\ufeffcoca\u200b AND pepsi", "coca AND pepsi"),
    ("㍻ 0㋐", '"平 成" AND "0 ア"'),
    ("12:30", '"12 30"'),
    ("$AAPL", "aapl"),
    ("œuvre", "oeuvre"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meaning"), MEANINGS)
def test_a_query_means(text: str, meaning: str | None) -> None:
    root = parse(text, lists=LISTS).root
    if meaning is not None:
        assert loose(show(root)) == loose(meaning)
    assert parse(show(root)).root == root


def loose(text: str) -> str:
    """Brackets around a bracketed list element aside."""
    return text.replace("((a1 OR b2) AND c3)", "(a1 OR b2) AND c3")


FAULTS = [
    # text, key, the characters at fault, suggestion
    ("", "query.empty", "", None),
    ("  <<< x >>> ", "query.empty", "  <<< x >>> ", None),
    ("AND a1", "query.missing_before", "AND", None),
    ("(OR a1)", "query.missing_before", "OR", None),
    ("a1 OR", "query.missing_after", "OR", None),
    ("(a1 NOT) b2", "query.missing_after", "NOT", None),
    ("a1 AND OR b2", "query.two_operators", "AND OR", None),
    ("a1 (b2 OR c3", "query.bracket_open", "(b2 OR c3", "(b2 OR c3)"),
    ("a1) b2", "query.bracket_close", ")", None),
    ("a1 ()", "query.bracket_empty", "()", None),
    ('a1 "b2 c3', "query.quote_open", '"b2 c3', '"b2 c3"'),
    ("« b2", "query.quote_open", "« b2", "« b2»"),
    ('a1 ""', "query.quote_empty", '""', None),
    ("{BT", "query.brace_open", "{", None),
    ("BT}", "query.brace_close", "}", None),
    ("{ }", "query.brace_empty", "{ }", None),
    ("a1 <<< b2", "query.comment_open", "<<<", None),
    ("a1 & b2", "query.no_word", "&", "AND"),
    ("a1 | b2", "query.no_word", "|", "OR"),
    ("coca - cola", "query.no_word", "-", 'raw:"-"'),
    ("https://x.org/p", "query.address", "https://x.org/p", None),
    ("a1 NEAR/x b2", "query.operator_form", "NEAR/x", "NEAR/5"),
    ("ATLEAST(a1 OR b2)", "query.operator_form", "ATLEAST", "ATLEAST/2"),
    ("a1 NEAR/5000 b2", "query.near_words", "NEAR/5000", "AND"),
    ('"a1 b2"~5000', "query.near_words", '"a1 b2"~5000', None),
    ("a1 NEAR/3 NOT b2", "query.near_not", "NOT b2", None),
    ("a1 NEAR/3 (b2 OR -c3)", "query.near_not", "-c3", None),
    ("a1 NEAR/3 lang:fr", "query.near_field", "lang:fr", None),
    ("a1 NEAR/3 title:b2", "query.near_field", "title:b2", None),
    ('a1 NEAR/3 raw:"b2"', "query.near_raw", 'raw:"b2"', None),
    ("ATLEAST/1(a1 OR b2) NEAR/3 c3", "query.near_atleast", "ATLEAST/1(a1 OR b2)", None),
    ("ATLEAST/2 a1", "query.atleast_form", "ATLEAST/2", None),
    ("ATLEAST/3(a1 OR b2)", "query.atleast_count", "ATLEAST/3(a1 OR b2)", None),
    ("ATLEAST/0(a1 OR b2)", "query.atleast_count", "ATLEAST/0(a1 OR b2)", None),
    ("a1 *", "query.wildcard_short", "*", None),
    ("a1 b*", "query.wildcard_short", "b*", None),
    ("word~3", "query.fuzzy_form", "word~3", "word~1"),
    ("word~", "query.fuzzy_form", "word~", "word~1"),
    ("porte-clef~1", "query.fuzzy_form", "porte-clef~1", "porte-clef~1"),
    ("wor*d~1", "query.fuzzy_wild", "wor*d~1", None),
    ("bmw~2", "query.fuzzy_short", "bmw~2", None),
    ("langage:fr", "query.unknown_field", "langage:", "language:"),
    ("autor:x", "query.unknown_field", "autor:", "author:"),
    ("zzzz:x", "query.unknown_field", "zzzz:", None),
    ("a1 site:", "query.field_value", "site:", None),
    ("site:* a1", "query.field_value", "*", None),
    ("title:", "query.field_value", "title:", None),
    ("site:[1 TO 2]", "query.field_no_range", "[1 TO 2]", None),
    ("title:(body:a1)", "query.field_nested", "body:", None),
    ("followers:[1 TO 2", "query.range_open", "[", None),
    ("followers:[1 2]", "query.range_form", "[1 2]", None),
    ("followers:[9 TO 2]", "query.range_inverted", "[9 TO 2]", "[2 TO 9]"),
    ("followers:many", "query.bad_number", "many", None),
    ("published:yesterday", "query.bad_date", "yesterday", None),
    ("published:2024-02-30", "query.bad_date", "2024-02-30", None),
    ("lang:french", "query.bad_lang", "french", "fr"),
    ("kind:reviw", "query.bad_choice", "reviw", "review"),
    ("is:verifed", "query.bad_choice", "verifed", "verified"),
    ("list:rival", "query.list_unknown", "list:rival", "list:rivals"),
    ("site:@rivas", "query.list_unknown", "@rivas", "@rivals"),
    ("a1 list:loop", "query.list_cycle", "list:loop", None),
    ("list:bad", "query.list_broken", "list:bad", None),
    ("list:void", "query.list_empty", "list:void", None),
    ("NOT a1", "query.only_negative", "NOT a1", None),
    ("a1 OR NOT b2", "query.only_negative", "a1 OR NOT b2", None),
    ("-lang:fr", "query.only_negative", "-lang:fr", None),
    ("ATLEAST/2(a1 OR -b2 OR -c3)", "query.only_negative", "ATLEAST/2(a1 OR -b2 OR -c3)", None),
]


@pytest.mark.parametrize(("text", "key", "where", "suggestion"), FAULTS)
def test_a_mistake_is_located_and_answered(text: str, key: str, where: str, suggestion: str | None) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, lists=LISTS)
    error = caught.value
    assert (error.key, text[error.start : error.end], error.suggestion) == (key, where, suggestion)
    for lang in LANGUAGES:
        sentence = say(error.key, lang, **error.params)
        assert sentence != error.key
        assert "{" not in sentence.replace("{BT}", "")


def fault_of(text: str) -> QueryError | None:
    try:
        parse(text, lists=LISTS)
    except QueryError as error:
        return error
    return None


@pytest.mark.parametrize("text", [text for text, _, _, suggestion in FAULTS if suggestion and "porte" not in text])
def test_a_suggestion_put_in_place_mends_the_mistake(text: str) -> None:
    fault = fault_of(text)
    assert fault is not None
    again = fault_of(f"{text[: fault.start]}{fault.suggestion}{text[fault.end :]}")
    assert again is None or again.key != fault.key


def test_the_tree_of_a_word_says_how_it_is_compared() -> None:
    assert parse("Ete").root == Term("ete")
    assert parse("Été").root == Term("été", Level.ACCENTED)
    assert parse("{Été}").root == Term("Été", Level.EXACT)
    assert parse("#Fête").root == Term("fête", Level.ACCENTED, TermKind.HASHTAG)
    assert parse("@A.b@c.d").root == Term("a.b@c.d", kind=TermKind.HANDLE)
    assert parse("fo*?d").root == Term("fo*?d", wild=True)
    assert parse("fooood~2").root == Term("fooood", edits=2)


def test_the_tree_of_the_forms() -> None:
    a, b = Term("a1"), Term("b2")
    assert parse('"a1 b2"').root == Phrase((a, b))
    assert parse('"a1 b2"~3').root == Window((a, b), 3)
    assert parse("a1 NEAR/2f b2").root == Near(a, b, 2, ordered=True)
    assert parse("ATLEAST/1(a1 OR b2)").root == AtLeast(1, (a, b))
    assert parse("site:(x.org OR y.org)").root == Field("site", ("x.org", "y.org"))
    assert parse("published:2024-01-01").root == Range("published", 1704067200000, 1704153599999)


def test_places_are_characters_of_the_text() -> None:
    query = parse("  été OR (coca NEAR/2 « bon marché »)")
    shown = [query.text[place.start : place.end] for _, place in query.places]
    assert shown[:3] == ["été", "coca", "« bon marché »"]
    assert query.place(query.root).start == 2
    assert query.place(Term("elsewhere")).end == len(query.text)


@pytest.mark.parametrize(
    ("text", "limits", "key"),
    [
        ("a1 " * 50, Limits(chars=100), "query.too_long"),
        ("a1 " * 50, Limits(nodes=20), "query.too_many_nodes"),
        ("(" * 30 + "a1" + ")" * 30, Limits(depth=20), "query.too_deep"),
        ("NOT " * 30 + "a1", Limits(depth=20), "query.too_deep"),
        (" NEAR/1 ".join(["a1"] * 30), Limits(depth=20), "query.too_deep"),
        (" NEAR ".join(["(a1 b2 c3 d4)"] * 5), Limits(depth=20), "query.too_many_nodes"),
        ("(" * 5000 + "a1", Limits(chars=10_000, depth=9_999), "query.too_deep"),
        ("NOT " * 5000 + "a1", Limits(chars=100_000, nodes=99_999, depth=9_999), "query.too_deep"),
        ("list:big OR list:big", Limits(list_nodes=60), "query.list_large"),
    ],
)
def test_limits_are_kept(text: str, limits: Limits, key: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, limits=limits, lists={"big": "\n".join(f"w{n}x" for n in range(50))})
    assert caught.value.key == key


def test_lists_cannot_explode() -> None:
    lists = {f"l{n}": f"list:l{n + 1} OR list:l{n + 1}" for n in range(40)} | {"l40": "a1"}
    with pytest.raises(QueryError) as caught:
        parse("list:l0", lists=lists)
    assert caught.value.key in {"query.list_large", "query.too_deep"}


def test_a_list_counts_apart_from_the_query() -> None:
    lists = {"many": "\n".join(f"name{n}" for n in range(1_000))}
    assert len(parse("list:many NEAR/5 price", lists=lists).root.left.nodes) == 1_000  # type: ignore[union-attr]


def test_a_long_list_may_be_one_query() -> None:
    lists = {"many": " OR ".join(f"name{n}" for n in range(1_000))}
    assert len(parse("list:many", lists=lists).root.nodes) == 1_000  # type: ignore[union-attr]


def test_names_of_lists_ignore_case() -> None:
    assert isinstance(parse("LIST:Rivals x1", lists=LISTS).root, And)
