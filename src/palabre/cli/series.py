"""`palabre series …`: volume, share of voice, accounts and engagement over time, from the lake.

``--json``: one document ``{"question", "step", "rows"}``; rows as the tables have them, with ``start`` in ISO 8601, UTC
(the beginning of the step). These fields are stable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from palabre.archive.archive import Archive, open_archive
from palabre.archive.types import Watch
from palabre.cli.output import moment, print_json, print_line, print_table
from palabre.clock import to_datetime
from palabre.errors import InputError
from palabre.messages import say
from palabre.settings import settings

if TYPE_CHECKING:
    from ibis import Table

STEPS = {"hour": 3_600, "day": 86_400}
Row = dict[str, Any]
Question = Callable[["Table", "Asking"], "Table"]


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked. watches: those named, else all of the workspace; named: whether any was."""

    watches: tuple[Watch, ...]
    named: bool
    step: str
    by: str | None
    since_ms: int
    until_ms: int
    limit: int


@click.group(help=say("series.help"), epilog=say("series.epilog"))
def command() -> None:
    pass


def shared(function: Callable[..., None]) -> Callable[..., None]:
    """Options that every question has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help=say("series.json_help")),
        click.option("--workspace", default="default", show_default=True, help=say("series.workspace_help")),
        click.option("--until", default="", metavar="DATE", help=say("series.until_help")),
        click.option("--since", default="", metavar="DATE", help=say("series.since_help")),
        click.option("--watch", "names", multiple=True, metavar="NAME", help=say("series.watch_help")),
    ):
        function = option(function)
    return function


STEP = click.option(
    "--step", type=click.Choice(list(STEPS)), default="day", show_default=True, help=say("series.step_help")
)


@command.command("volume", help=say("series.volume_help"))
@click.option("--by", type=click.Choice(["network", "lang"]), help=say("series.by_help"))
@STEP
@shared
def volume_command(by: str | None, step: str, **rest: Any) -> None:
    from palabre.understand import series

    answer("volume", lambda posts, one: series.volume(posts, STEPS[one.step], one.by), step=step, by=by, **rest)


@command.command("voice", help=say("series.voice_help"))
@STEP
@shared
def voice_command(step: str, **rest: Any) -> None:
    from palabre.understand import series

    def voice(posts: Table, one: Asking) -> Table:
        if not one.watches:
            raise InputError("series.no_watch")
        return series.share_of_voice(posts, [watch.watch_id for watch in one.watches], STEPS[one.step])

    answer("voice", voice, step=step, **rest)


@command.command("accounts", help=say("series.accounts_help"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help=say("series.limit_help"))
@shared
def accounts_command(limit: int, **rest: Any) -> None:
    from palabre.understand import series

    answer("accounts", lambda posts, one: series.top_accounts(posts, one.limit), limit=limit, **rest)


@command.command("engagement", help=say("series.engagement_help"))
@STEP
@shared
def engagement_command(step: str, **rest: Any) -> None:
    from palabre.understand import series

    answer("engagement", lambda posts, one: series.engagement(posts, STEPS[one.step]), step=step, **rest)


def answer(
    name: str,
    question: Question,
    *,
    names: Sequence[str],
    since: str,
    until: str,
    workspace: str,
    as_json: bool,
    step: str = "",
    by: str | None = None,
    limit: int = 0,
) -> None:
    """Puts a question to the lake and prints the answer."""
    with open_archive(settings()) as archive:
        workspace_id = archive.workspaces.find(workspace).workspace_id
        watches = chosen(archive, workspace_id, names)
        asking = Asking(watches, bool(names), step, by, date_ms(since), date_ms(until), limit)
        rows = rows_of(archive, workspace_id, question, asking)
    if as_json:
        print_json({"question": name, "step": step, "rows": rows})
    elif rows:
        print_table(
            [say(f"series.column.{key}", None) for key in rows[0]], [list(map(shown, row.items())) for row in rows]
        )
    else:
        print_line(say("series.nothing"))


def rows_of(archive: Archive, workspace_id: int, question: Question, asking: Asking) -> list[Row]:
    """The answer, with the names of watches and dates that people read."""
    from palabre.understand import series

    posts = series.within(archive.lake.posts(workspace_id), asking.since_ms, asking.until_ms)
    if asking.named:
        posts = series.of_watches(posts, [watch.watch_id for watch in asking.watches])
    names = {watch.watch_id: watch.name for watch in asking.watches}
    return [readable(row, names) for row in archive.lake.ask(question(posts, asking)).to_pylist()]


def readable(row: Row, names: dict[int, str]) -> Row:
    """A row of the answer: seconds as a date, a watch by its name."""
    made: Row = {}
    for key, value in row.items():
        if key == "start_s":
            made["start"] = to_datetime(value * 1000).strftime("%Y-%m-%dT%H:%M:%SZ")
        elif key == "watch_id":
            made["watch"] = names[value]
        else:
            made[key] = value
    return made


def shown(item: tuple[str, Any]) -> str:
    """A value as a cell of the table."""
    key, value = item
    if key == "start":
        return str(value).removesuffix("T00:00:00Z").removesuffix(":00Z").replace("T", " ")
    if key == "newest_ms":
        return moment(value)
    return f"{value:.1%}" if key == "share" else str(value)


def chosen(archive: Archive, workspace_id: int, names: Sequence[str]) -> tuple[Watch, ...]:
    """The watches of these names, or all. Raises InputError for a name that none has."""
    known = {watch.name: watch for watch in archive.watches.all(workspace_id)}
    for name in names:
        if name not in known:
            raise InputError("series.unknown_watch", name=name)
    return tuple(known[name] for name in names) if names else tuple(known.values())


def date_ms(text: str) -> int:
    """A date option as epoch milliseconds; 0 when absent. Raises InputError."""
    from palabre.text.dates import parse_date

    found = parse_date(text) if text else 0
    if found is None:
        raise InputError("search.bad_date", text=text)
    return found
