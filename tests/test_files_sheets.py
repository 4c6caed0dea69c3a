"""Excel workbooks: exports of other tools as they come out, tables of any kind, and what is wrong or hostile."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import random
import resource
import time
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner

from palabre.cli.main import cli
from palabre.collect.files import sheets, streams
from palabre.collect.files.detect import format_for
from palabre.collect.files.values import date_of
from palabre.collect.files.xlsx import XlsxFormat
from palabre.errors import ItemError
from palabre.messages import say
from palabre.settings import settings

APRIL = datetime(2026, 4, 3, 10, 12)
PREAMBLE = [["Report:", "Notes"], ["Brand:", "Une marque"], ["From:", datetime(2026, 4, 1)], [], ["Label:"]]
BRANDWATCH = [
    ["Query Id", "Query Name", "Date", "Title", "Snippet", "Url", "Page Type", "Language", "Author", "Full Name",
     "Full Text", "Twitter Followers", "Twitter Likes", "Hashtags"],
    [1999, "marque", APRIL, None, "court", "http://twitter.com/zoe/statuses/12", "twitter", "fr", "zoe", "Zoé",
     "Bonjour, tout le monde", 12, 4, "#été, #mer"],
    [1999, "marque", APRIL, "Un article", "court", "https://journal.example/a", "news", "fr", None, None,
     "Le texte entier"],
]  # fmt: skip
MELTWATER = [
    ["Date", "Time", "Document ID", "URL", "Headline", "Opening Text", "Hit Sentence", "Influencer", "Language"],
    ["03-Apr-2026", "10:12", 77, "https://journal.example/b", "Le titre", "Début", "La phrase", "Zoé", "French"],
]
TALKWALKER = [
    ["published", "search_indexed", "title", "content", "url", "root_url", "lang"],
    [1775211120000, 1775211120000, "Un titre", "Un contenu", "https://blog.example/c", "https://blog.example", "fr"],
]
TABLE = [["id", "date", "message", "likes"], ["1", APRIL, "un message", 3.0], ["2", APRIL, "un autre", None]]


def book(*tables: Sequence[Sequence[object]]) -> bytes:
    """A workbook, a sheet for each table."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for rows in tables:
        sheet = made.create_sheet()
        for row in rows:
            sheet.append(list(row))
    body = io.BytesIO()
    made.save(body)
    return body.getvalue()


def with_part(body: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one of its parts replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, part if one == name else old.read(one))
    return made.getvalue()


def posts(body: bytes, **options: str) -> list[dict[str, object]]:
    chunks = XlsxFormat().chunks(io.BytesIO(body), options)
    return [row for chunk in chunks for row in chunk.posts.to_pylist()]


def refused(body: bytes) -> str:
    with pytest.raises(ItemError) as caught:
        posts(body)
    assert say(caught.value.key, "fr", **caught.value.params) != say(caught.value.key, "en", **caught.value.params)
    return caught.value.key


