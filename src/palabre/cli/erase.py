"""`palabre erase WHO`: a person leaves for good and does not come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from palabre.archive.archive import open_archive
from palabre.archive.types import Erasure
from palabre.cli.output import print_json, print_line
from palabre.messages import say
from palabre.settings import Settings, settings

Work = Callable[[str, str], Erasure]


@click.command(help=say("archive.cli.erase_help"))
@click.argument("who")
@click.option("--network", default="", help=say("archive.cli.network_help"))
@click.option("--workspace", default="default", show_default=True, help=say("archive.cli.workspace_help"))
@click.option("--yes", is_flag=True, help=say("archive.cli.yes_help"))
@click.option("--json", "as_json", is_flag=True, help=say("archive.cli.json_help"))
def command(who: str, network: str, workspace: str, yes: bool, as_json: bool) -> None:
    house = _desk if _has_desk(settings()) else _archive
    with house(workspace) as (preview, erase):
        seen = asdict(preview(who, network))
        if not yes and not click.confirm(say("archive.cli.erase_sure", None, **seen), err=True):
            raise SystemExit(1)
        gone = asdict(erase(who, network))
    print_json(gone) if as_json else print_line(say("archive.cli.erased", None, **gone))


def _has_desk(values: Settings) -> bool:
    return bool(values.database_url) or (values.home / "desk.sqlite3").exists()


@contextmanager
def _archive(slug: str) -> Iterator[tuple[Work, Work]]:
    """Where no desk was ever opened: the archive is all there is."""
    with open_archive(settings()) as archive:
        workspace_id = archive.workspaces.find(slug).workspace_id
        yield (
            lambda who, network: archive.erasing.preview(workspace_id, who, network),
            lambda who, network: archive.erase(workspace_id, who, network, by="cli"),
        )


@contextmanager
def _desk(slug: str) -> Iterator[tuple[Work, Work]]:
    """Whoever is behind the account, with all that the desk keeps of them."""
    from palabre.desk.config import start

    start.django()
    start.tables()
    start.workspaces()
    from palabre.desk.engine import archive
    from palabre.desk.people import erasing
    from palabre.desk.workspaces.models import Workspace

    workspace = Workspace.objects.get(pk=archive().workspaces.find(slug).workspace_id)
    yield (
        lambda who, network: erasing.preview_account(workspace, who, network),
        lambda who, network: erasing.erase_account(workspace, who, network, by="cli"),
    )
