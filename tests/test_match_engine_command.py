# tables of cases
"""`palabre match`: NDJSON in, NDJSON out, nothing else on stdout, every bad line told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from palabre.cli.match import command
from palabre.errors import InputError
from palabre.messages import say

WATCHES = [
    {"name": "été", "query": "été AND NOT pluie"},
    {"name": "fr", "query": "lang:fr brand*"},
    {"name": "récent", "query": 'published:>2020 "porte monnaie"'},
]


def written(path: Path, rows: list[object]) -> str:
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return str(path)


def run(folder: Path, posts: list[object], *options: str, watches: list[object] | None = None) -> Result:
    where = written(folder / "watches.ndjson", list(watches or WATCHES))
    return CliRunner().invoke(command, ["--watches", where, written(folder / "posts.ndjson", posts), *options])


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_mentions_come_in_the_order_of_the_posts_with_their_characters(tmp_path: Path) -> None:
    posts = [
        {"id": 1, "title": "Un été", "text": "L'été arrive, ÉTÉ !"},
        {"id": "b", "text": "branding", "language": "fr-CA"},
        {"id": 4, "text": "mon porte-monnaie", "published": "2024-05-01T10:00:00Z"},
        {"id": 5, "text": "été sous la pluie"},
    ]
    result = run(tmp_path, posts, "--json")
    assert lines(result.stdout) == [
        {"id": 1, "watch": "été", "spans": [[2, 5], [14, 17]], "title_spans": [[3, 6]]},
        {"id": "b", "watch": "fr", "spans": [[0, 8]]},
        {"id": 4, "watch": "récent", "spans": [[4, 17]]},
    ]
    assert lines(result.stderr)[-1] == {"posts": 4, "watches": 3, "mentions": 3, "bad_lines": 0}
    assert result.exit_code == 0


BAD = [
    "{",
    "[1]",
    {"id": 1},
    {"text": "été"},
    {"id": 1, "text": 5},
    {"id": 1, "text": "brand", "lang": 7},
    '{"id":1,"text":"\\ud8',
]


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_line_is_told_and_the_run_goes_on(tmp_path: Path, bad: object) -> None:
    result = run(tmp_path, [{"id": 1, "text": "été"}, "", bad, {"id": 2, "text": "été"}], "--json")
    told, summary = lines(result.stderr)
    assert (told["line"], bool(told["error"]), summary["bad_lines"]) == (3, True, 1)
    assert [line["id"] for line in lines(result.stdout)] == [1, 2]
    assert result.exit_code == 0


def test_lone_surrogates_do_not_move_the_characters(tmp_path: Path) -> None:
    result = run(tmp_path, ['{"id":1,"text":"\\ud800 été"}'])
    assert lines(result.stdout) == [{"id": 1, "watch": "été", "spans": [[2, 5]]}]


BAD_WATCHES = [
    ([{"name": "x", "query": "a AND ("}], "match.query_place"),
    ([{"name": "x", "query": "a"}, {"name": "x", "query": "b"}], "match.watch_line"),
    ([{"query": "a"}], "match.watch_line"),
    ([{"name": "x"}], "match.watch_line"),
    (["{"], "match.watch_line"),
    ([" "], "match.no_watches"),
]


@pytest.mark.parametrize(("watches", "key"), BAD_WATCHES)
def test_a_watch_that_cannot_be_used_stops_before_any_post(tmp_path: Path, watches: list[object], key: str) -> None:
    result = run(tmp_path, [{"id": 1, "text": "a"}], watches=watches)
    assert isinstance(result.exception, InputError)
    assert result.exception.key == key
    assert result.stdout == ""
    assert "{" not in say(key, "fr", **result.exception.params)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--watches", str(tmp_path / "none"), "-"])
    assert isinstance(result.exception, InputError)
    assert result.exception.key == "match.unreadable"
