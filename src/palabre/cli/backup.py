"""`palabre backup FOLDER`: a consistent copy of the archive, while it works."""

from __future__ import annotations

from pathlib import Path

import click

from palabre.archive.archive import open_archive
from palabre.archive.restore import read_manifest
from palabre.cli.output import print_json, print_line
from palabre.messages import say
from palabre.settings import settings


@click.command(help=say("archive.cli.backup_help"))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=say("archive.cli.json_help"))
def command(folder: Path, as_json: bool) -> None:
    with open_archive(settings()) as archive:
        made = archive.back_up(folder)
    counts = dict(read_manifest(made).counts)
    if as_json:
        print_json({"folder": str(made), "counts": counts})
    else:
        print_line(say("archive.cli.backed_up", None, where=made, posts=counts["post"]))
