"""How sources are, in sentences: the whole list in one, a duration, what a visit found."""

from __future__ import annotations

from collections.abc import Sequence

from palabre import health
from palabre.desk.design.words import spaced, speak
from palabre.health import Report, State
from palabre.messages import say

UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))
SUMMED = (State.OK, State.LATE, State.SILENT, State.FAILING, State.PAUSED)


def duration(seconds: float, lang: str | None) -> str:
    """How long, in the largest fitting unit."""
    seconds = max(0.0, seconds)
    for name, size in UNITS:
        if seconds >= size:
            return speak(f"sources.span.{name}", lang, n=int(seconds // size))
    return speak("sources.span.seconds", lang, n=int(seconds))


def summary(reports: Sequence[Report], now_ms: int, lang: str | None) -> str:
    """ "11 sources entendent, 1 se tait depuis 3 jours." Every source counts in exactly one part."""
    parts = []
    for state in SUMMED:
        of_state = [one for one in reports if one.state is state]
        if of_state:
            since = min((one.silent_since_ms for one in of_state if one.silent_since_ms), default=now_ms)
            span = duration((now_ms - since) / 1000, lang)
            parts.append(speak(f"sources.summary.{state}", lang, n=len(of_state), span=span))
    said = ", ".join(parts)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def sentences(one: Report, lang: str | None) -> list[str]:
    """What there is to say of a source, its state first; where a command line has a command, a page has a button."""
    command = say("health.advice.silent", lang)
    told = [say("sources.advice.silent", lang) if line == command else line for line in health.sentences(one, lang)]
    return [spaced(line) if lang == "fr" else line for line in told]
