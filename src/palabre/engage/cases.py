"""What a case is now, from what happened to it. Pure: the columns that a queue sorts by are this fold, nothing else.

    state = folded(events)         # State(state="open", waiting_since_ms=…, assignee=7, labels=("delivery",) …)

An event never changes. What an undo takes back is said by a later event that names it (``voids``): from then on the
earlier one did not count, for the fold and for the clock alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

OPEN, WAITING, SNOOZED, RESOLVED = "open", "waiting", "snoozed", "resolved"
VOIDS = "voids"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event. number: rises with each; human: a person did it; data: its particulars."""

    number: int
    kind: str
    at_ms: int
    human: bool
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """asked_ms: since when they wait for an answer, whatever we do meanwhile; waiting_since_ms: the same, 0 while it is
    for them to answer; back_ms: since when it is back from where somebody had put it off, until they see to
    it; assignee, team: numbers of the desk."""

    state: str = OPEN
    asked_ms: int = 0
    assignee: int | None = None
    team: int | None = None
    labels: tuple[str, ...] = ()
    urgent: bool = False
    snoozed_until_ms: int = 0
    back_ms: int = 0

    @property
    def waiting_since_ms(self) -> int:
        return 0 if self.state in (WAITING, RESOLVED) else self.asked_ms


def in_force(events: Iterable[Happened]) -> list[Happened]:
    """Those that count, in the order of their time."""
    known = list(events)
    voided = {number for one in known for number in one.data.get(VOIDS, ())}
    return sorted((one for one in known if one.number not in voided), key=lambda one: (one.at_ms, one.number))


def folded(events: Iterable[Happened]) -> State:
    """What the events make of a case."""
    state = State()
    for event in in_force(events):
        state = STEPS.get(event.kind, _nothing)(state, event)
    return state


def _nothing(state: State, event: Happened) -> State:
    return state


def _asked(state: State, event: Happened) -> State:
    """Somebody asks: it comes back to us, from wherever it was put."""
    return replace(state, state=OPEN, snoozed_until_ms=0, asked_ms=state.asked_ms or event.at_ms)


def _replied(state: State, event: Happened) -> State:
    return replace(state, asked_ms=0, back_ms=0) if event.human else state


def _waits(state: State, event: Happened) -> State:
    if not event.human or state.state == RESOLVED:
        return state
    return replace(state, state=WAITING, snoozed_until_ms=0, back_ms=0)


def _snoozed(state: State, event: Happened) -> State:
    if state.state == RESOLVED:
        return state
    return replace(state, state=SNOOZED, snoozed_until_ms=int(event.data.get("until_ms", 0)), back_ms=0)


def _open(state: State, event: Happened) -> State:
    return replace(state, state=OPEN, snoozed_until_ms=0)


def _resumed(state: State, event: Happened) -> State:
    if state.state == RESOLVED:
        return state
    return replace(_open(state, event), back_ms=0 if event.human else event.at_ms)


def _resolved(state: State, event: Happened) -> State:
    return replace(state, state=RESOLVED, asked_ms=0, snoozed_until_ms=0, back_ms=0)


def _assigned(state: State, event: Happened) -> State:
    return replace(state, assignee=event.data.get("to"))


def _unassigned(state: State, event: Happened) -> State:
    return replace(state, assignee=None)


def _team(state: State, event: Happened) -> State:
    """Handed over to a team: it is nobody's yet, where the event says so."""
    kept = None if event.data.get("unassign") else state.assignee
    return replace(state, team=event.data.get("to"), assignee=kept)


def _labelled(state: State, event: Happened) -> State:
    label = str(event.data.get("label", ""))
    return state if not label or label in state.labels else replace(state, labels=(*state.labels, label))


def _unlabelled(state: State, event: Happened) -> State:
    return replace(state, labels=tuple(one for one in state.labels if one != event.data.get("label")))


def _urgent(state: State, event: Happened) -> State:
    return replace(state, urgent=True)


def _calm(state: State, event: Happened) -> State:
    return replace(state, urgent=False)


STEPS: Mapping[str, Callable[[State, Happened], State]] = {
    "opened": _asked,
    "customer": _asked,
    "reply": _replied,
    "waiting": _waits,
    "snoozed": _snoozed,
    "resumed": _resumed,
    "resolved": _resolved,
    "reopened": _open,
    "assigned": _assigned,
    "unassigned": _unassigned,
    "team": _team,
    "labelled": _labelled,
    "unlabelled": _unlabelled,
    "urgent": _urgent,
    "calm": _calm,
}


def needless(state: State, kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an act would change nothing: it leaves no event."""
    probe = Happened(0, kind, 0, True, data)
    return kind in ACTS and STEPS[kind](state, probe) == state


ACTS: Sequence[str] = (
    "waiting", "snoozed", "resumed", "resolved", "reopened", "assigned", "unassigned", "team", "labelled", "unlabelled",
    "urgent", "calm",
)  # fmt: skip
