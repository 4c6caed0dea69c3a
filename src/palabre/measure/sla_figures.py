"""What many cases together say of our answers: medians, 90th percentiles, breaches, cover round the clock. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import scipy

from palabre.measure.hours import Hours
from palabre.measure.sla import CaseTimes, Took, Wait
from palabre.model import Figure

FEW = 5  # cases: below, a median says nothing
SILENT_MS = 3_600_000
WEEK_HOURS = 168
MEASURES = ("first", "next", "resolution")
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Targets:
    """How long each may take, in milliseconds; None: no target. business: in business hours, else by the calendar."""

    first: int | None = None
    next: int | None = None
    resolution: int | None = None
    business: bool = True


@dataclass(frozen=True, slots=True)
class Breach:
    """A target that was missed: by a time that ended, or by one that still runs (late already)."""

    case: str
    measure: str
    since_ms: int
    took_ms: int
    target_ms: int
    running: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """Counts by hour of the week, 168 from Monday 00:00 on the wall clock. asked: waits that began then; replied: human
    replies that ended one; silent: of the asked, those no human answered within ``within_ms``."""

    asked: tuple[int, ...]
    replied: tuple[int, ...]
    silent: tuple[int, ...]
    within_ms: int


def figures(cases: Sequence[CaseTimes]) -> list[Figure]:
    """Median and 90th percentile of every measure: by humans, in business hours and by the calendar; by machines.
    Unit: seconds. n: cases (for "next" waits) that have it; the others are not guessed."""
    made = []
    for measure in MEASURES:
        by_human = [one for case in cases for one in _taken(case, measure)]
        by_machine = [one for case in cases for one in _by_machine(case, measure)]
        made += _pair(f"{measure}_business", [one.business_ms for one in by_human])
        made += _pair(f"{measure}_calendar", [one.calendar_ms for one in by_human])
        made += _pair(f"{measure}_machine", [one.calendar_ms for one in by_machine])
    return made


def _taken(case: CaseTimes, measure: str) -> list[Took]:
    if measure == "resolution":
        return [case.resolution] if case.resolution else []
    return [wait.human for wait in _waits(case, measure) if wait.human]


def _by_machine(case: CaseTimes, measure: str) -> list[Took]:
    if measure == "resolution":
        return [case.machine_resolution] if case.machine_resolution else []
    return [wait.machine for wait in _waits(case, measure) if wait.machine]


def _waits(case: CaseTimes, measure: str) -> Sequence[Wait]:
    return case.next if measure == "next" else (case.first,) if case.first else ()


def _pair(name: str, times_ms: Sequence[int]) -> list[Figure]:
    return [quantile(f"{name}_median", times_ms, 0.5), quantile(f"{name}_p90", times_ms, 0.9)]


def quantile(name: str, times_ms: Sequence[int], share: float) -> Figure:
    """A quantile in seconds: the smallest time that at least that share did not exceed (definition 1 of Hyndman and Fan
    1996; the median of an even number is the mean of the two in the middle). Interval: order statistics (Conover 1999,
    §3.2), 95 %; None at an end that so few times cannot bound. Too few below FEW."""
    n = len(times_ms)
    method = f"methods_sla.{'median' if share == 0.5 else 'p90'}"
    if n < FEW:
        return Figure(name, None, n, unit="seconds", method=method)
    known = sorted(one / 1000 for one in times_ms)
    value = known[ceil(share * n) - 1]
    if share == 0.5 and n % 2 == 0:
        value = (known[n // 2 - 1] + known[n // 2]) / 2
    low, high = ranks(n, share)
    return Figure(
        name, value, n, known[low] if low >= 0 else None, known[high] if high < n else None, "seconds", method
    )


def ranks(n: int, share: float) -> tuple[int, int]:
    """The order statistics (from 0) that hold a quantile with 95 %: -1 and n where there is none."""
    tail = (1 - LEVEL) / 2
    low = int(scipy.stats.binom.ppf(tail, n, share)) - 1  # P(fewer than so many below the quantile) is at most the tail
    high = int(scipy.stats.binom.ppf(1 - tail, n, share))
    return max(low, -1), min(high, n)


def breaches(cases: Iterable[CaseTimes], targets: Targets) -> list[Breach]:
    """What took, or already takes, longer than its target; just as long is kept."""
    return [one for case in cases for measure in MEASURES for one in _breaches(case, measure, targets)]


def _breaches(case: CaseTimes, measure: str, targets: Targets) -> Iterator[Breach]:
    target = getattr(targets, measure)
    if target is None:
        return
    for since, ended, running in _spans(case, measure):
        found = ended or running
        if found:
            length = found.business_ms if targets.business else found.calendar_ms
            if length > target:
                yield Breach(case.case, measure, since, length, target, ended is None)


def _spans(case: CaseTimes, measure: str) -> list[tuple[int, Took | None, Took | None]]:
    """(since, how long it took, how long it has run) of each time of a measure."""
    if measure == "resolution":
        return [(case.opened_ms, case.resolution, case.open_for)]
    return [(wait.since_ms, wait.human, wait.so_far) for wait in _waits(case, measure)]


def cover(cases: Iterable[CaseTimes], hours: Hours, within_ms: int = SILENT_MS) -> Cover:
    """When we are asked, when we answer, and when nobody does."""
    waits = [wait for case in cases for wait in ((case.first,) if case.first else ()) + case.next]
    replied = [wait.answered_ms for wait in waits if wait.answered_ms is not None]
    quiet = [wait.since_ms for wait in waits if wait.human is None or wait.human.calendar_ms > within_ms]
    asked = [wait.since_ms for wait in waits]
    return Cover(_by_hour(asked, hours), _by_hour(replied, hours), _by_hour(quiet, hours), within_ms)


def _by_hour(moments: Iterable[int], hours: Hours) -> tuple[int, ...]:
    counts = [0] * WEEK_HOURS
    for ms in moments:
        local = hours.local(ms)
        counts[24 * local.weekday() + local.hour] += 1
    return tuple(counts)
