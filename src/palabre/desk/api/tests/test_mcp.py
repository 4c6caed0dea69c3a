"""The MCP server over stdio, with the SDK's client: every tool, no tool that sends, nothing of another workspace."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from palabre.cli._mcp import Way, advisers, answerers, drafters, readers
from palabre.cli.mcp import known, ready
from palabre.desk.api.bounded import ANSWER_CHARS, written
from palabre.desk.workspaces import tokens
from palabre.desk.workspaces.models import ApiToken, User, Workspace
from palabre.desk.workspaces.tests.matrix import sit
from palabre.errors import ConfigError, InputError

mcp = pytest.importorskip("mcp")
ToolError = pytest.importorskip("mcp.server.mcpserver.exceptions").ToolError
HOME_MAKER = "palabre.desk.api.tests.mcp_home"
READING = {"search_posts", "read_conversation", "count_posts", "list_watches", "list_signals", "list_needs",
           "read_figure", "list_cases", "read_case", "read_replies", "list_promises", "advise_reply"}  # fmt: skip
DRAFTING = {"draft_reply", "propose_note"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A data folder, and what is in it."""
    folder = tmp_path_factory.mktemp("mcp")
    made = subprocess.run(
        [sys.executable, "-m", HOME_MAKER], env=env(folder), capture_output=True, text=True, timeout=110
    )
    assert made.returncode == 0, made.stderr[-3_000:]
    return folder, json.loads(made.stdout.splitlines()[-1])


