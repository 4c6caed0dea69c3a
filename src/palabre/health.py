"""How a source is, in one word and in plain sentences. Pure: from what the archive counted to what a person reads.

ok: heard within its rhythm · late: something was due and has not come · silent: nothing new for three rhythms, or for
twice its usual gap between posts, though asking works · failing: the last attempt failed · paused: nobody asks.
A dead source never looks like a quiet day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from palabre.archive.types import Source, SourceHealth
from palabre.messages import say

LATE_RHYTHMS = 1.5
DRIFT_SHOWN = 5
SLOWER = 2  # a source that publishes so many times less often than it is asked: both are said
SPANS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))
QUARANTINE_SHARE_MAX = 0.001  # more than one item in a thousand is worth a word


class State(StrEnum):
    OK = "ok"
    LATE = "late"
    SILENT = "silent"
    FAILING = "failing"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Report:
    """One source, ready to be shown. lag_ms: how late the last new post came; not_modified_share: 0 to 1;
    silent_since_ms: 0 when it is not silent; error: key of the last failure; drift: field → how often."""

    source_id: int
    name: str
    connector: str
    state: State
    last_heard_ms: int
    last_run_ms: int
    rhythm_seconds: int
    lag_ms: int | None
    not_modified_share: float | None
    quota_left: int | None
    silent_since_ms: int
    quarantined: int
    stored: int
    failures: int
    error: str
    error_params: Mapping[str, object]
    drift: Mapping[str, int]
    usual_gap_ms: int = 0


def state_of(source: Source, health: SourceHealth, now_ms: int) -> State:
    """The word for a source."""
    if source.state == "paused":
        return State.PAUSED
    if health.failures or health.error_key:
        return State.FAILING
    if health.silent_since_ms:
        return State.SILENT
    return State.LATE if is_late(source, health, now_ms) else State.OK


def is_late(source: Source, health: SourceHealth, now_ms: int) -> bool:
    """Nobody asked it in time, or it has brought nothing new for longer than it usually takes."""
    rhythm_ms = source.rhythm_seconds * 1000
    heard = health.last_heard_ms or source.created_ms
    asked = health.last_run_ms or source.created_ms
    expected_ms = max(rhythm_ms, health.usual_gap_ms)
    return now_ms - asked > LATE_RHYTHMS * rhythm_ms or now_ms - heard > LATE_RHYTHMS * expected_ms


def report(source: Source, health: SourceHealth, now_ms: int) -> Report:
    return Report(
        source_id=source.source_id,
        name=source.name,
        connector=source.connector,
        state=state_of(source, health, now_ms),
        last_heard_ms=health.last_heard_ms,
        last_run_ms=health.last_run_ms,
        rhythm_seconds=source.rhythm_seconds,
        lag_ms=health.lag_ms,
        not_modified_share=health.not_modified_share,
        quota_left=health.quota_left,
        silent_since_ms=health.silent_since_ms,
        quarantined=health.quarantined,
        stored=health.stored,
        failures=health.failures,
        error=health.error_key,
        error_params=health.error_params,
        drift=health.drift,
        usual_gap_ms=health.usual_gap_ms,
    )


def reports(sources: Iterable[Source], healths: Iterable[SourceHealth], now_ms: int) -> list[Report]:
    """The worst first: what needs somebody is on top."""
    by_id = {one.source_id: one for one in healths}
    found = [report(one, by_id[one.source_id], now_ms) for one in sources if one.source_id in by_id]
    order = [State.FAILING, State.SILENT, State.LATE, State.OK, State.PAUSED]
    return sorted(found, key=lambda one: (order.index(one.state), one.source_id))


# in words


def error_class(key: str) -> str:
    """The kind of failure a key belongs to: wait, refused, network, format, settings, archive or fault."""
    rules = {
        "wait": ("throttled", "too_many", "rate", "quota", "budget", "retry"),
        "refused": (
            "unauthori", "forbidden", "token", "login", "credential", "robots", "rights", "secret",
            "status_401", "status_403", "net.tdm",
        ),
        "format": ("every_item_fails", "format", "schema", "not_a_feed", "json"),
        "settings": ("config", "option", "plugins", "status_404", "net.bad_", "net.blocked", "net.downgrade"),
        "archive": ("archive", "disk"),
        "fault": ("pipeline.bug", "unexpected"),
    }  # fmt: skip
    return next((name for name, words in rules.items() if any(word in key for word in words)), "network")


def every(seconds: float, lang: str | None = None) -> str:
    """ "every 7 days", in the largest unit that fits, rounded."""
    name, size = next((span for span in SPANS if round(seconds) >= span[1]), ("seconds", 1))
    return say(f"health.every.{name}", lang, n=max(1, round(seconds / size)))


def paces(one: Report, lang: str | None) -> list[str]:
    """How often it is asked, and how often it publishes, where that is much rarer: quiet is not dead."""
    if one.state is State.PAUSED or one.usual_gap_ms < SLOWER * 1000 * one.rhythm_seconds:
        return []
    spans = {"asked": every(one.rhythm_seconds, lang), "usual": every(one.usual_gap_ms / 1000, lang)}
    return [say("health.paces", lang, **spans)]


def sentences(one: Report, lang: str | None = None) -> list[str]:
    """What there is to say of a source, the most important first."""
    unasked = one.state is State.OK and not one.last_run_ms
    said = [say("health.unasked" if unasked else f"health.state.{one.state}", lang)]
    if one.error:
        said.append(say(one.error, lang, **one.error_params))
        said.append(say(f"health.advice.{error_class(one.error)}", lang))
    if one.state is State.SILENT:
        said.append(say("health.advice.silent", lang))
    said += paces(one, lang)
    if one.quarantined and one.quarantined > QUARANTINE_SHARE_MAX * max(1, one.stored):
        said.append(say("health.quarantined", lang, n=one.quarantined))
    if one.drift:
        names = ", ".join(sorted(one.drift, key=lambda name: -one.drift[name])[:DRIFT_SHOWN])
        said.append(say("health.drift", lang, n=len(one.drift), names=names))
    return said
