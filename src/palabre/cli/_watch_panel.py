"""`palabre watch list|add|change|versions|restore|retire|set-list`: the panel from the command line."""

from __future__ import annotations

import getpass

import click

from palabre.archive import Archive, Watch
from palabre.archive.archive import open_archive
from palabre.cli._watch_common import (
    JSON,
    WHY,
    WORKSPACE,
    checked_query,
    entry,
    match_history,
    read_query,
    tell,
    the_watch,
    workspace_of,
)
from palabre.cli.output import moment, print_json, print_line, print_table
from palabre.errors import InputError, QueryError
from palabre.messages import say
from palabre.model import WatchKind
from palabre.settings import settings

QUERY_SHOWN_CHARS = 80
KINDS = [str(kind) for kind in WatchKind]


def user() -> str:
    """Who types: kept with each version."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def asked_query(text: str) -> str:
    from palabre.cli.watch import read_query as typed

    return typed(text)


@click.command("list", help=say("watch.list_help"))
@WORKSPACE
@JSON
def list_command(workspace: str, as_json: bool) -> None:
    with open_archive(settings()) as archive:
        found = archive.watches.all(workspace_of(archive, workspace))
    if as_json:
        print_json([entry(one) for one in found])
        return
    heads = [say(f"watch.head.{name}") for name in ("id", "name", "kind", "state", "version", "query")]
    print_table(heads, map(row_of, found))


def row_of(one: Watch) -> tuple[str, ...]:
    kind, state = say(f"panel.kind.{one.kind}.name"), say(f"watch.state.{one.state}")
    return str(one.watch_id), one.name, kind, state, str(one.version), short(one.query)


def short(query: str) -> str:
    line = " ".join(query.split())
    return line if len(line) <= QUERY_SHOWN_CHARS else line[: QUERY_SHOWN_CHARS - 1] + "…"


@click.command("add", help=say("watch.add_help"), epilog=say("watch.add_epilog"))
@click.argument("name")
@click.argument("query")
@click.option(
    "--kind", type=click.Choice([str(kind) for kind in WatchKind]), default="theme", help=say("watch.kind_help")
)
@WHY
@WORKSPACE
@JSON
def add_command(name: str, query: str, kind: str, why: str, workspace: str, as_json: bool) -> None:
    text = asked_query(query)
    with open_archive(settings()) as archive:
        workspace_id = workspace_of(archive, workspace)
        checked_query(archive, workspace_id, text)
        if any(one.name == name for one in archive.watches.all(workspace_id)):
            raise InputError("watch.there", name=name)
        made = archive.watches.add(workspace_id, name, text, kind=kind, who=user(), why=why)
        shown = match_history(archive, made, as_json)
    tell(shown, as_json, "watch.added", n=shown["won"])


@click.command("change", help=say("watch.change_help"))
@click.argument("watch")
@click.argument("query")
@WHY
@click.option("--force", is_flag=True, help=say("watch.force_help"))
@WORKSPACE
@JSON
def change_command(watch: str, query: str, why: str, force: bool, workspace: str, as_json: bool) -> None:
    text = asked_query(query)
    with open_archive(settings()) as archive:
        workspace_id = workspace_of(archive, workspace)
        kept = the_watch(archive, workspace_id, watch)
        read = checked_query(archive, workspace_id, text)
        if not force:
            refuse_if_tests_fail(archive, kept.watch_id, workspace_id, read)
        new_version(archive, kept.watch_id, workspace_id, text, why, as_json)


def refuse_if_tests_fail(archive: Archive, watch_id: int, workspace_id: int, query: object) -> None:
    """InputError when the new query breaks a test of the watch."""
    from palabre.cli._watch_tests import run_tests
    from palabre.match.query import Query

    assert isinstance(query, Query)  # noqa: S101  # checked_query gave it
    broken = [one for one, passed in run_tests(query, archive.watches.tests(watch_id, workspace_id)) if not passed]
    if broken:
        raise InputError("watch.breaks_tests", n=len(broken), text=broken[0].text[:80])


def new_version(archive: Archive, watch_id: int, workspace_id: int, text: str, why: str, as_json: bool) -> None:
    changed = archive.watches.change(watch_id, workspace_id, query=text, who=user(), why=why)
    shown = match_history(archive, changed, as_json)
    tell(shown, as_json, "watch.changed")


@click.command("versions", help=say("watch.versions_help"))
@click.argument("watch")
@WORKSPACE
@JSON
def versions_command(watch: str, workspace: str, as_json: bool) -> None:
    with open_archive(settings()) as archive:
        workspace_id = workspace_of(archive, workspace)
        found = archive.watches.versions(the_watch(archive, workspace_id, watch).watch_id, workspace_id)
    if as_json:
        fields = ("version", "query", "who", "why", "at_ms")
        print_json([{name: getattr(one, name) for name in fields} for one in found])
        return
    heads = [say(f"watch.head.{name}") for name in ("version", "at", "who", "why", "query")]
    print_table(heads, [(str(one.version), moment(one.at_ms), one.who, one.why, one.query) for one in found])


@click.command("restore", help=say("watch.restore_help"))
@click.argument("watch")
@click.argument("version", type=int)
@WORKSPACE
@JSON
def restore_command(watch: str, version: int, workspace: str, as_json: bool) -> None:
    with open_archive(settings()) as archive:
        workspace_id = workspace_of(archive, workspace)
        kept = the_watch(archive, workspace_id, watch)
        found = {one.version: one for one in archive.watches.versions(kept.watch_id, workspace_id)}
        if version not in found:
            raise InputError("watch.no_version", asked=version, known=", ".join(map(str, sorted(found))))
        text = found[version].query
        checked_query(archive, workspace_id, text)
        new_version(archive, kept.watch_id, workspace_id, text, say("watch.restored_why", None, n=version), as_json)


@click.command("retire", help=say("watch.retire_help"))
@click.argument("watch")
@click.option("--yes", is_flag=True, help=say("cli.sources.yes_help"))
@WORKSPACE
@JSON
def retire_command(watch: str, yes: bool, workspace: str, as_json: bool) -> None:
    with open_archive(settings()) as archive:
        workspace_id = workspace_of(archive, workspace)
        kept = the_watch(archive, workspace_id, watch)
        if not yes and not click.confirm(say("watch.sure", None, name=kept.name), err=True):
            raise SystemExit(1)
        archive.watches.remove(kept.watch_id, workspace_id)
    tell(entry(kept) | {"state": "retired"}, as_json, "watch.retired")


@click.command("set-list", help=say("watch.set_list_help"), epilog=say("watch.set_list_epilog"))
@click.argument("name")
@click.argument("terms", default="")
@WORKSPACE
@JSON
def set_list_command(name: str, terms: str, workspace: str, as_json: bool) -> None:
    text = asked_query(terms)
    with open_archive(settings()) as archive:
        workspace_id = workspace_of(archive, workspace)
        callers = [one for one in archive.watches.all(workspace_id) if f"list:{name}" in one.query]
        check_list(archive, workspace_id, name, text, [one.name for one in callers])
        archive.watches.set_list(workspace_id, name, text)
        for one in archive.watches.with_history():
            if one.watch_id in {caller.watch_id for caller in callers}:
                match_history(archive, one, as_json)
    shown = {"name": name, "terms": text, "watches": [one.name for one in callers], "n": len(callers)}
    if as_json:
        print_json(shown)
    else:
        print_line(say("watch.list_set" if text else "watch.list_removed", None, **shown))


def check_list(archive: Archive, workspace_id: int, name: str, text: str, callers: list[str]) -> None:
    """InputError for a list that cannot be read, or that goes while a watch calls it."""
    if not text and callers:
        raise InputError("watch.list_called", name=name, names=", ".join(callers[:5]))
    if text:
        try:
            read_query(archive, workspace_id, f"list:{name}", {name: text})
        except QueryError as error:
            raise InputError("watch.list_bad", name=name, reason=say(error.key, None, **error.params)) from None
