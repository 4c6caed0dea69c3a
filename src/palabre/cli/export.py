"""`palabre export QUERY --format csv|xlsx|parquet|ndjson --out FILE`: posts as a file, under pseudonyms unless asked.

``--json``: ``{"rows", "format", "out", "named"}``. With ``--out -`` the file goes to standard output (CSV, NDJSON).
With names nothing is written before the workspace's journal says so.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

import click

from palabre.archive import Filters
from palabre.archive.archive import open_archive
from palabre.cli.output import print_json, print_line
from palabre.cli.search import date_ms
from palabre.errors import InputError
from palabre.exports.leaving import Leaving, leaving
from palabre.exports.writers import FORMATS, write
from palabre.logs import logger
from palabre.messages import say
from palabre.search import ask
from palabre.settings import settings

STREAMED = ("csv", "ndjson")


@click.command(help=say("exports.cli.help"), epilog=say("exports.cli.epilog"))
@click.argument("query", default="")
@click.option("--format", "kind", type=click.Choice(FORMATS), help=say("exports.cli.format_help"))
@click.option("--out", required=True, metavar="FILE", help=say("exports.cli.out_help"))
@click.option("--named", is_flag=True, help=say("exports.cli.named_help"))
@click.option("--reason", default="", help=say("exports.cli.reason_help"))
@click.option("--workspace", default="default", show_default=True, help=say("search.workspace_help"))
@click.option("--since", help=say("search.since_help"))
@click.option("--until", help=say("search.until_help"))
@click.option("--lang", "langs", multiple=True, help=say("search.lang_help"))
@click.option("--network", "networks", multiple=True, help=say("search.network_help"))
@click.option("--watch", "watches", multiple=True, type=int, help=say("search.watch_help"))
@click.option("--json", "as_json", is_flag=True, help=say("exports.cli.json_help"))
def command(
    query: str,
    kind: str | None,
    out: str,
    named: bool,
    reason: str,
    workspace: str,
    since: str | None,
    until: str | None,
    langs: tuple[str, ...],
    networks: tuple[str, ...],
    watches: tuple[int, ...],
    as_json: bool,
) -> None:
    kind = kind or kind_of(out)
    filters = Filters(watches, (), networks, langs, since_ms=date_ms(since), until_ms=date_ms(until))
    with open_archive(settings()) as archive:
        place = archive.workspaces.find(workspace)
        made = leaving(ask(archive, place.workspace_id, query, filters), place, kind, named=named, reason=reason)
        if named:
            journal(place.workspace_id, f"{query[:60]} · {kind} · {made.n} · {reason.strip()}")
        n = to_stdout(made, kind) if out == "-" else to_file(made, kind, Path(out))
    shown = {"rows": n, "format": kind, "out": out, "named": named}
    if out == "-":
        print_line(say("exports.cli.done", None, n=n, out=say("exports.cli.stdout")), sys.stderr)
    elif as_json:
        print_json(shown)
    else:
        print_line(say("exports.cli.done", None, n=n, out=out))


def journal(workspace_id: int, about: str) -> None:
    """Notes in the workspace's journal that names leave. Raises InputError where that cannot be: then they stay."""
    from palabre.desk.config import start

    try:
        start.django()
        start.tables()
        start.workspaces()
        from palabre.desk.workspaces import audit
        from palabre.desk.workspaces.models import Workspace

        audit.from_terminal(Workspace.objects.get(pk=workspace_id), "export_named", about)
    except Exception as error:  # whatever keeps the journal closed keeps the names in
        logger("export").error("journal", exception=type(error).__name__)
        raise InputError("exports.not_journaled", reason=type(error).__name__) from error


def kind_of(out: str) -> str:
    """The format that a file's name says. Raises InputError."""
    kind = Path(out).suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise InputError("exports.unknown_format", kind=kind or out, known=", ".join(FORMATS))
    return kind


def to_stdout(made: Leaving, kind: str) -> int:
    """Raises InputError for a format whose file must be able to seek."""
    if kind not in STREAMED:
        raise InputError("exports.not_streamed", kind=kind)
    return write(kind, made.columns, made.rows(), sys.stdout.buffer)


def to_file(made: Leaving, kind: str, path: Path) -> int:
    """Written beside its place and moved there when it is whole: a half file never has the name."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                n = write(kind, made.columns, made.rows(), as_binary(file))
                file.close()
                os.replace(file.name, path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise InputError("exports.unwritable", path=str(path), reason=error.strerror or str(error)) from error
    return n


def as_binary(file: object) -> BinaryIO:
    return file  # type: ignore[return-value]  # what tempfile wraps
