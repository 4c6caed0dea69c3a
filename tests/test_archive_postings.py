"""Posting lists: which rows hold which key, whatever the parts they are cut into."""

from __future__ import annotations

import pyarrow as pa
import pytest

from palabre.archive import postings
from palabre.archive.fulfilled import fulfilling
from palabre.archive.index_keys import KEY_CHARS_MAX
from palabre.archive.postings import Keyed, Part, parts_of, tally, write_postings
from palabre.model import SieveAll, SieveAny, SieveNode, SieveNot, SievePlaces, SieveTerm

TEXTS = ["le zoo", "le zoom zoom", "", "zo é 👏", "le", f"{'x' * KEY_CHARS_MAX}y le"]


def parts(texts: list[str], keys: list[str] | None = None) -> list[Part]:
    sink = pa.BufferOutputStream()
    known = keys or [""] * len(texts)
    write_postings(sink, [Keyed(n, "", *one) for n, one in enumerate(zip(texts, known, strict=True))])
    return parts_of(sink.getvalue())


def rows(found: list[Part], node: SieveNode) -> list[int]:
    held = [bool(one) for part in found for one in fulfilling(part, node)]
    return [row for row, one in enumerate(held) if one]


@pytest.mark.parametrize("most", [1, 2, 4, 100])
def test_terms_and_beginnings_find_their_rows(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "PART_ROWS", most)
    found = parts(TEXTS)
    assert [part.rows for part in found][:-1] == [most] * (len(found) - 1)
    assert rows(found, SieveTerm("le")) == [0, 1, 4, 5]
    assert rows(found, SieveTerm("zo")) == [3]
    assert rows(found, SieveTerm("zoo", prefix=True)) == [0, 1]
    assert rows(found, SieveTerm("👏")) == [3]
    assert rows(found, SieveTerm("x" * (KEY_CHARS_MAX + 9))) == [5]
    assert rows(found, SieveTerm("zorglub")) == []


@pytest.mark.parametrize("most", [1, 2, 100])
def test_each_row_tells_its_post(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "PART_ROWS", most)
    sink, ids = pa.BufferOutputStream(), [7, 2**40, 1, 5, 9, 3]
    write_postings(sink, [Keyed(one, "", text, "") for one, text in zip(ids, TEXTS, strict=True)])
    assert [one for part in parts_of(sink.getvalue()) for one in part.ids().tolist()] == ids


def test_conditions_are_joined() -> None:
    found = parts(TEXTS)
    le, velo = SieveTerm("le"), SieveTerm("zoom")
    assert rows(found, SieveAll((le, SieveNot(velo)))) == [0, 4, 5]
    assert rows(found, SieveAny((velo, SieveTerm("e")))) == [1, 3]
    assert rows(found, SieveAll(())) == [0, 1, 2, 3, 4, 5]
    assert rows(found, SieveAny(())) == []
    with pytest.raises(ValueError, match="places"):
        rows(found, SievePlaces(((le, velo),)))


def test_a_tally_counts_the_rows_of_a_mask() -> None:
    (part,) = parts(["le", "", "le", ""], ["\u0002lfr \u0002len", "\u0002lfr", "\u0002lfr", ""])
    assert dict(tally(part, "\u0002l", fulfilling(part, SieveTerm("le")))) == {"\u0002lfr": 2, "\u0002len": 1}
    assert dict(tally(part, "\u0002n", fulfilling(part, SieveTerm("le")))) == {}


def test_no_rows_make_no_parts() -> None:
    assert parts([]) == []


def test_a_damaged_file_is_told() -> None:
    with pytest.raises(pa.ArrowInvalid):
        parts_of(pa.py_buffer(b"ARROW1 or what?"))
