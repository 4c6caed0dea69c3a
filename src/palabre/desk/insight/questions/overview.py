"""How much is said of us and of our rivals, and when."""

from __future__ import annotations

from palabre.desk.engine import archive
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.evidence import address
from palabre.desk.insight.pages import Page, Screen
from palabre.desk.mentions import access
from palabre.desk.workspaces.access import Seat
from palabre.measure.charts import Chart, Point, Series
from palabre.model import Evidence, Figure
from palabre.understand import series


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    """Volume of each watch over time."""
    lake = archive().lake
    posts = series.within(lake.posts(seat.workspace.id), asked.since_ms, asked.until_ms)
    watches = access.watches(seat)
    ids = list(asked.watch_ids or watches)
    rows = lake.ask(series.share_of_voice(posts, ids, asked.step_ms // 1000)).to_pylist() if ids else []
    drawn = [line(seat, asked, watches[one].name, one, rows) for one in ids if one in watches]
    total = sum(row["n"] for row in rows)
    evidence = Evidence(watch_ids=tuple(ids), since_ms=asked.since_ms, until_ms=asked.until_ms)
    figure = Figure("volume", float(total), total, evidence=evidence)
    return Screen({"volume": figure}, {"volume": Chart("lines", tuple(drawn))})


def line(seat: Seat, asked: Asked, name: str, watch_id: int, rows: list[dict[str, int]]) -> Series:
    """One watch, a point a step; steps without a mention are zero."""
    found = {row["start_s"] * 1000: row["n"] for row in rows if row["watch_id"] == watch_id}
    first = asked.since_ms - asked.since_ms % asked.step_ms
    steps = range(first, min(asked.until_ms, asked.now_ms), asked.step_ms)
    return Series(name, tuple(point(seat, asked, watch_id, at, found.get(at, 0)) for at in steps))


def point(seat: Seat, asked: Asked, watch_id: int, at: int, n: int) -> Point:
    evidence = Evidence(watch_ids=(watch_id,), since_ms=at, until_ms=at + asked.step_ms)
    return Point(at, n, n=n, href=address(seat, evidence))


PAGE = Page("overview", "insight.overview.title", build, rank=10)
