"""What each kind of alert looks at, and what it saw: an observation with its reasons, so that an alert explains
itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from palabre import insight
from palabre.archive.types import Filters
from palabre.desk.beats import each
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.inbox.models import Case
from palabre.desk.insight.questions.signals import hypothesis
from palabre.desk.mentions import access as mentions
from palabre.desk.promises.models import Promise
from palabre.desk.reports import access
from palabre.desk.reports.models import Alert, Firing
from palabre.desk.service import figures as service
from palabre.desk.sources import access as sources
from palabre.desk.workspaces.access import Seat
from palabre.engage.alerting import HOLD, KEEP, TELL, Manners, Observation, decision, fresh, over
from palabre.errors import PalabreError
from palabre.health import State
from palabre.insight import Scope
from palabre.insight.evidence import count
from palabre.insight.rumours import claim_scope
from palabre.insight.scope import table
from palabre.insight.spikes import COLUMNS
from palabre.logs import logger
from palabre.model import Evidence
from palabre.understand.explain import explain

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
SPIKE_DAYS, USUAL_DAYS, REASONS = 3, 14, 6
EVERY_MS = 5 * 60_000  # between two looks at the archive
STATES = {TELL: "held", HOLD: "held", KEEP: "kept"}
Look = Callable[[Seat, Alert, int], list[Observation]]


def watches_of(alert: Alert) -> tuple[int, ...]:
    return tuple(int(one) for one in alert.wants.get("watch_ids") or ())


def hours_of(alert: Alert) -> int:
    return int(alert.wants.get("hours") or 24)


def spike(seat: Seat, alert: Alert, now: int) -> list[Observation]:
    """Volumes far over what the hour usually has."""
    filters = Filters(mentioned=True, watch_ids=watches_of(alert), since_ms=now - SPIKE_DAYS * DAY_MS, until_ms=now)
    found = insight.spikes(archive(), seat.workspace.id, Scope(filters), REASONS)
    return [
        Observation(
            f"spike:{one.spike.start_ms // DAY_MS}",
            "alerts.says.spike",
            {"n": one.n.n, "times": round(one.spike.ratio, 1)},
            tuple((reason.kind, reason.shown, float(reason.inside)) for reason in one.reasons),
            one.n.n,
            one.n.evidence,
            at_ms=one.spike.end_ms,
        )
        for one in found
    ]


def volume(seat: Seat, alert: Alert, now: int) -> list[Observation]:
    """More mentions than so many in the last hours, once in as many hours."""
    hours, threshold = hours_of(alert), int(alert.wants.get("threshold") or 0)
    since = now - hours * HOUR_MS
    scope = Scope(Filters(mentioned=True, watch_ids=watches_of(alert), since_ms=since, until_ms=now))
    posts = table(archive(), seat.workspace.id, scope.within(now - USUAL_DAYS * DAY_MS, now), COLUMNS)
    n = int(np.count_nonzero(posts["sort_ms"].to_numpy() >= since))
    if not over(n, threshold):
        return []
    why = explain(posts, since, now - 1, most=REASONS)
    reasons = tuple((one.kind, one.shown, float(one.inside)) for one in why)
    params = {"n": n, "hours": hours, "threshold": threshold}
    key = f"volume:{now // (hours * HOUR_MS)}"
    return [Observation(key, "alerts.says.volume", params, reasons, n, scope.evidence, at_ms=now)]


def silent(seat: Seat, alert: Alert, now: int) -> list[Observation]:
    """Sources that ought to have said something."""
    found = [one for one in sources.health(seat) if one.state in (State.SILENT, State.FAILING)]
    return [
        Observation(
            f"silent:{one.source_id}:{one.silent_since_ms or one.last_heard_ms or 0}",
            f"alerts.says.source_{one.state}",
            {"name": one.name},
            ((("error", one.error, 0.0),) if one.error else ()),
            route="sources:source",
            ids={"source_id": one.source_id},
            at_ms=now,
        )
        for one in found
    ]


def rumour(seat: Seat, alert: Alert, now: int) -> list[Observation]:
    """Claims that are still followed and carried by more posts than so many in the last hours."""
    hours, threshold, made = hours_of(alert), int(alert.wants.get("threshold") or 0), []
    for file in insight.rumours(archive(), seat.workspace.id):
        if file.status == "closed":
            continue
        scope = claim_scope(file).within(now - hours * HOUR_MS, now)
        n = count(archive(), seat.workspace.id, scope.evidence)
        if over(n, threshold):
            params = {"claim": file.claim, "n": n, "hours": hours}
            key, ids = f"rumour:{file.rumour_id}:{now // (hours * HOUR_MS)}", {"?file": file.rumour_id}
            seen = scope.evidence
            made.append(Observation(key, "alerts.says.rumour", params, (), n, seen, "insight:rumour", ids, now))
    return made


def promise(seat: Seat, alert: Alert, now: int) -> list[Observation]:
    """Promises whose day is over."""
    late = Promise.objects.of(seat.workspace).filter(state="open", due_ms__gt=0, due_ms__lt=now)
    return [
        Observation(
            f"promise:{one.uid}:{one.due_ms}", "alerts.says.promise", {"words": one.words}, route="promises:promise",
            ids={"uid": one.uid}, at_ms=one.due_ms,
        )
        for one in late
    ]  # fmt: skip


def sla(seat: Seat, alert: Alert, now: int) -> list[Observation]:
    """Targets that a case has just missed."""
    waiting = list(Case.objects.of(seat.workspace).filter(merged_into=None).exclude(state="resolved"))
    missed, _near = service.late(service.timed(seat, waiting))
    return [
        Observation(
            f"sla:{case.uid}:{due.measure}:{due.since_ms}", f"alerts.says.sla_{due.measure}", {"title": case.title},
            route="inbox:case", ids={"uid": case.uid}, at_ms=now,
        )
        for case, due in missed
    ]  # fmt: skip


def signal(seat: Seat, alert: Alert, now: int) -> list[Observation]:
    """New hypotheses of the kinds asked for."""
    kinds = set(alert.wants.get("kinds") or ())
    found = [one for one in archive().signals.all(seat.workspace.id, status="open") if not kinds or one.kind in kinds]
    return [
        Observation(
            f"signal:{one.signal_id}",
            "alerts.says.signal",
            {"says": hypothesis(one, alert.lang)},
            tuple(("word", str(word), 0.0) for word in one.facts.get("words", ())[:REASONS]),
            len(one.post_ids),
            one.evidence,
            "insight:signals",
            {},
            one.detected_ms,
        )
        for one in found
    ]


LOOKS: Mapping[str, Look] = {
    "spike": spike, "volume": volume, "silent": silent, "rumour": rumour, "promise": promise, "sla": sla,
    "signal": signal,
}  # fmt: skip


def run() -> int:
    """Every rule that has rested long enough. How much new was seen."""
    now = now_ms()
    rested = Alert.everywhere.filter(active=True, checked_ms__lte=now - EVERY_MS).select_related("workspace", "owner")
    return each(rested, lambda alert: look(alert, now))


def look(alert: Alert, now: int) -> int:
    """One rule. What is wrong with it is kept beside it, and it is asked again at its next turn."""
    seat, error_key, new = access.seat_of(alert.workspace, alert.owner), "", 0
    try:
        if seat is None:
            error_key = "reports.owner_gone"
        else:
            new = note(alert, LOOKS[alert.kind](seat, alert, now), now)
    except PalabreError as error:
        error_key = error.key
        logger("alerts").warning(alert.kind, error=error.key)
    Alert.everywhere.filter(pk=alert.pk).update(checked_ms=now, error_key=error_key[:100])
    return new


def note(alert: Alert, seen: list[Observation], now: int) -> int:
    """Writes what is new into the history, to be told at its time. How much that was."""
    known = set(Firing.objects.of(alert.workspace).filter(alert=alert).values_list("key", flat=True))
    new = fresh(seen, known, alert.live_ms)
    what, due = decision(manners(alert), now)
    for one in new:
        Firing.objects.of(alert.workspace).get_or_create(
            workspace=alert.workspace, alert=alert, key=one.key[:120],
            defaults={**row_of(one), "seen_ms": now, "state": STATES[what], "due_ms": due},
        )  # fmt: skip
    return len(new)


def manners(alert: Alert) -> Manners:
    return Manners(alert.zone, alert.quiet_from, alert.quiet_until, alert.cooldown_minutes * 60_000,
                   alert.muted_until_ms, alert.spoke_ms, alert.live_ms)  # fmt: skip


def row_of(one: Observation) -> dict[str, object]:
    """An observation as the columns of a firing."""
    return {
        "title": one.title, "params": dict(one.params), "why": [list(reason) for reason in one.why], "n": one.n,
        "evidence": plain(one.evidence) if one.evidence else None, "route": one.route, "ids": dict(one.ids),
        "at_ms": one.at_ms,
    }  # fmt: skip


def plain(found: Evidence) -> dict[str, object]:
    """Evidence as JSON; posts that are named one by one at most as many as an address takes."""
    return {
        "query": found.query, "watch_ids": list(found.watch_ids), "since_ms": found.since_ms,
        "until_ms": found.until_ms, "filters": dict(found.filters), "post_ids": list(found.post_ids[:500]),
    }  # fmt: skip


def evidence_of(kept: Mapping[str, Any] | None) -> Evidence | None:
    if not kept:
        return None
    lists = {name: tuple(kept[name]) for name in ("watch_ids", "post_ids")}
    return Evidence(**{**kept, **lists})


def test_of(seat: Seat, alert: Alert, now: int) -> list[Observation]:
    """What it would tell now, whenever it was first seen; nothing is written."""
    return LOOKS[alert.kind](seat, alert, now)


def names(seat: Seat, alert: Alert) -> list[str]:
    known = mentions.watches(seat)
    return [known[one].name for one in watches_of(alert) if one in known]
