"""Words, dates and numbers in templates. Autoescape escapes everything; nothing here marks text as safe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import formats
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from palabre.clock import to_datetime
from palabre.desk.clock import now_ms
from palabre.desk.design.words import dated, speak
from palabre.errors import PalabreError
from palabre.messages import catalogue

register = template.Library()
UNITS = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000))
OLDEST_AGO_MS = 14 * 86_400_000
LONG_WAIT_MS = 600_000
MINUS = "\u2212"  # as wide as a plus, unlike a hyphen


@register.simple_tag(takes_context=True)
def say(context: Context, key: str, **params: object) -> str:
    """``{% say "panel.title" n=3 %}``: the sentence in the reader's language, escaped."""
    return conditional_escape(speak(key, context.get("lang"), **params))


@register.simple_tag
def when_ready() -> SafeString:
    """Attributes of a part that is worked out first: asked for at once and waited for, however long it takes; asked for
    again where it failed, or where it said "nothing yet" (204, while another request works the same out)."""
    asked = json.dumps({"timeout": LONG_WAIT_MS})
    return format_html('hx-trigger="load, every 25s" hx-request="{}"', asked)


@register.simple_tag(takes_context=True)
def excuse(context: Context, error: object) -> str:
    """An error of the house in the reader's language."""
    if isinstance(error, PalabreError):
        return conditional_escape(speak(error.key, context.get("lang"), **error.params))
    return conditional_escape(str(error))


@register.simple_tag(takes_context=True)
def say_of(context: Context, key: str, params: Mapping[str, object]) -> str:
    """A sentence whose values are kept beside it, as the last error of a source."""
    return conditional_escape(speak(key, context.get("lang"), **params))


@register.simple_tag(takes_context=True)
def has_words(context: Context, key: str) -> bool:
    """Whether a key exists, for sentences that some things have and others not."""
    return key in catalogue(context.get("lang") or "en")


@register.simple_tag(takes_context=True)
def at(context: Context, route: str, **ids: Any) -> str:
    """``{% at "panel:watch" watch_id=3 %}``: the address of a route in the workspace the reader is in."""
    return reverse(route, kwargs={"workspace_slug": context["seat"].workspace.slug, **ids})


@register.simple_tag(takes_context=True)
def colon(context: Context) -> str:
    """Between a name and what is said of it: « : » keeps its space in French."""
    return speak("desk.colon", context.get("lang"))


@register.simple_tag(takes_context=True)
def quoted(context: Context, words: object) -> str:
    """Somebody's words between the quotation marks of the reader's language, escaped."""
    return conditional_escape(speak("desk.quoted", context.get("lang"), words=words))


@register.filter
def number(value: float | None, digits: int | None = None) -> str:
    """1234.5 as « 1 234,5 » or "1,234.5"; — for nothing."""
    return "—" if value is None else formats.number_format(value, digits, use_l10n=True)


@register.filter
def percent(value: float | None) -> str:
    """0.125 as « 12,5 % » or "12.5%"."""
    if value is None:
        return "—"
    shown = formats.number_format(value * 100, 0 if value in {0, 1} else 1)
    return f"{shown}\u202f%" if formats.get_format("DECIMAL_SEPARATOR") == "," else f"{shown}%"


@register.filter
def signed(value: float, digits: int = 2) -> str:
    """0.125 as « +0,13 », -0.05 as « −0,05 », and what rounds to nothing without a sign."""
    rounded = round(value, digits)
    shown = number(abs(rounded), digits)
    return shown if not rounded else f"{'+' if rounded > 0 else MINUS}{shown}"


@register.filter
def web(url: str) -> str:
    """An address of the web as it is; "" for anything else: what a network calls an address may be a script."""
    return url if str(url).lower().startswith(("https://", "http://")) else ""


@register.filter
def may(seat: Any, needs: str) -> bool:
    """``{% if seat|may:"agent" %}``: whether the reader's role is at least that one."""
    return bool(seat and seat.may(needs))


@register.filter
def item(table: dict[Any, Any], key: Any) -> Any:
    """The value of a key, None where there is none."""
    return table.get(key)


@register.filter
def moment(ms: int | None) -> datetime | None:
    """Epoch milliseconds as a datetime, for the ``date`` filter."""
    return to_datetime(ms) if ms else None


@register.filter(name="dated")
def dated_as(value: date | None, form: str = "DATE_FORMAT") -> str:
    """``{{ day|dated:"l j F" }}``: as the ``date`` filter, with « 1er » in French."""
    return dated(value, form) if value else ""


@register.simple_tag(takes_context=True)
def when(context: Context, ms: int | None) -> SafeString | str:
    """A time element: "3 hours ago" when it is recent, else the date; the exact time is in its title."""
    if not ms:
        return "—"
    exact = to_datetime(ms)
    full = dated(exact, "DATETIME_FORMAT")
    lang = context.get("lang")
    return format_html('<time datetime="{}" title="{} UTC">{}</time>', exact.isoformat(), full, _ago(ms, lang))


def _ago(ms: int, lang: str | None) -> str:
    age = now_ms() - ms
    if not 0 <= age < OLDEST_AGO_MS:
        return dated(to_datetime(ms))
    unit = next(((name, age // length) for name, length in UNITS if age >= length), None)
    return speak(f"desk.ago.{unit[0]}", lang, n=unit[1]) if unit else speak("desk.ago.now", lang)


@register.inclusion_tag("desk/part_field.html", takes_context=True)
def field(context: Context, bound: Any) -> dict[str, Any]:
    """A form's field with its label, help and error, linked for assistive technology."""
    return {"field": bound, "lang": context.get("lang")}


@register.inclusion_tag("desk/part_errors.html", takes_context=True)
def error_summary(context: Context, form: Any) -> dict[str, Any]:
    """What is wrong in a form, each line a link to its field."""
    return {"form": form, "lang": context.get("lang")}
