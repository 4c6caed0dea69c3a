"""Moments of promises in words, on the clock of whoever reads."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats, translation

from palabre.desk.design.words import speak
from palabre.engage.promises import has_hour, local_day

FORMATS = {"fr": ("l j F Y", "l j F Y, G\u00a0\\h\u00a0i"), "en": ("l j F Y", "l j F Y, H:i")}
NEAR_DAYS = 7


def due_words(due_ms: int, zone: ZoneInfo, lang: str, now_ms: int) -> str:
    """ "vendredi 27 novembre 2026 (dans 3 jours)"; an hour where one was promised."""
    if not due_ms:
        return speak("promise_page.due.none", lang)
    away = distance(due_ms, zone, lang, now_ms)
    day = day_words(due_ms, zone, lang)
    return f"{day} ({away})" if away else day


def day_words(ms: int, zone: ZoneInfo, lang: str) -> str:
    """ "vendredi 27 novembre 2026", with its hour where one was promised."""
    day, hour = FORMATS.get(lang, FORMATS["en"])
    with translation.override(lang):
        moment = datetime.fromtimestamp(ms / 1000, zone)
        return str(formats.date_format(moment, hour if has_hour(ms, zone) else day, use_l10n=False))


def distance(due_ms: int, zone: ZoneInfo, lang: str, now_ms: int) -> str:
    """ "today", "in 3 days", "5 days ago"; "" where it is further than a week ahead."""
    days = (local_day(due_ms, zone) - local_day(now_ms, zone)).days
    if days > NEAR_DAYS:
        return ""
    if days in (-1, 0, 1):
        return speak("promise_page.due." + {-1: "yesterday", 0: "today", 1: "tomorrow"}[days], lang)
    return speak("promise_page.due.ahead" if days > 0 else "promise_page.due.ago", lang, n=abs(days))
