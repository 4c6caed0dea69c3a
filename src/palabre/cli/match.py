"""`palabre match --watches WATCHES.ndjson POSTS.ndjson`: posts against watches, without an archive.

A filter: NDJSON in, NDJSON out, one line a mention, in the order of the posts and, within a post, of the watches.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click
import orjson

from palabre.cli._matching import Batch, Watches, asked_columns, batches, read_watches
from palabre.errors import InputError
from palabre.match.limits import Limits
from palabre.match.panel import ENGINES, Panel
from palabre.messages import say
from palabre.model import Span
from palabre.settings import settings


@click.command(help=say("match.help.verb"))
@click.option("--watches", "watches_path", required=True, metavar="WATCHES.ndjson", help=say("match.help.watches"))
@click.argument("posts_path", metavar="POSTS.ndjson")
@click.option("--json", "as_json", is_flag=True, help=say("match.help.json"))
@click.option("--engine", type=click.Choice(ENGINES), default="auto", help=say("match.help.engine"))
def command(watches_path: str, posts_path: str, as_json: bool, engine: str) -> None:
    with opened(watches_path) as lines:
        watches = read_watches(watches_path, lines, Panel(engine), Limits.of(settings()))
    counts = {"posts": 0, "watches": len(watches.names), "mentions": 0, "bad_lines": 0}
    with opened(posts_path) as lines:
        run(watches, lines, counts)
    print_summary(counts, as_json)


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """A file, or standard input for "-". Raises InputError."""
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = open(path, "rb")  # noqa: SIM115  # closed below
    except OSError as error:
        raise InputError("match.unreadable", path=path, reason=error.strerror or str(error)) from error
    with stream:
        yield stream


def run(watches: Watches, lines: Iterable[bytes], counts: dict[str, int]) -> None:
    """Writes the mentions, batch by batch, and counts."""

    def report(line: int, reason: str) -> None:
        counts["bad_lines"] += 1
        sys.stderr.buffer.write(orjson.dumps({"line": line, "error": reason}) + b"\n")
        sys.stderr.flush()

    for batch in batches(lines, asked_columns(watches.panel), report):
        found = list(mention_lines(watches, batch))
        sys.stdout.buffer.write(b"".join(found))
        sys.stdout.flush()
        counts["posts"] += len(batch.ids)
        counts["mentions"] += len(found)


def mention_lines(watches: Watches, batch: Batch) -> Iterator[bytes]:
    """One line a mention: {"id", "watch", "spans"} and, where the title says why, "title_spans"."""
    found = watches.panel.match(batch.posts)
    why = watches.panel.explain_all(batch.posts, found["post"], found["watch"])
    for post, watch, spans in zip(found["post"].to_pylist(), found["watch"].to_pylist(), why, strict=True):
        line = {"id": batch.ids[post], "watch": watches.names[watch], "spans": edges(spans, "text")}
        if titles := edges(spans, "title"):
            line["title_spans"] = titles
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def edges(spans: tuple[Span, ...], where: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans if span.where == where]


def print_summary(counts: dict[str, int], as_json: bool) -> None:
    """On stderr: stdout holds mentions and nothing else."""
    if as_json:
        print(orjson.dumps(counts).decode(), file=sys.stderr)
    else:
        print(" · ".join(say(f"match.summary.{name}", None, n=n) for name, n in counts.items()), file=sys.stderr)
