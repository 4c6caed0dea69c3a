"""What the verbs of `palabre watch` share: which watch is meant, how it is shown, how its history is matched."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from palabre.archive import Archive, Watch
from palabre.cli.output import print_json, print_line, quiet
from palabre.errors import InputError, QueryError
from palabre.match.limits import Limits
from palabre.match.parser import parse
from palabre.match.query import Query
from palabre.messages import say

NAMES_SHOWN_MAX = 12

WORKSPACE = click.option("--workspace", default="default", show_default=True, help=say("watch.workspace_help"))
JSON = click.option("--json", "as_json", is_flag=True, help=say("query.cli.json_help"))
WHY = click.option("--why", default="", help=say("watch.why_help"))
Decorated = Callable[..., Any]


def workspace_of(archive: Archive, slug: str) -> int:
    """Raises NotFoundError."""
    return archive.workspaces.find(slug).workspace_id


def the_watch(archive: Archive, workspace_id: int, asked: str) -> Watch:
    """By name first, then by number. InputError for none, or for several of that name."""
    everyone = archive.watches.all(workspace_id)
    found = [one for one in everyone if one.name == asked] or [
        one for one in everyone if one.name.casefold() == asked.casefold()
    ]
    found = found or [one for one in everyone if str(one.watch_id) == asked]
    if len(found) == 1:
        return found[0]
    shown = ", ".join(f"{one.watch_id} {one.name}" for one in (found or everyone)[:NAMES_SHOWN_MAX])
    raise InputError("watch.which" if found else "watch.none", asked=asked, names=shown or "—")


def read_query(archive: Archive, workspace_id: int, text: str, more: Mapping[str, str] | None = None) -> Query:
    """A query with the named lists of the workspace; more: lists that are not kept yet. Raises QueryError."""
    lists = dict(archive.watches.lists(workspace_id)) | dict(more or {})
    return parse(text, lists=lists, limits=Limits.of(archive.settings))


def checked_query(archive: Archive, workspace_id: int, text: str) -> Query:
    """The same for a query on the command line: what is wrong is shown with carets, and the command ends with 1."""
    try:
        return read_query(archive, workspace_id, text)
    except QueryError as error:
        from palabre.cli.watch import error_entry, print_entry

        print_entry(text, error_entry(error), sys.stderr)
        raise SystemExit(1) from None


def entry(watch: Watch) -> dict[str, object]:
    """A watch as JSON; history_done: whether its present query has seen all posts."""
    return {
        "id": watch.watch_id,
        "name": watch.name,
        "kind": str(watch.kind),
        "state": watch.state,
        "version": watch.version,
        "query": watch.query,
        "history_done": not watch.history_before,
    }


def match_history(archive: Archive, watch: Watch, as_json: bool) -> dict[str, object]:
    """Puts the present query to all posts, with a progress bar: the watch as it is then, with ``won`` and ``lost``."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from palabre.rematch import rematch

    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), disable=quiet(as_json)) as bar:
        task = bar.add_task(say("watch.looking_back"), total=1.0)
        done = rematch(archive, watch, lambda _watch, share: bar.update(task, completed=share))
    after = archive.watches.get(watch.watch_id, watch.workspace_id)
    return entry(after) | {"won": done.won, "lost": done.lost}


def tell(shown: Mapping[str, object], as_json: bool, key: str, **more: object) -> None:
    """JSON for programs; for people the sentence of a key, which may name more."""
    print_json(shown) if as_json else print_line(say(key, None, **shown, **more))
