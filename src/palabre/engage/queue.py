"""The order of the inbox, by reasons that can be said. Pure: no clock, no I/O.

    place = ranked(facts, now_ms)
    place.points                       # 118
    [(one.name, one.points) for one in place.reasons]   # [("late", 55), ("complaint", 30), ("promise_today", 33)]
    place.until_ms                     # when it has to be reckoned again: no reason changes before

Each reason has a weight (the points at full strength) and a strength from 0 to 1; points are added up. Waiting moves in
steps against the time we allow ourselves, so that the order is stable while somebody works on it. Reach and legitimacy
are two reasons, never one figure; together they weigh less than a complaint does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

DAY_MS = 86_400_000
WEIGHTS: Mapping[str, int] = {
    "urgent": 100,
    "promise": 90,
    "back": 80,
    "wait": 70,
    "churn": 40,
    "complaint": 30,
    "purchase": 25,
    "question": 20,
    "suggestion": 10,
    "private": 15,
    "addressed": 10,
    "relation": 10,
    "reach": 12,
    "standing": 15,
}
INTENTS = ("churn", "complaint", "purchase", "question", "suggestion")
RELATIONS = ("customer", "press", "authority", "partner")
# (share of the target that is used up, strength)
WAIT_STEPS = ((2.0, 1.0), (1.0, 0.8), (0.75, 0.5), (0.5, 0.3), (0.25, 0.15), (0.0, 0.05))
REACH_STEPS = ((100_000, 1.0), (10_000, 0.6), (1_000, 0.3))
STANDING_STEPS = ((50.0, 1.0), (25.0, 0.5))  # few come above 50: see `palabre.understand.scales`
SOON_MS = 3 * DAY_MS
NEVER_MS = 2**62


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case. waiting_since_ms: 0 when nobody waits; waited_ms: the same in working time; target_ms:
    working time we allow ourselves; promise_due_ms: the soonest open promise, 0 for none; back_ms: since when it is
    back from where it was put off, 0 for no; today_ends_ms: the end of the day for those who work; intents: intent ->
    probability; reach: followers; standing: legitimacy, 0 to 100, None where too little was heard to tell; grounds:
    what weighs most in it, as (name of an input, value)."""

    urgent: bool = False
    waiting_since_ms: int = 0
    waited_ms: int = 0
    target_ms: int = DAY_MS
    promise_due_ms: int = 0
    back_ms: int = 0
    today_ends_ms: int = 0
    intents: Mapping[str, float] = field(default_factory=dict)
    private: bool = False
    addressed: bool = False
    relation: str = ""
    reach: int = 0
    standing: float | None = None
    grounds: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """name: of a sentence; weight: of its kind; points: what it adds; ms: a duration or a moment it speaks of; value: a
    number it speaks of; grounds: what that number rests on."""

    name: str
    weight: int
    points: int
    ms: int = 0
    value: float = 0.0
    grounds: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """points: the sum; reasons: heaviest first; until_ms: when a reason may change by time alone."""

    points: int
    reasons: tuple[Reason, ...]
    until_ms: int


def ranked(facts: Facts, now_ms: int) -> Place:
    """Where a case stands, and why."""
    found = sorted(_reasons(facts, now_ms), key=lambda one: -one.points)
    return Place(sum(one.points for one in found), tuple(found), _until(facts, now_ms))


def _reasons(facts: Facts, now_ms: int) -> Iterator[Reason]:
    if facts.urgent:
        yield _reason("urgent", "urgent", 1.0)
    if facts.back_ms:
        yield _reason("back", "back", 1.0, ms=max(0, now_ms - facts.back_ms))
    yield from _promise(facts, now_ms)
    yield from _wait(facts, now_ms)
    yield from _intent(facts)
    if facts.private:
        yield _reason("private", "private", 1.0)
    elif facts.addressed:
        yield _reason("addressed", "addressed", 1.0)
    if facts.relation in RELATIONS:
        yield _reason(f"relation_{facts.relation}", "relation", 1.0)
    yield from _person(facts)


def _promise(facts: Facts, now_ms: int) -> Iterator[Reason]:
    due = facts.promise_due_ms
    if not due:
        return
    if due <= now_ms:
        yield _reason("promise_late", "promise", 1.0, ms=now_ms - due)
    elif due <= facts.today_ends_ms:
        yield _reason("promise_today", "promise", 0.6, ms=due)
    elif due - now_ms <= SOON_MS:
        yield _reason("promise_soon", "promise", 0.2, ms=due)


def _wait(facts: Facts, now_ms: int) -> Iterator[Reason]:
    """Weighed in working time; told in the time that the person has been waiting."""
    if not facts.waiting_since_ms:
        return
    share = facts.waited_ms / max(1, facts.target_ms)
    strength = next(strength for least, strength in WAIT_STEPS if share >= least)
    yield _reason("late" if share >= 1 else "wait", "wait", strength, ms=now_ms - facts.waiting_since_ms, value=share)


def _intent(facts: Facts) -> Iterator[Reason]:
    """The weightiest intent alone: a post that complains and asks is one request."""
    name = next((one for one in INTENTS if one in facts.intents), "")
    if name:
        yield _reason(name, name, 1.0, value=facts.intents[name])


def _person(facts: Facts) -> Iterator[Reason]:
    reach = next((strength for least, strength in REACH_STEPS if facts.reach >= least), 0.0)
    if reach:
        yield _reason("reach", "reach", reach, value=float(facts.reach))
    standing = facts.standing or 0.0
    strength = next((strength for least, strength in STANDING_STEPS if standing >= least), 0.0)
    if strength:
        yield replace(_reason("standing", "standing", strength, value=standing), grounds=facts.grounds)


def _reason(name: str, kind: str, strength: float, ms: int = 0, value: float = 0.0) -> Reason:
    return Reason(name, WEIGHTS[kind], round(WEIGHTS[kind] * strength), ms, value)


def _until(facts: Facts, now_ms: int) -> int:
    """The first moment at which time alone may change a reason. Working time passes no faster than the calendar."""
    moments = []
    if facts.waiting_since_ms:
        steps = (round(least * facts.target_ms) - facts.waited_ms for least, _ in WAIT_STEPS)
        moments += [now_ms + left for left in steps if left > 0]
    if facts.promise_due_ms:
        due = facts.promise_due_ms
        moments += [one for one in (due, due - SOON_MS, facts.today_ends_ms) if one > now_ms]
    return min(moments, default=NEVER_MS)
