"""Values as people read them: times, amounts as ranges."""

from __future__ import annotations

from collections.abc import Mapping

from palabre.desk.design.templatetags.desk import number, percent, signed
from palabre.desk.design.words import speak
from palabre.desk.insight.templatetags.insight import shown
from palabre.measure.ranges import Range
from palabre.model import Figure

HOUR = 3_600.0
SIGNS: Mapping[str, str] = {"EUR": "€", "GBP": "£", "USD": "$", "CAD": "$ CA"}
SPACE = "\u00a0"


def n_word(found: Figure, posts: bool) -> str:
    """What its n counts. posts: whether the figure rests on posts."""
    if posts:
        return "posts"
    return {"kept_rate": "promises", "needs_answered": "needs", "resolution": "cases"}.get(found.name, "replies")


def unit_value(value: float, unit: str) -> float:
    """In the unit of charts and of forms: seconds as hours."""
    return value / HOUR if unit == "seconds" else value


def value_in(found: Figure, value: float | None, lang: str) -> str:
    """A value of a figure in words: minutes, hours and days for a time."""
    if found.unit != "seconds" or value is None:
        return shown(found, value)
    return duration(value, lang)


def duration(seconds: float, lang: str) -> str:
    """Two units at most."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return speak("objectives.time.minutes", lang, n=minutes)
    if minutes < 48 * 60:
        key = "hours_minutes" if minutes % 60 and minutes < 600 else "hours"
        hours = minutes // 60 if key == "hours_minutes" else round(minutes / 60)
        return speak(f"objectives.time.{key}", lang, n=hours, m=f"{minutes % 60:02d}")
    days, hours = divmod(round(minutes / 60), 24)
    return speak("objectives.time.days_hours" if hours and days < 10 else "objectives.time.days", lang, n=days, h=hours)


def plain(value: float, unit: str, lang: str) -> str:
    """A target in words."""
    if unit == "seconds":
        return duration(value, lang)
    if unit == "share":
        return percent(value)
    if unit == "score":
        return signed(value)
    return number(round(value), 0)


def money(amount: Range, lang: str) -> str:
    """« 800 à 1 200 € » or "€800 to €1,200"; an exact amount once."""
    low, high = (number(round(end), 0) for end in (amount.low, amount.high))
    sign = SIGNS.get(amount.currency, amount.currency)
    if lang == "fr":
        return (
            f"{low}{SPACE}{sign}" if amount.exact else speak("proof.range", lang, low=low, high=f"{high}{SPACE}{sign}")
        )
    before = sign if len(sign) == 1 else f"{sign} "
    return (
        f"{before}{low}" if amount.exact else speak("proof.range", lang, low=f"{before}{low}", high=f"{before}{high}")
    )
