"""`palabre series` and `palabre lake` as other tools rely on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.contract.deliveries import delivery, note

from palabre.archive import open_archive
from palabre.cli.main import cli
from palabre.model import Account
from palabre.settings import settings

DAY_MS = 86_400_000
START_MS = 1_767_225_600_000  # 2026-01-01


@pytest.fixture(autouse=True)
def filled(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten days: a post a day of Ada, every other one a mention of alpha; and five of beta by Bob on the first day."""
    settings.cache_clear()
    monkeypatch.setenv("PALABRE_LANG", "en")
    ada, bob = Account("https://example.org/ada", "ada"), Account("https://example.org/bob", "bob")
    posts = [note(n, published_ms=START_MS + n * DAY_MS, account=ada, lang="fr") for n in range(10)]
    posts += [note(50 + n, published_ms=START_MS + n, account=bob, network="x", lang="en") for n in range(5)]
    with open_archive(settings()) as archive:
        alpha, beta = (archive.watches.add(1, name, name).watch_id for name in ("alpha", "beta"))
        mentions = [(row, alpha) for row in range(0, 10, 2)] + [(row, beta) for row in range(10, 15)]
        archive.write(delivery(posts, mentions=mentions))


def run(*words: str) -> str:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def rows(*words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("series", *words, "--json"))["rows"]
    return found


def test_volume_by_day_and_network() -> None:
    found = rows("volume", "--by", "network")
    assert found[:2] == [
        {"start": "2026-01-01T00:00:00Z", "network": "mastodon", "n": 1},
        {"start": "2026-01-01T00:00:00Z", "network": "x", "n": 5},
    ]
    assert sum(row["n"] for row in found) == 15


def test_volume_of_one_watch_within_dates() -> None:
    found = rows("volume", "--watch", "alpha", "--since", "2026-01-02", "--until", "2026-01-08")
    assert [row["start"][:10] for row in found] == ["2026-01-03", "2026-01-05", "2026-01-07"]


def test_share_of_voice_names_the_watches() -> None:
    first = rows("voice")[:2]
    assert [(row["watch"], row["n"], row["total"]) for row in first] == [("alpha", 1, 6), ("beta", 5, 6)]


def test_who_speaks_most() -> None:
    assert [(row["account_uri"], row["n"]) for row in rows("accounts", "--limit", "1")] == [
        ("https://example.org/ada", 10)
    ]


def test_tables_for_people() -> None:
    assert "2026-01-01" in run("series", "engagement")
    assert "16.7%" in run("series", "voice")


def test_an_unknown_watch_is_named() -> None:
    result = CliRunner().invoke(cli, ["series", "volume", "--watch", "gamma"])
    assert getattr(result.exception, "key", "") == "series.unknown_watch"


def test_the_lake_is_sealed_compacted_and_made_again() -> None:
    assert json.loads(run("lake", "status", "--json"))["new"] == 15
    assert json.loads(run("lake", "seal", "--json")) == {"n": 15}
    assert json.loads(run("lake", "compact", "--json"))["n"] == 0
    assert json.loads(run("lake", "rebuild", "--json")) == {"n": 15}
    assert "15 posts in 1 files" in run("lake", "status")


def test_the_lake_tells_of_segments_without_word_lists() -> None:
    run("lake", "seal")
    assert json.loads(run("lake", "status", "--json"))["unlisted"] == 0
    next(settings().home.rglob("*.postings")).unlink()
    assert "1 have no word lists yet" in run("lake", "status")
