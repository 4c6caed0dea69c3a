"""What the cases of a period together say of our answers, cut by channel, team or week."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from palabre.desk.clock import now_ms
from palabre.desk.inbox.models import Case
from palabre.desk.service.access import Clockwork, clockwork, times_all
from palabre.desk.service.clock import Due, dues
from palabre.desk.workspaces.access import Seat
from palabre.measure.hours import Hours
from palabre.measure.sla import CaseTimes, Took, Wait
from palabre.measure.sla_figures import FEW, MEASURES, Cover, Targets, cover, figures
from palabre.model import Figure
from palabre.understand.figuring import wilson

CASES_MAX = 20_000
CELLS = ("first_business_median", "first_business_p90", "next_business_median", "resolution_business_median",
         "first_within")  # fmt: skip
KINDS = ("business_median", "business_p90", "calendar_median", "calendar_p90", "within", "machine_median")


@dataclass(frozen=True, slots=True)
class Timed:
    """A case with its times, and the hours and targets that hold for it."""

    case: Case
    times: CaseTimes
    targets: Targets
    hours: Hours


@dataclass(frozen=True, slots=True)
class Row:
    """One cut: of: channel, team or week, and its value; numbers: by the names of `sla_figures.figures`, with
    ``first_within`` … beside them."""

    value: str
    label: str
    n: int
    numbers: dict[str, Figure] = field(default_factory=dict)

    @property
    def cells(self) -> list[Figure]:
        """Those that a table of cuts shows."""
        return [self.numbers[name] for name in CELLS]


def timed(seat: Seat, cases: Sequence[Case], work: Clockwork | None = None) -> list[Timed]:
    """Cases with their times until now; those where nobody asked are left out."""
    work = work or clockwork(seat.workspace)
    told = times_all(seat.workspace, cases, None, work)
    return [Timed(case, told[case.pk], work.targets_of(case), work.hours_of(case)) for case in cases if case.pk in told]


def numbers(cases: Sequence[Timed]) -> dict[str, Figure]:
    """Every figure of some cases, by name."""
    found = {one.name: one for one in figures([case.times for case in cases])}
    return found | {f"{measure}_within": within(cases, measure) for measure in MEASURES}


def within(cases: Iterable[Timed], measure: str) -> Figure:
    """The share within its target, of those that ended or are late already; the others are not decided. Interval:
    Wilson (1927), 95 %."""
    kept = [answer for case in cases for answer in verdicts(case, measure) if answer is not None]
    n, method = len(kept), "methods_service.within"
    if n < FEW:
        return Figure(f"{measure}_within", None, n, unit="share", method=method)
    low, high = wilson(sum(kept), n)
    return Figure(f"{measure}_within", sum(kept) / n, n, low, high, "share", method)


def verdicts(one: Timed, measure: str) -> list[bool | None]:
    """For each time of a measure: within its target, or not; None: not decided, or no target."""
    target = getattr(one.targets, measure)
    return [] if target is None else [_verdict(one, target, ended, so_far) for ended, so_far in spans(one, measure)]


def _verdict(one: Timed, target: int, ended: Took | None, so_far: Took | None) -> bool | None:
    found = ended or so_far
    if found is None:
        return None
    length = found.business_ms if one.targets.business else found.calendar_ms
    return length <= target if ended else None if length <= target else False


def spans(one: Timed, measure: str) -> list[tuple[Took | None, Took | None]]:
    """(how long it took, how long it runs) of each time of a measure, by humans."""
    if measure == "resolution":
        return [(one.times.resolution, one.times.open_for)]
    return [(wait.human, wait.so_far) for wait in waits(one, measure)]


def waits(one: Timed, measure: str) -> tuple[Wait, ...]:
    return one.times.next if measure == "next" else (one.times.first,) if one.times.first else ()


def late(cases: Iterable[Timed]) -> tuple[list[tuple[Case, Due]], list[tuple[Case, Due]]]:
    """(missed already, near): the case and the target that presses most, the most pressing first."""
    now = now_ms()
    pressing = [(one.case, found[0]) for one in cases if (found := dues(one.times, one.targets, one.hours, now))]
    pressing.sort(key=lambda pair: (pair[1].left_ms, pair[0].pk))
    return [pair for pair in pressing if pair[1].late], [pair for pair in pressing if pair[1].near]


def covered(cases: Sequence[Timed], hours: Hours) -> Cover:
    """When people ask, and when nobody answers within the hour."""
    return cover([one.times for one in cases], hours)


def hour_of(ms: int, hours: Hours) -> int:
    """The hour of the week, 0 to 167 from Monday 00:00 on the wall clock."""
    local = hours.local(ms)
    return 24 * local.weekday() + local.hour


Cut = Callable[[Timed], tuple[str, str]]  # (value, label)


def cuts(hours: Hours, no_team: str = "", network: Callable[[str], str] = str) -> dict[str, Cut]:
    """How cases are told apart. network: how one is called, "" for a case opened by hand."""
    return {
        "network": lambda one: (one.case.network or "-", network(one.case.network)),
        "team": lambda one: (one.case.team.uid, one.case.team.name) if one.case.team else ("-", no_team),
        "week": lambda one: (_monday(one, hours),) * 2,
    }


def _monday(one: Timed, hours: Hours) -> str:
    day = hours.local(one.times.opened_ms).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def rows(cases: Sequence[Timed], cut: Cut, *, newest: bool = False) -> list[Row]:
    """One row a value, with the most cases first; weeks the newest first."""
    groups: dict[tuple[str, str], list[Timed]] = {}
    for one in cases:
        groups.setdefault(cut(one), []).append(one)
    made = [Row(value, label, len(some), numbers(some)) for (value, label), some in groups.items()]
    return sorted(made, key=lambda row: row.value, reverse=True) if newest else sorted(made, key=lambda row: -row.n)
