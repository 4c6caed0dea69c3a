"""`palabre watch test|add-test`: texts that a watch must, or must not, match.

``test --json``: ``{"ok", "watches": [{"id", "name", "ok", "error", "tests": [{"id", "text", "must_match",
"passed"}]}]}``. Exit 1 when one fails, or when a query can no longer be read.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from palabre.archive import Archive, Watch, WatchTest
from palabre.archive.archive import open_archive
from palabre.batches import batch_of
from palabre.cli._watch_common import JSON, WORKSPACE, read_query, tell, the_watch, workspace_of
from palabre.cli.output import print_json, print_line, print_table
from palabre.errors import InputError, QueryError
from palabre.match.panel import Panel
from palabre.match.query import Query
from palabre.messages import say
from palabre.model import Post
from palabre.search import matching_rows
from palabre.settings import settings

TEXT_CHARS_MAX = 10_000
ONLY = 1


def run_tests(query: Query, tests: Sequence[WatchTest]) -> list[tuple[WatchTest, bool]]:
    """Each test with whether the query, in the engine of live matching, does what it asks."""
    if not tests:
        return []
    panel = Panel()
    panel.add(ONLY, query)
    posts = [Post(f"test:{one.test_id}", "test", text=one.text) for one in tests]
    hits = matching_rows(panel, ONLY, batch_of(posts))
    return [(test, hit is test.must_match) for test, hit in zip(tests, hits, strict=True)]


def outcome(archive: Archive, watch: Watch) -> dict[str, object]:
    """A watch with its tests run; error: why its query cannot be read, "" when it can."""
    tests = archive.watches.tests(watch.watch_id, watch.workspace_id)
    try:
        query, error = read_query(archive, watch.workspace_id, watch.query), ""
        run = run_tests(query, tests)
    except QueryError as unread:
        run, error = [(test, False) for test in tests], say(unread.key, None, **unread.params)
    found = [
        {"id": test.test_id, "text": test.text, "must_match": test.must_match, "passed": passed} for test, passed in run
    ]
    ok = not error and all(passed for _, passed in run)
    return {"id": watch.watch_id, "name": watch.name, "ok": ok, "error": error, "tests": found}


@click.command("test", help=say("watch.test_help"))
@click.argument("watches", nargs=-1)
@WORKSPACE
@JSON
def test_command(watches: tuple[str, ...], workspace: str, as_json: bool) -> None:
    with open_archive(settings()) as archive:
        workspace_id = workspace_of(archive, workspace)
        chosen = [the_watch(archive, workspace_id, one) for one in watches] or archive.watches.all(workspace_id)
        found = [outcome(archive, one) for one in chosen]
    ok = all(one["ok"] for one in found)
    if as_json:
        print_json({"ok": ok, "watches": found})
    else:
        show(found)
    raise SystemExit(0 if ok else 1)


def show(found: Sequence[dict[str, object]]) -> None:
    """One line a test, and a sentence that counts."""
    heads = [say(f"watch.head.{name}") for name in ("name", "asked", "text", "outcome")]
    rows = [row for one in found for row in rows_of(one)]
    if rows:
        print_table(heads, rows)
    failed = sum(row[3] == say("watch.test.failed") for row in rows)
    key = "watch.test.some_failed" if failed else "watch.test.all_passed"
    print_line(say(key, None, n=failed or len(rows), of=len(rows)))


def rows_of(one: dict[str, object]) -> list[tuple[str, str, str, str]]:
    name = str(one["name"])
    rows = [(name, "—", str(one["error"]), say("watch.test.failed"))] if one["error"] else []
    for test in one["tests"]:  # type: ignore[attr-defined]  # a list, see outcome
        asked = say("watch.test.must" if test["must_match"] else "watch.test.must_not")
        verdict = say("watch.test.passed" if test["passed"] else "watch.test.failed")
        rows.append((name, asked, " ".join(test["text"].split()), verdict))
    return rows


@click.command("add-test", help=say("watch.add_test_help"), epilog=say("watch.add_test_epilog"))
@click.argument("watch")
@click.argument("text")
@click.option("--must/--must-not", "must_match", default=True, show_default=True, help=say("watch.must_help"))
@WORKSPACE
@JSON
def add_test_command(watch: str, text: str, must_match: bool, workspace: str, as_json: bool) -> None:
    from palabre.cli.watch import read_query as typed

    text = typed(text)
    if not text.strip() or len(text) > TEXT_CHARS_MAX:
        raise InputError("watch.test.refused", most=TEXT_CHARS_MAX)
    with open_archive(settings()) as archive:
        workspace_id = workspace_of(archive, workspace)
        kept = the_watch(archive, workspace_id, watch)
        added = archive.watches.add_test(kept.watch_id, workspace_id, text, must_match)
        now = next(one for one in outcome(archive, kept)["tests"] if one["id"] == added.test_id)  # type: ignore[attr-defined]
    shown = {"watch": kept.name, **now}
    tell(shown, as_json, "watch.test.added" if now["passed"] else "watch.test.added_failing")
