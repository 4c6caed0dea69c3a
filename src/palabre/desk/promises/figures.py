"""How much of what was promised was kept: figures with their n and interval, and the same by month.

A promise is due when its date has passed, or when it was settled (kept or broken) before. Not counted: those not due
yet, withdrawn ones, and those renegotiated before their date, which the promise that follows answers for. One that was
renegotiated after its date counts as not kept: the person had waited in vain by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from palabre.desk.design.words import speak
from palabre.desk.promises.models import Promise
from palabre.engage.promises import local_day
from palabre.measure.charts import Chart, Point, Series
from palabre.model import Figure
from palabre.understand import figuring

VERSION = 1
MONTHS = 12


def is_due(one: Promise, now_ms: int) -> bool:
    """Whether it counts by now."""
    if one.state in ("kept", "broken"):
        return True
    if one.state == "renegotiated":
        return bool(one.due_ms) and one.settled_ms > one.due_ms
    return one.state == "open" and 0 < one.due_ms < now_ms


def in_time(one: Promise) -> bool:
    return one.state == "kept" and (not one.due_ms or one.settled_ms <= one.due_ms)


def kept(found: Iterable[Promise], now_ms: int) -> tuple[Figure, Figure]:
    """Share kept, and share kept in time, of the promises that were due."""
    due = [one for one in found if is_due(one, now_ms)]
    hits, timely = sum(one.state == "kept" for one in due), sum(map(in_time, due))
    return (
        figuring.share("promises_kept", hits, len(due), "methods_promises.kept", version=VERSION),
        figuring.share("promises_in_time", timely, len(due), "methods_promises.in_time", version=VERSION),
    )


def month_of(one: Promise, zone: ZoneInfo) -> date:
    """The first of the month in which it fell due; without a date, in which it was settled."""
    return local_day(one.due_ms or one.settled_ms, zone).replace(day=1)


def by_month(found: Sequence[Promise], now_ms: int, zone: ZoneInfo) -> list[tuple[date, list[Promise]]]:
    """The due promises of the last months that have some."""
    months: dict[date, list[Promise]] = {}
    for one in found:
        if is_due(one, now_ms):
            months.setdefault(month_of(one, zone), []).append(one)
    return sorted(months.items())[-MONTHS:]


def chart(found: Sequence[Promise], now_ms: int, zone: ZoneInfo, lang: str, here: str) -> Chart:
    """The share kept in time of each month, with its interval. here: address of the ledger."""
    points = tuple(month_point(day, some, now_ms, lang, here) for day, some in by_month(found, now_ms, zone))
    return Chart("ranked", (Series(speak("promise_page.chart.series", lang), points, ours=True),), unit="share")


def month_point(day: date, some: Sequence[Promise], now_ms: int, lang: str, here: str) -> Point:
    hits = sum(map(in_time, some))
    low, high = figuring.wilson(hits, len(some))
    href = f"{here}?state=all&month={day:%Y-%m}"
    return Point(f"{day:%Y-%m}", hits / len(some), low, high, len(some), href)