def put(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


@pytest.mark.parametrize(
    ("rows", "kind", "wanted"),
    [
        ([*PREAMBLE, *BRANDWATCH], "brandwatch", {"text": "Bonjour, tout le monde", "network": "x", "likes": 4}),
        (MELTWATER, "meltwater", {"text": "La phrase", "title": "Le titre", "lang": "fr"}),
        (TALKWALKER, "talkwalker", {"text": "Un contenu", "title": "Un titre", "lang": "fr"}),
        (TABLE, "xlsx", {"text": "un message", "likes": 3}),
    ],
    ids=["brandwatch", "meltwater", "talkwalker", "table"],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
def test_a_workbook_is_read_as_what_it_is(
    tmp_path: Path, rows: list[list[object]], kind: str, wanted: dict[str, object], pack: type[bytes]
) -> None:
    with streams.single(put(tmp_path / "export.xlsx", pack(book(rows))), 10**9) as opened:
        assert not streams.is_zip(opened)
        made = format_for(opened)
        assert made.name == kind
        [first, *_] = [row for chunk in made.chunks(opened.stream, {}) for row in chunk.posts.to_pylist()]  # type: ignore[attr-defined]
    assert {name: first[name] for name in wanted} == wanted
    assert first["published_ms"] == date_of("2026-04-03 10:12")


def test_a_workbook_says_the_same_as_the_csv_of_the_same_table(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "date", "text", "likes"]]
    rows += [[str(n), f"2026-04-{n % 28 + 1:02}", f"mot {n}", n] for n in range(9_000)]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    found = []
    for path in (put(tmp_path / "a.csv", text.getvalue().encode()), put(tmp_path / "a.xlsx", book(rows))):
        with streams.single(path, 10**9) as opened:
            chunks = format_for(opened).chunks(opened.stream, {})  # type: ignore[attr-defined]
            found.append([row for chunk in chunks for row in chunk.posts.to_pylist()])
    assert len(found[0]) == 9_000
    assert found[0] == found[1]


def test_sheets_that_explain_are_passed_over_and_a_table_that_goes_on_is_read_on() -> None:
    intro = [["Lisez-moi"], ["Période", "avril"]]
    found = posts(book(intro, TABLE, [TABLE[0], ["3", APRIL, "encore un", 1]]))
    assert [row["text"] for row in found] == ["un message", "un autre", "encore un"]


def test_a_size_that_is_not_true_hides_nothing() -> None:
    body = book(TABLE)
    sheet = zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml").replace(b'ref="A1:D3"', b'ref="A1"')
    assert len(posts(with_part(body, "xl/worksheets/sheet1.xml", sheet))) == 2


def test_a_cell_that_excel_could_not_make_out_is_no_text() -> None:
    [chunk] = XlsxFormat().chunks(io.BytesIO(book([TABLE[0], ["1", APRIL, "#NAME?", 1], ["2", APRIL, "bon", 1]])), {})
    assert [row["text"] for row in chunk.posts.to_pylist()] == ["bon"]
    assert [str(error.key) for _, error in chunk.bad if isinstance(error, ItemError)] == ["files.nothing_said"]


@pytest.fixture
def own_home(home: Path) -> None:
    settings.cache_clear()


@pytest.mark.usefixtures("own_home")
def test_a_workbook_in_an_archive_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as made:
        made.writestr("avril.xlsx", book([*PREAMBLE, *BRANDWATCH]))
        made.writestr("broken.xlsx", book(TABLE)[:-300])
    done = CliRunner().invoke(cli, ["import", "--json", str(tmp_path / "all.zip")])
    summary = json.loads(done.stdout.splitlines()[-1])
    assert (summary["files"], summary["files_quarantined"], summary["stored"]) == (3, 1, 2), done.output
    assert summary["kinds"] == {"brandwatch": 2}


@pytest.mark.usefixtures("own_home")
def test_the_mapping_assistant_explains_a_workbook_and_takes_a_word_for_it(tmp_path: Path) -> None:
    rows = [["n°", "quand", "remarque interne", "verbatim"], [1, APRIL, "à rappeler demain sans faute", "trop cher"]]
    path = str(put(tmp_path / "enquete.xlsx", book(rows)))
    done = CliRunner().invoke(cli, ["import", "--json", "--explain", "--map", "verbatim=text", path])
    [entry] = json.loads(done.stdout)
    assert entry["kind"] == "xlsx"
    assert {"field": "text", "column": "verbatim", "confidence": 1.0, "samples": ["trop cher"]} in entry["columns"]
    done = CliRunner().invoke(cli, ["import", "--json", "--kind", "meltwater", "--map", "verbatim=text", path])
    assert json.loads(done.stdout.splitlines()[-1])["stored"] == 1, done.output


# what is wrong or hostile


def test_an_old_or_locked_workbook_says_what_to_do(tmp_path: Path) -> None:
    path = put(tmp_path / "secret.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2_000)
    with streams.single(path, 10**9) as opened, pytest.raises(ItemError) as caught:
        format_for(opened)
    assert caught.value.key == "files.old_sheet"


def test_a_workbook_that_unpacks_to_far_more_stays_shut() -> None:
    assert refused(with_part(book(TABLE), "xl/worksheets/sheet1.xml", b" " * 80_000_000)) == "files.bomb"


def test_texts_that_would_not_fit_in_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "PART_BYTES_MAX", 1_000)
    assert refused(book(TABLE)) == "files.sheet_too_big"


def test_entities_that_multiply_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(9))
    sheet = f'<!DOCTYPE x [{laughs}]><worksheet><sheetData><row><c t="inlineStr"><is><t>&l8;</t></is></c></row>'
    start = time.perf_counter()
    assert refused(with_part(book(TABLE), "xl/worksheets/sheet1.xml", sheet.encode())) == "files.broken_sheet"
    assert time.perf_counter() - start < 5


CELL = '<row r="{row}"><c r="{column}{row}" t="inlineStr"><is><t>x</t></is></c></row>'


@pytest.mark.parametrize("row", [1_048_576, 10**12])
def test_a_cell_far_away_takes_neither_memory_nor_time(row: int) -> None:
    rows = "".join(CELL.format(row=n, column="XFD") for n in (1, 2, row))
    body = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(with_part(book(TABLE), "xl/worksheets/sheet1.xml", body.encode())).startswith("files.")
    assert time.perf_counter() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


def test_what_came_before_the_damage_is_kept() -> None:
    rows: list[list[object]] = [["id", "text"]] + [[str(n), f"message {n}"] for n in range(200)]
    body = book(rows)
    sheet = zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")
    found: list[int] = []
    chunks = XlsxFormat().chunks(io.BytesIO(with_part(body, "xl/worksheets/sheet1.xml", sheet[:-2_000])), {})
    with pytest.raises(ItemError) as caught:
        found.extend(chunk.posts.num_rows for chunk in chunks)
    assert caught.value.key == "files.broken_sheet"
    assert 100 < sum(found) < 200


def damaged(body: bytes, chance: random.Random) -> Iterable[bytes]:
    """Cut off, or with bytes changed, in the archive and inside its parts."""
    yield body[: chance.randrange(len(body))]
    changed = bytearray(body)
    for _ in range(chance.randrange(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    yield bytes(changed)
    name = chance.choice(zipfile.ZipFile(io.BytesIO(body)).namelist())
    part = bytearray(zipfile.ZipFile(io.BytesIO(body)).read(name))
    for _ in range(chance.randrange(1, 4)):
        part[chance.randrange(len(part))] = chance.randrange(256)
    yield with_part(body, name, bytes(part))


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_broken_in_it_a_workbook_raises_nothing_but_a_sentence(seed: int) -> None:
    for body in damaged(book([*PREAMBLE, *BRANDWATCH]), random.Random(seed)):
        with contextlib.suppress(ItemError):
            posts(body)


@pytest.mark.long
def test_twenty_thousand_rows_of_sixty_columns_fit_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    made = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["id", "date", "text", *(f"c{n}" for n in range(57))])
    for row in range(1, 20_001):
        sheet.write_row(row, 0, [str(row), "2026-04-03", f"un message numéro {row}", *(f"v{n}" for n in range(57))])
    made.close()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("rb") as stream:
        assert sum(chunk.posts.num_rows for chunk in XlsxFormat().chunks(stream, {})) == 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000
