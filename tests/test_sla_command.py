"""`palabre sla` as other programs rely on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from palabre.cli.main import cli

MON = "2026-11-23T"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("PALABRE_LANG", "en")


def run(rows: list[Any], *words: str) -> Result:
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    return CliRunner().invoke(cli, ["sla", "-", *words], input=text)


def event(case: object, kind: str, time: object, by: str | None = None, **more: object) -> dict[str, object]:
    return {"case": case, "kind": kind, "time": time, **({"by": by} if by else {}), **more}


ROWS = [
    event("a", "opened", f"{MON}17:30:00+01:00"),
    event("a", "reply", f"{MON}17:30:05+01:00", "machine"),
    event("a", "reply", "2026-11-24T09:15:00+01:00", "human"),
    event("a", "resolved", "2026-11-24T10:00:00", "human"),
    event(7, "customer", 1795510800),
]


def test_one_document_has_figures_breaches_cover_and_cases() -> None:
    result = run(ROWS, "--json", "--target", "first=30m")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert set(found) == {"figures", "breaches", "cover", "cases"}
    first, other = found["cases"]
    assert first["first"] == {
        "since": "2026-11-23T17:30:00+01:00",
        "human": {"business": 2700.0, "calendar": 56_700.0},
        "machine": {"business": 5.0, "calendar": 5.0},
        "so_far": None,
    }
    assert first["resolution"]["human"] == {"business": 5400.0, "calendar": 59_400.0}
    assert other["case"] == "7"
    assert [(one["case"], one["took"], one["running"]) for one in found["breaches"]] == [("a", 2700.0, False)]
    assert sum(found["cover"]["asked"]) == 2
    assert json.loads(result.stderr) == {"events": 5, "cases": 2, "bad_lines": 0}


def test_a_running_wait_is_late_already() -> None:
    result = run(ROWS[:1], "--json", "--target", "first=1h", "--until", "2026-11-24T12:00:00", "--calendar")
    assert [one["running"] for one in json.loads(result.stdout)["breaches"]] == [True]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_tables_are_for_people(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALABRE_LANG", lang)
    many = [
        one for n in range(6) for one in (event(n, "opened", 1795510800 + n), event(n, "reply", 1795514400, "human"))
    ]
    result = run([*many, event("z", "opened", 1795510800)], "--target", "first=30m")
    assert result.exit_code == 0, result.output
    assert {"en": "59 minutes", "fr": "59 minutes"}[lang] in result.stdout
    assert {"en": "7 targets missed", "fr": "7 objectifs manqués"}[lang] in result.stdout
    assert "sla." not in result.stdout


def test_lines_that_cannot_be_used_are_said_and_the_others_go_on() -> None:
    bad = ["{", "[]", '{"kind": "opened", "time": 1}', event("a", "shouted", 1), event("a", "reply", 1),
           event("a", "reply", 1, "robot"), event("a", "opened", "soon"), event("a", "opened", None)]  # fmt: skip
    result = run([*bad, *ROWS], "--json")
    said = [json.loads(line) for line in result.stderr.splitlines()]
    assert [one["line"] for one in said[:-1]] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert said[-1] == {"events": 5, "cases": 2, "bad_lines": 8}


@pytest.mark.parametrize(
    "words", [("--hours", "whenever"), ("--tz", "Mars/Base"), ("--target", "first=soon"), ("--holidays", "xx")]
)
def test_options_that_cannot_be_read_are_refused(words: tuple[str, ...]) -> None:
    assert run(ROWS, *words).exit_code != 0


def test_an_empty_file_says_so() -> None:
    result = run([])
    assert (result.exit_code, "No case" in result.stdout) == (0, True)
