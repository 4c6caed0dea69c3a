"""`palabre train`: makes the shipped models again from public data, or one of a user's own from their labels."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from palabre.cli._matching import loads
from palabre.cli.match import opened
from palabre.cli.output import print_json, print_line
from palabre.errors import InputError
from palabre.messages import say


@click.command(help=say("train.help.verb"))
@click.option("--data", "data", metavar="FOLDER", help=say("train.help.data"))
@click.option("--only", default="", metavar="NAMES", help=say("train.help.only"))
@click.option("--out", default="", metavar="FOLDER", help=say("train.help.out"))
@click.option("--labels", default="", metavar="FILE.ndjson", help=say("train.help.labels"))
@click.option("--name", default="", metavar="NAME", help=say("train.help.name"))
@click.option("--json", "as_json", is_flag=True, help=say("train.help.json"))
def command(data: str | None, only: str, out: str, labels: str, name: str, as_json: bool) -> None:
    if labels:
        train_own(labels, name, Path(out) if out else None, as_json)
    elif data:
        train_shipped(Path(data), only.replace(",", " ").split(), Path(out) if out else None, as_json)
    else:
        raise InputError("train.nothing")


def train_shipped(data: Path, only: list[str], out: Path | None, as_json: bool) -> None:
    from palabre.read import registry
    from palabre.read.training import recipes

    folder = out or registry.own_folder()
    made = recipes.train(data, folder, only, lambda line: print_line(line, sys.stderr))
    if as_json:
        print_json({"models": made, "folder": str(folder)})
    else:
        print_line(say("train.made", None, names=", ".join(made), folder=folder))


def train_own(path: str, name: str, out: Path | None, as_json: bool) -> None:
    from palabre.read import registry
    from palabre.read.training import own

    if not name.isidentifier():
        raise InputError("train.no_name", name=name)
    bad: list[int] = []

    def report(line: int, key: str) -> None:
        bad.append(line)
        print_line(say("train.line", None, path=path, line=line, reason=say(key)), sys.stderr)

    with opened(path) as lines:
        found = own.read_labels(parsed(lines, report), report)
    made = own.train(name, found, out or registry.own_folder())
    cross = made.card["measured"]["cross-validation"]
    if as_json:
        print_json({"name": name, "labels": list(made.head.labels), "bad_lines": len(bad), **cross})
    else:
        key = "train.own_made" if "folds" in cross else "train.own_refuses"
        print_line(say(key, None, name=name, labels=", ".join(made.head.labels), **cross))
    if bad:
        raise SystemExit(1)


def parsed(lines: Any, report: Any) -> Iterator[tuple[int, Any]]:
    """Line numbers and JSON values; a line that is none is reported."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, loads(line)
            except InputError:
                report(number, "match.not_object")
