"""`palabre persons`: contacts of address books and tables in, persons out as vCard, JSContact or CSV, or pushed to the
address book of the workspace.

``import --json``: one object a file, fields ``file, dry_run, rows`` (``line, what, name, person``), ``faults``
(``line, error``), ``new, added``. ``--dry-run`` does everything and takes it back: its figures are those of the import.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from palabre.cli._writing import put
from palabre.cli.output import print_line
from palabre.errors import InputError
from palabre.messages import default_language, say

if TYPE_CHECKING:
    from palabre.desk.people.models import Intake
    from palabre.desk.people.selection import Conditions
    from palabre.desk.workspaces.models import Workspace

KINDS = {"vcard": "vcf", "csv": "csv", "jscontact": "jscontact"}
WHAT = ("new", "known", "twice", "kept_out")
PURPOSES = ("answer", "follow_up", "thank", "invite", "news", "contract", "legal")
BASES = ("consent", "contract", "legitimate_interest", "legal_obligation", "public_task")
WORKSPACE = click.option(
    "--workspace", "slug", default="default", show_default=True, help=say("persons_cli.help.workspace")
)


@click.group(help=say("persons_cli.help.verb"))
def command() -> None:
    from palabre.desk.config import start

    start.django()
    start.tables()
    start.workspaces()


@command.command("import", help=say("persons_cli.help.import"))
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(tuple(KINDS)), default=None, help=say("persons_cli.help.kind"))
@click.option("--purpose", type=click.Choice(PURPOSES), default=None, help=say("persons_cli.help.purpose"))
@click.option("--basis", type=click.Choice(BASES), default=None, help=say("persons_cli.help.basis"))
@click.option("--dry-run", is_flag=True, help=say("persons_cli.help.dry_run"))
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help=say("persons_cli.help.json"))
def taken(
    files: tuple[str, ...],
    kind: str | None,
    purpose: str | None,
    basis: str | None,
    dry_run: bool,
    slug: str,
    as_json: bool,
) -> None:
    from django.db import transaction

    from palabre.cli._desk import workspace_of

    workspace = workspace_of(slug)
    if not dry_run and not (purpose and basis):
        raise InputError("persons_cli.fault.why")
    failed = False
    with transaction.atomic() if dry_run else nullcontext():
        for path in files:
            try:
                told = one_file(workspace, path, KINDS.get(kind or "", ""), (purpose or "answer", basis or "consent"))
                tell(told | {"file": path, "dry_run": dry_run}, as_json)
            except InputError as error:
                failed = True
                reason = say(error.key, default_language(), **error.params)
                print_line(say("persons_cli.fault.file", None, path=path, reason=reason), sys.stderr)
        if dry_run:
            transaction.set_rollback(True)
    if failed:
        raise SystemExit(1)


def one_file(workspace: Workspace, path: str, kind: str, why: tuple[str, str]) -> dict[str, Any]:
    """What a file holds and what became of it, all of it or nothing. Raises InputError."""
    from django.db import transaction

    from palabre.desk.people import cards
    from palabre.desk.workspaces import audit

    body = read(path)
    with transaction.atomic():
        found = cards.looked_at(workspace, Path(path).name, body, None, kind)
        told = as_object(found)
        new, added = cards.taken_in(found, *why, None)
        audit.from_terminal(workspace, "persons_imported", f"{new} + {added} · {Path(path).name}")
    return told | {"new": new, "added": added}


def read(path: str) -> bytes:
    """Raises InputError."""
    from palabre.engage.identity_contact import BYTES_MAX

    try:
        with Path(path).open("rb") as file:
            body = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise InputError("persons_cli.fault.unread", reason=error.strerror or str(error)) from error
    if len(body) > BYTES_MAX:
        raise InputError("people.file_large", most=BYTES_MAX // 1_000_000)
    return body


def as_object(found: Intake) -> dict[str, Any]:
    lang = default_language()
    rows = [{"line": row["line"], "what": row["what"], "name": row["contact"]["name"], "person": row["person"]}
            for row in found.rows]  # fmt: skip
    faults = [{"line": line, "error": say(key, lang, **params)} for line, key, params in found.faults]
    return {"rows": rows, "faults": faults}


def tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(told))
        return
    counted = [(what, sum(row["what"] == what for row in told["rows"])) for what in WHAT]
    said = [say(f"people.intake.{what}", None, n=n) for what, n in counted if n]
    said += [say("people.intake.faults", None, n=len(told["faults"]))] if told["faults"] else []
    print_line(f"{told['file']}: {', '.join(said)}")
    for one in told["rows"] if told["dry_run"] else []:
        print_line(f"  {one['line']}  {one['name'] or '—'}  {say('people.intake.is.' + one['what'])}")
    for one in told["faults"]:
        print_line(f"  {one['line']}  {one['error']}", sys.stderr)
    key = "would" if told["dry_run"] else "done"
    print_line(say(f"persons_cli.{key}", None, new=told["new"], added=told["added"]))


@command.command("export", help=say("persons_cli.help.export"))
@click.option("--format", "kind", type=click.Choice(tuple(KINDS)), default="vcard", show_default=True,
              help=say("persons_cli.help.format"))  # fmt: skip
@click.option("-o", "--out", default="-", metavar="FILE", help=say("persons_cli.help.out"))
@click.option("--list", "listed", default="", metavar="NAME", help=say("persons_cli.help.list"))
@click.option("--segment", default="", metavar="NAME", help=say("persons_cli.help.segment"))
@click.option("--reason", required=True, metavar="WORDS", help=say("persons_cli.help.reason"))
@WORKSPACE
def exported(kind: str, out: str, listed: str, segment: str, reason: str, slug: str) -> None:
    from palabre.cli._desk import workspace_of
    from palabre.desk.people import cards
    from palabre.desk.people.selection import chosen
    from palabre.desk.workspaces import audit

    workspace, why = workspace_of(slug), reason.strip()
    if not why:
        raise InputError("persons_cli.fault.reason")
    persons = list(chosen(workspace, wanted(workspace, listed, segment)).order_by("name", "pk"))
    body = cards.written(KINDS[kind], cards.contacts(workspace, persons))
    audit.from_terminal(workspace, "persons_exported", f"{kind} · {len(persons)} · {why}")
    path = put(body, out)
    print_line(say("persons_cli.written", None, n=len(persons), path=path or say("exports.cli.stdout")), sys.stderr)


@command.command("push", help=say("persons_cli.help.push"))
@click.option("--dry-run", is_flag=True, help=say("persons_cli.help.push_dry_run"))
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help=say("persons_cli.help.push_json"))
def pushed(dry_run: bool, slug: str, as_json: bool) -> None:
    """Fields of the object: ``address_book`` (its address), ``done`` (by act, how many; what would be done in a dry
    run), ``to_decide`` (cards that somebody changed there), ``error``."""
    from palabre.cli._desk import workspace_of
    from palabre.desk.addressbook import access, acts, syncing
    from palabre.desk.addressbook.models import OPEN

    book = access.book(workspace_of(slug))
    if book is None:
        raise InputError("persons_cli.fault.no_book")
    tally = syncing.foreseen(book) if dry_run else syncing.round_of(acts.due_now(book))
    error = say(tally.error.key, default_language(), **tally.error.params) if tally.error else ""
    to_decide = access.cards(book).filter(state__in=OPEN).count()
    if as_json:
        click.echo(orjson.dumps({"address_book": book.url, "done": tally.done, "to_decide": to_decide, "error": error}))
    else:
        tell_push(tally.done, to_decide, dry_run)
    if error:
        print_line(error, sys.stderr)
        raise SystemExit(1)


def tell_push(done: dict[str, int], to_decide: int, dry_run: bool) -> None:
    said = [say(f"persons_cli.push.{what}", None, n=n) for what, n in done.items()]
    print_line(say("persons_cli.push.would" if dry_run else "persons_cli.push.done") + " " + (", ".join(said) or "—"))
    if to_decide:
        print_line(say("persons_cli.push.to_decide", None, n=to_decide))


def wanted(workspace: Workspace, listed: str, segment: str) -> Conditions:
    """What chooses them: a list, a segment, or nothing: everybody. Raises InputError."""
    from palabre.desk.people import access
    from palabre.desk.people.selection import Conditions
    from palabre.desk.people.views_lists import of_list

    if listed and segment:
        raise InputError("persons_cli.fault.both")
    name = (listed or segment).strip().casefold()
    if not name:
        return Conditions({})
    known = [one for one in access.lists(workspace) if (one.conditions is None) == bool(listed)]
    fitting = [one for one in known if one.name.casefold() == name or one.uid == name]
    if len(fitting) != 1:
        names = ", ".join(f"{one.name} ({one.uid})" for one in known) or "—"
        raise InputError(
            f"persons_cli.fault.{'several' if fitting else 'unknown'}", name=listed or segment, known=names
        )
    return of_list(fitting[0])
