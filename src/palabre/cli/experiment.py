"""`palabre experiment FILE.csv --changed DATE`: before and after, beside a comparison where there is one.

CSV in: a header with ``date`` (YYYY-MM-DD), ``value`` and, where there is one, ``comparison``; a day a line. Out: a
sentence and a table, or with ``--json`` one document: the fields of `palabre.measure.experiments.Found`. They are
stable.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from palabre.cli.output import print_json, print_line, print_table
from palabre.errors import InputError
from palabre.messages import say

if TYPE_CHECKING:
    from palabre.measure.experiments import Day, Found

BYTES_MAX = 10_000_000


@click.command(help=say("experiment.cli.verb"))
@click.argument("path", metavar="[FILE.csv]", default="-")
@click.option("--changed", required=True, metavar="DATE", help=say("experiment.cli.changed"))
@click.option("--scale", type=click.Choice(["ratio", "difference"]), help=say("experiment.cli.scale"))
@click.option("--json", "as_json", is_flag=True, help=say("experiment.cli.json"))
def command(path: str, changed: str, scale: str | None, as_json: bool) -> None:
    from palabre.measure.experiments import compare

    first = day_of(changed)
    if first is None:
        raise InputError("experiment.cli.bad_changed", text=changed[:40])
    found = compare(list(days(text_of(path))), first, scale or "")
    if as_json:
        print_json(asdict(found))
    else:
        show(found)


def text_of(path: str) -> str:
    """The file, or standard input for "-". Raises InputError."""
    try:
        body = sys.stdin.buffer.read(BYTES_MAX) if path == "-" else Path(path).read_bytes()[:BYTES_MAX]
        return body.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("experiment.cli.unreadable", path=path) from error


def days(text: str) -> Iterator[Day]:
    """The days of a CSV. Raises InputError, with the number of the line."""
    from palabre.measure.experiments import Day

    rows = csv.DictReader(io.StringIO(text))
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    if not {"date", "value"} <= set(names):
        raise InputError("experiment.cli.no_columns", found=", ".join(names))
    rows.fieldnames = names
    for row in rows:
        on, line = day_of(row["date"] or ""), rows.line_num
        if on is None:
            raise bad(line, "bad_date", row["date"])
        beside = row.get("comparison")
        yield Day(on, number(row["value"], line), number(beside, line) if beside else None)


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def number(text: str | None, line: int) -> float:
    try:
        return float(text or "")
    except ValueError as error:
        raise bad(line, "bad_number", text) from error


def bad(line: int, key: str, text: str | None) -> InputError:
    return InputError("experiment.cli.bad_line", line=line, reason=say(f"experiment.cli.{key}", text=(text or "")[:40]))


def show(found: Found) -> None:
    """A sentence, the effect with its interval, and both means."""
    print_line(say(f"experiment.found.{found.verdict}"))
    if not found.few:
        effect, low, high = (f"{one:.3g}" for one in (found.effect or 0, found.low or 0, found.high or 0))
        print_line(f"{found.scale}: " + say("experiment.effect", effect=effect, low=low, high=high))
    rows = [(say("experiment.a_day"), shown(found.before), shown(found.after))]
    if found.compared:
        rows.append((say("experiment.beside"), shown(found.comparison_before), shown(found.comparison_after)))
    rows.append((say("experiment.counted_days"), str(found.n_before), str(found.n_after)))
    print_table(["", say("experiment.before"), say("experiment.after")], rows)
    print_line(say("experiment.parallel" if found.compared else "experiment.alone"))


def shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.4g}"
