"""`palabre watch preview QUERY|NAME`: what a query would bring: volume, a sample, noise, cost.

``--json``: ``{"query", "watch", "since", "n", "days": [{"day", "n"}], "sample": [posts as `palabre search --json` gives
them], "noise": null or {"n", "unwanted", "share", "low", "high"}, "cost": {"us_per_1000_posts", "scan_seconds",
"share", "anchored"}}``. Days are UTC; those without a post are there with 0.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from palabre.archive import Archive, Bucket, Filters, PostRow
from palabre.archive.archive import open_archive
from palabre.cli._watch_common import JSON, WORKSPACE, checked_query, workspace_of
from palabre.cli.output import print_json, print_line
from palabre.match.cost import Cost, estimate
from palabre.match.query import Query
from palabre.messages import say
from palabre.model import Span
from palabre.search import ask_query
from palabre.settings import settings

DAY_MS = 86_400_000
DAYS = 90
SAMPLE = 20
BARS = "▁▂▃▄▅▆▇█"
DAYS_A_LINE = 30


@dataclass(frozen=True, slots=True)
class Preview:
    """days: (start of the day in ms, posts), oldest first, all of them; sample: newest posts with their spans."""

    days: tuple[tuple[int, int], ...]
    sample: tuple[tuple[PostRow, tuple[Span, ...]], ...]
    cost: Cost

    @property
    def n(self) -> int:
        """Posts of all these days."""
        return sum(n for _, n in self.days)


def preview(archive: Archive, workspace_id: int, query: Query, now_ms: int) -> Preview:
    """The query put to the last 90 days."""
    since = (now_ms // DAY_MS - DAYS + 1) * DAY_MS
    asked = ask_query(archive, workspace_id, query, Filters(since_ms=since))
    days = every_day(asked.volume(DAY_MS), since)
    rows = asked.rows(limit=SAMPLE)
    return Preview(days, tuple(zip(rows, asked.spans(rows), strict=True)), estimate(query.root))


def every_day(buckets: Iterable[Bucket], since_ms: int) -> tuple[tuple[int, int], ...]:
    """Ninety days from since_ms on, empty ones too."""
    known = {bucket.start_ms // DAY_MS: bucket.n for bucket in buckets}
    first = since_ms // DAY_MS
    return tuple((day * DAY_MS, known.get(day, 0)) for day in range(first, first + DAYS))


def text_of(archive: Archive, workspace_id: int, asked: str) -> tuple[str, str]:
    """(query, name): of the watch of this name, else what was typed is the query itself."""
    named = [one for one in archive.watches.all(workspace_id) if one.name == asked]
    return (named[0].query, named[0].name) if named else (asked, "")


@click.command("preview", help=say("watch.preview_help"))
@click.argument("query")
@WORKSPACE
@JSON
def preview_command(query: str, workspace: str, as_json: bool) -> None:
    from palabre.cli._watch_noise import noise_of
    from palabre.cli.watch import read_query as typed

    with open_archive(settings()) as archive:
        workspace_id = workspace_of(archive, workspace)
        text, name = text_of(archive, workspace_id, typed(query))
        read = checked_query(archive, workspace_id, text)
        found = preview(archive, workspace_id, read, archive.clock.now_ms())
    noise = noise_of(settings(), workspace_id, text)
    if as_json:
        print_json(report(text, name, found, noise))
    else:
        show(text, name, found, noise)


def report(text: str, name: str, found: Preview, noise: dict[str, object] | None) -> dict[str, object]:
    """See the head of this file."""
    from palabre.cli.search import entry

    cost = {field: getattr(found.cost, field) for field in ("us_per_1000_posts", "scan_seconds", "share", "anchored")}
    return {
        "query": text,
        "watch": name or None,
        "since": day_of(found.days[0][0]),
        "n": found.n,
        "days": [{"day": day_of(start), "n": n} for start, n in found.days],
        "sample": [entry(row, spans) for row, spans in found.sample],
        "noise": noise,
        "cost": cost,
    }


def day_of(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).date().isoformat()


def show(text: str, name: str, found: Preview, noise: dict[str, object] | None) -> None:
    """For people: bars, counts, cost, noise, then the posts."""
    from palabre.cli.search import line

    print_line(say("watch.preview.title", None, name=name or " ".join(text.split())))
    print_line(say("watch.preview.volume", None, n=found.n, days=DAYS))
    for start in range(0, DAYS, DAYS_A_LINE):
        part = found.days[start : start + DAYS_A_LINE]
        total, most = sum(n for _, n in part), max(n for _, n in found.days)
        print_line(f"  {day_of(part[0][0])}  {bars([n for _, n in part], most)}  {total}")
    print_line(say("watch.preview.cost", None, us=round(found.cost.us_per_1000_posts, 2), s=found.cost.scan_seconds))
    print_line(noise_line(noise))
    for row, spans in found.sample:
        print_line(line(row, spans, sys.stdout.isatty()))


def bars(counts: Sequence[int], most: int) -> str:
    """One sign a day, as high as its share of the highest day; a day without a post is a dot."""
    return "".join(BARS[max(0, -(-n * len(BARS) // most) - 1)] if n else "·" for n in counts)


def noise_line(noise: dict[str, object] | None) -> str:
    """The share of unwanted posts with its interval; that nobody has judged, when nobody has."""
    if noise is None:
        return say("watch.preview.no_noise")
    shares = {name: round(100 * float(str(noise[name]))) for name in ("share", "low", "high")}
    return say("watch.preview.noise", None, n=noise["n"], **shares)
