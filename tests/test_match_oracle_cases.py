"""The law on cases written by hand: which post matches which query, and which characters say so."""

from __future__ import annotations

import time

import pytest

from palabre.match.ast import Field, Literal, Near, Not, Term
from palabre.match.facts import fits
from palabre.match.oracle import OraclePost, matches, post_from, post_of, spans
from palabre.match.parser import parse
from palabre.model import Account, Metrics, Post, PostKind

TEXT = "J'adore le Porte-Monnaie de l'été ! Il coûte 12 € chez Coca-Cola. #Été @alice.bsky.social 👍🏽"
WORDS = [
    # query, what the highlighted characters are; None: no match
    ("porte-monnaie", ["Porte-Monnaie"]),
    ("PORTE", ["Porte"]),
    ("été", ["été", "#Été"]),
    ("ete", ["été", "#Été"]),
    ("étè", None),
    ("coute", ["coûte"]),
    ("coûte", ["coûte"]),
    ("#ete", ["#Été"]),
    ("#adore", None),
    ("alice", ["@alice.bsky.social"]),
    ("@alice", ["@alice.bsky.social"]),
    ("@alice.bsky.social", ["@alice.bsky.social"]),
    ("@bsky", None),
    ("bsky", None),
    ("{Coca}", ["Coca"]),
    ("{coca}", None),
    ("{Été}", ["#Été"]),
    ("👍", ["👍🏽"]),
    ("👍🏿", ["👍🏽"]),
    ("{👍🏿}", None),
    ("mon*", ["Monnaie"]),
    ("*naie", ["Monnaie"]),
    ("c?ca", ["Coca"]),
    ("été*", ["été", "#Été"]),
    ("adire~1", ["adore"]),
    ("adire", None),
    ("adirer~2", ["adore"]),
    ('"adore le porte"', ["adore le Porte"]),
    ('"adore porte"', None),
    ('"porte adore"~1', ["adore", "Porte"]),
    ('"porte adore"~0', None),
    ("adore NEAR/1 porte", ["adore", "Porte"]),
    ("porte NEAR/1 adore", ["adore", "Porte"]),
    ("porte ONEAR/1 adore", None),
    ("adore NEAR/0 porte", None),
    ("adore NEAR/1 (porte OR zzz)", ["adore", "Porte"]),
    ("(adore AND monnaie) NEAR/1 le", ["adore", "le", "Monnaie"]),
    ("adore SENTENCE ete", ["adore", "été"]),
    ("adore SENTENCE coca", None),
    ("coute OSENTENCE coca", ["coûte", "Coca"]),
    ("coca OSENTENCE coute", None),
    ('raw:"12 €"', ["12 €"]),
    ('raw:"2 €"', None),
    ('raw:"€"', ["€"]),
    ('raw:"adore l"', None),
    ("adore OR zzz", ["adore"]),
    ("adore AND zzz", None),
    ("adore NOT zzz", ["adore"]),
    ("adore NOT coca", None),
    ("(adore zzz) OR coca", ["Coca"]),
    ("ATLEAST/2(adore OR zzz OR coca)", ["adore", "Coca"]),
    ("ATLEAST/3(adore OR zzz OR coca)", None),
    ("(porte OR porte-monnaie)", ["Porte-Monnaie"]),
    ("lang:fr", []),
    ("lang:fr adore", ["adore"]),
    ("lang:en adore", None),
    ("body:adore", ["adore"]),
    ("title:adore", None),
    ("title:offre", ["Offre"]),
    ("title:(offre AND ete)", None),
    ("offre ete", ["Offre", "été", "#Été"]),
    ("offre NEAR/9 adore", None),
    ('"exceptionnelle j"', None),
]
POST = Post(
    uri="https://x.org/1",
    network="web",
    kind=PostKind.ARTICLE,
    title="Offre exceptionnelle",
    text=TEXT,
    url="https://www.blog.example.org/2024/01/page?id=3",
    lang="fr-CA",
    published_ms=1_704_067_200_000,
    account=Account("https://m.example/@jean", "Jean@m.example", "Jean Dupônt", followers=1_500, verified=True),
    parent="https://x.org/0",
    links=("https://shop.example.com/p/42",),
    tags=("Climat",),
    mentions=("alice@m.example",),
    country="FR",
    city="Lyon",
    rating=4.5,
    metrics=Metrics(likes=3),
)


def shown(text: str, post: OraclePost) -> list[str]:
    node = parse(text).root
    return [str(post.row[span.where])[span.start : span.end] for span in spans(node, post)]


@pytest.mark.parametrize(("text", "found"), WORDS)
def test_words_find_and_show(text: str, found: list[str] | None) -> None:
    post = post_from(POST)
    assert matches(parse(text).root, post) is (found is not None)
    assert shown(text, post) == (found or [])


