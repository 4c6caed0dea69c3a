"""`palabre ask`, `palabre understand` and `palabre audit` as other tools rely on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.contract.deliveries import delivery, note

from palabre.archive import open_archive
from palabre.archive.needs import NeedFound
from palabre.archive.topics import TopicFound
from palabre.cli._asking import QUESTIONS
from palabre.cli.ask import NAMES, OF_ONE
from palabre.cli.main import cli
from palabre.clock import to_datetime
from palabre.model import Account
from palabre.settings import settings

WORDS = ("I love this bike, it is wonderful", "Awful service, the battery broke again", "When does the shop open?")


@pytest.fixture(autouse=True)
def filled(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty posts that wait to be read, all of them mentions."""
    settings.cache_clear()
    monkeypatch.setenv("PALABRE_LANG", "en")
    people = [Account(f"https://example.org/{n}", f"p{n}") for n in range(7)]
    with open_archive(settings()) as archive:
        watch = archive.watches.add(1, "bike", "bike").watch_id
        now = archive.clock.now_ms()
        posts = [
            note(n, f"{WORDS[n % 3]} {n}", account=people[n % 7], lang="en", published_ms=now - n * 3_600_000)
            for n in range(1, 31)
        ]
        archive.write(delivery(posts, mentions=[(row, watch) for row in range(30)]))


def run(*words: str, code: int = 0, given: str | None = None) -> Result:
    result = CliRunner().invoke(cli, words, input=given)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_the_questions_of_the_command_are_those_that_are_answered() -> None:
    assert set(NAMES) == {*QUESTIONS, OF_ONE}


def test_posts_that_wait_are_told_and_then_read() -> None:
    assert "30 posts of 30 have not been read yet" in run("ask", "overview").stderr
    (done,) = lines(run("understand", "--json").stdout)
    assert (done["read"], done["waiting"]) == (30, 0)
    assert set(done["reckoned"]) == {"stories", "noise", "signals", "topics", "needs"}
    figures = {row["name"]: row["figure"] for row in lines(run("ask", "overview", "--json").stdout)}
    assert figures["negative"]["n"] + figures["neutral"]["n"] + figures["positive"]["n"] == 30
    assert figures["negative"]["evidence"]["filters"]["tone"] == "negative"


@pytest.mark.parametrize("question", list(QUESTIONS))
def test_every_question_has_an_answer_on_a_small_archive(question: str) -> None:
    run("understand", "--only-read")
    run("ask", question)
    lines(run("ask", question, "--json").stdout)


@pytest.mark.parametrize("question", list(QUESTIONS))
@pytest.mark.parametrize("period", [("2026-11-22", "2026-10-01"), ("2190-01-01", "2191-01-01"), ("2190-01-01", "")])
def test_a_period_without_a_post_is_answered_too(question: str, period: tuple[str, str]) -> None:
    since, until = period
    words = ("--since", since, *(("--until", until) if until else ()))
    lines(run("ask", question, *words, "--json").stdout)


def test_a_spike_of_long_ago_is_found_without_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("palabre.insight.spikes", lambda archive, workspace_id, scope: asked.append(scope) or [])
    run("ask", "spikes")
    run("ask", "spikes", "--since", "2026-01-02")
    assert [one.since_ms for one in asked] == [1, 1_767_312_000_000]


def test_a_rumour_file_is_a_line_with_what_is_computed_of_its_claim() -> None:
    with open_archive(settings()) as archive:
        archive.rumours.open(1, "The battery breaks", "battery", "ada")
        archive.rumours.open(1, "Nobody says it", "zeppelin", "ada")
    silent, said = lines(run("ask", "rumours", "--json").stdout)
    assert (said["title"], said["posts"]["value"], said["status"]) == ("The battery breaks", 10, "open")
    assert said["deny"]["value"] is None  # no replies: too few
    assert "posts" not in silent


def test_needs_and_topics_are_counted_in_the_period_asked() -> None:
    with open_archive(settings()) as archive:
        rows = archive.search(1, limit=20)
        ids, last_ms = tuple(row.post_id for row in rows), max(row.sort_ms for row in rows)
        archive.needs.keep(1, [NeedFound("a seat", ("seat",), ids, 99, 1, last_ms)])
        archive.topics.keep(1, [TopicFound(("bike",), ids, 1, last_ms)])
        since = to_datetime(last_ms)
        today = sum(to_datetime(row.sort_ms).date() == since.date() for row in rows)
    for question in ("needs", "topics"):
        (found,) = lines(run("ask", question, "--since", f"{since:%Y-%m-%d}", "--json").stdout)
        assert {found[name]["n"] for name in ("posts", "voices", "accounts", "growth")} == {today}
        assert found["voices"]["value"] <= today
        assert found["growth"]["evidence"]["filters"]["register"].endswith(":1")


def test_the_circles_of_one_account_are_told() -> None:
    lea, max_ = (Account(f"https://example.org/{name}", name) for name in ("lea", "max"))
    with open_archive(settings()) as archive:
        now, day = archive.clock.now_ms(), 86_400_000
        talk = [
            post
            for n in range(100, 120)
            for post in (
                note(n, "a word", account=max_, published_ms=now - (n - 98) * 3 * day),
                note(n + 100, "an answer", account=lea, parent=note(n).uri, published_ms=now - (n - 98) * 3 * day),
            )
        ]
        archive.write(delivery(talk))
    asked = ("ask", "circles", "--everything", "--since", "2020-01-01", "--account")
    (contact,) = lines(run(*asked, lea.uri, "--json").stdout)
    assert (contact["account"], contact["circle"], contact["size"]["value"]) == (max_.uri, "regular", 1)
    assert "Regular" in run(*asked, lea.uri).stdout
    assert not lines(run(*asked, "https://example.org/nobody", "--json").stdout)
    assert "With circles, and only there" in run("ask", "circles", code=2).output
    assert "With circles, and only there" in run("ask", "actors", "--account", lea.uri, code=2).output


def test_who_turns_to_whom_is_a_file_for_gephi(tmp_path: Path) -> None:
    said = run("ask", "actors", "--graph", str(tmp_path / "who.gexf")).stdout
    assert "who.gexf" in said
    assert b"<gexf" in (tmp_path / "who.gexf").read_bytes()
    run("ask", "actors", "--graph", str(tmp_path / "who.xls"), code=2)
    run("ask", "needs", "--graph", str(tmp_path / "who.gexf"), code=2)


def test_an_audit_is_drawn_labelled_and_shown() -> None:
    run("understand", "--only-read")
    drawn = lines(run("audit", "draw", "tone", "--n", "25", "--watch", "bike").stdout)
    answers = [{"post": one["post"], "label": "negative" if "Awful" in one["text"] else "neutral"} for one in drawn]
    given = "\n".join(map(json.dumps, answers))
    sample = str(drawn[0]["sample"])
    bad = run("audit", "label", sample, "-", code=1, given=given + '\n{"post": 1}\n{"post": 1, "label": "glad"}\n')
    assert "25 answers kept." in bad.stdout
    assert [one["line"] for one in lines(bad.stderr)] == [26, 27]
    (shown,) = lines(run("audit", "show", sample, "--json").stdout)
    assert shown["answered"] == 25
    assert sum(one["value"] for one in shown["shares"].values()) == pytest.approx(1)
    assert "Members agree with the machine" in run("audit", "show", sample).stdout


def test_what_cannot_be_asked_is_said() -> None:
    assert "weather" in run("ask", "weather", code=2).output
    run("audit", "draw", "mood", code=1)
