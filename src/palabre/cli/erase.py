"""`palabre erase WHO`: a person leaves for good and does not come back."""

from __future__ import annotations

from dataclasses import asdict

import click

from palabre.archive.archive import open_archive
from palabre.cli.output import print_json, print_line
from palabre.messages import say
from palabre.settings import settings


@click.command(help=say("archive.cli.erase_help"))
@click.argument("who")
@click.option("--network", default="", help=say("archive.cli.network_help"))
@click.option("--workspace", default="default", show_default=True, help=say("archive.cli.workspace_help"))
@click.option("--yes", is_flag=True, help=say("archive.cli.yes_help"))
@click.option("--json", "as_json", is_flag=True, help=say("archive.cli.json_help"))
def command(who: str, network: str, workspace: str, yes: bool, as_json: bool) -> None:
    with open_archive(settings()) as archive:
        workspace_id = archive.workspaces.find(workspace).workspace_id
        seen = asdict(archive.erasing.preview(workspace_id, who, network))
        if not yes and not click.confirm(say("archive.cli.erase_sure", None, **seen), err=True):
            raise SystemExit(1)
        gone = asdict(archive.erase(workspace_id, who, network, by="cli"))
    print_json(gone) if as_json else print_line(say("archive.cli.erased", None, **gone))
