"""Tables as people export them: any delimiter, encoding, header and spelling of dates and numbers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from palabre.collect.files.columns import guess, plain
from palabre.collect.files.csv_ import CsvFormat
from palabre.collect.files.json_ import JsonFormat
from palabre.collect.files.ndjson import NdjsonFormat
from palabre.collect.files.parquet import ParquetFormat
from palabre.collect.files.tables import TableFormat
from palabre.collect.files.values import any_date, count_of, date_of, flag_of, items_of, language_of
from palabre.collect.formats import Head
from palabre.errors import ItemError

OCTOBER = 1_509_492_980_000  # 2017-10-31T23:36:20Z


def rows(made: TableFormat, body: bytes, **options: str) -> list[dict[str, Any]]:
    chunks = list(made.chunks(io.BytesIO(body), options))
    return [row for chunk in chunks for row in chunk.posts.to_pylist()]


def reasons(made: TableFormat, body: bytes, **options: str) -> list[str]:
    found = [error for chunk in made.chunks(io.BytesIO(body), options) for _, error in chunk.bad]
    return [error.key for error in found if isinstance(error, ItemError)]


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2017-10-31T23:36:20Z", OCTOBER),
        ("2017-10-31 23:36:20", OCTOBER),
        ("2017-11-01T01:36:20+02:00", OCTOBER),
        ("2017-10-31T23:36:20.000Z", OCTOBER),
        ("Tue Oct 31 23:36:20 +0000 2017", OCTOBER),
        ("Tue, 31 Oct 2017 23:36:20 GMT", OCTOBER),
        ("1509492980", OCTOBER),
        ("1509492980000", OCTOBER),
        ("31/10/2017 23:36:20", OCTOBER),
        ("31-10-2017 23.36", OCTOBER - 20_000),
        ("31 octobre 2017 23:36", OCTOBER - 20_000),
        ("", 0),
        ("NaT", 0),
        ("1970-01-02", 86_400_000),
        ("2099-01-01", 4_070_908_800_000),
    ],
)
def test_dates_are_read_as_they_are_written(text: str, ms: int) -> None:
    assert date_of(text) == ms


@pytest.mark.parametrize("text", ["yesterday evening maybe", "31/31/2017", "not a date", "12"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        date_of(text)


def test_the_order_of_day_and_month_is_that_of_the_column() -> None:
    assert date_of("03/04/2026", True) < date_of("05/04/2026", True)
    assert date_of("10/31/2017 11:36 PM", False) == OCTOBER - 20_000
    assert any_date(1_509_492_980.0) == OCTOBER


@pytest.mark.parametrize(
    ("text", "n"),
    [("12", 12), ("12.0", 12), ("1 234", 1234), ("1\u202f234", 1234), ("1,234", 1234), ("1.234.567", 1234567),
     ("1,2 k", 1200), ("3.4M", 3_400_000), ("1.234,5", 1234), ("1,234,567.8", 1234567), ("1 234,5", 1234),
     ("", None), ("NaN", None), (None, None), (7, 7), (7.9, 7)],
)  # fmt: skip
def test_counts_are_read_as_they_are_written(text: object, n: int | None) -> None:
    assert count_of(text) == n


@pytest.mark.parametrize(
    ("text", "code"),
    [("French", "fr"), ("Français", "fr"), ("fr-FR", "fr"), ("fra", "fr"), ("EN", "en"), ("und", ""),
     ("LANGUAGE UNDEFINED", ""), ("", "")],
)  # fmt: skip
def test_languages_become_codes(text: str, code: str) -> None:
    assert language_of(text) == code


def test_flags_and_lists() -> None:
    assert [flag_of(one) for one in ("Oui", "1", "true", "", "non", None)] == [True, True, True, False, False, False]
    assert items_of("a, b;c") == ["a", "b", "c"]
    assert items_of('["a", {"text": "b"}]') == ["a", "b"]
    with pytest.raises(ValueError):
        flag_of("perhaps")


@pytest.mark.parametrize("name", ["Publié le", "publieLe", "PUBLIE_LE", "publié-le"])
def test_column_names_are_compared_without_case_accents_and_signs(name: str) -> None:
    assert plain(name) == "publie_le"


HEADERS = [
    ("text", ["text", "Contenu", "Message", "tweet", "full_text", "body", "Texte", "Commentaire", "avis", "verbatim"]),
    (
        "published_ms",
        ["date", "created_at", "publish_date", "Date de publication", "Publié le", "Horodatage"],
    ),
    ("account_name", ["author", "Auteur", "Nom", "display_name"]),
    ("account_handle", ["handle", "username", "screen_name", "Pseudo"]),
    ("url", ["url", "Lien", "link", "permalink"]),
    ("lang", ["language", "Langue", "lang"]),
    ("likes", ["likes", "J'aime", "favorite_count", "Nb likes", "data.public_metrics.like_count"]),
    ("followers", ["followers", "Abonnés", "followers_count", "user.followers_count"]),
    ("rating", ["rating", "Note", "stars", "Étoiles"]),
]
VALUES = {
    "text": "Un mot ou deux", "published_ms": "2026-01-02", "account_name": "Zoé", "account_handle": "zoe", "url": "https://a.fr/1",
    "lang": "fr", "likes": "12", "followers": "1 200", "rating": "4",
}  # fmt: skip


@pytest.mark.parametrize(("field", "names"), HEADERS, ids=[field for field, _ in HEADERS])
def test_columns_are_guessed_in_both_languages(field: str, names: list[str]) -> None:
    for name in names:
        found = {one.field: one.column for one in guess({name: [VALUES[field]] * 3})}
        assert found.get(field) == name, name


def test_a_name_alone_is_not_enough_the_values_must_fit() -> None:
    assert "published_ms" not in {one.field for one in guess({"date": ["soon", "later"]})}


CSV = 'Date;Auteur;Contenu;Lien;J\'aime\r\n03/04/2026 10:12;Zoé;"L\'été ""ici""\net là";https://ex.fr/1;1 234\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
def test_a_csv_is_read_in_any_encoding(encoding: str) -> None:
    [row] = rows(CsvFormat(), CSV.encode(encoding))
    assert row["text"] == 'L\'été "ici"\net là'
    assert (row["account_name"], row["likes"], row["url"]) == ("Zoé", 1234, "https://ex.fr/1")
    assert row["published_ms"] == date_of("2026-04-03 10:12")


SEVENTH = ("urn:palabre:import:7", "bonjour à tous")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_a_csv_is_read_with_any_delimiter(sign: str) -> None:
    body = sign.join(("id", "text", "lang")) + "\n" + sign.join(("7", "bonjour à tous", "fr")) + "\n"
    assert [(row["uri"], row["text"]) for row in rows(CsvFormat(), body.encode())] == [
        ("urn:palabre:import:7", "bonjour à tous")
    ]


def test_an_hour_of_its_own_completes_a_day_and_leaves_a_full_date_alone() -> None:
    body = "Date;Heure;Texte\n{};14:05;un mot\n31/12/2026 08:30;08:30;un autre mot\n"
    whole, part = (rows(CsvFormat(), body.format(date).encode()) for date in ("31/12/2026 14:05", "31/12/2026"))
    assert [row["published_ms"] for row in whole] == [row["published_ms"] for row in part]
    assert whole[0]["published_ms"] == date_of("2026-12-31 14:05")


def test_a_wrong_date_beside_an_hour_names_its_column() -> None:
    body = "Date;Heure;Texte\n31/12/2026;14:05;un mot\n31/12/2026;14:06;deux mots\n32/13/2026;9:00;trois mots\n"
    [(_, error)] = [bad for chunk in CsvFormat().chunks(io.BytesIO(body.encode()), {}) for bad in chunk.bad]
    assert isinstance(error, ItemError)
    assert error.params["column"] == "Date"


def test_dates_with_the_month_first_are_dates() -> None:
    body = "Author,Content,Publish Date\nZoe,one word,9/13/2026 8:05:00 AM\nZoe,two words,9/24/2026 8:05:00 PM\n"
    first, second = rows(CsvFormat(), body.encode())
    assert first["published_ms"] == date_of("2026-09-13 08:05")
    assert second["published_ms"] == date_of("2026-09-24 20:05")


def test_a_csv_without_header_is_understood_by_its_values() -> None:
    body = b"2026-01-01,alice,I really like this product\n2026-01-02,bob,It does not work at all\n"
    found = rows(CsvFormat(), body)
    assert [row["text"] for row in found] == ["I really like this product", "It does not work at all"]
    assert found[0]["published_ms"] == date_of("2026-01-01")


def test_lines_of_preamble_before_the_header_are_skipped() -> None:
    body = "Report;x\nFrom;y\n\nDate;Contenu;Langue\n2026-01-01;un message;fr\n2026-01-02;un autre;fr\n"
    assert [row["text"] for row in rows(CsvFormat(), body.encode())] == ["un message", "un autre"]


def test_one_broken_line_costs_itself_alone() -> None:
    lines = [f"{n},a message number {n},fr" for n in range(50)]
    lines[20] = "20,too,many,cells,here"
    lines[30] = "30"
    body = ("id,text,lang\n" + "\n".join(lines) + "\n").encode()
    assert len(rows(CsvFormat(), body)) == 48
    assert reasons(CsvFormat(), body) == ["files.wrong_width"] * 2


def test_a_quote_that_never_closes_does_not_swallow_the_file() -> None:
    lines = [f"{n},a message number {n},fr" for n in range(5_000)]
    lines[100] = '100,"an open quote,fr'
    body = ("id,text,lang\n" + "\n".join(lines) + "\n").encode()
    assert len(rows(CsvFormat(), body)) >= 4_990


def test_rows_that_do_not_fit_come_back_with_their_reason_and_can_be_replayed() -> None:
    body = b"id,text,date\n1,hello there,2026-01-01\n2,hello again,2026-01-02\n3,,2026-01-03\n4,hello,some day\n"
    made = CsvFormat()
    [chunk] = made.chunks(io.BytesIO(body), {})
    assert [getattr(error, "key", "") for _, error in chunk.bad] == ["files.nothing_said", "files.bad_value"]
    mended = chunk.bad[1][0]
    with pytest.raises(ItemError):
        list(made.map(mended, {}))
    fixed = type(mended)(mended.body.replace(b"some day", b"2026-01-04"), mended.media_type, mended.note)
    [event] = made.map(fixed, {})
    assert event.post.uri == "urn:palabre:import:4"  # type: ignore[union-attr]


def test_the_same_words_without_author_time_or_id_are_different_posts_and_always_the_same_ones() -> None:
    body = b"texte,langue\nTr\xc3\xa8s bien,fr\nTr\xc3\xa8s bien,fr\nTr\xc3\xa8s bien,fr\n"
    first, second = ([row["uri"] for row in rows(CsvFormat(), body)] for _ in range(2))
    assert len(set(first)) == 3
    assert first == second


def test_an_address_that_comes_with_other_words_is_not_an_id() -> None:
    body = b"url,text\nhttps://a.fr/page,the first comment\nhttps://a.fr/page,the second comment\n"
    assert len({row["uri"] for row in rows(CsvFormat(), body)}) == 2


def test_our_own_field_names_are_known_in_ndjson() -> None:
    post = {
        "uri": "https://a.fr/1", "network": "mastodon", "kind": "reply", "text": "Un texte", "title": "T", "lang": "fr",
        "published_ms": OCTOBER, "parent": "https://a.fr/0", "tags": ["été"], "country": "FR", "rating": 4.5,
        "account": {"uri": "https://a.fr/@zoe", "handle": "zoe", "name": "Zoé", "followers": 3, "verified": True},
        "metrics": {"likes": 2, "replies": 0},
    }  # fmt: skip
    [row] = rows(NdjsonFormat(), json.dumps(post).encode() + b"\n")
    wanted = {
        "uri": "https://a.fr/1", "network": "mastodon", "kind": "reply", "text": "Un texte", "title": "T", "lang": "fr",
        "likes": 2, "published_ms": OCTOBER, "account_uri": "https://a.fr/@zoe", "account_handle": "zoe",
        "account_name": "Zoé", "followers": 3, "verified": True, "parent": "https://a.fr/0", "tags": ["été"],
        "country": "FR", "rating": 4.5, "replies": 0,
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted


def test_a_bad_ndjson_line_costs_itself_alone() -> None:
    body = b'{"id":"1","text":"one two"}\n{"id":"2","text":\n\n[1]\n{"id":"3","text":"three four"}\n'
    assert [row["text"] for row in rows(NdjsonFormat(), body)] == ["one two", "three four"]
    assert reasons(NdjsonFormat(), body) == ["files.bad_json", "files.bad_json"]


@pytest.mark.parametrize(
    "text", ["lone \ud800 surrogate", "NUL \x00 inside", "zalgo " + "e" + "\u0301" * 500, "bell \x07 and \x9f"]
)
def test_texts_that_no_database_holds_are_made_storable(text: str) -> None:
    [row] = rows(NdjsonFormat(), json.dumps({"id": "1", "text": text}).encode() + b"\n")
    row["text"].encode("utf-8")
    assert "\x00" not in row["text"]
    assert row["text"][:3] == text[:3]


def test_a_post_of_ten_megabytes_is_refused_with_its_size() -> None:
    body = json.dumps({"id": "1", "text": "a " * 5_000_000}).encode() + b'\n{"id":"2","text":"a short one"}\n'
    assert reasons(NdjsonFormat(), body) == ["files.too_long"]
    assert len(rows(NdjsonFormat(), body)) == 1


@pytest.mark.parametrize(
    "document",
    [
        [{"id": "1", "text": "un message"}],
        {"data": [{"id": "1", "text": "un message"}], "meta": {}},
        {"items": [{"id": "1", "text": "un message"}]},
        {"response": {"docs": [{"id": "1", "text": "un message"}]}},
        {"id": "1", "text": "un message"},
    ],
)
def test_posts_are_found_in_a_json_document(document: object) -> None:
    assert [row["text"] for row in rows(JsonFormat(), json.dumps(document).encode())] == ["un message"]


def test_a_json_document_that_breaks_off_gives_what_came_before() -> None:
    body = json.dumps([{"id": str(n), "text": f"message number {n}"} for n in range(100)]).encode()[:-40]
    found: list[str] = []
    chunks = JsonFormat().chunks(io.BytesIO(body), {})
    found += next(chunks).posts["uri"].to_pylist()
    with pytest.raises(ItemError) as caught:
        next(chunks)
    assert caught.value.key == "files.broken_json"
    assert len(found) >= 98


def test_nesting_without_end_is_refused_not_suffered() -> None:
    with pytest.raises(ItemError):
        rows(JsonFormat(), b"[" * 200_000)


def test_parquet_columns_of_any_type_are_read() -> None:
    table = pa.table(
        {
            "tweet_id": pa.array([1, 2], pa.int64()),
            "content": pa.array(["un", "deux"], pa.large_string()),
            "publish_date": pa.array([OCTOBER, None], pa.timestamp("ms")),
            "followers": pa.array([1.0, None]),
            "retweet": pa.array(["0", "1"]),
        }
    )
    sink = io.BytesIO()
    pq.write_table(table, sink)
    first, second = rows(ParquetFormat(), sink.getvalue())
    assert (first["uri"], first["network"], first["published_ms"], first["followers"]) == (
        "https://x.com/i/status/1",
        "x",
        OCTOBER,
        1,
    )
    assert (second["kind"], second["published_ms"], second["followers"]) == ("reshare", 0, None)


def test_a_damaged_parquet_file_is_said_to_be() -> None:
    with pytest.raises(ItemError) as caught:
        rows(ParquetFormat(), b"PAR1 nothing here PAR1")
    assert caught.value.key == "files.broken_parquet"


def test_a_table_without_text_is_refused_as_a_whole() -> None:
    with pytest.raises(ItemError) as caught:
        rows(CsvFormat(), b"a,b\n1,2\n3,4\n")
    assert caught.value.key == "files.no_text_column"


def test_the_user_decides_over_the_guess() -> None:
    body = b"text,Contenu\nwrong column here,the right column\n"
    assert rows(CsvFormat(), body, **{"map.text": "Contenu"})[0]["text"] == "the right column"
    with pytest.raises(ItemError) as caught:
        rows(CsvFormat(), body, **{"map.text": "Nope"})
    assert caught.value.key == "files.no_such_column"


@pytest.mark.parametrize(
    ("name", "start", "made", "sure"),
    [
        ("a.csv", b"id,text\n1,x\n", CsvFormat, True),
        ("a.txt", b"id\ttext\tlang\n1\tx\tfr\n2\ty\tfr\n", CsvFormat, True),
        ("README.md", b"# Title\n\nSome text, with a comma.\nAnd more.\n", CsvFormat, False),
        ("a.xml", b"<rss></rss>", CsvFormat, False),
        ("a.bin", b"\x00\x01\x02,\x00\n" * 9, CsvFormat, False),
        ("a.ndjson", b'{"a":1}\n{"a":2}\n', NdjsonFormat, True),
        ("a.json", b'{"a":1}', JsonFormat, True),
        ("a.parquet", b"PAR1....", ParquetFormat, True),
    ],
)
def test_formats_know_their_files(name: str, start: bytes, made: type[TableFormat], sure: bool) -> None:
    assert (made().sniff(Head(name, start, len(start))) > 0) is sure  # type: ignore[attr-defined]


REAL = [
    ("ira_troll_tweets/event_windows.parquet", 162_135, "x"),
    ("french_media_2022/tweets.parquet", 3_821, "x"),
    ("french_media_2022/youtube_videos.parquet", 8_155, "youtube"),
    ("grand_debat_idees/idees_marquantes.parquet", 1_298, "import"),
    ("us_airline_2015/tweets.parquet", 11_886, "x"),
    ("minibar_app_reviews/classification.parquet", 7_952, "import"),
]


@pytest.mark.parametrize(("path", "count", "network"), REAL, ids=[path.split("/")[0] for path, _, _ in REAL])
def test_real_tables_are_understood_without_a_mapping(shared: Path, path: str, count: int, network: str) -> None:
    with (shared / "data" / path).open("rb") as file:
        chunk = next(ParquetFormat().chunks(file, {}))
    assert not chunk.bad
    assert chunk.posts.num_rows == min(count, 4_000)
    assert set(chunk.posts["network"].to_pylist()) == {network}
    assert all(
        text or title for text, title in zip(*(chunk.posts[n].to_pylist() for n in ("text", "title")), strict=True)
    )


LONG = "word " * 200_000
LONG_ROWS = (
    (CsvFormat, b"author,text\n" + b"".join(b"anna,%s\n" % LONG.encode() for _ in range(40))),
    (NdjsonFormat, b"".join(b'{"author": "anna", "text": "%s"}\n' % LONG.encode() for _ in range(40))),
    (JsonFormat, b"[" + b",".join(b'{"author": "anna", "text": "%s"}' % LONG.encode() for _ in range(40)) + b"]"),
)


def lengths(made: TableFormat, body: bytes) -> list[int]:
    return [piece.count for piece in made.pieces(io.BytesIO(body), {})]


@pytest.mark.parametrize(("kind", "body"), LONG_ROWS, ids=["csv", "ndjson", "json"])
def test_long_rows_are_shaped_few_at_a_time(kind: type[TableFormat], body: bytes) -> None:
    """Forty rows of a million characters: never more than sixteen millions are held together."""
    found = lengths(kind(), body)
    assert sum(found) == 40
    assert max(found) <= 17


def test_a_long_text_that_a_small_parquet_file_repeats_is_shaped_few_rows_at_a_time() -> None:
    out = io.BytesIO()
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000, pa.int32()), pa.array([LONG]))
    pq.write_table(pa.table({"text": repeated}), out, compression="zstd", store_schema=False)
    assert len(out.getvalue()) < 100_000
    found = lengths(ParquetFormat(), out.getvalue())
    assert sum(found) == 3_000
    assert max(found) <= 17


def test_links_tags_and_mentions_without_columns_are_those_of_the_texts() -> None:
    text = "Vu sur https://ex.org/a #Vélo @bob"
    (row,) = rows(CsvFormat(), f"author,text,tags\nanna,{text},pluie\n".encode())
    assert (row["links"], row["tags"], row["mentions"]) == (["https://ex.org/a"], ["pluie"], ["bob"])
    (row,) = rows(NdjsonFormat(), json.dumps({"author": "anna", "text": text}).encode())
    assert (row["links"], row["tags"], row["mentions"]) == (["https://ex.org/a"], ["Vélo"], ["bob"])
