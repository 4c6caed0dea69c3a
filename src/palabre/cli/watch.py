"""`palabre watch …`: the panel from the command line; check a query, bring one from another tool.

What needs the archive lives in `_watch_*.py` and is imported when it is called.
"""

from __future__ import annotations

import importlib
import json
import sys
import unicodedata
from typing import TextIO

import click

from palabre.cli._examples import with_examples
from palabre.errors import QueryError
from palabre.match.dialects import DIALECTS, Converted, convert
from palabre.match.limits import Limits
from palabre.match.lint import lint, severity
from palabre.match.parser import parse
from palabre.match.query import Lint
from palabre.messages import say
from palabre.settings import settings

WIDTH = 100  # characters of the query shown around a remark
ELSEWHERE = {
    "add": "_watch_panel", "add-test": "_watch_tests", "change": "_watch_panel", "list": "_watch_panel",
    "preview": "_watch_preview", "restore": "_watch_panel", "retire": "_watch_panel", "set-list": "_watch_panel",
    "test": "_watch_tests", "versions": "_watch_panel",
}  # fmt: skip


class Verbs(click.Group):
    """The commands of this file and of those beside it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"palabre.cli.{ELSEWHERE[cmd_name]}")
        found: click.Command = getattr(module, cmd_name.replace("-", "_") + "_command")
        return with_examples(found, f"watch {cmd_name}")


@click.group(cls=Verbs, help=say("query.cli.watch_help"))
def command() -> None:
    pass


def read_query(query: str) -> str:
    return sys.stdin.read().rstrip("\n") if query == "-" else query


@command.command("lint", help=say("query.cli.lint_help"))
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help=say("query.cli.json_help"))
def lint_command(query: str, as_json: bool) -> None:
    text = read_query(query)
    try:
        remarks = lint(parse(text, limits=Limits.of(settings())))
        failure = None
    except QueryError as error:
        remarks, failure = [], error
    if as_json:
        print(json.dumps(report(text, failure, remarks), ensure_ascii=False))
    else:
        print_report(text, failure, remarks)
    raise SystemExit(1 if failure else 0)


def report(text: str, failure: QueryError | None, remarks: list[Lint]) -> dict[str, object]:
    """{"ok", "errors", "lints"}: each with code, severity, start, end, message and suggestion."""
    errors = [error_entry(failure)] if failure else []
    return {"query": text, "ok": failure is None, "errors": errors, "lints": [lint_entry(one) for one in remarks]}


def error_entry(error: QueryError) -> dict[str, object]:
    sentence = say(error.key, None, **error.params)
    return entry(error.key, "error", error.start, error.end, sentence, error.suggestion)


def lint_entry(remark: Lint) -> dict[str, object]:
    return entry(remark.code, severity(remark), remark.start, remark.end, remark.say(), remark.suggestion)


def entry(code: str, level: str, start: int, end: int, message: str, suggestion: str | None) -> dict[str, object]:
    return {"code": code, "severity": level, "start": start, "end": end, "message": message, "suggestion": suggestion}


def print_report(text: str, failure: QueryError | None, remarks: list[Lint]) -> None:
    entries = [error_entry(failure)] if failure else [lint_entry(one) for one in remarks]
    for one in entries:
        print_entry(text, one)
    if not entries:
        print(say("query.cli.correct"))


def print_entry(text: str, one: dict[str, object], stream: TextIO | None = None) -> None:
    """The sentence, the line of the query, and carets under the characters it is about."""
    stream = stream or sys.stdout
    level = say(f"query.cli.{one['severity']}")
    heading = level if one["severity"] == "error" else f"{level} {one['code']}"
    print(say("query.cli.remark", heading=heading, message=one["message"]), file=stream)
    print("\n".join(f"  {line}" for line in pointed(text, int(str(one["start"])), int(str(one["end"])))), file=stream)
    if one["suggestion"] is not None:
        remedy = say("query.cli.suggestion", text=one["suggestion"]) if one["suggestion"] else say("query.cli.remove")
        print(f"  {remedy}", file=stream)


def pointed(text: str, start: int, end: int) -> tuple[str, str]:
    """The line that holds the start, cut around it, and a line of carets. Wide characters count for two columns."""
    first = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    first = max(first, start - WIDTH // 2)
    last = min(len(text) if stop < 0 else stop, first + WIDTH)
    shown = text[first:last].replace("\t", " ")
    under = text[start : min(max(end, start + 1), max(last, start))]
    return shown, " " * columns(text[first:start]) + "^" * max(columns(under), 1)


def columns(text: str) -> int:
    """How wide a text is in a terminal."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.category(sign) in ("Mn", "Me", "Cf") for sign in text)


@command.command("convert", help=say("query.cli.convert_help"))
@click.argument("query")
@click.option("--from", "dialect", type=click.Choice(sorted(DIALECTS)), required=True, help=say("query.cli.from_help"))
@click.option("--json", "as_json", is_flag=True, help=say("query.cli.json_help"))
def convert_command(query: str, dialect: str, as_json: bool) -> None:
    text = read_query(query)
    found = convert(text, dialect)
    if as_json:
        print(json.dumps(conversion(text, found), ensure_ascii=False))
        return
    print(found.text)
    for remark in found.lints:
        print(say("query.cli.remark", heading=say("query.cli.warning"), message=remark.say()), file=sys.stderr)


def conversion(text: str, found: Converted) -> dict[str, object]:
    """{"query": theirs, "converted": ours, "lints": what could not be carried, placed in theirs}."""
    return {"query": text, "converted": found.text, "lints": [lint_entry(one) for one in found.lints]}
