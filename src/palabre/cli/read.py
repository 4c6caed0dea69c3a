"""`palabre read [POSTS.ndjson]`: what the models say of posts, without an archive.

A filter: NDJSON in, NDJSON out, one line a post, in input order: ``{"id", "language", "tone", "emotion", …}``. A line
that cannot be used is reported on stderr with its number, the others go on, and the exit status is 1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
import orjson

from palabre.cli._matching import Batch, batches
from palabre.cli.match import opened
from palabre.errors import ConfigError
from palabre.messages import say
from palabre.settings import settings

if TYPE_CHECKING:
    from palabre.providers.second import Second

COLUMNS = ("lang",)


@click.command(help=say("read.help.verb"))
@click.argument("posts_path", metavar="[POSTS.ndjson]", default="-")
@click.option("--only", default="", metavar="NAMES", help=say("read.help.only"))
@click.option("--explain", is_flag=True, help=say("read.help.explain"))
@click.option("--languages", default="", metavar="CODES", help=say("read.help.languages"))
@click.option("--second", is_flag=True, help=say("read.help.second"))
@click.option("--json", "as_json", is_flag=True, help=say("read.help.json"))
def command(posts_path: str, only: str, explain: bool, languages: str, second: bool, as_json: bool) -> None:
    from palabre.read.readings import chosen

    wanted = only.replace(",", " ").split() or None
    chosen(wanted)  # an unknown name is said before a file is opened
    spoken = tuple((languages or settings().languages).replace(",", " ").split())
    counts = {"posts": 0, "bad_lines": 0}
    with opinion(second) as other, opened(posts_path) as lines:
        run(lines, Asked(wanted, spoken, explain, other), counts)
    print_summary(counts, as_json)
    if counts["bad_lines"]:
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is read. only: names of readings, None for all; second: whom to ask about the least sure posts."""

    only: Sequence[str] | None
    languages: tuple[str, ...]
    explain: bool
    second: Second | None = None


@contextmanager
def opinion(wanted: bool) -> Iterator[Second | None]:
    """The other model of the settings; None when it is not asked for. Raises ConfigError: the settings name none."""
    if not wanted:
        yield None
        return
    from palabre.clock import SystemClock
    from palabre.net import Net
    from palabre.providers.second import Second

    clock = SystemClock()
    with Net(settings(), clock) as net:
        found = Second.of(settings(), net, clock)
        if not found.providers or not settings().provider_posts_per_day:
            raise ConfigError("providers.none")
        yield found


def run(lines: Iterable[bytes], asked: Asked, counts: dict[str, int]) -> None:
    """Writes the readings, batch by batch, and counts."""

    def report(line: int, reason: str) -> None:
        counts["bad_lines"] += 1
        sys.stderr.buffer.write(orjson.dumps({"line": line, "error": reason}) + b"\n")
        sys.stderr.flush()

    for batch in batches(lines, COLUMNS, report):
        entries = read_lines(batch, asked, counts)
        out = (orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY) for one in entries)
        sys.stdout.buffer.write(b"".join(out))
        sys.stdout.flush()
        counts["posts"] += len(batch.ids)


def read_lines(batch: Batch, asked: Asked, counts: dict[str, int]) -> list[dict[str, Any]]:
    """One object a post."""
    from palabre.read import readings

    said = readings.read(batch.posts, only=asked.only, languages=asked.languages)
    if asked.second:
        said, told = asked.second.reread(batch.posts, said)
        for name in ("asked", "changed", "refused"):
            counts[name] = counts.get(name, 0) + getattr(told, name)
        for key in told.failed:
            sys.stderr.buffer.write(orjson.dumps({"second": say(key)}) + b"\n")
    found = readings.lines(said, asked.only)
    if asked.explain:
        add_words(batch, found, asked.only)
    return [{"id": name, **entry} for name, entry in zip(batch.ids, found, strict=True)]


def add_words(batch: Batch, found: list[dict[str, Any]], only: Sequence[str] | None) -> None:
    """To each reading that a model made: ``words``, by label, those that carried it."""
    from palabre.read import readings
    from palabre.read.contract import Page
    from palabre.read.explain import explained

    page = Page(batch.posts)
    skips = [len(title) + 1 if title else 0 for title in batch.posts["title"].to_pylist()]
    for reading in readings.chosen(only):
        for head, rows in page.readers(reading.heads[0]) if reading.heads else ():
            for row in rows.tolist():
                if isinstance(said := found[row].get(reading.name), dict):
                    said["words"] = explained(page.texts[row], said, head, skips[row])


def print_summary(counts: dict[str, int], as_json: bool) -> None:
    """On stderr: stdout holds readings and nothing else."""
    if as_json:
        print(orjson.dumps(counts).decode(), file=sys.stderr)
    else:
        print(" · ".join(say(f"read.summary.{name}", None, n=n) for name, n in counts.items()), file=sys.stderr)
