"""When a target runs out, on the wall clock. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from palabre.measure.hours import DAY, DAYS_MAX, Hours, always
from palabre.measure.sla import CaseTimes, Took, Wait
from palabre.measure.sla_figures import MEASURES, Targets

NEAR_SHARE = 0.25  # of a target: with less left than this, it is near


@dataclass(frozen=True, slots=True)
class Due:
    """A target that still runs. measure: of MEASURES; took_ms: so far; left_ms: below 0 once it is missed; at_ms: when
    it runs out, 0 for one that is missed, or that never will at these hours; worked: told in working time, a day of
    which is not one of 24 hours."""

    measure: str
    since_ms: int
    took_ms: int
    target_ms: int
    at_ms: int
    worked: bool = False

    @property
    def left_ms(self) -> int:
        return self.target_ms - self.took_ms

    @property
    def late(self) -> bool:
        return self.left_ms < 0

    @property
    def near(self) -> bool:
        return 0 <= self.left_ms <= self.target_ms * NEAR_SHARE


def reached(hours: Hours, start_ms: int, length_ms: int) -> int:
    """The moment by which so many milliseconds of work have passed since the start; 0: never, at these hours."""
    day, left = hours.local(start_ms).date() - DAY, length_ms
    for _ in range(DAYS_MAX):
        for begin, end in hours.of_day(day):
            begin = max(begin, start_ms)
            if end - begin >= left and end > begin:
                return begin + left
            left -= max(0, end - begin)
        day += DAY
    return 0


def running(times: CaseTimes) -> list[tuple[str, int, Took]]:
    """(measure, since, so far) of what still runs in a case."""
    waits: list[tuple[str, Wait]] = [("first", times.first)] if times.first else []
    waits += [("next", wait) for wait in times.next]
    found = [(name, wait.since_ms, wait.so_far) for name, wait in waits if wait.so_far is not None]
    return [*found, ("resolution", times.opened_ms, times.open_for)] if times.open_for else found


def dues(times: CaseTimes, targets: Targets, hours: Hours, now_ms: int) -> list[Due]:
    """The targets that run in a case, the one that runs out first at the head. times: told until ``now_ms``."""
    found, worked = [], targets.business and hours.shifts != always().shifts
    for measure, since, so_far in running(times):
        target = getattr(targets, measure)
        if target is None:
            continue
        took = so_far.business_ms if targets.business else so_far.calendar_ms
        left = target - took
        at = 0 if left < 0 else reached(hours, now_ms, left) if targets.business else now_ms + left
        found.append(Due(measure, since, took, target, at, worked))
    return sorted(found, key=lambda one: (one.left_ms, MEASURES.index(one.measure)))
