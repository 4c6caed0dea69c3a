"""`palabre stories` and `palabre coordination` as other programs rely on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from palabre.cli.main import cli

RAIN = "The bridge in the harbour is closed until Monday because of the storm"
TIMES = (1_700_000_000, 1_700_000_000_000, "2023-11-14T22:13:20Z", "2023-11-14T22:13:20", "1700000000", 1.7e9)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("PALABRE_LANG", "en")


def run(verb: str, rows: list[Any], *words: str) -> tuple[list[dict[str, Any]], str]:
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    result = CliRunner().invoke(cli, [verb, "-", *words], input=text)
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def test_stories_answers_each_post_in_order_with_ids_as_given() -> None:
    rows = [
        {"id": 7, "text": RAIN, "time": 1_700_000_600, "account": "a"},
        {"id": "x", "text": "Something else altogether, said by nobody but me", "time": 1_700_000_000, "account": "b"},
        {"id": 8.5, "text": f"RT @a: {RAIN}", "time": 1_700_009_000, "account": "c"},
        {"id": "r", "text": "", "reshare_of": 7, "time": 1_700_000_601, "account": {"handle": "d"}},
    ]
    found, said = run("stories", rows)
    assert found == [
        {"id": 7, "story": 7, "voice": 7},
        {"id": "x", "story": "x", "voice": "x"},
        {"id": 8.5, "story": 7, "voice": 8.5},
        {"id": "r", "story": 7, "voice": 7},
    ]
    assert "4 posts read · 2 stories · 3 voices" in said


@pytest.mark.parametrize("moment", TIMES)
def test_times_come_in_any_usual_form(moment: object) -> None:
    rows = [{"id": n, "text": RAIN, "account": n, "time": moment} for n in "ab"]
    assert [one["voice"] for one in run("stories", rows)[0]] == ["a", "a"]


def test_what_cannot_be_used_is_said_with_its_line_and_the_rest_goes_on() -> None:
    good = {"id": 1, "text": RAIN, "time": "2023-11-14"}
    bad = [
        "no json",
        [1],
        {"text": "no id"},
        {"id": 2},
        {"id": 3, "text": "a", "time": "someday"},
        {"id": 4, "text": "a", "links": [{}]},
    ]
    found, said = run("stories", [good, *bad, "", good | {"id": 9}], "--json")
    assert [one["id"] for one in found] == [1, 9]
    *reported, counts = map(json.loads, said.splitlines())
    assert sorted(one["line"] for one in reported) == [2, 3, 4, 5, 6, 7]
    assert counts == {"posts": 2, "stories": 1, "voices": 1, "bad_lines": 6}


def test_nothing_in_is_nothing_out() -> None:
    assert run("stories", [])[0] == run("coordination", [])[0] == []


def pushed(**fields: str) -> list[dict[str, Any]]:
    rows = [
        {"id": f"{account}-{thing}", "account": f"a{account}", "time": 1_700_000_000 + thing * 9_000 + account}
        | {name: value.format(thing=thing) for name, value in fields.items()}
        for thing in range(4)
        for account in range(5)
    ]
    return rows + [
        {
            "id": f"o{n}",
            "account": f"o{n}",
            "time": 1_700_000_000 + n * 977,
            "object": f"u{n % 9}",
            "url": f"https://u.example/{n % 9}",
            "text": f"{n} a day like many others for number {n}",
        }
        for n in range(30)
    ]


OBJECTS = {
    "an object": {"object": "u{thing}"},
    "an address": {"url": "https://example.org/{thing}"},
    "a text": {"text": RAIN + " for line {thing}{thing}{thing} of the old city tram which nobody ever takes {thing}"},
    "hashtags": {"text": "#Tram{thing} #Harbour"},
}


@pytest.mark.parametrize("fields", OBJECTS.values(), ids=OBJECTS)
def test_coordination_finds_the_group_by_what_it_shares(fields: dict[str, str]) -> None:
    rows = [
        row if fields.get("object") else {k: v for k, v in row.items() if k != "object"} for row in pushed(**fields)
    ]
    (group,), said = run("coordination", rows)
    assert sorted(group["accounts"]) == [f"a{n}" for n in range(5)]
    assert set(group) == {"accounts", "objects", "n", "first", "last", "p", "evidence", "rule"}
    assert group["n"] == 20
    assert (group["first"], group["last"]) == ("2023-11-14T22:13:20Z", "2023-11-15T05:43:24Z")
    assert group["p"] < 0.01
    assert set(group["evidence"]["posts"]) == {f"{account}-{thing}" for account in range(5) for thing in range(4)}
    assert "1 group · 5 accounts in them" in said


def test_the_rule_is_an_option_and_is_shown() -> None:
    rows = pushed(object="u{thing}")
    assert run("coordination", rows, "--min-shares", "5")[0] == []
    (group,), _ = run("coordination", rows, "--window", "10", "--min-shares", "4", "--fdr", "0.001")
    assert {name: group["rule"][name] for name in ("window", "min_shares", "fdr")} == {
        "window": 10,
        "min_shares": 4,
        "fdr": 0.001,
    }
    assert "unusual co-sharing" in group["rule"]["says"]
    assert "bot" not in json.dumps(group["rule"]).replace("both", "")


def test_posts_without_account_or_time_share_nothing() -> None:
    rows = [{name: value for name, value in row.items() if name != "time"} for row in pushed(object="u{thing}")]
    assert run("coordination", rows)[0] == []
