"""`palabre cases`: what waits to be handled, in the order of the inbox; and the events that `palabre sla` reads.

``--json``: one object a line, fields ``uid, title, state, points, why, network, person, opened_ms, waiting_since_ms,
assignee, team, labels, urgent``. ``--events``: one object a line, ``case, kind, time, by, id``; what was taken back is
left out, cases that were joined are one.

    palabre cases --events | palabre sla
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
import orjson

from palabre.cli._desk import workspace_of
from palabre.cli.output import print_line, print_table
from palabre.messages import default_language, say

if TYPE_CHECKING:
    from palabre.desk.inbox.models import Case
    from palabre.desk.workspaces.models import Workspace

STATES = ("open", "unassigned", "snoozed", "waiting", "resolved", "all")
TITLE_CHARS = 60


@click.command(help=say("cli.verbs.cases"))
@click.option("--workspace", "slug", default="default", show_default=True, help=say("inbox.cli.help.workspace"))
@click.option("--queue", type=click.Choice(STATES), default="open", show_default=True, help=say("inbox.cli.help.queue"))
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help=say("outbox.help.limit"))
@click.option("--events", is_flag=True, help=say("inbox.cli.help.events"))
@click.option("--json", "as_json", is_flag=True, help=say("inbox.cli.help.json"))
def command(slug: str, queue: str, limit: int, events: bool, as_json: bool) -> None:
    from palabre.desk.config import start

    start.django()
    start.tables()
    start.workspaces()
    workspace = workspace_of(slug)
    if events:
        for line in event_lines(workspace):
            click.echo(orjson.dumps(line))
        return
    show(workspace, found(workspace, queue, limit), as_json)


def found(workspace: Workspace, queue: str, limit: int) -> list[Case]:
    """The cases of a queue, in its order."""
    from palabre.desk.inbox.models import Case
    from palabre.desk.inbox.queues import BY_POINTS, ORDERS

    rows = Case.objects.of(workspace).filter(merged_into=None).select_related("person", "assignee", "team")
    if queue == "unassigned":
        rows = rows.filter(state="open", assignee=None)
    elif queue != "all":
        rows = rows.filter(state=queue)
    return list(rows.order_by(*ORDERS.get(queue, BY_POINTS))[:limit])


def show(workspace: Workspace, cases: list[Case], as_json: bool) -> None:
    from palabre.desk.inbox.folding import Ranking
    from palabre.desk.inbox.words import line

    ranking, lang = Ranking(workspace), default_language()
    if as_json:
        for case in cases:
            click.echo(orjson.dumps(as_object(case, [one.name for one in ranking.place(case).reasons])))
        return
    heads = [say(f"inbox.cli.column.{name}") for name in ("points", "state", "title", "why")]
    rows = [
        [str(case.points), say(f"inbox.state.{case.state}"), case.title[:TITLE_CHARS], line(ranking.place(case), lang)]
        for case in cases
    ]
    if rows:
        print_table(heads, rows)
    print_line(say("inbox.cli.counts", None, n=len(rows)) if rows else say("inbox.cli.none"))


def as_object(case: Case, why: list[str]) -> dict[str, Any]:
    return {
        "uid": case.uid,
        "title": case.title,
        "state": case.state,
        "points": case.points,
        "why": why,
        "network": case.network,
        "person": case.person.name if case.person else "",
        "opened_ms": case.opened_ms,
        "waiting_since_ms": case.waiting_since_ms,
        "assignee": case.assignee.label if case.assignee else "",
        "team": case.team.name if case.team else "",
        "labels": case.labels,
        "urgent": case.urgent,
    }


def event_lines(workspace: Workspace) -> Iterator[dict[str, Any]]:
    """The events of all cases as `palabre sla` reads them."""
    from palabre.clock import to_datetime
    from palabre.desk.inbox import clock

    for one in clock.events(workspace):
        time = to_datetime(one.at_ms).isoformat(timespec="milliseconds")
        yield {"case": one.case, "kind": one.kind, "time": time, "by": one.by, "id": one.event_id}