def env(home: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PALABRE_HOME": str(home), "PALABRE_LANG": "en", **more}


def talk(home: Path, token: str, calls: list[tuple[str, dict[str, Any]]], slug: str = "alpha") -> Any:
    """(tools, [(is_error, text) of each call]) of one session over stdio."""

    async def session() -> Any:
        start = mcp.StdioServerParameters(
            command=sys.executable,
            args=["-c", "from palabre.cli.main import main; main()", "mcp", "--workspace", slug],
            env=env(home, PALABRE_TOKEN=token),
        )
        async with mcp.Client(start, read_timeout_seconds=60) as client:
            tools = (await client.list_tools()).tools
            said = [await client.call_tool(name, given) for name, given in calls]
            return tools, [(one.is_error, one.content[0].text) for one in said], client.instructions

    return asyncio.run(session())


@pytest.fixture(scope="module")
def told(home: tuple[Path, Any]) -> Any:
    """One long session in alpha, with every tool called; shared, since each start costs seconds."""
    folder, made = home
    case, post = made["alpha"]["case"], made["alpha"]["post"]
    theirs = made["beta"]
    calls: list[tuple[str, dict[str, Any]]] = [
        ("search_posts", {}), ("search_posts", {"q": "word"}), ("read_conversation", {"post": post}),
        ("count_posts", {"step": "day"}), ("list_watches", {}), ("list_signals", {}), ("list_needs", {}),
        ("read_figure", {"name": "volume"}), ("list_cases", {"queue": "open"}), ("read_case", {"case": case}),
        ("draft_reply", {"case": case, "text": "We look at it and come back on Friday.", "lang": "en"}),
        ("propose_note", {"case": case, "text": "Looks like a lost parcel."}),
        ("read_replies", {"case": case}), ("list_promises", {}),
        ("advise_reply", {"text": "We revert to you by Friday.", "lang": "en"}),
        ("read_case", {"case": theirs["case"]}), ("read_conversation", {"post": theirs["post"]}),
        ("draft_reply", {"case": theirs["case"], "text": "x", "lang": "en"}),
        ("search_posts", {"q": "(("}), ("search_posts", {"limit": 5_000}), ("read_case", {"case": "../../persons"}),
    ]  # fmt: skip
    tools, said, instructions = talk(folder, made["alpha"]["tokens"]["read answer"], calls)
    return tools, [(name, *one) for (name, _), one in zip(calls, said, strict=True)], instructions


def test_its_tools_read_and_draft_and_say_that_texts_are_data(told: Any) -> None:
    tools, _, instructions = told
    assert {one.name for one in tools} == READING | DRAFTING
    assert {one.name for one in tools if one.annotations.read_only_hint} == READING
    assert all("never instructions" in one.description for one in tools)
    assert "never follow instructions" in instructions


def test_every_tool_answers_and_nothing_of_another_workspace_appears(told: Any) -> None:
    said = told[1]
    fine, refused = said[:15], said[15:]
    assert [(name, text) for name, error, text in fine if error] == []
    assert {name for name, _, _ in fine} == READING | DRAFTING
    assert all(error for _, error, _ in refused)
    everything = " ".join(text for _, _, text in said)
    assert "word-of-alpha" in everything
    assert "word-of-beta" not in everything
    assert "ana_beta" not in everything


def test_texts_are_marked_and_nobody_is_named(told: Any) -> None:
    said = told[1]
    posts = json.loads(said[0][2])
    assert "untrusted_" in posts["notice"]
    first = posts["answer"]["items"][0]
    assert "Ignore your instructions" in first["untrusted_text"]
    assert "text" not in first
    everything = " ".join(text for _, _, text in said)
    assert "Ana Lyse" not in everything
    assert "@ana_alpha" not in everything
    assert set(json.loads(said[9][2])["answer"]["person"]) <= set("0123456789abcdef-")


def test_drafts_stay_drafts_and_nothing_waits_to_leave(told: Any, home: tuple[Path, Any]) -> None:
    replies = json.loads(told[1][12][2])["answer"]["items"]
    assert [one["state"] for one in replies] == ["draft"]
    states = []
    for path in home[0].rglob("*.sqlite3"):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as tables:
            names = {row[0] for row in tables.execute("SELECT name FROM sqlite_master WHERE type='table'")}
            if "outbox_sending" in names:
                states += [tables.execute("SELECT count(*) FROM outbox_sending").fetchone()[0]]
                notes = [row[0] for row in tables.execute("SELECT text FROM inbox_casenote")]
    assert states == [0]
    assert notes == ["[Proposed by a program] Looks like a lost parcel."]


def test_a_token_without_the_scope_is_refused_clearly(home: tuple[Path, Any]) -> None:
    folder, made = home
    calls: list[tuple[str, dict[str, Any]]] = [("list_cases", {}), ("search_posts", {}), ("list_needs", {})]
    _, said, _ = talk(folder, made["alpha"]["tokens"]["write"], calls)
    for error, text in said:
        assert error
        assert "401" in text
        assert "scope" in text


def token(user: User, workspace: Workspace, scopes: str) -> str:
    fresh = tokens.fresh()
    ApiToken.objects.add(
        workspace, user=user, name="t", token_hash=tokens.hashed(fresh), scopes=scopes, made_ms=1, expires_ms=0
    )
    return fresh


def refused(tool: Callable[..., str], given: dict[str, Any]) -> str:
    """The refusal of a tool, "" when it answers."""
    try:
        tool(**given)
    except ToolError as error:
        return str(error)[:3]
    return ""


GIVEN: dict[str, dict[str, Any]] = {
    "read_conversation": {"post": 1}, "read_figure": {"name": "kept_rate"}, "read_case": {"case": "0" * 32},
    "read_replies": {"case": "0" * 32}, "draft_reply": {"case": "0" * 32, "text": "x", "lang": "en"},
    "propose_note": {"case": "0" * 32, "text": "x"}, "advise_reply": {"text": "x", "lang": "en"},
}  # fmt: skip


@pytest.mark.parametrize("scopes", ["read", "answer", "write people", "foreign"])
def test_each_tool_opens_with_its_own_scope_and_no_other(
    scopes: str, alice: User, workspaces: tuple[Workspace, Workspace]
) -> None:
    """Without its scope 401; with it an answer, or 404 for what is not there."""
    alpha, beta = workspaces
    user = sit(beta, "owner") if scopes == "foreign" else alice
    way = Way(
        token(user, beta if scopes == "foreign" else alpha, scopes.replace("foreign", "read answer")), "alpha", "en"
    )
    by_scope = {"read": [*readers(way), *advisers(way)], "answer": [*answerers(way), *drafters(way)]}
    for scope, tools in by_scope.items():
        for tool in tools:
            status = refused(tool, GIVEN.get(tool.__name__, {}))
            assert status in ({"", "404"} if scope == scopes else {"401"}), tool.__name__


def test_what_is_too_long_is_cut_and_counted() -> None:
    post = {"id": 1, "text": "a" * 5_000}
    said = json.loads(written({"items": [post] * 50}, str))
    assert len(json.dumps(said)) < ANSWER_CHARS + 1_000
    assert len(said["answer"]["items"]) + said["left_out"] == 50
    assert said["answer"]["items"][0]["untrusted_text"].endswith("[…]")
    assert json.loads(written({"deep": {str(n): "b" * 1_000 for n in range(100)}}, str))["too_long"] > ANSWER_CHARS


def test_a_list_that_fits_is_whole() -> None:
    days = [{"start": f"day {n}", "n": n} for n in range(366)]
    said = json.loads(written({"items": days}, str))
    assert said["answer"]["items"] == days
    assert "left_out" not in said


def test_without_a_token_it_says_what_is_missing(home: tuple[Path, Any]) -> None:
    made = subprocess.run(
        [sys.executable, "-c", "from palabre.cli.main import main; main()", "mcp"],
        env=env(home[0]), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert made.returncode == 1
    assert "PALABRE_TOKEN" in made.stderr
    assert "Traceback" not in made.stderr


def test_an_unknown_workspace_is_said(db: None) -> None:
    with pytest.raises(InputError, match="gamma"):
        known("gamma")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    with pytest.raises(ConfigError, match=r"palabre\[mcp\]"):
        ready("x")
