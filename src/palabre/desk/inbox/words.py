"""Cases in words: how long, why a case stands where it does, what happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats

from palabre.clock import to_datetime
from palabre.desk.design.words import speak
from palabre.desk.inbox.models import CaseEvent
from palabre.desk.service.spans import span
from palabre.desk.workspaces.models import User
from palabre.desk.workspaces.names import called
from palabre.engage.queue import Place, Reason
from palabre.measure.sla import CaseTimes, Wait
from palabre.messages import catalogue

UNITS = (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000))
SHOWN = 3
TONES = {"urgent": "bad", "late": "bad", "promise_late": "bad", "promise_today": "warn", "back": "warn",
         "churn": "warn", "complaint": "warn"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A reason in words. tone: class of its chip; points of weight: what it adds to the order."""

    words: str
    tone: str
    points: int
    weight: int


def lasts(ms: int, lang: str | None) -> str:
    """How long, in the largest fitting unit."""
    name, size = next((one for one in UNITS if ms >= one[1]), UNITS[-1])
    return speak(f"inbox.lasts.{name}", lang, n=max(1, ms // size))


def told(place: Place, lang: str | None) -> list[Told]:
    """All reasons, heaviest first."""
    return [Told(reason(one, lang), TONES.get(one.name, ""), one.points, one.weight) for one in place.reasons]


def reason(one: Reason, lang: str | None) -> str:
    params: dict[str, Any] = {"time": lasts(one.ms, lang)}
    if one.name in ("promise_today", "promise_soon"):
        params["day"] = formats.date_format(to_datetime(one.ms), "SHORT_DATE_FORMAT", use_l10n=True)
    if one.name in ("reach", "standing"):
        params["n"] = round(one.value)
    if one.grounds:
        params["grounds"] = ", ".join(speak(f"inbox.ground.{name}", lang, n=round(n)) for name, n in one.grounds)
        return speak("inbox.reason.standing_on", lang, **params)
    return speak(f"inbox.reason.{one.name}", lang, **params)


def line(place: Place, lang: str | None) -> str:
    """ "attend depuis 3 h · plainte · promesse pour aujourd'hui": the heaviest reasons on one line."""
    return " · ".join(reason(one, lang) for one in place.reasons[:SHOWN])


def tone(place: Place) -> str:
    """How pressing its heaviest pressing reason is: "bad", "warn" or ""."""
    return next((TONES[one.name] for one in place.reasons if one.name in TONES), "")


@dataclass(frozen=True, slots=True)
class Lasted:
    """A time of the SLA clock. name: first, next, resolved or open; running: it goes on."""

    name: str
    time: str
    running: bool


def sla(times: CaseTimes | None, lang: str, worked: bool) -> list[Lasted]:
    """The times of a case: the first reply, the last one, and how long it was or is open. worked: the clock runs in
    working time, a day of which is not one of 24 hours."""
    if times is None:
        return []
    waits = [("first", times.first), ("next", times.next[-1] if times.next else None)]
    made = [lasted(name, one, lang, worked) for name, one in waits if one is not None]
    whole, name = (times.resolution, "resolved") if times.resolution else (times.open_for, "open")
    return made + ([Lasted(name, span(whole.business_ms, lang, worked), False)] if whole else [])


def lasted(name: str, wait: Wait, lang: str, worked: bool) -> Lasted:
    took = wait.human or wait.so_far
    time = span(took.business_ms if took else None, lang, worked)
    return Lasted(name, time, wait.human is None and took is not None)


@dataclass(frozen=True, slots=True)
class Logged:
    """One event as a sentence. who: "" for a machine; undone: it does not count any more."""

    at_ms: int
    words: str
    who: str
    undone: bool


def log(
    events: Sequence[CaseEvent], users: Mapping[int, User], teams: Mapping[int, str], zone: ZoneInfo, lang: str | None
) -> list[Logged]:
    """Events as sentences, newest first."""
    voided = {number for event in events for number in event.data.get("voids", ())}
    made = [logged(event, users, teams, zone, lang, event.pk in voided) for event in events]
    return made[::-1]


def logged(
    event: CaseEvent,
    users: Mapping[int, User],
    teams: Mapping[int, str],
    zone: ZoneInfo,
    lang: str | None,
    undone: bool,
) -> Logged:
    data = event.data
    to = data.get("to")
    colleague = users.get(to) if event.kind == "assigned" and isinstance(to, int) else None
    params = {
        "to": called(colleague, lang) if colleague else speak("inbox.somebody", lang),
        "team": teams.get(to, "") if isinstance(to, int) else "",
        "label": str(data.get("label", "")),
        "name": str(data.get("name", "")),
        "until": clock_time(int(data.get("until_ms", 0)), zone),
    }
    key = f"inbox.event.{event.kind}"
    if event.kind == "team" and not to:
        key = "inbox.event.no_team"
    words = speak(key if key in catalogue(lang or "en") else "inbox.event.unnamed", lang, kind=event.kind, **params)
    return Logged(event.at_ms, words, called(event.user, lang) if event.user else "", undone)


def clock_time(ms: int, zone: ZoneInfo) -> str:
    """A moment on somebody's wall clock."""
    return formats.date_format(to_datetime(ms).astimezone(zone), "DATETIME_FORMAT", use_l10n=True) if ms else "—"
