"""`palabre read [POSTS.ndjson]`: what the models say of posts, without an archive.

A filter: NDJSON in, NDJSON out, one line a post, in input order: ``{"id", "language", "tone", "emotion", …}``. A line
that cannot be used is reported on stderr with its number, the others go on, and the exit status is 1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
import orjson

from palabre.cli._matching import Batch, batches
from palabre.cli.match import opened
from palabre.messages import say
from palabre.settings import settings

COLUMNS = ("lang",)


@click.command(help=say("read.help.verb"))
@click.argument("posts_path", metavar="[POSTS.ndjson]", default="-")
@click.option("--only", default="", metavar="NAMES", help=say("read.help.only"))
@click.option("--explain", is_flag=True, help=say("read.help.explain"))
@click.option("--languages", default="", metavar="CODES", help=say("read.help.languages"))
@click.option("--json", "as_json", is_flag=True, help=say("read.help.json"))
def command(posts_path: str, only: str, explain: bool, languages: str, as_json: bool) -> None:
    from palabre.read.readings import chosen

    wanted = only.replace(",", " ").split() or None
    chosen(wanted)  # an unknown name is said before a file is opened
    spoken = tuple((languages or settings().languages).replace(",", " ").split())
    counts = {"posts": 0, "bad_lines": 0}
    with opened(posts_path) as lines:
        run(lines, wanted, spoken, explain, counts)
    print_summary(counts, as_json)
    if counts["bad_lines"]:
        raise SystemExit(1)


def run(
    lines: Iterable[bytes],
    only: Sequence[str] | None,
    languages: tuple[str, ...],
    explain: bool,
    counts: dict[str, int],
) -> None:
    """Writes the readings, batch by batch, and counts."""

    def report(line: int, reason: str) -> None:
        counts["bad_lines"] += 1
        sys.stderr.buffer.write(orjson.dumps({"line": line, "error": reason}) + b"\n")
        sys.stderr.flush()

    for batch in batches(lines, COLUMNS, report):
        entries = read_lines(batch, only, languages, explain)
        out = (orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY) for one in entries)
        sys.stdout.buffer.write(b"".join(out))
        sys.stdout.flush()
        counts["posts"] += len(batch.ids)


def read_lines(
    batch: Batch, only: Sequence[str] | None, languages: tuple[str, ...], explain: bool
) -> list[dict[str, Any]]:
    """One object a post."""
    from palabre.read import readings

    found = readings.lines(readings.read(batch.posts, only=only, languages=languages), only)
    if explain:
        add_words(batch, found, only)
    return [{"id": name, **entry} for name, entry in zip(batch.ids, found, strict=True)]


def add_words(batch: Batch, found: list[dict[str, Any]], only: Sequence[str] | None) -> None:
    """To each reading that a model made: ``words``, by label, those that carried it."""
    from palabre.read import readings, registry
    from palabre.read.contract import Page
    from palabre.read.explain import explained

    texts = Page(batch.posts).texts
    skips = [len(title) + 1 if title else 0 for title in batch.posts["title"].to_pylist()]
    heads = {one.name: registry.head(one.heads[0]) for one in readings.chosen(only) if one.heads}
    for entry, text, skip in zip(found, texts, skips, strict=True):
        for name, head in heads.items():
            if isinstance(entry.get(name), dict):
                entry[name]["words"] = explained(text, entry[name], head, skip)


def print_summary(counts: dict[str, int], as_json: bool) -> None:
    """On stderr: stdout holds readings and nothing else."""
    if as_json:
        print(orjson.dumps(counts).decode(), file=sys.stderr)
    else:
        print(" · ".join(say(f"read.summary.{name}", None, n=n) for name, n in counts.items()), file=sys.stderr)
