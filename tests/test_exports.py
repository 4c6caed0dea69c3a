"""Exports: what is written is what is read again, no cell is a formula, and names leave only when they may."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palabre.archive import open_archive
from palabre.archive.types import Delivery
from palabre.batches import batch_of
from palabre.cli.export import command
from palabre.exports.columns import ALWAYS, NAMED, Shape
from palabre.exports.masks import Mask
from palabre.exports.writers import CELL_CHARS_MAX, Column, cell_text, plain, safe, write
from palabre.match.panel import Panel
from palabre.model import Account, Post
from palabre.settings import load

COLUMNS = (
    Column("a"),
    Column("n", "int"),
    Column("x", "float"),
    Column("yes", "flag"),
    Column("at", "time"),
    Column("b"),
)
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXT = st.text(LETTERS, max_size=40) | st.builds(
    str.__add__,
    st.sampled_from(["=", "+", "-", "@", "\t", "\r", "＝", " =", "'=", "''+", "\u200b@", "\ufeff="]),
    st.text(max_size=0),
)
ROW = st.tuples(
    TEXT,
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none() | st.integers(0, 253_402_300_799_000),
    TEXT,
)
ROWS = st.lists(ROW, max_size=20)
EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠A",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "'=1",
    '=HYPERLINK("x")',
]


def written(kind: str, rows: Sequence[Sequence[Any]], columns: Sequence[Column] = COLUMNS) -> io.BytesIO:
    file = io.BytesIO()
    assert write(kind, columns, rows, file) == len(rows)
    file.seek(0)
    return file


@given(ROWS)
def test_csv_is_read_again_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    text = io.TextIOWrapper(written("csv", rows), "utf-8", newline="")
    head, *found = list(csv.reader(text))
    assert head == [column.name for column in COLUMNS]
    for row, cells in zip(rows, found, strict=True):
        assert (plain(cells[0]), plain(cells[5])) == (row[0], row[5])
        assert cells[1] == ("" if row[1] is None else str(row[1]))
        assert (float(cells[2]) if cells[2] else None) == row[2]
        assert cells[3] == ("true" if row[3] else "false")


@given(ROWS)
def test_ndjson_is_read_again_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    found = [json.loads(line) for line in written("ndjson", rows).read().splitlines()]
    assert [(one["a"], one["n"], one["x"], one["yes"], one["b"]) for one in found] == [
        (row[0], row[1], row[2], row[3], row[5]) for row in rows
    ]


@settings(max_examples=40)
@given(ROWS)
def test_parquet_is_read_again_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    table = pq.read_table(written("parquet", rows))
    assert table.column("a").to_pylist() == [row[0] for row in rows]
    assert table.column("n").to_pylist() == [row[1] for row in rows]
    assert table.column("x").to_pylist() == [row[2] for row in rows]
    assert table.column("at").cast("int64").to_pylist() == [row[4] for row in rows]


# XML has no control characters, and reads CR as LF: what the write door keeps of a post has neither
SHEET_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40
) | st.sampled_from(EVIL[:4])


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(SHEET_TEXT, st.integers(-(2**53), 2**53)), min_size=1, max_size=8))
def test_xlsx_is_read_again_as_it_was(rows: list[tuple[str, int]]) -> None:
    import openpyxl

    sheet = openpyxl.load_workbook(written("xlsx", rows, COLUMNS[:2])).active
    found = list(sheet.iter_rows(min_row=2, values_only=True))
    for row, (text, n) in zip(rows, found, strict=True):
        assert plain(text or "") == row[0]
        assert math.isclose(n, row[1], rel_tol=1e-12)


@pytest.mark.parametrize("text", EVIL)
def test_what_looks_like_a_formula_is_told_to_be_text(text: str) -> None:
    assert safe(text) == "'" + text
    assert plain(safe(text)) == text


@pytest.mark.parametrize("text", ["", "a=b", "1", "l’été", "'", "''a", "#tag", "voir @nom", "… -1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe(text) == text
    assert plain(text) == text


@given(st.text())
def test_an_apostrophe_is_taken_away_only_where_it_was_put(text: str) -> None:
    assert plain(safe(text)) == text


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    import openpyxl

    evil = [(text, 1) for text in [*EVIL, "https://evil.example/?=1", "{=1+1}"]]
    sheet = openpyxl.load_workbook(written("xlsx", evil, COLUMNS[:2])).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert {cell.data_type for cell in cells if cell.column == 1} <= {"s", "inlineStr"}
    assert [cell.coordinate for cell in cells if cell.hyperlink] == []


def test_a_cell_holds_what_a_cell_can_hold() -> None:
    assert len(cell_text("=" * 40_000)) == CELL_CHARS_MAX


# Pseudonyms

MASK = Mask(b"k" * 32)
POST = Post(
    "https://social.example/@ana/1",
    "mastodon",
    text="Merci @bob@other.example, écris à ana@mail.example ou https://social.example/@ana/2 ! a@b",
    account=Account("https://social.example/users/ana", "ana", "Ana Lyse", "https://social.example/@ana", 12),
    mentions=("bob@other.example",),
    links=("https://social.example/@ana/2", "https://news.example/a"),
    url="https://social.example/@ana/1",
    city="Lyon",
)


def row_of(post: Post) -> Any:
    from palabre.archive import PostRow

    return PostRow(1, 1, None, 2, 3, 0, post)


def test_a_masked_row_names_nobody() -> None:
    values = Shape(MASK, {}).row(row_of(POST))
    said = json.dumps(values)
    for name in ("ana", "bob", "Ana Lyse", "other.example", "mail.example", "social.example", "Lyon"):
        assert name not in said
    assert "news.example" in said
    assert len(values) == len(ALWAYS)


def test_the_same_person_is_the_same_pseudonym_in_one_workspace_alone() -> None:
    assert MASK.name("a") == MASK.name("a") != MASK.name("b")
    assert Mask(b"l" * 32).name("a") != MASK.name("a")
    assert MASK.name("") == ""


def test_a_named_row_has_everything() -> None:
    shape = Shape(None, {})
    assert [column.name for column in shape.columns] == [column.name for column in ALWAYS + NAMED]
    said = dict(zip([column.name for column in shape.columns], shape.row(row_of(POST)), strict=True))
    assert (said["author"], said["author_name"], said["city"]) == ("ana", "Ana Lyse", "Lyon")


# The command


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with three posts, the settings read anew."""
    import palabre.cli.export as verb

    made = load(tmp_path, {})
    monkeypatch.setattr(verb, "settings", lambda: made)
    posts = [
        Post(f"https://a.example/{n}", "web", text=f"=pluie {n}", account=Account(f"u{n}", f"nom{n}")) for n in range(3)
    ]
    with open_archive(made) as archive:
        batch = batch_of(posts)
        panel = Panel()
        archive.write(Delivery(1, None, batch, [None] * 3, panel.index_texts(batch), panel.match(batch)))
    return tmp_path


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "ndjson"])
def test_the_command_writes_each_format(house: Path, kind: str) -> None:
    out = house / f"out.{kind}"
    done = CliRunner().invoke(command, ["pluie", "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"rows": 3, "format": kind, "out": str(out), "named": False}
    assert out.stat().st_mode & 0o077 == 0
    assert b"nom1" not in out.read_bytes()


def test_names_need_a_reason(house: Path) -> None:
    out = house / "out.csv"
    refused = CliRunner().invoke(command, ["pluie", "--out", str(out), "--named"])
    assert getattr(refused.exception, "key", "") == "exports.reason_needed"
    assert not out.exists()
    assert named(house, out).returncode == 0
    assert "nom1" in out.read_text("utf-8")


def named(house: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """The verb as a user runs it, on the journal of this data folder."""
    words = ["export", "pluie", "--out", str(out), "--named", "--reason", "a complaint to answer"]
    return subprocess.run(
        [sys.executable, "-c", "from palabre.cli.main import main; main()", *words],
        env={
            **os.environ,
            "PALABRE_HOME": str(house),
            "PALABRE_LANG": "en",
            "DJANGO_SETTINGS_MODULE": "palabre.desk.config.settings",
        },
        capture_output=True,
        text=True,
    )


def test_names_leave_with_a_note_in_the_journal(house: Path) -> None:
    done = named(house, house / "out.csv")
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(house / "desk.sqlite3")) as desk:
        rows = desk.execute("SELECT what, about, user_id FROM workspaces_auditentry").fetchall()
    assert rows == [("export_named", "pluie · csv · 3 · a complaint to answer", None)]


def test_names_stay_where_the_journal_cannot_be_written(house: Path) -> None:
    (house / "desk.sqlite3").mkdir()
    done = named(house, house / "out.csv")
    assert done.returncode != 0
    assert "journal of the workspace" in done.stderr
    assert not (house / "out.csv").exists()


def test_too_many_rows_are_refused_before_anything_is_written(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import palabre.cli.export as verb

    few = load(house, {"PALABRE_EXPORT_ROWS_MAX": "2"})
    monkeypatch.setattr(verb, "settings", lambda: few)
    refused = CliRunner().invoke(command, ["pluie", "--out", str(house / "out.csv")])
    assert getattr(refused.exception, "key", "") == "exports.too_many"
    assert not (house / "out.csv").exists()
