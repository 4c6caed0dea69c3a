"""What commands print: JSON for programs, lines for people, a progress bar on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TextIO

import orjson

from palabre.messages import default_language, say


def print_line(text: str, stream: TextIO | None = None) -> None:
    """One line; signs that the terminal cannot show become "?", no-break spaces plain ones."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "utf-8"
    if not encoding.lower().startswith("utf"):
        text = text.replace("\u202f", " ").replace("\u00a0", " ")
    print(text.encode(encoding, "replace").decode(encoding), file=stream, flush=True)


def grouped(value: float) -> str:
    """A whole number by thousands, as ISO 80000-1 writes it in any language."""
    return f"{value:,.0f}".replace(",", "\u202f")


def decimal(value: float) -> str:
    """A number with one place, as the reader's language writes it."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if default_language() == "fr" else text


def print_json(value: object) -> None:
    """One JSON document on one line of UTF-8."""
    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, default=str) + b"\n")
    sys.stdout.buffer.flush()


def quiet(as_json: bool) -> bool:
    """Whether a progress bar would only disturb."""
    return as_json or not sys.stderr.isatty()


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table; it folds to the width of the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 160).print(table)


def moment(ms: int) -> str:
    """A time as people read it, in UTC; "—" when there is none."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC") if ms else "—"


def duration(seconds: float) -> str:
    """How long, in the largest fitting unit."""
    for name, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return say(f"cli.{name}", None, n=int(seconds // size))
    return say("cli.seconds", None, n=int(seconds))
