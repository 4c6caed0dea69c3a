"""`palabre report [NAME]`: the reports of the desk; one of them as a file, as it is now. Nothing is kept or sent.

Without a name it lists them (``--json``: one object a line, fields ``uid, title, period, lang, tlp, owner, every,
next_ms``). NAME: a title, whatever its case, or a uid. The form is that of ``--format``, else of the file's name.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from palabre.cli._writing import put
from palabre.cli.output import moment, print_line, print_table
from palabre.errors import InputError
from palabre.messages import LANGUAGES, say

if TYPE_CHECKING:
    from palabre.desk.reports.models import Report
    from palabre.desk.workspaces.access import Seat

KINDS = ("html", "pdf", "json")


@click.command(help=say("report_cli.help.verb"))
@click.argument("name", default="")
@click.option("--format", "kind", type=click.Choice(KINDS), default=None, help=say("report_cli.help.format"))
@click.option("-o", "--out", default="", metavar="FILE", help=say("report_cli.help.out"))
@click.option("--lang", type=click.Choice(LANGUAGES), default=None, help=say("report_cli.help.lang"))
@click.option("--workspace", "slug", default="default", show_default=True, help=say("report_cli.help.workspace"))
@click.option("--json", "as_json", is_flag=True, help=say("report_cli.help.json"))
def command(name: str, kind: str | None, out: str, lang: str | None, slug: str, as_json: bool) -> None:
    from palabre.cli.today import seat_of
    from palabre.desk.config import start

    start.django()
    start.tables()
    start.workspaces()
    seat = seat_of(slug, "")
    if name:
        write(seat, found(seat, name), kind_of(kind, out), out, lang)
    else:
        show(seat, as_json)


def kind_of(kind: str | None, out: str) -> str:
    """What was asked for, else what the name of the file says, else html. Raises InputError."""
    suffix = Path(out).suffix.lstrip(".").lower()
    if kind is None and suffix and suffix not in KINDS:
        raise InputError("report_cli.fault.kind", kind=suffix, known=", ".join(KINDS))
    return kind or suffix or "html"


def found(seat: Seat, name: str) -> Report:
    """By uid or by title. Raises InputError for none and for several."""
    from palabre.desk.reports import access

    known = list(access.reports(seat.workspace))
    wanted = name.strip().casefold()
    fitting = [one for one in known if one.uid == name] or [one for one in known if one.title.casefold() == wanted]
    if len(fitting) > 1:
        raise InputError("report_cli.fault.several", name=name, uids=", ".join(one.uid for one in fitting))
    if not fitting:
        titles = ", ".join(one.title for one in known) or "—"
        raise InputError("report_cli.fault.unknown", name=name, known=titles)
    made: Report = fitting[0]
    return made


def write(seat: Seat, report: Report, kind: str, out: str, lang: str | None) -> None:
    """Makes it and writes it; what is written is noted in the journal."""
    from palabre.desk.clock import now_ms
    from palabre.desk.reports import building
    from palabre.desk.workspaces import audit

    report.lang = lang or report.lang
    made = building.written(seat, building.document(seat, report), kind, building.site())
    path = put(made, out or building.filename(report.title, now_ms(), kind))
    audit.from_terminal(seat.workspace, "report_exported", f"{report.title} · {kind}")
    if path:
        print_line(say("report_cli.done", None, title=report.title, path=path), sys.stderr)


def show(seat: Seat, as_json: bool) -> None:
    from palabre.desk.reports import access

    rows = [as_object(one) for one in access.reports(seat.workspace)]
    if as_json:
        for row in rows:
            click.echo(orjson.dumps(row))
        return
    if not rows:
        print_line(say("report_cli.none"))
        return
    heads = [say(f"report_cli.column.{name}") for name in ("title", "lang", "tlp", "next", "uid")]
    print_table(heads, [[row["title"], row["lang"], row["tlp"], moment(row["next_ms"]), row["uid"]] for row in rows])


def as_object(report: Report) -> dict[str, Any]:
    names = ("uid", "title", "period", "lang", "tlp", "every", "next_ms")
    owner = report.owner.label if report.owner else ""
    return {name: getattr(report, name) for name in names} | {"owner": owner}
