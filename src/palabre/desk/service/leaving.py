"""The times as a table for a spreadsheet: a case a line, no person named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from palabre.clock import to_datetime
from palabre.desk.design.words import speak
from palabre.desk.service import figures
from palabre.desk.service.figures import Timed
from palabre.exports.writers import safe
from palabre.measure.sla import Took

COLUMNS = (
    "case", "title", "network", "team", "urgent", "state", "opened", "first_business", "first_calendar",
    "first_machine", "next_waits", "next_business_max", "resolution_business", "resolution_calendar", "reopened",
    "first_within", "resolution_within",
)  # fmt: skip


def lines(cases: Sequence[Timed], lang: str) -> Iterator[list[Any]]:
    """The head, then a line a case; times in seconds."""
    yield [speak(f"service.column.{name}", lang) for name in COLUMNS]
    yield from (line(one) for one in cases)


def line(one: Timed) -> list[Any]:
    case, times, first = one.case, one.times, one.times.first
    human, machine = (first.human, first.machine) if first else (None, None)
    then = [wait.human.business_ms for wait in times.next if wait.human]
    team = case.team.name if case.team else ""
    return [
        case.uid, safe(case.title), case.network, safe(team), int(case.urgent), case.state,
        to_datetime(times.opened_ms).isoformat(), business(human), calendar(human), calendar(machine),
        len(times.next), seconds(max(then, default=None)), business(times.resolution), calendar(times.resolution),
        times.reopened, said(figures.verdicts(one, "first")), said(figures.verdicts(one, "resolution")),
    ]  # fmt: skip


def business(took: Took | None) -> float | str:
    return seconds(took.business_ms if took else None)


def calendar(took: Took | None) -> float | str:
    return seconds(took.calendar_ms if took else None)


def seconds(ms: int | None) -> float | str:
    return "" if ms is None else round(ms / 1000, 3)


def said(answers: Sequence[bool | None]) -> str:
    """ "1" within, "0" not, "" not decided."""
    return "0" if False in answers else "1" if True in answers else ""
