"""The SLA clock: how long people waited for us, from raw events. Pure: no clock is read, no I/O.

    timed = case_times(events, parse_hours("mon-fri 09:00-18:00", "Europe/Paris", "fr"))
    timed.first.human          # Took(calendar_ms=…, business_ms=…): the first reply by a human
    timed.first.machine        # the first by a machine, beside it

How it runs:
* A wait begins when somebody asks (the opening, or a message that comes when nobody waits) and ends with the next reply
  by a human. A machine's reply is shown beside it and ends nothing; so is a machine's resolution.
* Messages in a row are one wait, from the first. A case resolved without a reply leaves that wait unanswered.
* Time "waiting for customer", set by a human, is taken off: until a message, "resumed", "reopened" or a resolution.
  A snooze or an assignment takes nothing off: the person waits all the same.
* Resolution: the time the case was open, up to the last resolution by a human; between a resolution and the reopening
  nothing runs. A message from the customer reopens.
* Events may come in any order and more than once: they are put in the order of their time, those of one moment in the
  order of ``KINDS``, and the same event (same id, or same kind, time and author) counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from palabre.measure.hours import Hours

# In the order in which those of one millisecond are taken: who is answered has asked before.
KINDS = ("opened", "reopened", "customer", "assigned", "snoozed", "resumed", "reply", "waiting", "resolved")
ASKS = ("opened", "customer")
HUMAN, MACHINE = "human", "machine"
BY = (HUMAN, MACHINE)
Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Something that happened to a case. kind: of KINDS; by: of BY, who did it; event_id: "" where there is none."""

    case: str
    kind: str
    at_ms: int
    by: str = HUMAN
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, waiting for the customer taken off: by the calendar, and in business hours."""

    calendar_ms: int
    business_ms: int


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait for a reply. human, machine: how long until each answered, None when it did not; so_far: until the end
    of what is known, for a wait that still runs; None for one that ended, or that a resolution cut short."""

    since_ms: int
    human: Took | None = None
    machine: Took | None = None
    answered_ms: int | None = None
    so_far: Took | None = None


@dataclass(frozen=True, slots=True)
class CaseTimes:
    """The times of a case. first: None when nobody ever asked; next: the waits after the first; resolution: None while
    it is open; open_for: the same up to the end of what is known, for an open one; off: waiting for the customer."""

    case: str
    opened_ms: int
    first: Wait | None
    next: tuple[Wait, ...] = ()
    resolution: Took | None = None
    machine_resolution: Took | None = None
    open_for: Took | None = None
    reopened: int = 0
    off: Took = Took(0, 0)


@dataclass(slots=True)
class _Tape:
    """What the events have said so far."""

    paused: list[Stretch] = field(default_factory=list)
    closed: list[Stretch] = field(default_factory=list)
    waits: list[tuple[int, int | None, int | None, bool]] = field(
        default_factory=list
    )  # since, human, machine, running
    asked: int | None = None
    machine: int | None = None
    pause: int | None = None
    resolved: int | None = None
    machine_resolved: int | None = None
    reopened: int = 0


