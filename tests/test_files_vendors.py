"""Exports of other listening tools, on small samples of our own."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from palabre.collect.files.brandwatch import BrandwatchFormat
from palabre.collect.files.csv_ import CsvFormat
from palabre.collect.files.fourcat import FourCatFormat
from palabre.collect.files.meltwater import MeltwaterFormat
from palabre.collect.files.talkwalker import TalkwalkerFormat
from palabre.collect.files.values import date_of
from palabre.collect.files.vendor import VendorCsv
from palabre.collect.formats import Head

APRIL = date_of("2026-04-03 10:12")
BRANDWATCH = """Report:,Notes
Brand:,Une marque
From:,Wed Apr 01 00:00:00 UTC 2026
To:,Thu Apr 30 00:00:00 UTC 2026
Label:,

Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Language,Country Code,Author,Full Name,Full Text,\
Twitter Followers,Twitter Retweets,Twitter Likes,Impressions,Hashtags,Thread Entry Type
1999,marque,2026-04-03 10:12:00.0,,court,http://twitter.com/zoe/statuses/12,twitter.com,neutral,twitter,fr,FR,zoe,Zoé,\
"Bonjour, tout le monde",12,3,4,100,"#été, #mer",post
1999,marque,2026-04-03 10:12:00.0,Un article,court,https://journal.example/a,journal.example,neutral,news,fr,FR,,,\
Le texte entier,,,,,,
"""
MELTWATER = (
    "Date\tTime\tDocument ID\tURL\tHeadline\tOpening Text\tHit Sentence\tSource Type\tInfluencer\tLanguage\tReach\r\n"
    "03-Apr-2026\t10:12\t77\thttps://journal.example/b\tLe titre\tDébut\tLa phrase qui compte\tNews\tZoé\tFrench\t9\r\n"
)
TALKWALKER_CSV = (
    "published,indexed,search_indexed,title,content,url,root_url,lang,source_type,extra_author_attributes.name\n"
    "1775211120000,1775211120000,1775211120000,Un titre,Un contenu,https://blog.example/c,https://blog.example,fr,BLOG,Zoé\n"
)
POST = {
    "url": "https://blog.example/c", "root_url": "https://blog.example", "published": APRIL, "search_indexed": APRIL,
    "title": "Un titre", "content": "Un contenu", "lang": "fr", "source_type": ["BLOG"],
    "extra_author_attributes": {"name": "Zoé"}, "article_extended_attributes": {"num_comments": 4},
}  # fmt: skip
TALKWALKER_JSON = json.dumps({"status_code": "0", "result_content": {"data": [{"data": POST}]}})
TALKWALKER_STREAM = "\n".join(
    json.dumps(one)
    for one in (
        {"chunk_type": "CT_CONTROL", "chunk_control": {}},
        {"chunk_type": "CT_RESULT", "chunk_result": {"data": {"data": POST}}},
    )
)
FOURCAT_CSV = (
    "id,thread_id,timestamp,unix_timestamp,subject,body,author,score,num_comments,url\n"
    "t1,t0,2026-04-03 10:12:00,1775211120,Un sujet,Un corps de message,zoe,4,2,https://forum.example/t1\n"
)
ZEESCHUIMER = json.dumps(
    {
        "item_id": "99", "source_platform": "tiktok.com", "timestamp_collected": 1, "nav_index": "1",
        "data": {
            "id": "99", "desc": "Une vidéo", "createTime": APRIL // 1000,
            "author": {"id": "5", "uniqueId": "zoe", "nickname": "Zoé"},
            "stats": {"diggCount": 4, "commentCount": 2, "shareCount": 1, "playCount": 50},
        },
    }
)  # fmt: skip

CASES: list[tuple[VendorCsv, bytes, dict[str, Any]]] = [
    (
        BrandwatchFormat(),
        BRANDWATCH.encode(),
        {"text": "Bonjour, tout le monde", "network": "x", "account_handle": "zoe", "followers": 12, "reshares": 3,
         "likes": 4, "tags": ["été", "mer"], "published_ms": APRIL, "lang": "fr"},
    ),
    (
        MeltwaterFormat(),
        MELTWATER.encode("utf-16"),
        {"text": "La phrase qui compte", "title": "Le titre", "network": "web", "lang": "fr", "published_ms": APRIL},
    ),
    (TalkwalkerFormat(), TALKWALKER_CSV.encode(), {"text": "Un contenu", "account_name": "Zoé", "published_ms": APRIL}),
    (TalkwalkerFormat(), TALKWALKER_JSON.encode(), {"text": "Un contenu", "account_name": "Zoé", "replies": 4}),
    (TalkwalkerFormat(), TALKWALKER_STREAM.encode(), {"text": "Un contenu", "published_ms": APRIL}),
    (
        FourCatFormat(),
        FOURCAT_CSV.encode(),
        {"text": "Un corps de message", "title": "Un sujet", "account_handle": "zoe", "likes": 4, "replies": 2,
         "published_ms": APRIL},
    ),
    (
        FourCatFormat(),
        ZEESCHUIMER.encode(),
        {"text": "Une vidéo", "network": "tiktok", "account_handle": "zoe", "account_name": "Zoé", "likes": 4,
         "views": 50, "published_ms": APRIL},
    ),
]  # fmt: skip
NAMES = ["brandwatch", "meltwater", "talkwalker csv", "talkwalker json", "talkwalker stream", "4cat", "zeeschuimer"]


@pytest.mark.parametrize(("made", "body", "wanted"), CASES, ids=NAMES)
def test_an_export_is_recognised_and_read(made: VendorCsv, body: bytes, wanted: dict[str, Any]) -> None:
    assert made.sniff(Head("export", body, len(body))) > CsvFormat().sniff(Head("export.csv", body, len(body)))
    [first, *_] = [row for chunk in made.chunks(io.BytesIO(body), {}) for row in chunk.posts.to_pylist()]
    assert {name: first[name] for name in wanted} == wanted


def test_an_article_in_a_brandwatch_export_is_an_article_of_the_web() -> None:
    [chunk] = BrandwatchFormat().chunks(io.BytesIO(BRANDWATCH.encode()), {})
    second = chunk.posts.to_pylist()[1]
    assert (second["network"], second["title"], second["uri"]) == ("web", "Un article", "https://journal.example/a")


@pytest.mark.parametrize("made", [case[0] for case in CASES], ids=NAMES)
def test_an_ordinary_table_is_no_export_of_theirs(made: VendorCsv) -> None:
    for body in (b"id,text,date\n1,x,2026-01-01\n", b'{"id":"1","text":"x"}\n', b"", b"\x00\xff"):
        assert made.sniff(Head("a.csv", body, len(body))) == 0
