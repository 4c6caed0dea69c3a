"""`palabre suppress WHO --network N`: an account is kept out from now on; ``--lift`` lets it in again."""

from __future__ import annotations

import click

from palabre.archive.archive import open_archive
from palabre.cli.output import print_json, print_line
from palabre.messages import say
from palabre.settings import settings


@click.command(help=say("archive.cli.suppress_help"))
@click.argument("who")
@click.option("--network", required=True, help=say("archive.cli.network_help"))
@click.option("--lift", is_flag=True, help=say("archive.cli.lift_help"))
@click.option("--workspace", default="default", show_default=True, help=say("archive.cli.workspace_help"))
@click.option("--json", "as_json", is_flag=True, help=say("archive.cli.json_help"))
def command(who: str, network: str, lift: bool, workspace: str, as_json: bool) -> None:
    named = {"uri": who} if ":" in who else {"handle": who}
    with open_archive(settings()) as archive:
        workspace_id = archive.workspaces.find(workspace).workspace_id
        n = 1
        if lift:
            n = archive.suppression.lift(workspace_id, network, **named)
        else:
            archive.suppression.add_account(workspace_id, network, **named)
    told = say("archive.cli.lifted", None, n=n) if lift else say("archive.cli.suppressed")
    print_json({"n": n}) if as_json else print_line(told)
