"""`palabre search`, `quarantine`, `backup`, `restore`, `erase`, `suppress` as a person or a program calls them."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from tests.contract.deliveries import delivery, note

from palabre import settings
from palabre.archive import open_archive
from palabre.batches import batch_of
from palabre.cli.main import cli
from palabre.clock import SystemClock
from palabre.match.panel import Panel
from palabre.messages import catalogue
from palabre.model import Account, Fault, RawItem
from palabre.pipeline import Pipeline

POSTS = [
    note(
        1,
        "J'ai perdu mon vélo à Paris",
        lang="fr",
        published_ms=1_750_000_000_000,
        account=Account("https://e.org/u/zoe", "zoe", "Zoé"),
    ),
    note(2, "the bike \x1b[31mis\x07 fine", lang="en", network="web", title="Vélo news"),
]


@pytest.fixture
def filled(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PALABRE_LANG", "en")
    settings.settings.cache_clear()
    with open_archive(settings.settings()) as archive:
        fault = Fault("map", "archive.row_refused", {}, "ValueError", "mapping.py:3")
        keys = Panel("python").index_texts(batch_of(POSTS))
        archive.write(delivery(POSTS, index=keys, faults=[(RawItem(b"\x1b[2Jnot json"), fault)]))
    yield home
    settings.settings.cache_clear()


def run(*words: str) -> Result:
    result = CliRunner().invoke(cli, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def lines(result: Result) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in result.stdout.splitlines()]


def test_search_gives_one_post_a_line_then_a_summary(filled: Path) -> None:
    post, summary = lines(run("search", "velo NEAR/5 paris", "--json"))
    assert set(post) == {
        "id",
        "uri",
        "network",
        "kind",
        "published",
        "account",
        "title",
        "text",
        "url",
        "lang",
        "spans",
    }
    assert post["published"] == "2025-06-15T15:06:40Z"
    assert post["account"] == {"uri": "https://e.org/u/zoe", "handle": "zoe", "name": "Zoé", "url": ""}
    assert [post["text"][span["start"] : span["end"]] for span in post["spans"]] == ["vélo", "Paris"]
    assert summary == {"summary": {"n": 1, "before": None}}


def test_search_marks_why_and_a_post_cannot_steer_the_terminal(filled: Path) -> None:
    shown = run("search", "vélo OR bike").stdout
    assert "⟦vélo⟧" in shown
    assert "⟦bike⟧" in shown
    assert "@zoe" in shown
    assert "\x1b" not in shown.replace("\x1b[1;33m", "")
    assert "\x07" not in shown


@pytest.mark.parametrize(
    ("options", "n"),
    [
        ((), 2), (("--lang", "fr"), 1), (("--network", "web"), 1), (("--network", "web", "--network", "mastodon"), 2),
        (("--since", "2025-06-15"), 2), (("--until", "2025-06-16"), 1), (("--since", "2025-06-16"), 1),
    ],
)  # fmt: skip
def test_search_options_choose(filled: Path, options: tuple[str, ...], n: int) -> None:
    assert lines(run("search", "--count", "--json", *options)) == [{"n": n, "exact": True}]


def test_search_pages_go_on_below_an_id(filled: Path) -> None:
    first = lines(run("search", "--limit", "1", "--json"))
    before = first[-1]["summary"]["before"]
    second = lines(run("search", "--limit", "1", "--json", "--before", str(before)))
    assert first[0]["id"] > second[0]["id"]


@pytest.mark.parametrize(
    ("words", "key"), [(("search", "a AND"), "query"), (("search", "--since", "demain matin?"), "search.bad_date")]
)
def test_a_wrong_call_is_explained(filled: Path, words: tuple[str, ...], key: str) -> None:
    result = CliRunner().invoke(cli, list(words))
    assert result.exit_code != 0
    assert getattr(result.exception, "key", "").startswith(key)


def test_quarantine_is_listed_shown_replayed_and_dropped(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = lines(run("quarantine", "list", "--json"))
    assert (row["stage"], row["where"]) == ("map", "mapping.py:3")
    number = str(row["id"])
    assert "\x1b" not in run("quarantine", "show", number).stdout
    assert orjson.loads(run("quarantine", "show", number, "--json").stdout)["body"].endswith("not json")
    with_archive = Pipeline(open_archive(settings.settings()), None, SystemClock(), settings.settings())
    with_archive.archive.close()
    monkeypatch.setattr(Pipeline, "mapping", lambda *_: iter(()))
    assert lines(run("quarantine", "replay", "--json")) == [{"n": 1, "again": 0}]
    assert lines(run("quarantine", "list", "--json")) == []
    assert lines(run("quarantine", "drop", number, "--json")) == [{"n": 1}]
    assert lines(run("quarantine", "list", "--state", "all", "--json"))[0]["state"] == "dropped"


def test_backup_erase_and_restore_as_commands(filled: Path, tmp_path: Path) -> None:
    (made,) = lines(run("backup", str(tmp_path / "out"), "--json"))
    assert made["counts"]["post"] == 2
    (gone,) = lines(run("erase", "@zoe", "--yes", "--json"))
    assert (gone["posts"], gone["accounts"]) == (1, 1)
    (restored,) = lines(run("restore", made["folder"], "--yes", "--forget", "--json"))[:1]
    assert restored["counts"]["post"] == 2
    assert lines(run("search", "--count", "--json"))[0]["n"] == 1
    assert lines(run("suppress", "@bob", "--network", "web", "--json")) == [{"n": 1}]
    assert lines(run("suppress", "@bob", "--network", "web", "--lift", "--json")) == [{"n": 1}]


def test_every_key_used_here_has_its_sentence() -> None:
    for area in ("archive", "search"):
        keys = {lang: {key for key in catalogue(lang) if key.startswith(f"{area}.")} for lang in ("fr", "en")}
        assert keys["fr"] == keys["en"] != set()