FACTS = {
    "url:2024/01": True,
    "url:PAGE?id=3": True,
    "url:2025": False,
    "site:example.org": True,
    "site:blog.example.org": True,
    "site:org": True,
    "site:ample.org": False,
    "site:example.com": False,
    "site:blog.*.org": True,
    "link:shop.example.com": True,
    "link:/p/42": True,
    "link:example.org": False,
    "author:jean": True,
    "author:jean@m.example": True,
    "author:@Jean": True,
    'author:"jean dupont"': True,
    "author:jea*": True,
    "author:dupont": False,
    'author:"https://m.example/@jean"': True,
    "lang:fr": True,
    "lang:fr-ca": True,
    "lang:ca": False,
    "country:fr": True,
    "country:be": False,
    "city:LYON": True,
    "region:rhone": False,
    "source:web": True,
    "source:example.org": True,
    "source:mastodon": False,
    "network:web": True,
    "type:article": True,
    "type:note": False,
    "parent:https://x.org/0": True,
    "root:https://x.org/0": False,
    "tag:climat": True,
    "tag:#clim*": True,
    "tag:clim": False,
    "mention:alice": True,
    "mention:@alice@m.example": True,
    "mention:bob": False,
    "is:reply": True,
    "is:reshare": False,
    "is:quote": False,
    "is:verified": True,
    "is:sensitive": False,
    "has:link": True,
    "has:title": True,
    "has:tag": True,
    "has:mention": True,
    "has:media": False,
    "followers:>1000": True,
    "followers:>=1500": True,
    "followers:>1500": False,
    "followers:[1000 TO 2000]": True,
    "rating:>4": True,
    "rating:4.5": True,
    "rating:<4.5": False,
    "likes:3": True,
    "views:>=0": False,
    "replies:[* TO *]": False,
    "published:2024-01-01": True,
    "published:2024": True,
    "published:<2024": False,
    "published:>2024-01-01": False,
}


@pytest.mark.parametrize(("text", "holds"), FACTS.items())
def test_facts_hold_or_not(text: str, holds: bool) -> None:
    post = post_from(POST)
    assert matches(parse(text).root, post) is holds
    assert spans(parse(text).root, post) == ()


@pytest.mark.parametrize("text", [text for text in FACTS if not text.startswith("is:")])
def test_an_empty_post_fulfils_no_fact(text: str) -> None:
    assert not matches(parse(text).root, post_of({}))


DISGUISES = [
    ("palabre", "p\u200bala\u00adbre"),
    ("palabre", "ＰＡＬＡＢＲＥ"),
    ("palabre", "𝐩𝐚𝐥𝐚𝐛𝐫𝐞"),
    ("palabre", "раlаbrе"),
    ("palabre", "p̷a̸l̴a̵b̶r̷e̸"),
    ("oeuvre", "œuvre"),
    ("œuvre", "oeuvre"),
    ("strasse", "Straße"),
    ("été", "e\u0301te\u0301"),
]


@pytest.mark.parametrize(("query", "text"), DISGUISES)
def test_disguised_words_are_found(query: str, text: str) -> None:
    assert shown(query, post_of({"text": f"le {text}, oui"})) == [text]


def test_spans_of_the_title_come_first_and_overlaps_are_merged() -> None:
    post = post_of({"title": "b2", "text": "a1 b2 c3 b2"})
    found = spans(parse('b2 OR "a1 b2" OR "b2 c3"').root, post)
    assert [(span.where, span.start, span.end) for span in found] == [("title", 0, 2), ("text", 0, 8), ("text", 9, 11)]


def test_a_word_inside_a_link_is_not_found() -> None:
    post = post_of({"text": "voir https://example.org/palabre?x=1 ici"})
    assert not matches(parse("palabre").root, post)
    assert matches(parse("voir NEAR/1 ici").root, post)


def test_what_has_no_position_finds_nothing_beside_near() -> None:
    post = post_of({"text": "a1 b2", "lang": "fr"})
    for side in (Not(Term("zz")), Field("lang", ("fr",)), Literal("b2")):
        assert not matches(Near(Term("a1"), side, 9), post)


@pytest.mark.parametrize(
    ("pattern", "value", "fit"),
    [
        ("a*", "abc", True),
        ("*c", "abc", True),
        ("a*c", "ac", True),
        ("a?c", "ac", False),
        ("a?c", "abc", True),
        ("*b*", "abc", True),
        ("*", "x", True),
        ("*", "", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-b-b-d", False),
        ("abc", "abcd", False),
        ("ab??", "abc", False),
    ],
)
def test_wildcards(pattern: str, value: str, fit: bool) -> None:
    assert fits(pattern, value) is fit


def test_wildcards_do_not_explode() -> None:
    assert not fits("*a" * 50 + "b", "a" * 20_000)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ('"aa aa aa aa aa aa aa aa aa aa ab bb"~9', "aa " * 2_000),
        ("aa NEAR/3 ab", "aa ab zz " * 3_000),
        ("aa SENTENCE ab", "aa ab zz " * 3_000),
    ],
)
def test_long_posts_and_dull_queries_take_seconds_at_most(query: str, text: str) -> None:
    start = time.process_time()
    spans(parse(query).root, post_of({"text": text}))
    assert time.process_time() - start < 5
