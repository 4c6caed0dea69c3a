"""Reading other people's JSON: values of any type, files of any shape, lists newest first, options made whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palabre.collect import payload
from palabre.collect.backwards import Entry, Sheet, walk_back
from palabre.collect.config import settle
from palabre.collect.contract import Option, Page, Window
from palabre.collect.jsonfile import Broken, Reader, documents, peek, unwrap
from palabre.errors import ConfigError, ItemError
from palabre.model import RawItem

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(VALUES)
def test_readers_never_raise_and_keep_their_types(value: Any) -> None:
    held = {"a": value}
    payload.text(held, "a").encode()
    payload.ident(held, "a").encode()
    assert isinstance(payload.table(held, "a"), dict)
    assert isinstance(payload.listing(held, "a"), list)
    assert all(isinstance(entry, dict) for entry in payload.tables(held, "a"))
    number = payload.number(held, "a")
    assert number is None or 0 <= number < 10**18
    assert 0 <= payload.epoch_ms(held, "a") <= payload.MS_MAX
    assert isinstance(payload.iso_ms(held, "a"), int)
    json.loads(payload.dumps(held))


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        ("2026-11-20T10:00:00Z", 1_795_168_800_000),
        ("2026-11-20T11:00:00.250+01:00", 1_795_168_800_250),
        ("2026-11-20T10:00:00", 1_795_168_800_000),
        ("2026-11-20 10:00:00.123456Z", 1_795_168_800_123),
        ("yesterday", 0),
        ("", 0),
        (12, 0),
    ],
)
def test_iso_moments_are_read_or_not_known(written: object, ms: int) -> None:
    assert payload.iso_ms({"at": written}, "at") == ms


def test_drift_counts_what_is_missing_and_what_is_new() -> None:
    found = payload.drift([{"id": 1, "new": 2}, {"id": 1}, {}], ["id", "text"], ["extra"])
    assert found == {"-id": 1, "-text": 3, "+new": 1}


# ── files ──


def values(body: bytes) -> list[object]:
    return list(documents(BytesIO(body)))


@settings(max_examples=60)
@given(st.lists(VALUES.filter(lambda one: not isinstance(one, list)), max_size=5))
def test_a_list_lines_and_a_sequence_hold_the_same_values(entries: list[Any]) -> None:
    whole = json.dumps(entries).encode()
    lines = b"\n".join(json.dumps(entry).encode() for entry in entries)
    expected = [repr(entry) for entry in json.loads(whole)]
    assert [repr(entry) for entry in values(whole)] == expected
    assert [repr(entry) for entry in values(lines)] == expected


@given(st.binary(max_size=300))
def test_any_bytes_are_read_to_their_end_without_an_error(body: bytes) -> None:
    assert len(values(body)) <= len(body)
    peek(body)


@given(VALUES, st.integers(0, 200))
def test_any_cut_file_can_be_peeked_at(value: Any, length: int) -> None:
    body = json.dumps([value, value]).encode()[:length]
    peek(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a":1}\n{"a":\n{"a":3}', [{"a": 1}, "{broken", {"a": 3}]),
        (b'[{"a":1},{"a":2', [{"a": 1}, "{broken"]),
        (b'window.YTD.tweet.part0 = [{"a":1}]', [{"a": 1}]),
        (b'\xef\xbb\xbf{"a":1}', [{"a": 1}]),
        (b'\x1e{"a":1}\n\x1e{"a":2}', [{"a": 1}, {"a": 2}]),
        (b"event: update\ndata: x\n\n:thump\n", [{"event": "update", "payload": "x"}]),
        (b"<html>", ["{broken"]),
        (b"", []),
        (b"[" * 200_000, ["{broken"]),
    ],
)
def test_files_people_keep(body: bytes, expected: list[object]) -> None:
    found = ["{broken" if isinstance(one, Broken) else one for one in values(body)]
    assert found == expected


def test_memory_stays_bounded_on_a_long_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("palabre.collect.jsonfile.CHUNK_CHARS", 1 << 12)
    longest = 0

    class Watched(Reader):
        def more(self) -> bool:
            nonlocal longest
            answer = super().more()
            longest = max(longest, len(self.text))
            return answer

    monkeypatch.setattr("palabre.collect.jsonfile.Reader", Watched)
    body = b"\n".join(b'{"text":"' + b"x" * 500 + b'"}' for _ in range(2_000))
    assert len(values(body)) == 2_000
    assert longest < 1 << 15


def test_a_cut_answer_is_understood_up_to_the_cut() -> None:
    body = json.dumps({"data": [{"id": "1", "text": "a { b"}, {"id": "2", "text": "cut"}]}).encode()
    assert peek(body[:-12])[0] == {"data": [{"id": "1", "text": "a { b"}, {"id": "2"}]}
    assert unwrap({"request_uri": "https://e.example", "body": [1]}) == ("https://e.example", [1])
    assert unwrap({"body": 1}) == ("", {"body": 1})


# ── lists, newest first ──


class Board:
    """A list that grows, paged five at a time by an opaque token; a page may fail."""

    def __init__(self) -> None:
        self.size = 0
        self.fail_at = -1
        self.calls = 0

    def fetch(self, token: str) -> Sheet:
        self.calls += 1
        if self.calls == self.fail_at:
            raise ConnectionError
        start = int(token) if token else self.size
        numbers = range(start, max(0, start - 5), -1)
        entries = tuple(Entry(str(n), n * 1000, (RawItem(str(n).encode()),)) for n in numbers)
        return Sheet(entries, str(start - 5) if start > 5 else "")


def visit(board: Board, cursor: dict[str, object], heard: set[str]) -> dict[str, object]:
    """One run, cut short by whatever the board does; the cursor of the last page that was kept."""
    try:
        for page in walk_back(board.fetch, cursor, Window(), 100):
            heard |= {item.body.decode() for item in page.items}
            cursor = dict(page.cursor)
    except ConnectionError:
        pass
    return cursor


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=12))
def test_nothing_is_lost_whenever_a_walk_is_cut_short(runs: list[tuple[int, int]]) -> None:
    board, heard = Board(), set[str]()
    board.size = 3
    cursor = visit(board, {}, heard)
    for grown, fail in [*runs, (0, 0), (0, 0)]:
        board.size += grown
        board.calls, board.fail_at = 0, fail or -1
        cursor = visit(board, cursor, heard)
    assert heard == {str(n) for n in range(1, board.size + 1)}


def pages(board: Board, cursor: dict[str, object], window: Window, most: int) -> Iterator[Page]:
    return walk_back(board.fetch, cursor, window, most)


def test_a_window_is_read_to_its_end_and_a_short_walk_says_what_it_gave_up() -> None:
    board = Board()
    board.size = 100
    found = list(pages(board, {}, Window(since_ms=41_000, until_ms=96_000), 2))
    assert sum(len(page.items) for page in found) == 55
    last = list(pages(board, {"seen": ["1"]}, Window(), 3))[-1]
    assert last.drift == {"gap": 1}
    assert last.cursor["seen"] == ["100", "99", "98", "97", "96"]


# ── options ──

OPTIONS = (
    Option("name", required=True),
    Option("server", "url"),
    Option("many", "list"),
    Option("size", "number", default=3),
    Option("on", "flag"),
    Option("kind", "choice", default="a", choices=("a", "b")),
    Option("since", "date"),
    Option("key", "secret", required=True),
)


def test_options_are_made_whole_and_secrets_left_alone() -> None:
    whole = settle(OPTIONS, {"name": " x ", "server": "e.example/", "many": "a, b\nc", "on": "oui", "key": "s"})
    assert whole == {
        "name": "x", "server": "https://e.example", "many": ["a", "b", "c"], "size": 3, "on": True, "kind": "a",
        "since": "",
    }  # fmt: skip
    assert settle(OPTIONS, {key: value for key, value in whole.items() if value != ""}) == whole


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({}, "payload.missing_option"),
        ({"name": "x", "other": 1}, "payload.unknown_option"),
        ({"name": "x", "server": "ftp://e.example"}, "payload.bad_option"),
        ({"name": "x", "server": "https://e .example"}, "payload.bad_option"),
        ({"name": "x", "size": -1}, "payload.bad_option"),
        ({"name": "x", "size": True}, "payload.bad_option"),
        ({"name": "x", "kind": "c"}, "payload.bad_option"),
        ({"name": "x", "on": "perhaps"}, "payload.bad_option"),
        ({"name": "x", "since": "soon"}, "payload.bad_option"),
        ({"name": ["x"]}, "payload.bad_option"),
        ({"name": "x", "many": [{}]}, "payload.bad_option"),
    ],
)
def test_options_that_cannot_be_used_are_refused(wrong: dict[str, object], key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settle(OPTIONS, wrong)
    assert caught.value.key == key


def test_what_is_no_object_is_an_item_error() -> None:
    for body, key in ((b"[1]", "payload.not_object"), (b"{", "payload.not_json"), (b"[" * 99_999, "payload.not_json")):
        with pytest.raises(ItemError) as caught:
            payload.decode(RawItem(body))
        assert caught.value.key == key
