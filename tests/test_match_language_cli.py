"""`palabre watch lint` and `palabre watch convert`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from palabre.cli.watch import command, pointed
from palabre.settings import settings


@pytest.fixture(autouse=True)
def own_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALABRE_LANG", "fr")
    settings.cache_clear()


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(command, list(words), input=typed)


def test_a_fault_is_shown_with_carets_and_a_remedy() -> None:
    result = run("lint", 'coca AND "pepsi')
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "erreur\u00a0: Ces guillemets ne sont pas fermés.",
        '  coca AND "pepsi',
        "           ^^^^^^",
        '  Écrivez\u00a0: "pepsi"',
    ]


def test_a_remark_is_no_fault() -> None:
    result = run("lint", "-", typed="coca\nand pepsi\n")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:3] == ["  and pepsi", "  ^^^"]


def test_a_sound_query_says_so() -> None:
    assert run("lint", "coca pepsi").stdout == "Aucune remarque.\n"


def test_the_json_report() -> None:
    result = run("lint", "--json", "été NEAR/50 coca")
    report = json.loads(result.stdout)
    assert report["ok"]
    assert report["errors"] == []
    assert [(one["code"], one["severity"], one["start"], one["end"], one["suggestion"]) for one in report["lints"]] == [
        ("W109", "advice", 0, 3, "ete"),
        ("W105", "warning", 4, 11, "SENTENCE"),
    ]
    broken = run("lint", "--json", "coca OR")
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["errors"][0]["code"] == "query.missing_after"


def test_limits_are_those_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALABRE_QUERY_CHARS_MAX", "10")
    assert run("lint", "coca OR pepsi").exit_code == 1


def test_a_query_is_converted() -> None:
    result = run("convert", "--from", "brandwatch", "nestlé AND authorGender:F AND country:fra")
    assert result.stdout == "nestlé AND country:FR\n"
    assert "authorGender" in result.stderr
    report = json.loads(run("convert", "--json", "--from", "talkwalker", "a1 gender:female").stdout)
    assert report["converted"] == "a1"
    assert report["lints"][0]["start"] == 3


@pytest.mark.parametrize(
    ("text", "start", "end", "shown", "carets"),
    [
        ("東京 and x", 3, 6, "東京 and x", "     ^^^"),
        ("e\u0301te\u0301 and", 6, 9, "e\u0301te\u0301 and", "    ^^^"),
        ("a\nbc d", 2, 4, "bc d", "^^"),
        ("ab", 2, 2, "ab", "  ^"),
        ("x" * 300, 200, 201, "x" * 100, " " * 50 + "^"),
    ],
)
def test_carets_stand_under_what_is_meant(text: str, start: int, end: int, shown: str, carets: str) -> None:
    assert pointed(text, start, end) == (shown, carets)
