"""A length of time in words."""

from __future__ import annotations

from palabre.desk.design.words import speak

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
DAYS_FROM = 2 * DAY


def span(ms: int | None, lang: str, business: bool = False) -> str:
    """Its two greatest units: "2 d 4 h", "3 h 05", "12 min", "40 s"; — for nothing. business: hours at most."""
    if ms is None:
        return "—"
    sign, length = ("−" if ms < 0 else ""), abs(ms)
    if length >= DAYS_FROM and not business:
        days, rest = divmod(length, DAY)
        hours = rest // HOUR
        return sign + speak("service.span.days_hours" if hours else "service.span.days", lang, days=days, hours=hours)
    if length >= HOUR:
        hours, rest = divmod(length, HOUR)
        minutes = rest // MINUTE
        key = "service.span.hours_minutes" if minutes else "service.span.hours"
        return sign + speak(key, lang, hours=hours, minutes=f"{minutes:02d}")
    if length >= MINUTE:
        return sign + speak("service.span.minutes", lang, minutes=length // MINUTE)
    return sign + speak("service.span.seconds", lang, seconds=length // 1000)
