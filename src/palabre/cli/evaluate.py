"""`palabre evaluate [--data FOLDER]`: every floor of the models beside its measure. Exit status 1: one is under."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from palabre.cli.output import print_json, print_line, print_table
from palabre.messages import say

if TYPE_CHECKING:
    from palabre.read.evaluate import Measure

HEADS = ("model", "set", "metric", "n", "floor", "value", "live", "state")


@click.command(help=say("evaluate.help.verb"))
@click.option("--data", default="", metavar="FOLDER", help=say("evaluate.help.data"))
@click.option("--json", "as_json", is_flag=True, help=say("evaluate.help.json"))
def command(data: str, as_json: bool) -> None:
    from palabre.read.evaluate import measures

    found = measures(Path(data) if data else None)
    if as_json:
        print_json([{**asdict(one), "holds": one.holds} for one in found])
    else:
        print_table([say(f"evaluate.{head}") for head in HEADS], [row(one) for one in found])
        if any(one.live is not None and one.learnt for one in found):
            print_line(say("evaluate.learnt"))
    if under := sum(not one.holds for one in found):
        print_line(say("evaluate.failed", None, n=under), sys.stderr)
        raise SystemExit(1)


def row(one: Measure) -> list[str]:
    state = "none" if one.floor is None else "holds" if one.holds else "under"
    live = "" if one.live is None else f"{one.live:.2f}{'*' if one.learnt else ''}"
    return [one.model, one.set, one.metric, str(one.n), number(one.floor), number(one.value), live,
            say(f"evaluate.{state}")]  # fmt: skip


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
