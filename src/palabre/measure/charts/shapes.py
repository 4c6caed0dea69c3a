"""Vega-Lite 6 specifications, one function a kind of chart. Pure: plain data in, plain data out.

Written as data, not through a builder: a specification is documented as JSON, and nothing needs to be loaded for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise
from math import inf
from typing import Any

from palabre.measure.charts.naming import APART, NAME_WIDE_MAX, SCATTER_HIGH, named
from palabre.measure.charts.palette import CODES, SERIES
from palabre.measure.charts.types import Chart, Kind, Series

Spec = dict[str, Any]
FORMATS = {"posts": ",~f", "accounts": ",~f", "number": ",~f", "share": "~%", "score": "+.1f"}
COUNTED = ("posts", "accounts")  # nobody hears half a post
ROW_PIXELS = 28
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
NAME_SIDES: Mapping[str, Spec] = {
    "after": {"align": "left", "dx": APART}, "before": {"align": "right", "dx": -APART},
}  # fmt: skip
WHISKER = (("ground", 4.0), ("ink", 1.2))  # colour and width: a pale edge keeps the line in sight over a dark bar


def rows(chart: Chart) -> list[dict[str, Any]]:
    """Points as the rows of a specification."""
    return [
        {
            "x": point.x,
            "y": point.y,
            "low": point.y if point.low is None else point.low,
            "high": point.y if point.high is None else point.high,
            "series": series.name,
            "size": point.size,
            "label": point.label or series.name,
            "side": point.side,
            "run": run,
            "href": own(point.href),
            "words": words(series, point.label, point.x, point.y),
        }
        for series in chart.series
        for point, run in zip(series.points, runs(series), strict=True)
    ]


def runs(series: Series) -> list[int]:
    """Which stretch without a hole each point is in: a line is not drawn over steps that are not there."""
    times = [point.x for point in series.points if isinstance(point.x, int)]
    if len(times) < len(series.points):
        return [0] * len(series.points)
    gaps = [after - before for before, after in pairwise(times)]
    usual = min((gap for gap in gaps if gap > 0), default=0)
    return [0, *accumulate(int(gap > 1.5 * usual) for gap in gaps)][: len(times)]


def own(address: str) -> str:
    """An address of this desk; "" for every other, which a mark must not lead to."""
    return address if address.startswith("/") and not address.startswith("//") else ""


def words(series: Series, label: str, x: object, y: object) -> str:
    """What a reader who does not see a mark is told of it."""
    at = "" if isinstance(x, int | float) else str(x)
    return " · ".join(
        part for part in (label or series.name, at, f"{y:g}" if isinstance(y, float | int) else str(y)) if part
    )


def colours(chart: Chart) -> Spec:
    """One colour a series; those that are tones take the colours of tones."""
    free = iter(SERIES * (1 + len(chart.series) // len(SERIES)))
    ours = sorted(chart.series, key=lambda series: not series.ours)
    taken = {series.name: CODES.get(series.tone) or next(free) for series in ours}
    names = [series.name for series in chart.series]
    return {
        "field": "series",
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "range": [taken[name] for name in names]},
        "legend": None,
    }


def time_axis(chart: Chart) -> Spec:
    """Time in UTC, labels that say no more than they must."""
    times = [point.x for series in chart.series for point in series.points if isinstance(point.x, int)]
    span = max(times, default=0) - min(times, default=0)
    hours = span <= 2 * DAY_MS and any(at % DAY_MS for at in times)
    form = "%H:%M" if hours else "%-d %b" if span <= 400 * DAY_MS else "%b %Y"
    distinct = len(set(times))
    axis: Spec = {"format": form, "grid": False, "labelFlush": True, "labelOverlap": "greedy", "labelSeparation": 10}
    if distinct <= 8:
        axis["values"] = sorted(set(times))
    return {"field": "x", "type": "temporal", "scale": {"type": "utc"}, "title": None, "axis": axis}


def amount_axis(chart: Chart, field: str = "y") -> Spec:
    axis: Spec = {"format": FORMATS[chart.unit], "tickCount": 4, "domain": False, "ticks": False, "labelPadding": 6}
    axis |= {"tickMinStep": 1} if chart.unit in COUNTED else {}
    return {"field": field, "type": "quantitative", "title": chart.y_title or None, "axis": axis}


LINKED = {"href": {"field": "href"}, "description": {"field": "words"}}


def lines(chart: Chart) -> Spec:
    """Lines with the band of their interval; each point a link."""
    x, y, colour = time_axis(chart), amount_axis(chart), colours(chart)
    stretch = {"field": "run"}
    band: Spec = {
        "mark": {"type": "area", "opacity": 0.16},
        "encoding": {
            "x": x,
            "y": amount_axis(chart, "low"),
            "y2": {"field": "high"},
            "color": colour,
            "detail": stretch,
        },
    }
    line: Spec = {
        "mark": {"type": "line", "strokeWidth": 2, "strokeJoin": "round"},
        "encoding": {"x": x, "y": y, "color": colour, "detail": stretch},
    }
    dots: Spec = {
        "mark": {"type": "circle", "size": 26, "opacity": 1},
        "encoding": {"x": x, "y": y, "color": colour, **LINKED},
    }
    return {"layer": [band, line, dots, *moments(chart)]}


def moments(chart: Chart) -> list[Spec]:
    """Vertical lines at what happened."""
    if not chart.marks:
        return []
    data = {"values": [{"x": at, "label": label} for at, label in chart.marks]}
    x = {"field": "x", "type": "temporal", "scale": {"type": "utc"}}
    rule = {"mark": {"type": "rule", "aria": False, "strokeDash": [3, 3], "color": CODES["soft"]}, "encoding": {"x": x}}
    return [{"data": data, **rule}, *(words_at(chart, x, after) for after in (True, False))]


def words_at(chart: Chart, x: Spec, after: bool) -> Spec:
    """Words of the moments: after their line, before it in the last third, where they would leave the drawing."""
    times = [point.x for series in chart.series for point in series.points if isinstance(point.x, int)]
    turn = max(times) - (max(times) - min(times)) / 3 if times else inf
    data = {"values": [{"x": at, "label": label} for at, label in chart.marks if (at <= turn) == after]}
    side: Spec = {"align": "left", "dx": 4} if after else {"align": "right", "dx": -4}
    mark = {"type": "text", **side, "y": 8, "color": CODES["soft"], "fontSize": 11}
    return {"data": data, "mark": mark, "encoding": {"x": x, "text": {"field": "label"}}}


def stacked(chart: Chart) -> Spec:
    """Bars over time, series on one another."""
    times = sorted({point.x for series in chart.series for point in series.points if isinstance(point.x, int)})
    step = min((after - before for before, after in pairwise(times)), default=DAY_MS)
    under = {"op": "sum", "field": "y", "as": "top"}
    order = [{"field": "rank"}]
    bars: Spec = {
        "transform": [
            {"calculate": f"datum.x + {step * 6 // 7}", "as": "x_end"},
            {
                "calculate": f"indexof({json.dumps([series.name for series in chart.series])}, datum.series)",
                "as": "rank",
            },
            {"window": [under], "groupby": ["x"], "sort": order, "frame": [None, 0]},
            {"calculate": "datum.top - datum.y", "as": "foot"},
        ],
        "mark": {"type": "rect"},
        "encoding": {
            "x": time_axis(chart),
            "x2": {"field": "x_end"},
            "y": amount_axis(chart, "foot"),
            "y2": {"field": "top"},
            "color": colours(chart),
            **LINKED,
        },
    }
    return {"layer": [bars, *moments(chart)]}


def ranked(chart: Chart) -> Spec:
    """Horizontal bars, in the order given, with whiskers where the interval is wider than the value."""
    y = {
        "field": "x",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 220, "domain": False, "ticks": False},
    }
    grouped = {"yOffset": {"field": "series", "sort": None}} if len(chart.series) > 1 else {}
    x = amount_axis(chart)
    bars: Spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {"y": y, "x": x, "color": colours(chart), **grouped, **LINKED},
    }
    return {"layer": [bars, *(whisker(chart, y, grouped, *stroke) for stroke in WHISKER)]}


def whisker(chart: Chart, y: Spec, grouped: Spec, color: str, width: float) -> Spec:
    """The interval of each bar, where there is one."""
    return {
        "transform": [{"filter": "datum.low < datum.high"}],
        "mark": {"type": "rule", "aria": False, "color": CODES[color], "strokeWidth": width},
        "encoding": {"y": y, "x": amount_axis(chart, "low"), "x2": {"field": "high"}, **grouped},
    }


def parts(chart: Chart) -> Spec:
    """Parts of a whole, one horizontal bar a label."""
    y = {
        "field": "x",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 220, "domain": False, "ticks": False},
    }
    x = {**amount_axis(chart), "stack": "normalize" if chart.unit != "share" else "zero"}
    order = {"field": "rank", "type": "quantitative"}
    names = [series.name for series in chart.series]
    return {
        "transform": [{"calculate": f"indexof({json.dumps(names)}, datum.series)", "as": "rank"}],
        "mark": {"type": "bar"},
        "encoding": {"y": y, "x": x, "color": colours(chart), "order": order, **LINKED},
    }


def scatter(chart: Chart) -> Spec:
    """Named points on two scales, each with its cross of uncertainty where there is one."""
    x = {"field": "x", "type": "quantitative", "title": chart.x_title or None, "axis": {"tickCount": 4}}
    y = amount_axis(chart)
    dots: Spec = {
        "mark": {"type": "circle", "opacity": 0.85, "size": 90},
        "encoding": {"x": x, "y": y, "color": colours(chart), **LINKED},
    }
    return {"layer": [dots, *(names_beside(x, y, side) for side in NAME_SIDES)]}


def names_beside(x: Spec, y: Spec, side: str) -> Spec:
    """Names of the points that have theirs on this side (`naming`)."""
    return {
        "transform": [{"filter": f"datum.side == {json.dumps(side)}"}],
        "mark": {"type": "text", **NAME_SIDES[side], "fontSize": 11, "color": CODES["ink"], "limit": NAME_WIDE_MAX},
        "encoding": {"x": x, "y": y, "text": {"field": "label"}},
    }


def heat(chart: Chart) -> Spec:
    """A grid: the deeper the colour, the more."""
    axis = {"domain": False, "ticks": False, "labelOverlap": "greedy", "labelAngle": 0}
    return {
        "mark": {"type": "rect"},
        "encoding": {
            "x": {"field": "x", "type": "ordinal", "sort": None, "title": None, "axis": axis},
            "y": {"field": "y", "type": "ordinal", "sort": None, "title": None, "axis": axis},
            "fill": {"value": CODES["one"]},
            "fillOpacity": {"field": "size", "type": "quantitative", "scale": {"range": [0.04, 1]}, "legend": None},
            **LINKED,
        },
    }


SHAPES: Mapping[Kind, Callable[[Chart], Spec]] = {
    "lines": lines, "stacked": stacked, "ranked": ranked, "parts": parts, "scatter": scatter, "heat": heat,
}  # fmt: skip


def specification(chart: Chart, width: int) -> Spec:
    """The whole specification, `width` pixels wide with its axes."""
    chart = named(chart, width) if chart.kind == "scatter" else chart
    soft, line = CODES["soft"], CODES["line"]
    axis = {f"{part}Color": soft for part in ("label", "title")} | {
        f"{part}Color": line for part in ("domain", "tick", "grid")
    }
    axis |= {"labelFont": "sans-serif", "titleFont": "sans-serif", "titleFontWeight": "normal"}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": rows(chart)},
        "width": width,
        "height": height(chart),
        "background": None,
        "padding": 2,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": {"view": {"stroke": None}, "axis": {**axis, "labelFontSize": 11}, "text": {"font": "sans-serif"}},
        **SHAPES[chart.kind](chart),
    }


def height(chart: Chart) -> int:
    """Pixels: rows where the chart has rows, else a calm strip."""
    labels = list(dict.fromkeys(point.x for series in chart.series for point in series.points))
    if chart.kind in {"ranked", "parts"}:
        thick = max(1, len(chart.series)) if chart.kind == "ranked" else 1
        return 34 + len(labels) * max(ROW_PIXELS, 14 * thick)
    if chart.kind == "heat":
        return 40 + 22 * len({point.y for series in chart.series for point in series.points})
    return SCATTER_HIGH if chart.kind == "scatter" else 210
