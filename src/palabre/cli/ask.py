"""`palabre ask QUESTION`: what the archive says, as the screens of Understand say it.

``--json``: one line a row of the answer; a figure is ``{"value", "n", "low", "high", "unit", "method", "version",
"evidence"}``, value null when there are too few posts to say. These fields are stable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from palabre.archive import Archive, Filters
from palabre.archive.archive import open_archive
from palabre.cli.output import print_json, print_line, print_table
from palabre.cli.search import date_ms
from palabre.cli.series import chosen
from palabre.messages import say
from palabre.settings import settings

if TYPE_CHECKING:
    from palabre.insight import Scope

NAMES = ("overview", "voice", "spikes", "signals", "detectors", "topics", "needs", "stories", "coordination", "actors",
         "roles", "scales", "circles", "advisers", "board", "noise", "credibility", "rumours", "perception",
         "communities", "pyramid")  # fmt: skip

DRAWN = ("actors", "communities")  # questions whose answer is also a graph
OF_ONE = "circles"  # the question about one account


@click.command(help=say("ask.help", None, names=", ".join(NAMES)), epilog=say("ask.epilog"))
@click.argument("question", type=click.Choice(NAMES), metavar="QUESTION")
@click.option("--query", default="", metavar="QUERY", help=say("ask.query_help"))
@click.option("--watch", "names", multiple=True, metavar="NAME", help=say("series.watch_help"))
@click.option("--since", default="", metavar="DATE", help=say("series.since_help"))
@click.option("--until", default="", metavar="DATE", help=say("series.until_help"))
@click.option("--everything", is_flag=True, help=say("ask.everything_help"))
@click.option("--workspace", default="default", show_default=True, help=say("series.workspace_help"))
@click.option("--graph", default="", metavar="FILE.gexf", help=say("ask.graph_help"))
@click.option("--account", default="", metavar="ADDRESS", help=say("ask.account_help"))
@click.option("--json", "as_json", is_flag=True, help=say("series.json_help"))
def command(
    question: str, query: str, names: tuple[str, ...], since: str, until: str, everything: bool, workspace: str,
    graph: str, account: str, as_json: bool,
) -> None:  # fmt: skip
    from palabre.cli._asking import QUESTIONS, circles
    from palabre.insight import Scope

    if graph and (question not in DRAWN or Path(graph).suffix not in (".gexf", ".graphml")):
        raise click.UsageError(say("ask.graph_help", None))
    if bool(account) != (question == OF_ONE):
        raise click.UsageError(say("ask.account_help", None))
    with open_archive(settings()) as archive:
        workspace_id = archive.workspaces.find(workspace).workspace_id
        watches = tuple(one.watch_id for one in chosen(archive, workspace_id, names)) if names else ()
        period = date_ms(since), date_ms(until)
        filters = Filters(watch_ids=watches, mentioned=not everything, since_ms=period[0], until_ms=period[1])
        scope = Scope(filters, query)
        if graph:
            draw(archive, workspace_id, scope, Path(graph))
            return
        asked = partial(circles, account=account) if account else QUESTIONS[question]
        rows = list(asked(archive, workspace_id, scope))
        tell(rows, as_json)
        warn(archive, workspace_id)


def draw(archive: Archive, workspace_id: int, scope: Scope, path: Path) -> None:
    """The graph of who turns to whom, as a file."""
    from palabre.insight.actors import actors, write_actors

    found = actors(archive, workspace_id, scope)
    with path.open("wb") as stream:
        write_actors(found, stream, path.suffix[1:])
    print_line(say("ask.graph_written", None, path=path, n=len(found.graph.accounts)))


def tell(rows: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """The answer: NDJSON, or a table whose columns are those of its first row."""
    from palabre.cli._asking import cell

    if as_json:
        for row in rows:
            print_json(row)
    elif rows:
        heads = list(dict.fromkeys(name for row in rows for name in row))
        print_table([say(f"ask.column.{name}", None) for name in heads],
                    [[cell(row.get(name)) for name in heads] for row in rows])  # fmt: skip
    else:
        print_line(say("series.nothing"))


def warn(archive: Archive, workspace_id: int) -> None:
    """Says on stderr how many posts no model has read yet."""
    waiting = archive.readings.waiting(workspace_id)
    if waiting.n:
        click.echo(say("ask.unread", None, n=waiting.n, total=waiting.total), err=True)
