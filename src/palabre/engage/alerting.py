"""Which observations become alerts, and when they are told. Pure.

An observation is something that a rule saw: it has a key that says which one it is, so that the same is told once. A
rule rests after it spoke (its cooldown), may be muted for a while ("not again for a week"), and holds what it has to
say until its quiet hours are over; what waited comes as one message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from palabre.engage.schedule import in_quiet, quiet_ends
from palabre.model import Evidence, Figure

KINDS = ("spike", "volume", "silent", "rumour", "promise", "sla", "signal")
TELL, HOLD, KEEP = "tell", "hold", "keep"  # now; when the quiet hours end; noted in the history, told to nobody
WEEK_MS = 7 * 86_400_000
TRIES_MAX = 6
FIRST_RETRY_MS = 60_000
FEW_JUDGED = 5


@dataclass(frozen=True, slots=True)
class Observation:
    """key: which one it is, for its rule; title: in a sentence key with its params; why: reasons as (kind, words,
    number), strongest first; n: how much it rests on; evidence: its posts, None where it rests on none; href: the page
    of the desk that shows it, as a route with its ids."""

    key: str
    title: str
    params: Mapping[str, object] = field(default_factory=dict)
    why: tuple[tuple[str, str, float], ...] = ()
    n: int = 0
    evidence: Evidence | None = None
    route: str = ""
    ids: Mapping[str, object] = field(default_factory=dict)
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Manners:
    """quiet_from, quiet_until: minutes of the day, equal for none; cooldown_ms: rest after it spoke; muted_until_ms;
    spoke_ms: when it spoke last; live_ms: when the rule began, what is older is history."""

    zone: str
    quiet_from: int = 0
    quiet_until: int = 0
    cooldown_ms: int = 0
    muted_until_ms: int = 0
    spoke_ms: int = 0
    live_ms: int = 0


def fresh(seen: Iterable[Observation], known: Iterable[str], live_ms: int) -> list[Observation]:
    """Those not told before, once each, that are not older than the rule."""
    taken = set(known)
    found = []
    for one in seen:
        if one.key not in taken and one.at_ms >= live_ms:
            taken.add(one.key)
            found.append(one)
    return found


def decision(manners: Manners, now_ms: int) -> tuple[str, int]:
    """(TELL, HOLD or KEEP, when): what to do with something new."""
    if manners.muted_until_ms > now_ms:
        return KEEP, 0
    rested = manners.spoke_ms + manners.cooldown_ms if manners.spoke_ms else now_ms
    due = max(now_ms, rested)
    if in_quiet(due, manners.zone, manners.quiet_from, manners.quiet_until):
        return HOLD, quiet_ends(due, manners.zone, manners.quiet_until)
    return (TELL, now_ms) if due <= now_ms else (HOLD, due)


def retry_ms(tries: int, now_ms: int) -> int:
    """When a delivery that failed so often is tried again, each time three times later; 0: no more."""
    return now_ms + FIRST_RETRY_MS * 3 ** (tries - 1) if tries < TRIES_MAX else 0


def over(n: int, threshold: int) -> bool:
    return n > threshold


def precision(judged: Sequence[bool]) -> Figure:
    """The share of judged alerts that were useful, with Wilson's interval (1927); too few below `FEW_JUDGED`."""
    n, hits, z = len(judged), sum(judged), 1.959963984540054
    method = "methods_proof.alert_precision"
    if n < FEW_JUDGED:
        return Figure("precision", None, n, unit="share", method=method)
    p, square = hits / n, z * z
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * (p * (1 - p) / n + square / (4 * n * n)) ** 0.5
    return Figure("precision", p, n, max(0.0, middle - half), min(1.0, middle + half), "share", method)
