"""`palabre spikes SERIES.csv`: when far more was said than is usual; no archive needed.

A filter: lines of time,count in, NDJSON out, one line a spike: ``{"start", "end", "score", "why"}`` and the numbers
behind the sentence (``seen``, ``expected``, ``ratio``, ``record``, ``span_s``). Times as the file writes them (epoch
seconds come out in ISO 8601). These fields are stable.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from typing import Any

import click
import orjson

from palabre.cli._series_file import SeriesFile, read_series
from palabre.cli.match import opened
from palabre.errors import InputError
from palabre.messages import default_language, say


@click.command(help=say("spikes.help"), epilog=say("spikes.epilog"))
@click.argument("path", metavar="SERIES.csv")
@click.option("--threshold", type=click.FloatRange(0.1, 100), default=None, help=say("spikes.threshold_help"))
@click.option("--json", "as_json", is_flag=True, help=say("spikes.json_help"))
def command(path: str, threshold: float | None, as_json: bool) -> None:
    from dataclasses import replace

    from palabre.understand.spikes import RULES, spikes

    counts = {"steps": 0, "spikes": 0, "bad_lines": 0}
    series = read(path, counts)
    rules = RULES if threshold is None else replace(RULES, threshold=threshold)
    found = spikes(series.times_ms, series.counts, rules)
    known = sorted(series.written)
    for spike in found:
        sys.stdout.buffer.write(orjson.dumps(line(spike, series, known), option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.flush()
    counts["spikes"] = len(found)
    print_summary(counts, as_json)


def read(path: str, counts: dict[str, int]) -> SeriesFile:
    """The series of a file; lines that cannot be used are said on stderr. InputError: none can."""

    def report(number: int, error: InputError) -> None:
        counts["bad_lines"] += 1
        reason = say(error.key, default_language(), **error.params)
        sys.stderr.buffer.write(orjson.dumps({"line": number, "error": reason}) + b"\n")
        sys.stderr.flush()

    with opened(path) as lines:
        series = read_series(lines, report)
    if not series.times_ms:
        raise InputError("spikes.no_rows", path=path)
    counts["steps"] = series.lines
    return series


def line(spike: Any, series: SeriesFile, known: list[int]) -> dict[str, Any]:
    """A spike as the fields of the contract; its ends are times that the file has."""
    from palabre.understand.spikes import why

    start = known[min(bisect_left(known, spike.start_ms), len(known) - 1)]
    end = max(start, known[max(0, bisect_right(known, spike.end_ms) - 1)])
    return {
        "start": series.shown(start),
        "end": series.shown(end),
        "score": round(spike.score, 3),
        "why": why(spike, default_language()),
        "seen": spike.seen,
        "expected": spike.expected or spike.usual,
        "ratio": round(spike.ratio, 2),
        "record": spike.record,
        "span_s": spike.span_s,
    }


def print_summary(counts: dict[str, int], as_json: bool) -> None:
    """On stderr: stdout holds spikes and nothing else."""
    if as_json:
        print(orjson.dumps(counts).decode(), file=sys.stderr)
    else:
        print(" · ".join(say(f"spikes.summary.{name}", None, n=n) for name, n in counts.items()), file=sys.stderr)