def in_order(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """Events of one case by time, then kind, a machine's before a human's; of those of one id, the first."""
    once: dict[object, CaseEvent] = {}
    for event in sorted(events, key=lambda one: (one.at_ms, KINDS.index(one.kind), one.by != MACHINE, one.event_id)):
        once.setdefault(event.event_id or (event.kind, event.at_ms, event.by), event)
    return list(once.values())


def case_times(events: Iterable[CaseEvent], hours: Hours, until_ms: int | None = None) -> CaseTimes | None:
    """The times of one case; None: nobody opened it and nobody asked. until_ms: how far the events tell, the last of
    them when None; later ones do not count."""
    ordered = [event for event in in_order(events) if until_ms is None or event.at_ms <= until_ms]
    begins = next((place for place, event in enumerate(ordered) if event.kind in ASKS), None)
    if begins is None:
        return None
    tape = _Tape()
    for event in ordered[begins:]:
        _STEPS.get(event.kind, _nothing)(tape, event)
    end = ordered[-1].at_ms if until_ms is None else until_ms
    if tape.asked is not None:
        tape.waits.append((tape.asked, None, tape.machine, True))
    if tape.pause is not None:
        tape.paused.append((tape.pause, end))
    return _told(tape, ordered[begins], hours, end)


def _told(tape: _Tape, opening: CaseEvent, hours: Hours, end: int) -> CaseTimes:
    """The tape as times."""
    start = opening.at_ms
    waits = [_wait(one, tape.paused, hours, end) for one in tape.waits]
    off = [*tape.paused, *tape.closed]
    resolved, by_machine = tape.resolved, tape.machine_resolved
    return CaseTimes(
        case=opening.case,
        opened_ms=start,
        first=waits[0] if waits else None,
        next=tuple(waits[1:]),
        resolution=None if resolved is None else took(start, resolved, off, hours),
        machine_resolution=None if by_machine is None else took(start, by_machine, off, hours),
        open_for=took(start, end, off, hours) if resolved is None else None,
        reopened=tape.reopened,
        off=total(tape.paused, hours),
    )


def _wait(one: tuple[int, int | None, int | None, bool], paused: Sequence[Stretch], hours: Hours, end: int) -> Wait:
    since, human, machine, running = one
    return Wait(
        since,
        None if human is None else took(since, human, paused, hours),
        None if machine is None else took(since, machine, paused, hours),
        human,
        took(since, end, paused, hours) if running else None,
    )


def took(start: int, end: int, off: Sequence[Stretch], hours: Hours) -> Took:
    """The time between two moments without the stretches in ``off``."""
    lost = total([(max(low, start), min(high, end)) for low, high in off], hours)
    return Took(end - start - lost.calendar_ms, hours.between(start, end) - lost.business_ms)


def total(stretches: Iterable[Stretch], hours: Hours) -> Took:
    """Stretches added up; what two share counts once, one the wrong way round not at all."""
    merged: list[Stretch] = []
    for low, high in sorted(one for one in stretches if one[1] > one[0]):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return Took(sum(high - low for low, high in merged), sum(hours.between(low, high) for low, high in merged))


def _ask(tape: _Tape, event: CaseEvent) -> None:
    _open_again(tape, event)
    _resume(tape, event)
    if tape.asked is None:
        tape.asked, tape.machine = event.at_ms, None


def _open_again(tape: _Tape, event: CaseEvent) -> None:
    if tape.resolved is not None:
        tape.closed.append((tape.resolved, event.at_ms))
        tape.resolved = None
        tape.reopened += 1
    tape.machine_resolved = None


def _reopen(tape: _Tape, event: CaseEvent) -> None:
    _open_again(tape, event)
    _resume(tape, event)


def _resume(tape: _Tape, event: CaseEvent) -> None:
    if tape.pause is not None:
        tape.paused.append((tape.pause, event.at_ms))
        tape.pause = None


def _reply(tape: _Tape, event: CaseEvent) -> None:
    if tape.asked is None:
        return
    if event.by == MACHINE:
        tape.machine = event.at_ms if tape.machine is None else tape.machine
        return
    tape.waits.append((tape.asked, event.at_ms, tape.machine, False))
    tape.asked = tape.machine = None


def _pause(tape: _Tape, event: CaseEvent) -> None:
    if event.by == HUMAN and tape.pause is None and tape.resolved is None:
        tape.pause = event.at_ms


def _resolve(tape: _Tape, event: CaseEvent) -> None:
    if event.by == MACHINE:
        tape.machine_resolved = event.at_ms if tape.machine_resolved is None else tape.machine_resolved
        return
    if tape.resolved is not None:
        return
    _resume(tape, event)
    tape.resolved = event.at_ms
    if tape.asked is not None:
        tape.waits.append((tape.asked, None, tape.machine, False))
        tape.asked = tape.machine = None


def _nothing(tape: _Tape, event: CaseEvent) -> None:
    """An assignment or a snooze: the person waits all the same."""


_STEPS = {
    "opened": _ask,
    "customer": _ask,
    "reopened": _reopen,
    "resumed": _resume,
    "reply": _reply,
    "waiting": _pause,
    "resolved": _resolve,
}
