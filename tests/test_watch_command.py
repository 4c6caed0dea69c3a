"""`palabre watch list|add|change|test|preview|…` as a person or a program calls them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from tests.contract.deliveries import delivery, note

from palabre import settings
from palabre.archive import open_archive
from palabre.batches import batch_of
from palabre.cli._watch_preview import BARS, DAYS, bars
from palabre.cli.main import cli
from palabre.clock import SystemClock
from palabre.match.panel import Panel

DAY_MS = 86_400_000


@pytest.fixture(params=["en", "fr"])
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PALABRE_LANG", request.param)
    return str(request.param)


@pytest.fixture
def filled(home: Path) -> Iterator[Path]:
    """Thirty posts about a bike, one a day, and one that is too old."""
    settings.settings.cache_clear()
    now = SystemClock().now_ms()
    ages = [*range(30), 200]
    posts = [
        note(number, f"Mon vélo numéro {number} siffle", published_ms=now - age * DAY_MS)
        for number, age in enumerate(ages, 1)
    ]
    with open_archive(settings.settings()) as archive:
        archive.write(delivery(posts, index=Panel("python").index_texts(batch_of(posts))))
    yield home
    settings.settings.cache_clear()


def run(*words: str, code: int = 0, typed: str = "") -> Result:
    result = CliRunner().invoke(cli, ["watch", *words], input=typed)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def told(*words: str, code: int = 0, typed: str = "") -> Any:
    return orjson.loads(run(*words, "--json", code=code, typed=typed).stdout)


def test_a_watch_is_added_and_its_history_matched(filled: Path) -> None:
    made = told("add", "Vélo", "velo AND siffl*", "--kind", "product", "--why", "essai")
    assert made == {
        "id": 1,
        "name": "Vélo",
        "kind": "product",
        "state": "active",
        "version": 1,
        "query": "velo AND siffl*",
        "history_done": True,
        "won": 31,
        "lost": 0,
    }
    assert [one["name"] for one in told("list")] == ["Vélo"]


def test_a_query_is_read_from_the_standard_input(filled: Path) -> None:
    assert told("add", "Vélo", "-", typed="velo\n")["query"] == "velo"


def test_a_query_that_cannot_be_read_is_pointed_at_and_nothing_is_added(filled: Path, lang: str) -> None:
    refused = run("add", "Vélo", 'velo AND "pluie', code=1)
    assert "^^^^" in refused.stderr
    assert told("list") == []


def test_a_name_is_taken_once(filled: Path, lang: str) -> None:
    told("add", "Vélo", "velo")
    refused = CliRunner().invoke(cli, ["watch", "add", "Vélo", "pluie"])
    assert refused.exit_code == 1
    assert getattr(refused.exception, "key", "") == "watch.there"


def test_another_query_is_another_version_and_an_earlier_one_comes_back(filled: Path) -> None:
    told("add", "Vélo", "velo")
    assert told("change", "vélo", "numéro AND 7", "--why", "trop large")["lost"] == 30
    assert told("restore", "1", "1")["won"] == 30
    assert [(one["version"], one["query"]) for one in told("versions", "Vélo")] == [
        (3, "velo"),
        (2, "numéro AND 7"),
        (1, "velo"),
    ]


def test_tests_are_run_and_one_that_fails_ends_with_1(filled: Path, lang: str) -> None:
    told("add", "Vélo", "velo AND siffl*")
    assert told("add-test", "Vélo", "Un vélo qui sifflait")["passed"] is True
    assert told("add-test", "Vélo", "le vélo est bien", "--must-not")["passed"] is True
    assert told("test")["ok"] is True
    run("test", "Vélo")
    assert told("add-test", "Vélo", "Bicyclette")["passed"] is False
    outcome = told("test", code=1)
    assert [one["passed"] for one in outcome["watches"][0]["tests"]] == [True, True, False]
    shown = run("test", code=1).stdout
    assert {"en": "1 of 3 failed", "fr": "1 échec sur 3"}[lang] in shown
    assert "Bicyclette" in shown


def test_a_change_that_breaks_a_test_is_held_back_unless_one_insists(filled: Path) -> None:
    told("add", "Vélo", "velo")
    told("add-test", "Vélo", "mon vélo")
    refused = CliRunner().invoke(cli, ["watch", "change", "Vélo", "pluie"])
    assert getattr(refused.exception, "key", "") == "watch.breaks_tests"
    assert told("change", "Vélo", "pluie", "--force")["version"] == 2


def test_a_preview_counts_by_day_and_shows_the_newest_with_their_reasons(filled: Path) -> None:
    found = told("preview", "velo siffle")
    assert found["n"] == 30
    assert len(found["days"]) == DAYS
    assert [day["n"] for day in found["days"][-30:]] == [1] * 30
    assert len(found["sample"]) == 20
    first = found["sample"][0]
    assert sorted(first["text"][span["start"] : span["end"]] for span in first["spans"]) == ["siffle", "vélo"]
    assert found["noise"] is None
    assert found["cost"]["us_per_1000_posts"] > 0


def test_a_preview_of_a_watch_by_its_name_reads_its_query(filled: Path, lang: str) -> None:
    told("add", "Sifflement", "siffle AND 3")
    assert told("preview", "Sifflement")["query"] == "siffle AND 3"
    shown = run("preview", "Sifflement").stdout
    assert "⟦siffle⟧" in shown
    assert "█" in shown


@pytest.mark.parametrize(
    ("counts", "shown"), [([0, 0], "··"), ([1, 8], BARS[0] + BARS[7]), ([1, 1_000], BARS[0] + BARS[7]), ([5], BARS[7])]
)
def test_bars_show_shares_of_the_highest_day(counts: list[int], shown: str) -> None:
    assert bars(counts, max(counts)) == shown


def test_a_list_is_kept_called_and_not_taken_from_under_a_watch(filled: Path) -> None:
    assert told("set-list", "machines", "velo OR trottinette")["watches"] == []
    assert told("add", "Machines", "list:machines")["won"] == 31
    assert told("set-list", "machines", "trottinette")["n"] == 1
    assert told("list")[0]["history_done"] is True
    assert told("preview", "Machines")["n"] == 0
    for words, key in ((["machines"], "watch.list_called"), (["bad", "a AND"], "watch.list_bad")):
        refused = CliRunner().invoke(cli, ["watch", "set-list", *words])
        assert getattr(refused.exception, "key", "") == key


def test_a_retired_watch_is_gone_and_its_posts_stay(filled: Path) -> None:
    told("add", "Vélo", "velo")
    assert told("retire", "Vélo", "--yes")["state"] == "retired"
    assert told("list") == []
    assert told("preview", "velo")["n"] == 30


def test_who_asks_for_no_watch_is_told_which_there_are(filled: Path, lang: str) -> None:
    told("add", "Vélo", "velo")
    refused = CliRunner().invoke(cli, ["watch", "versions", "Rien"])
    error = refused.exception
    assert (getattr(error, "key", ""), getattr(error, "params", {})) == (
        "watch.none",
        {"asked": "Rien", "names": "1 Vélo"},
    )


@pytest.mark.django_db
def test_judgements_given_in_the_desk_are_the_noise(filled: Path) -> None:
    from palabre.cli._watch_noise import noise_of
    from palabre.desk.panel.models import Judgement
    from palabre.desk.panel.queries import digest
    from palabre.desk.workspaces.models import Workspace

    own = Workspace.objects.create(pk=1, slug="default", name="default")
    (filled / "desk.sqlite3").touch()
    assert noise_of(settings.settings(), 1, "velo") is None
    for post_id, wanted in ((1, True), (2, True), (3, False), (4, True)):
        Judgement.objects.add(own, query_hash=digest("velo"), post_id=post_id, wanted=wanted, at_ms=1)
    found = noise_of(settings.settings(), 1, " velo ")
    assert found is not None
    assert (found["n"], found["unwanted"], found["share"]) == (4, 1, 0.25)
