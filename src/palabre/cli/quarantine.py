"""`palabre quarantine …`: what could not be used is looked at, tried again or given up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from palabre.archive import Archive, QuarantineRow
from palabre.cli._opening import opened_pipeline
from palabre.cli.output import moment, print_json, print_line
from palabre.messages import say
from palabre.model import RawItem

WORKSPACE = click.option("--workspace", default="default", show_default=True, help=say("archive.cli.workspace_help"))
JSON = click.option("--json", "as_json", is_flag=True, help=say("archive.cli.json_help"))
STATES = click.Choice(["waiting", "replayed", "dropped", "all"])
PAGE = 200


@click.group(help=say("archive.cli.quarantine_help"))
def command() -> None:
    pass


@command.command("list", help=say("archive.cli.quarantine_list"))
@click.option("--state", default="waiting", type=STATES, show_default=True, help=say("archive.cli.state_help"))
@click.option("--limit", default=100, show_default=True, help=say("archive.cli.limit_help"))
@WORKSPACE
@JSON
def list_command(state: str, limit: int, workspace: str, as_json: bool) -> None:
    with opened_pipeline() as pipeline:
        archive = pipeline.archive
        rows = archive.quarantine.all(
            archive.workspaces.find(workspace).workspace_id, state="" if state == "all" else state, limit=limit
        )
    for row in rows:
        print_json(entry(row)) if as_json else print_line(line(row))
    if not rows and not as_json:
        print_line(say("archive.cli.nothing_waits"))


@command.command("show", help=say("archive.cli.quarantine_show"))
@click.argument("number", type=int)
@WORKSPACE
@JSON
def show_command(number: int, workspace: str, as_json: bool) -> None:
    with opened_pipeline() as pipeline:
        archive = pipeline.archive
        row, item = archive.quarantine.get(archive.workspaces.find(workspace).workspace_id, number)
    body = item.body.decode("utf-8", "replace")
    if as_json:
        print_json(entry(row) | {"note": dict(item.note), "body": body})
        return
    print_line(line(row))
    for part in (f"{row.fault.exception} {row.fault.where}".strip(), *body.splitlines()):
        print_line(printable(part))


@command.command("replay", help=say("archive.cli.quarantine_replay"))
@click.argument("numbers", nargs=-1, type=int)
@WORKSPACE
@JSON
def replay_command(numbers: tuple[int, ...], workspace: str, as_json: bool) -> None:
    with opened_pipeline() as pipeline:
        archive = pipeline.archive
        workspace_id = archive.workspaces.find(workspace).workspace_id
        chosen = list(chosen_items(archive, workspace_id, numbers))
        again = 0
        for row, item in chosen:
            source = archive.sources.get(row.source_id, workspace_id) if row.source_id is not None else None
            pipeline.replay(workspace_id, source, [item])
            if archive.quarantine.get(workspace_id, row.quarantine_id)[0].tries > row.tries:
                again += 1  # it came back
            else:
                archive.quarantine.settle(workspace_id, row.quarantine_id, "replayed")
    shown = {"n": len(chosen), "again": again}
    print_json(shown) if as_json else print_line(say("archive.cli.replayed", None, **shown))


@command.command("drop", help=say("archive.cli.quarantine_drop"))
@click.argument("numbers", nargs=-1, type=int, required=True)
@WORKSPACE
@JSON
def drop_command(numbers: tuple[int, ...], workspace: str, as_json: bool) -> None:
    with opened_pipeline() as pipeline:
        archive = pipeline.archive
        workspace_id = archive.workspaces.find(workspace).workspace_id
        for number in numbers:
            archive.quarantine.settle(workspace_id, number, "dropped")
    print_json({"n": len(numbers)}) if as_json else print_line(say("archive.cli.dropped", None, n=len(numbers)))


def chosen_items(
    archive: Archive, workspace_id: int, numbers: Sequence[int]
) -> Iterator[tuple[QuarantineRow, RawItem]]:
    """The items of these numbers; all that wait when there are none."""
    before: int | None = None
    while not numbers:
        page = archive.quarantine.all(workspace_id, before=before, limit=PAGE)
        for row in page:
            yield archive.quarantine.get(workspace_id, row.quarantine_id)
        if len(page) < PAGE:
            return
        before = page[-1].quarantine_id
    for number in numbers:
        yield archive.quarantine.get(workspace_id, number)


def entry(row: QuarantineRow) -> dict[str, object]:
    fault = row.fault
    return {
        "id": row.quarantine_id,
        "source": row.source_id,
        "stage": fault.stage,
        "key": fault.key,
        "reason": say(fault.key, None, **fault.params),
        "exception": fault.exception,
        "where": fault.where,
        "sha256": row.sha256,
        "size": row.size,
        "first_ms": row.first_ms,
        "last_ms": row.last_ms,
        "tries": row.tries,
        "state": row.state,
    }


def line(row: QuarantineRow) -> str:
    return say(
        "archive.cli.item",
        None,
        id=row.quarantine_id,
        seen=moment(row.last_ms),
        stage=row.fault.stage,
        reason=printable(say(row.fault.key, None, **row.fault.params)),
        tries=row.tries,
        size=row.size,
    )


def printable(text: str) -> str:
    """Without control characters: an item must not steer the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
