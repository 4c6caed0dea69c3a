"""`palabre sources …`: what is listened to, and how it is."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from palabre import plugins, sourcing
from palabre.cli import _sources as parts
from palabre.cli._opening import opened_pipeline
from palabre.cli.output import print_json, print_line, print_table
from palabre.errors import InputError, PalabreError
from palabre.messages import say
from palabre.road.imports import CONNECTOR as IMPORT

WORKSPACE = click.option("--workspace", default="default", show_default=True, help=say("import.workspace_help"))
JSON = click.option("--json", "as_json", is_flag=True, help=say("cli.sources.json_help"))


@click.group(help=say("cli.sources.help"), epilog=say("cli.sources.epilog"))
def command() -> None:
    pass


@command.command("list", help=say("cli.sources.list_help"))
@WORKSPACE
@JSON
def list_command(workspace: str, as_json: bool) -> None:
    with opened_pipeline() as pipeline:
        workspace_id = pipeline.archive.workspaces.find(workspace).workspace_id
        found = [one for one in pipeline.archive.sources.all(workspace_id) if one.connector != IMPORT]
    if as_json:
        print_json([parts.entry(one) for one in found])
        return
    heads = [say(f"cli.sources.head.{name}", None) for name in ("id", "connector", "name", "state")]
    print_table(heads, [[str(one.source_id), one.connector, one.name, one.state] for one in found])


@command.command("add", help=say("cli.sources.add_help"))
@click.argument("connector")
@click.argument("options", nargs=-1)
@click.option("--name", default="", help=say("cli.sources.name_help"))
@click.option("--rhythm", "rhythm_seconds", type=click.IntRange(10, 31_536_000), help=say("cli.sources.rhythm_help"))
@click.option("--keep", type=click.Choice(["all", "matched"]), help=say("cli.sources.keep_help"))
@click.option("--check", is_flag=True, help=say("cli.sources.check_first_help"))
@WORKSPACE
@JSON
def add_command(
    connector: str,
    options: tuple[str, ...],
    name: str,
    rhythm_seconds: int | None,
    keep: str | None,
    check: bool,
    workspace: str,
    as_json: bool,
) -> None:
    made = plugins.connector(connector)
    about = made.describe()
    given, secrets = parts.options_given(options, about)
    config = sourcing.checked_config(made, given, secrets)
    with opened_pipeline(network=check) as pipeline:
        if check:
            sourcing.canary(pipeline, made, config, secrets)
        source = pipeline.archive.sources.add(
            pipeline.archive.workspaces.find(workspace).workspace_id,
            connector,
            name or sourcing.default_name(connector, config),
            config,
            keep=keep or about.keep,
            rhythm_seconds=rhythm_seconds or about.rhythm_seconds,
            secrets=secrets,
        )
    shown = parts.entry(source)
    print_json(shown) if as_json else print_line(say("cli.sources.added", None, **shown))


@command.command("show", help=say("cli.sources.show_help"))
@click.argument("source")
@WORKSPACE
def show_command(source: str, workspace: str) -> None:
    with opened_pipeline() as pipeline:
        found = parts.found_source(pipeline, workspace, source)
        names = pipeline.archive.sources.secret_names(found.source_id, found.workspace_id)
        runs = pipeline.archive.sources.runs(found.source_id, found.workspace_id, 5)
    print_json(parts.entry(found) | {"secrets": names, "cursor": dict(found.cursor), "runs": runs})


@command.command("check", help=say("cli.sources.check_help"))
@click.argument("source")
@WORKSPACE
@JSON
def check_command(source: str, workspace: str, as_json: bool) -> None:
    with opened_pipeline(network=True) as pipeline:
        found = parts.found_source(pipeline, workspace, source)
        secrets = pipeline.archive.sources.secrets(found.source_id)
        try:
            n = sourcing.canary(pipeline, plugins.connector(found.connector), found.config, secrets)
        except PalabreError as error:
            if as_json:
                print_json({"id": found.source_id, "ok": False, "error": error.key, "message": parts.told(error)})
                raise SystemExit(1) from None
            raise
    shown = {"id": found.source_id, "ok": True, "posts": n}
    print_json(shown) if as_json else print_line(say("cli.sources.canary_well", None, n=n, name=found.name))


@command.command("pause", help=say("cli.sources.pause_help"))
@click.argument("source")
@WORKSPACE
def pause_command(source: str, workspace: str) -> None:
    set_state(source, workspace, "paused")


@command.command("resume", help=say("cli.sources.resume_help"))
@click.argument("source")
@WORKSPACE
def resume_command(source: str, workspace: str) -> None:
    set_state(source, workspace, "active")


def set_state(source: str, workspace: str, state: str) -> None:
    with opened_pipeline() as pipeline:
        found = parts.found_source(pipeline, workspace, source)
        pipeline.archive.sources.change(found.source_id, found.workspace_id, state=state)
    print_line(say(f"cli.sources.{state}", None, name=found.name))


@command.command("remove", help=say("cli.sources.remove_help"))
@click.argument("source")
@click.option("--yes", is_flag=True, help=say("cli.sources.yes_help"))
@WORKSPACE
def remove_command(source: str, yes: bool, workspace: str) -> None:
    with opened_pipeline() as pipeline:
        found = parts.found_source(pipeline, workspace, source)
        if not yes and not click.confirm(say("cli.sources.sure", None, name=found.name), err=True):
            raise SystemExit(1)
        pipeline.archive.sources.remove(found.source_id, found.workspace_id)
    print_line(say("cli.sources.removed", None, name=found.name))


@command.command("health", help=say("cli.sources.health_help"))
@WORKSPACE
@JSON
def health_command(workspace: str, as_json: bool) -> None:
    from palabre.health import reports

    with opened_pipeline() as pipeline:
        workspace_id = pipeline.archive.workspaces.find(workspace).workspace_id
        everyone = [one for one in pipeline.archive.sources.all(workspace_id) if one.connector != IMPORT]
        found = reports(everyone, pipeline.archive.sources.health(workspace_id), pipeline.clock.now_ms())
    if as_json:
        print_json([parts.health_entry(one) for one in found])
    else:
        print_table([say(f"health.head.{name}", None) for name in parts.HEADS], map(parts.health_row, found))


@command.command("import-opml", help=say("cli.sources.import_opml_help"))
@click.argument("path")
@WORKSPACE
@JSON
def import_opml_command(path: str, workspace: str, as_json: bool) -> None:
    try:
        body = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise InputError("files.unreadable", reason=error.strerror or "") from error
    with opened_pipeline() as pipeline:
        done = sourcing.add_feeds(pipeline, pipeline.archive.workspaces.find(workspace).workspace_id, body)
    print_json(done) if as_json else print_line(say("cli.sources.opml_added", None, **done))


@command.command("export-opml", help=say("cli.sources.export_opml_help"))
@WORKSPACE
def export_opml_command(workspace: str) -> None:
    with opened_pipeline() as pipeline:
        body = sourcing.feeds_as_opml(pipeline, pipeline.archive.workspaces.find(workspace).workspace_id)
    sys.stdout.buffer.write(body)
