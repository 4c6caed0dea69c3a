"""The periods of a report, in whole days of UTC as everywhere in Understand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from palabre.clock import to_datetime, to_ms
from palabre.desk.reports.models import Report
from palabre.measure.catalogue import Span

DAY = timedelta(days=1)
YEAR = 365 * DAY


def start(day: date) -> int:
    return to_ms(datetime.combine(day, time(), UTC))


def span_of(report: Report, now_ms: int) -> Span:
    """[since, until): the last days up to today, the last whole day, week, month or quarter, or the days that were
    fixed."""
    today = to_datetime(now_ms).date()
    if report.period == "fixed":
        return report.since_ms, report.until_ms
    if report.period.startswith("days:"):
        return start(today + DAY - int(report.period[5:]) * DAY), start(today + DAY)
    until = begin(today, report.period)
    return start(begin(until - DAY, report.period)), start(until)


def begin(day: date, period: str) -> date:
    """The first day of the day, week, month or quarter that a day is in."""
    if period == "week":
        return day - day.weekday() * DAY
    if period == "month":
        return day.replace(day=1)
    if period == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day


def versus_of(report: Report, span: Span) -> Span | None:
    """What it is compared with: as long a time just before (the whole month before a whole month), or the same days a
    year (52 weeks) before, so that weekdays stay weekdays."""
    if report.versus == "before":
        if report.period in ("month", "quarter"):
            first = to_datetime(span[0]).date()
            return start(begin(first - DAY, report.period)), span[0]
        return 2 * span[0] - span[1], span[0]
    if report.versus == "year":
        back = 364 * 86_400_000
        return span[0] - back, span[1] - back
    return None
