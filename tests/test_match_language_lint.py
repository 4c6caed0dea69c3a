"""The linter says what is probably not meant, where, and how to write it."""

from __future__ import annotations

import pytest

from palabre.match.lint import lint, mend, severity
from palabre.match.parser import parse
from palabre.messages import LANGUAGES, catalogue

LISTS = {"common": "le\nla\norange"}
REMARKS = [
    # query, code, the characters meant, the query mended
    ("coca and pepsi", "W101", "and", "coca AND pepsi"),
    ("coca ou pepsi", "W101", "ou", "coca OR pepsi"),
    ("coca SAUF pepsi", "W101", "SAUF", "coca NOT pepsi"),
    ("coca near/3 pepsi", "W101", "near/3", "coca NEAR/3 pepsi"),
    ("coca et (pepsi OR fanta)", "W101", "et", "coca AND (pepsi OR fanta)"),
    ("*phone coca", "W102", "*phone", None),
    ('"smart *phone" coca', "W102", '"smart *phone"', None),
    ("pal* coca", "W103", "pal*", None),
    ("coca OR pepsi fanta", "W104", "pepsi fanta", "coca OR (pepsi fanta)"),
    ("coca pepsi OR fanta", "W104", "coca pepsi", "(coca pepsi) OR fanta"),
    ("coca NEAR/50 pepsi", "W105", "NEAR/50", "coca SENTENCE pepsi"),
    ("coca ONEAR/50 pepsi", "W105", "ONEAR/50", "coca OSENTENCE pepsi"),
    ("coca OR Coca", "W106", "Coca", None),
    ("coca -coca", "W107", "coca", None),
    ("coca pepsi NOT (fanta OR pepsi)", "W107", "pepsi", None),
    ("les", "W108", "les", None),
    ("coca OR the", "W108", "the", None),
    ("pour tous", "W108", "pour", None),
    ("marché", "W109", "marché", "marche"),
    ("Éléphant", "W109", "Éléphant", "Elephant"),
    ("l'oréal", "W110", "l'oréal", "oréal"),
    ("wendy's", "W110", "wendy's", '("wendy s" OR wendys)'),
    ("porte-monnaie", "W110", "porte-monnaie", '("porte monnaie" OR portemonnaie)'),
    ("coca x", "W111", "x", None),
    ("coca^9 pepsi", "W112", "^9", "coca pepsi"),
    ("coca (pepsi OR NOT fanta)", "W113", "NOT fanta", None),
    ('"coca" pepsi', "W114", '"coca"', "coca pepsi"),
    ("orange", "W115", "orange", "{Orange}"),
    ("sncf OR total", "W115", "total", "sncf OR {Total}"),
    ("coca pepsi NEAR/3 prix", "W116", "pepsi NEAR/3 prix", "coca (pepsi NEAR/3 prix)"),
    ("author:@lemonde", "W117", "@lemonde", "author:lemonde"),
    ("c++", "W118", "c++", 'raw:"c++"'),
    ("coca –pepsi", "W118", "–pepsi", "coca -pepsi"),
    ("!urgent", "W118", "!urgent", 'raw:"!urgent"'),
    ("pourquoi?", "W119", "pourquoi?", "pourquoi"),
    ("coca lang:fr lang:en", "W120", "lang:en", None),
]


@pytest.mark.parametrize(("text", "code", "where", "mended"), REMARKS)
def test_a_doubtful_query_is_remarked(text: str, code: str, where: str, mended: str | None) -> None:
    found = [remark for remark in lint(parse(text)) if remark.code == code]
    assert found, [remark.code for remark in lint(parse(text))]
    assert where in [text[remark.start : remark.end] for remark in found]
    remark = next(one for one in found if text[one.start : one.end] == where)
    if mended is None:
        assert remark.suggestion is None
    else:
        assert mend(text, remark) == mended
        assert code not in [again.code for again in lint(parse(mended)) if again.suggestion == remark.suggestion]


@pytest.mark.parametrize(
    "text",
    [
        "palabre",
        "coca AND pepsi",
        "coca pepsi",
        '"bon marché" lang:fr',
        "(coca OR pepsi) AND (prix OR tarif) NOT recette",
        "coca (pepsi NEAR/5 prix)",
        "{Orange}",
        "orange lang:fr",
        "orange fibre",
        "#orange",
        'raw:"C++" @alice@mastodon.social 👍',
        "site:(a.org OR b.org) followers:>1000 coca",
        "tag:a1 tag:b2",
        '"AND" "ou" coca',
        "rock OR roll",
        "list:common",
        "example.org palabre~1",
    ],
)
def test_a_sound_query_is_left_alone(text: str) -> None:
    assert lint(parse(text, lists=LISTS)) == []


def test_remarks_are_in_the_order_of_the_text() -> None:
    remarks = lint(parse("x and été^4 OR le"))
    assert [remark.start for remark in remarks] == sorted(remark.start for remark in remarks)


def test_every_code_has_a_sentence_in_both_languages_and_a_test() -> None:
    for lang in LANGUAGES:
        codes = {key.rsplit(".", 1)[1] for key in catalogue(lang) if key.startswith("query.lint.W")}
        assert codes == {code for _, code, _, _ in REMARKS}


@pytest.mark.parametrize(("text", "code", "where", "mended"), REMARKS)
def test_the_sentence_holds_no_unfilled_value(text: str, code: str, where: str, mended: str | None) -> None:
    for remark in lint(parse(text)):
        assert severity(remark) in ("warning", "advice")
        for lang in LANGUAGES:
            assert "{" not in remark.say(lang).replace("{ }", "").replace("{BT}", "")
