"""A measure of an objective beside its baseline and its target: figures, progress, and the chart of how it went."""

from __future__ import annotations

from dataclasses import dataclass

from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.insight.evidence import address
from palabre.desk.insight.memory import MEMORY
from palabre.desk.insight.pages import Screen
from palabre.desk.insight.views import marked
from palabre.desk.objectives.figures import figures
from palabre.desk.objectives.models import Measure
from palabre.desk.objectives.showing import unit_value
from palabre.desk.workspaces.access import Seat
from palabre.measure.catalogue import BY_NAME, POSTS, Definition, Span
from palabre.measure.charts import Chart, Point, Series
from palabre.model import Figure

DAY_MS = 86_400_000
UNITS = {"share": "share", "score": "score", "accounts": "accounts", "posts": "posts"}
SHORT_DAYS, MANY, FEW_POINTS = 14, 12, 6


@dataclass(frozen=True, slots=True)
class Measured:
    """base, now: figures of two periods of the same length; before: (since, until) of the baseline; reached: None when
    nobody can say; changed: the definition has another version now than when it was picked."""

    measure: Measure
    definition: Definition
    base: Figure
    now: Figure
    before: Span
    spans: tuple[Span, ...]
    trend: tuple[Figure, ...]

    @property
    def changed(self) -> bool:
        return self.definition.version != self.measure.version

    @property
    def reached(self) -> bool | None:
        if self.measure.target is None or self.now.value is None:
            return None
        return self._as_good(self.now.value, self.measure.target)

    @property
    def surely(self) -> bool:
        """Whether its whole interval is on the good side of the target."""
        edge = self.now.low if self.measure.better == "up" else self.now.high
        return self.measure.target is not None and edge is not None and self._as_good(edge, self.measure.target)

    @property
    def progress(self) -> float | None:
        """How far from the baseline to the target, 0 to 1; None where one of the three is not known, or the start was
        there already."""
        base, now, target = self.base.value, self.now.value, self.measure.target
        if base is None or now is None or target is None or self._as_good(base, target):
            return None
        return min(1.0, max(0.0, (now - base) / (target - base)))

    def _as_good(self, value: float, target: float) -> bool:
        return value >= target if self.measure.better == "up" else value <= target


def measured(seat: Seat, measure: Measure) -> Measured:
    """The figures of a measure, kept a while as those of Understand are."""
    if BY_NAME[measure.name].origin != POSTS:
        return reckoned(seat, measure)
    key = ("objective measure", seat.workspace.id, measure.uid, measure.base_until_ms)
    found: Measured = MEMORY.of(key, marked(seat), lambda: Screen({"found": reckoned(seat, measure)})).context["found"]
    return Measured(measure, found.definition, found.base, found.now, found.before, found.spans, found.trend)


def reckoned(seat: Seat, measure: Measure) -> Measured:
    """All periods at once: the baseline, and those up to today."""
    length = measure.days * DAY_MS
    before = (measure.base_until_ms - length, measure.base_until_ms)
    spans = spans_to(now_ms(), measure.days)
    made = figures(seat.workspace, measure.name, measure.watch_ids, [before, *spans])
    return Measured(measure, BY_NAME[measure.name], made[0], made[-1], before, spans, tuple(made[1:]))


def spans_to(until_ms: int, days: int) -> tuple[Span, ...]:
    """Periods side by side, oldest first, the last one ends with today (UTC)."""
    end = (until_ms // DAY_MS + 1) * DAY_MS
    n = MANY if days <= SHORT_DAYS else FEW_POINTS
    return tuple((end - (place + 1) * days * DAY_MS, end - place * days * DAY_MS) for place in range(n - 1, -1, -1))


def drawn(seat: Seat, found: Measured, lang: str) -> Chart:
    """How it went, a point a period at its end, with the target as a line beside it. Periods with too few are left
    out."""
    points = tuple(
        Point(span[1] - DAY_MS, *scaled(one, found.definition), n=one.n, href=link(seat, found, one))
        for span, one in zip(found.spans, found.trend, strict=True)
        if one.value is not None
    )
    if len(points) < 2:
        return Chart("lines", ())
    name = speak(f"objectives.measure.{found.measure.name}", lang)
    series = [Series(name, points, ours=True)]
    if found.measure.target is not None and points:
        target = unit_value(found.measure.target, found.definition.unit)
        ends = (found.spans[0][1] - DAY_MS, found.spans[-1][1] - DAY_MS)
        series.append(Series(speak("objectives.target", lang), tuple(Point(at, target) for at in ends)))
    return Chart("lines", tuple(series), unit=UNITS.get(found.definition.unit, "number"))  # type: ignore[arg-type]


def scaled(one: Figure, definition: Definition) -> tuple[float, float | None, float | None]:
    """value, low, high in the unit of the chart: times in hours."""
    value, low, high = (
        None if edge is None else unit_value(edge, definition.unit) for edge in (one.value, one.low, one.high)
    )
    return value or 0.0, low, high


def link(seat: Seat, found: Measured, one: Figure) -> str:
    """The address of its posts; "" where it rests on none."""
    return address(seat, one.evidence) if found.definition.origin == POSTS else ""
