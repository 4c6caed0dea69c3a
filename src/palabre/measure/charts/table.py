"""The table of a chart: the same points as rows, for readers who would rather read, and for spreadsheets."""

from __future__ import annotations

import csv as csv_module
import io
from dataclasses import dataclass

from palabre.clock import to_datetime
from palabre.exports.writers import safe
from palabre.measure.charts.types import Chart, Point
from palabre.messages import say


@dataclass(frozen=True, slots=True)
class Row:
    """One point. at: a day or a moment in ISO 8601, a label, or a number."""

    at: str
    series: str
    value: float | str
    low: float | None
    high: float | None
    n: int | None
    href: str


def table(chart: Chart) -> list[Row]:
    """Newest first where there is time, else in the order of the chart."""
    found = [row(chart, series.name, point) for series in chart.series for point in series.points]
    timed = chart.kind in {"lines", "stacked"}
    return sorted(found, key=lambda one: one.at, reverse=True) if timed else found


def row(chart: Chart, series: str, point: Point) -> Row:
    at = moment(point.x) if chart.kind in {"lines", "stacked"} and isinstance(point.x, int) else str(point.x)
    name = point.label or series if chart.kind == "scatter" else series
    value = point.size if chart.kind == "heat" and point.size is not None else point.y
    return Row(at, name, value, point.low, point.high, point.n, point.href)


def moment(ms: int) -> str:
    """YYYY-MM-DD, with hours where there are some."""
    found = to_datetime(ms)
    return found.date().isoformat() if ms % 86_400_000 == 0 else found.isoformat(timespec="minutes")[:16]


def heads(chart: Chart, lang: str) -> dict[str, str]:
    """The names of the columns; those of two scales have their titles."""
    found = {name: say(f"charts.column.{name}", lang) for name in ("at", "series", "value", "low", "high", "n")}
    if chart.kind == "scatter":
        found |= {"at": chart.x_title or found["at"], "value": chart.y_title or found["value"]}
    return found


def csv(chart: Chart, lang: str) -> bytes:
    """UTF-8 with a mark so that every spreadsheet reads accents; a cell never begins a formula."""
    sink = io.StringIO()
    writer = csv_module.writer(sink)
    writer.writerow(list(heads(chart, lang).values()))
    for one in table(chart):
        writer.writerow([safe(one.at), safe(one.series), one.value, one.low, one.high, one.n])
    return b"\xef\xbb\xbf" + sink.getvalue().encode()
