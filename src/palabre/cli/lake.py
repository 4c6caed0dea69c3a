"""`palabre lake …`: the column copy that questions over many posts are put to; it can always be made again."""

from __future__ import annotations

from dataclasses import asdict

import click

from palabre.archive.archive import open_archive
from palabre.cli.output import print_json, print_line
from palabre.messages import say
from palabre.settings import settings

JSON = click.option("--json", "as_json", is_flag=True, help=say("lake.json_help"))


@click.group(help=say("lake.help"), epilog=say("lake.epilog"))
def command() -> None:
    pass


@command.command("status", help=say("lake.status_help"))
@JSON
def status_command(as_json: bool) -> None:
    with open_archive(settings()) as archive:
        facts = asdict(archive.lake.status())
    tell("lake.status", facts, as_json)


@command.command("seal", help=say("lake.seal_help"))
@JSON
def seal_command(as_json: bool) -> None:
    with open_archive(settings()) as archive:
        archive.lake.mend()
        sealed = archive.lake.seal_all()
        archive.lake_words.keep_all()
    tell("lake.sealed", {"n": sealed}, as_json)


@command.command("compact", help=say("lake.compact_help"))
@JSON
def compact_command(as_json: bool) -> None:
    with open_archive(settings()) as archive:
        archive.lake.mend()
        replaced, unlinked = archive.lake.compact(), archive.lake.sweep()
        archive.lake_words.keep_all()
    tell("lake.compacted", {"n": replaced, "unlinked": unlinked}, as_json)


@command.command("rebuild", help=say("lake.rebuild_help"))
@JSON
def rebuild_command(as_json: bool) -> None:
    with open_archive(settings()) as archive:
        posts = archive.lake.rebuild()
        archive.lake.sweep()
        archive.lake_words.keep_all()
    tell("lake.rebuilt", {"n": posts}, as_json)


def tell(key: str, facts: dict[str, int], as_json: bool) -> None:
    print_json(facts) if as_json else print_line(say(key, None, **facts))
