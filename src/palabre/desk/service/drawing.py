"""Charts of service: the week as a grid of hours, and the weeks one after another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.urls import reverse

from palabre.desk.design.words import speak
from palabre.desk.service.asked import Asked
from palabre.desk.service.figures import Row
from palabre.desk.workspaces.access import Seat
from palabre.measure.charts import Chart, Point, Series
from palabre.measure.sla_figures import Cover

HOUR_S = 3_600


def week(seat: Seat, asked: Asked, cover: Cover, lang: str, *, silent: bool) -> Chart:
    """7 by 24: how often we were asked, or how often nobody answered within the hour."""
    counts, at = (cover.silent if silent else cover.asked), cases_at(seat)
    kind = "silent" if silent else "asked"
    points = [
        Point(
            f"{hour:02d}",
            speak(f"sla.weekday.{day}", lang),
            size=counts[24 * day + hour],
            n=cover.asked[24 * day + hour],
            href=f"{at}?{asked.having(hour=str(24 * day + hour), kind=kind)}" if counts[24 * day + hour] else "",
            label=words_of(day, hour, counts[24 * day + hour], cover.asked[24 * day + hour], lang),
        )
        for day in range(7)
        for hour in range(24)
    ]
    return Chart("heat", (Series(speak(f"service.cover.{kind}", lang), tuple(points)),), "number")


def words_of(day: int, hour: int, n: int, asked: int, lang: str) -> str:
    return speak(
        "service.cover.cell", lang, day=speak(f"sla.weekday.{day}", lang), hour=f"{hour:02d}", n=n, asked=asked
    )


def trend(seat: Seat, weeks: Sequence[Row], lang: str) -> Chart:
    """Median and 90th percentile of the first reply, in hours, week by week."""
    names = (("first_business_median", True), ("first_business_p90", False))
    series = []
    for name, ours in names:
        points = [point for row in weeks if (point := _point(seat, row, name)) is not None]
        series.append(Series(speak(f"service.trend.{name}", lang), tuple(points), ours=ours))
    return Chart("lines", tuple(series), "number", y_title=speak("service.trend.hours", lang))


def _point(seat: Seat, row: Row, name: str) -> Point | None:
    found = row.numbers[name]
    if found.value is None:
        return None
    low, high = (None if end is None else end / HOUR_S for end in (found.low, found.high))
    start = int(datetime.fromisoformat(row.value).replace(tzinfo=UTC).timestamp() * 1000)
    value = found.value / HOUR_S
    href = f"{cases_at(seat)}?days=365&measure=first&week={row.value}"
    return Point(start, value, value if low is None else low, value if high is None else high, found.n, href)


def cases_at(seat: Seat) -> str:
    return reverse("service:cases", kwargs={"workspace_slug": seat.workspace.slug})


def gaps(cover: Cover, most: int = 3) -> list[tuple[str, str, int, int]]:
    """(key of the weekday, hour, unanswered, asked) of the hours of the week with the most questions unanswered."""
    worst = sorted(range(len(cover.silent)), key=lambda place: (-cover.silent[place], place))[:most]
    return [
        (f"sla.weekday.{place // 24}", f"{place % 24:02d}", cover.silent[place], cover.asked[place])
        for place in worst
        if cover.silent[place]
    ]
