"""`palabre import` as other tools rely on it: what it counts, what it says last, how it ends."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from palabre.cli.main import cli
from palabre.settings import settings

POSTS = [
    {"id": str(n), "network": "forum", "text": f"un message sur la mer numéro {n}", "date": "2026-01-02"}
    for n in range(20)
]


@pytest.fixture(autouse=True)
def own_home(home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, and another folder for the files of the test."""
    settings.cache_clear()
    monkeypatch.setenv("PALABRE_LANG", "en")
    folder = tmp_path_factory.mktemp("files")
    monkeypatch.chdir(folder)
    return folder


def ndjson(posts: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(post).encode() + b"\n" for post in posts)


def run(*words: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["import", *words], input=stdin)


def summary(*words: str, stdin: bytes | None = None) -> dict[str, Any]:
    result = run("--json", *words, stdin=stdin)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    assert found["offered"] == found["stored"] + found["unchanged"] + found["quarantined"]
    return found


def counts(found: dict[str, Any]) -> tuple[int, ...]:
    return tuple(
        found[name] for name in ("files", "files_quarantined", "offered", "stored", "unchanged", "quarantined")
    )


def test_a_folder_is_walked_and_its_bad_files_are_named(own_home: Path) -> None:
    (own_home / "in/deep").mkdir(parents=True)
    (own_home / "in/a.ndjson").write_bytes(ndjson(POSTS[:10]))
    (own_home / "in/deep/b.json.gz").write_bytes(gzip.compress(json.dumps(POSTS[10:]).encode()))
    (own_home / "in/picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (own_home / "in/.hidden").write_bytes(b"x")
    result = run("--json", "in")
    assert counts(json.loads(result.stdout.splitlines()[-1])) == (3, 1, 20, 20, 0, 0)
    assert "picture.png" in result.stderr


def test_importing_again_changes_nothing(own_home: Path) -> None:
    (own_home / "a.ndjson").write_bytes(ndjson(POSTS))
    assert counts(summary("a.ndjson")) == (1, 0, 20, 20, 0, 0)
    assert counts(summary("a.ndjson")) == (1, 0, 20, 0, 20, 0)


def test_an_edited_post_is_stored_as_a_revision(own_home: Path) -> None:
    summary("-", stdin=ndjson(POSTS))
    found = summary("-", stdin=ndjson([{**POSTS[0], "text": "autre chose"}, *POSTS[1:]]))
    assert (found["stored"], found["revised"], found["unchanged"]) == (1, 1, 19)


def test_bad_items_are_quarantined_and_the_exit_is_zero(own_home: Path) -> None:
    body = ndjson(POSTS) + b'{"id": "x", "text": \n' + ndjson([{"id": "y", "text": ""}])
    assert counts(summary("-", stdin=body)) == (1, 0, 22, 20, 0, 2)


def test_the_last_line_is_a_sentence_in_the_reader_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for lang, word in (("fr", "présentés\u00a0: 20 = enregistrés\u00a0: 20"), ("en", "offered: 20 = stored: 0")):
        monkeypatch.setenv("PALABRE_LANG", lang)
        assert word in run("-", stdin=ndjson(POSTS)).stdout.splitlines()[-1]


def test_watches_come_along_and_bad_ones_are_counted(own_home: Path) -> None:
    lines = [{"name": "mer", "query": "mer"}, {"name": "open", "query": '"mer'}, {"name": "none", "query": "montagne"}]
    (own_home / "w.ndjson").write_bytes(ndjson(lines))
    found = summary("--watches", "w.ndjson", "-", stdin=ndjson(POSTS))
    assert (found["mentions"], found["watches_refused"]) == (20, 1)


def test_columns_may_be_named_either_way_round(own_home: Path) -> None:
    (own_home / "a.csv").write_text("x;Contenu utile\nnothing here to read;le texte\n", "utf-8")
    for pair in ("text=Contenu utile", "Contenu utile=text"):
        assert summary("--map", pair, "a.csv")["offered"] == 1
    (own_home / "map.json").write_text('{"text": "Contenu utile"}', "utf-8")
    assert summary("--mapping", "map.json", "a.csv")["unchanged"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope"], "nope"),
        (["--kind", "nope", "a.csv"], "nope"),
        (["--map", "a=b", "a.csv"], "a=b"),
        (["--workspace", "nope", "a.csv"], ""),
    ],
)  # fmt: skip
def test_what_cannot_be_done_at_all_ends_with_one(own_home: Path, words: list[str], said: str) -> None:
    (own_home / "a.csv").write_bytes(b"id,text\n1,x y\n")
    done = subprocess.run(
        [sys.executable, "-c", "from palabre.cli.main import main; main()", "import", *words],
        capture_output=True, text=True, env={**os.environ}, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_mapping_assistant_shows_what_it_would_do(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_home / "a.csv").write_text("Auteur;Contenu;Publié le\nZoé;un texte ici;02/01/2026\n", "utf-8")
    [found] = json.loads(run("--explain", "--json", "a.csv").stdout)
    assert {one["field"]: one["column"] for one in found["columns"]} == {
        "text": "Contenu", "account_name": "Auteur", "published_ms": "Publié le",
    }  # fmt: skip
    monkeypatch.setenv("PALABRE_LANG", "fr")
    assert "Date de publication" in run("--explain", "a.csv").stdout
    assert not (settings().home / "palabre.sqlite3").exists()


def test_a_big_import_in_two_processes_gives_the_same(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = [{"id": str(n), "text": f"message number {n} about the sea", "date": "2026-01-02"} for n in range(9_000)]
    (own_home / "a.ndjson").write_bytes(ndjson(posts) + b"broken\n")
    monkeypatch.setattr("palabre.road.worker.SMALL_BYTES", 1)
    assert counts(summary("a.ndjson")) == (1, 0, 9_001, 9_000, 0, 1)


def test_a_damaged_file_gives_what_came_before_the_damage(own_home: Path) -> None:
    lines = ndjson([{"id": str(n), "text": f"message {os.urandom(20).hex()}"} for n in range(20_000)])
    (own_home / "a.ndjson.gz").write_bytes(gzip.compress(lines)[:-5_000])
    found = summary("a.ndjson.gz")
    assert found["files_quarantined"] == 1
    assert 10_000 < found["stored"] < 20_000


def test_every_real_payload_is_read_or_named(shared: Path) -> None:
    found = summary(str(shared / "data/payloads/twitter_v2"), str(shared / "data/payloads/hackernews"))
    assert found["stored"] > 500
    assert found["files"] >= 14
