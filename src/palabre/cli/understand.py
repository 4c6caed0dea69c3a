"""`palabre understand`: reads the posts that wait, and reckons stories, noise and signals now, not within the hour.

``--json``: one document ``{"read", "waiting", "reckoned": {piece: {…}}}``. These fields are stable.
"""

from __future__ import annotations

import click

from palabre.archive import Archive
from palabre.archive.archive import open_archive
from palabre.cli.output import print_json, print_line, quiet
from palabre.messages import say
from palabre.settings import settings


@click.command(help=say("understand.help"), epilog=say("understand.epilog"))
@click.option("--all", "everything", is_flag=True, help=say("understand.all_help"))
@click.option("--only-read", is_flag=True, help=say("understand.only_read_help"))
@click.option("--workspace", default="default", show_default=True, help=say("series.workspace_help"))
@click.option("--json", "as_json", is_flag=True, help=say("series.json_help"))
def command(everything: bool, only_read: bool, workspace: str, as_json: bool) -> None:
    with open_archive(settings()) as archive:
        workspace_id = archive.workspaces.find(workspace).workspace_id
        if everything:
            archive.readings.ask_again(workspace_id)
        n = read_waiting(archive, workspace_id, quiet(as_json))
        archive.lake.seal_all()
        done = {} if only_read else reckoned(archive, workspace_id, everything)
        waiting = archive.readings.waiting(workspace_id).n
    if as_json:
        print_json({"read": n, "waiting": waiting, "reckoned": done})
        return
    print_line(say("understand.read", None, n=n))
    for name, facts in done.items():
        print_line(say(f"understand.{name}", None, **facts) if facts else say("understand.failed", None, name=name))


def read_waiting(archive: Archive, workspace_id: int, silent: bool) -> int:
    """Reads what waits, with a bar on stderr."""
    from rich.console import Console
    from rich.progress import Progress

    from palabre.reader import Readers
    from palabre.reread import reread

    readers = Readers(archive)
    readers.present(workspace_id)
    with Progress(console=Console(stderr=True), disable=silent, transient=True) as bar:
        task = bar.add_task(say("understand.reading", None), total=archive.readings.waiting(workspace_id).n)
        return reread(archive, readers, workspace_id, report=lambda n: bar.advance(task, n))


def reckoned(archive: Archive, workspace_id: int, everything: bool) -> dict[str, dict[str, int]]:
    from palabre.insight.nightly import reckon

    return {name: dict(facts) for name, facts in reckon(archive, workspace_id, everything=everything).items()}
