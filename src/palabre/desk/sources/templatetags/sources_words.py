"""Words of the sources for templates: durations, and what a visit found."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.template import Context
from django.utils.html import conditional_escape

from palabre.desk.clock import now_ms
from palabre.desk.design.words import speak
from palabre.desk.sources import words
from palabre.desk.sources.models import Visit

register = template.Library()
SOON_MS = 60_000
YEAR = re.compile(r"\d{4}")


@register.simple_tag(takes_context=True)
def span(context: Context, seconds: float) -> str:
    """How long."""
    return conditional_escape(words.duration(seconds, context.get("lang")))


@register.simple_tag(takes_context=True)
def run_seconds(context: Context, run: Any) -> str:
    """How long a run took."""
    return conditional_escape(words.duration((run.ended_ms - run.started_ms) / 1000, context.get("lang")))


@register.simple_tag(takes_context=True)
def found_by(context: Context, visit: Visit) -> str:
    """The sentence of a visit."""
    lang = context.get("lang")
    if visit.state == "failed":
        return conditional_escape(speak(visit.error_key, lang, **visit.said))
    if visit.state == "running" and not visit.running:
        return conditional_escape(speak("sources.visit.cut", lang))
    return conditional_escape(speak(f"sources.visit.{visit.what}.{visit.state}", lang, **visit.said))


@register.simple_tag(takes_context=True)
def told(context: Context, key: str, params: dict[str, Any]) -> str:
    """A key kept with its values."""
    return conditional_escape(speak(key, context.get("lang"), **params))


@register.simple_tag(takes_context=True)
def ahead(context: Context, ms: int) -> str:
    """When something is due: "in 12 minutes", or "now" when its time has come."""
    lang, left = context.get("lang"), ms - now_ms()
    if left < SOON_MS:
        return conditional_escape(speak("sources.span.now", lang))
    return conditional_escape(speak("sources.span.ahead", lang, span=words.duration(left / 1000, lang)))


@register.simple_tag(takes_context=True)
def tested(context: Context, said: str) -> str:
    """ "recordings of 2015 to 2017" or "own requests" in the reader's language."""
    if said == "own requests":
        return conditional_escape(speak("cli.sources.tested_own", context.get("lang")))
    years = "–".join(YEAR.findall(said))
    return conditional_escape(speak("sources.tested_recordings", context.get("lang"), years=years))
