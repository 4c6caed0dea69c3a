"""`palabre restore BACKUP`: a checked backup in the place of the archive; those who objected since stay away."""

from __future__ import annotations

from pathlib import Path

import click

from palabre.archive.archive import open_archive
from palabre.archive.restore import forget_before, read_manifest, restore
from palabre.cli.output import moment, print_json, print_line
from palabre.messages import say
from palabre.settings import settings


@click.command(help=say("archive.cli.restore_help"))
@click.argument("backup", required=False, type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help=say("archive.cli.yes_help"))
@click.option("--forget", is_flag=True, help=say("archive.cli.forget_help"))
@click.option("--json", "as_json", is_flag=True, help=say("archive.cli.json_help"))
def command(backup: Path | None, yes: bool, forget: bool, as_json: bool) -> None:
    if backup is not None:
        restore_one(backup, yes, as_json)
    if forget:
        forget_before(settings())
        print_json({"forgotten": True}) if as_json else print_line(say("archive.cli.forgotten"))
    elif backup is None:
        raise click.UsageError(click.get_current_context().get_usage())


def restore_one(backup: Path, yes: bool, as_json: bool) -> None:
    manifest = read_manifest(backup)
    facts = {"made": moment(manifest.made_ms), "posts": manifest.counts["post"]}
    if not yes and not click.confirm(say("archive.cli.restore_sure", None, **facts), err=True):
        raise SystemExit(1)
    restore(settings(), backup)
    with open_archive(settings()):  # replays the suppressions before anything else opens it
        pass
    if as_json:
        print_json({"counts": dict(manifest.counts), "made_ms": manifest.made_ms})
    else:
        print_line(say("archive.cli.restored", None, **facts))
