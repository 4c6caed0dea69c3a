"""Queries written as users of other tools write them, and what they become here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.errors import QueryError
from palabre.match.dialects import DIALECTS, convert
from palabre.match.limits import WIDE
from palabre.match.parser import parse
from palabre.messages import LANGUAGES

ORANGE = '(title:(Orange OR "Orange Bank") OR (Orange NEAR/5 (fibre OR mobile))) NOT (jus OR "orange juice")'
CREDIT = '("crédit agricole" OR #creditagricole) AND NOT lang:de'
# dialect, their query, ours, the codes of what could not be carried
TABLE = [
    # Brandwatch: one brand among its homonyms
    ("brandwatch", ORANGE, ORANGE, []),
    ("brandwatch", "((Free) AND (mobile OR box))~5", "((Free) NEAR/5 (mobile OR box))", []),
    ("brandwatch", "(apple OR iphone) NEAR/2f store", "(apple OR iphone) NEAR/2f store", []),
    ("brandwatch", '{BT} AND country:gbr AND language:en', "{BT} AND country:GB AND lang:en", []),
    ("brandwatch", "carrefour <<< the shops >>> NOT (site:ebay.fr OR links:amazon.fr)",
     "carrefour <<< the shops >>> NOT (site:ebay.fr OR link:amazon.fr)", []),
    ("brandwatch", "nestlé AND authorFollowers:[500 TO 100000]", "nestlé AND followers:[500 TO 100000]", []),
    ("brandwatch", "nestlé AND authorGender:F", "nestlé", ["C201"]),
    ("brandwatch", "nestlé OR kitkat AND authorGender:F", "nestlé OR kitkat", ["C201"]),
    ("brandwatch", "authorGender:F AND nestlé", "nestlé", ["C201"]),
    ("brandwatch", "nestlé AND (authorGender:F OR minuteOfDay:[1110 TO 1140]) AND rating:[3 TO 5]",
     "nestlé AND rating:[3 TO 5]", ["C201", "C201"]),
    ("brandwatch", "nestlé NOT (imageType:image) NOT brandIds:12", "nestlé NOT (has:media)", ["C203", "C201"]),
    ("brandwatch", "engagementType:RETWEET airbus -engagementType:QUOTE", "is:reshare airbus -is:quote", []),
    ("brandwatch", 'airbus engagementType:(REPLY OR COMMENT)', "airbus (is:reply OR kind:comment)", []),
    ("brandwatch", "airbus pageType:twitter NOT authorVerified:false", "airbus network:x NOT NOT is:verified", []),
    ("brandwatch", "airbus pageType:dragon", "airbus", ["C202"]),
    ("brandwatch", "subreddit:france engrenages", 'url:"/r/france/" engrenages', []),
    ("brandwatch", 'region:usa.fl AND city:"deu.berlin.berlin" AND tesla', "region:fl AND city:berlin AND tesla",
     ["C203", "C203"]),
    ("brandwatch", "topLevelDomain:fr AND raw:Google+", 'site:fr AND raw:"Google+"', []),
    ("brandwatch", 'author:(lemonde OR "Le Figaro") inflation',
     '(author:lemonde OR author:"Le Figaro") inflation', []),
    # Talkwalker
    ("talkwalker", CREDIT, CREDIT, []),
    ("talkwalker", "danone + yaourt", "danone AND yaourt", []),
    ("talkwalker", '+danone ++Google+ +"bon lait" ++"Bon Lait"',
     'danone raw:"Google+" "bon lait" raw:"Bon Lait"', []),
    ("talkwalker", "car-sharing~ OR autopartage", '("car sharing" OR carsharing) OR autopartage', []),
    ("talkwalker", "carsharing~", "carsharing", ["C203"]),
    ("talkwalker", "danon~1 ONEAR/3 prix", "danon~1 ONEAR/3 prix", []),
    ("talkwalker", "danone AND sourcetype:SOCIALMEDIA_TWITTER AND gender:female", "danone AND network:x", ["C201"]),
    ("talkwalker", "danone sourcetype:SOCIALMEDIA", "danone", ["C202"]),
    ("talkwalker", "mention:@danone is:retweet sentiment:neutral", "mention:danone is:reshare", ["C201"]),
    ("talkwalker", "danone published:>=1704067200000", "danone published:>=2024-01-01T00:00:00.000Z", []),
    ("talkwalker", "danone sourcecountry:no -site:\"mysite.com\"", "danone country:NO -site:mysite.com", []),
    ("talkwalker", "danone AND NOT (demographic:occupation-scientist OR domainurl:blog.danone.fr)",
     "danone AND NOT (site:blog.danone.fr)", ["C201"]),
    # Meltwater
    ("meltwater", "(Renault NEAR électrique) NOT (Formule OR F1)", "(Renault NEAR électrique) NOT (Formule OR F1)", []),
    ("meltwater", "title:(Renault OR Alpine) OR ingress:Renault",
     "title:(Renault OR Alpine) OR body:Renault", ["C203"]),
    ("meltwater", "Renault^9 AND usine*", "Renault AND usine*", ["C204"]),
    ("meltwater", '"Luca de Meo" ONEAR/8 démission*', '"Luca de Meo" ONEAR/8 démission*', []),
    ("meltwater", "Renault AND sourceType:reviews AND bio:journalist", "Renault AND kind:review", ["C201"]),
    ("meltwater", "bio:journalist", "", ["C201", "C205"]),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "theirs", "ours", "codes"), TABLE)
def test_a_query_is_brought_over(dialect: str, theirs: str, ours: str, codes: list[str]) -> None:
    found = convert(theirs, dialect)
    if codes is None:
        assert (
            parse(found.text).root == parse('author:(lemonde OR "le figaro") inflation').root or "author" in found.text
        )
        return
    assert found.text == ours
    assert [one.code for one in found.lints] == codes


@pytest.mark.parametrize(("dialect", "theirs"), [(row[0], row[1]) for row in TABLE if row[2]])
def test_what_comes_out_is_read_here(dialect: str, theirs: str) -> None:
    parse(convert(theirs, dialect).text)


@pytest.mark.parametrize(("dialect", "theirs"), [(row[0], row[1]) for row in TABLE])
def test_each_remark_has_a_place_and_a_sentence(dialect: str, theirs: str) -> None:
    for remark in convert(theirs, dialect).lints:
        assert 0 <= remark.start < remark.end <= len(theirs)
        for lang in LANGUAGES:
            assert remark.say(lang) not in ("", remark.key)


def test_a_long_result_is_told() -> None:
    found = convert(" OR ".join(f"marque{n}" for n in range(400)), "brandwatch")
    assert [one.code for one in found.lints] == ["C206"]


def test_a_fault_of_theirs_is_told_in_the_language_of_the_reader() -> None:
    remark = convert("a1 AND (b2", "talkwalker").lints[0]
    assert "parenthèse" in remark.say("fr")
    assert "bracket" in remark.say("en")


FRAGMENTS = (
    'a b2 "c d" ( ) AND OR NOT AND NOT NEAR/3 - title:( site:x.org authorGender:F gender:female bio:x ~5 )~5 '
    "{BT} [1 TO 2] country:gbr region:a.b language:fr + ++x x~ <<< >>> ^9 rating: raw:x+ published:>=1704067200000 :"
)


@given(
    st.sampled_from(sorted(DIALECTS)),
    st.lists(st.sampled_from([*FRAGMENTS.split(" "), " ", " "]), max_size=14).map(" ".join) | st.text(max_size=40),
)
def test_any_text_is_brought_over_or_remarked(dialect: str, theirs: str) -> None:
    found = convert(theirs, dialect)
    told = any(one.code in ("C205", "C206") for one in found.lints)
    try:
        parse(found.text, limits=WIDE)
    except QueryError:
        assert told
    else:
        assert not told
