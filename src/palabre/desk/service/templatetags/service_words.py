"""Lengths of time, figures with their cases, and charts, on the pages of service."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import formats

from palabre.desk.config.safe import safe_drawing
from palabre.desk.design.templatetags.desk import number, percent
from palabre.desk.design.words import speak
from palabre.desk.service.spans import span
from palabre.measure import charts
from palabre.model import Figure

register = template.Library()


@register.filter
def day_named(iso: str) -> str:
    """ "2026-11-16" as the reader writes it."""
    return str(formats.date_format(date.fromisoformat(iso), "SHORT_DATE_FORMAT", use_l10n=True))


@register.simple_tag(takes_context=True)
def lasting(context: Context, ms: int | None, business: bool = False) -> str:
    """A length of time in words; business: never in days, since a day of work is not one of 24 hours."""
    return span(ms, context.get("lang") or "fr", business)


@register.simple_tag(takes_context=True)
def lasting_minutes(context: Context, minutes: int | None) -> str:
    return span(None if minutes is None else minutes * 60_000, context.get("lang") or "fr", True)


@register.inclusion_tag("service/part_figure.html", takes_context=True)
def timed_figure(context: Context, found: Figure, bare: bool = False, **words: str) -> dict[str, Any]:
    """A figure of times with its n, its interval and the address of its cases. words: the cut it is about."""
    lang = context.get("lang") or "fr"
    worked = "_business" in found.name and getattr(context.get("work"), "decided", True)
    measure, _, rest = found.name.partition("_")
    clock = rest.partition("_")[0]
    address = f"{context['cases_at']}?{context['asked'].having(measure=measure, clock=clock, **words)}"
    return {
        "figure": found, "bare": bare, "lang": lang, "address": address,
        "label": speak(f"service.figure.{rest}", lang), "shown": shown(found, found.value, lang, worked),
        "low": shown(found, found.low, lang, worked) if found.low is not None else "",
        "high": shown(found, found.high, lang, worked) if found.high is not None else "",
        "how": speak(found.method, lang),
    }  # fmt: skip


def shown(found: Figure, value: float | None, lang: str, worked: bool) -> str:
    """worked: in working time, a day of which is not one of 24 hours."""
    if value is None:
        return "—"
    if found.unit == "share":
        return str(percent(value))
    return span(round(value * 1000), lang, worked)


@register.inclusion_tag("service/part_chart.html", takes_context=True)
def timed_chart(context: Context, name: str, title: str, note: str = "") -> dict[str, Any]:
    """A chart with its table and its files."""
    drawn: charts.Chart = context["charts"][name]
    lang = context.get("lang") or "fr"
    ids = {"workspace_slug": context["seat"].workspace.slug, "chart": name}
    return {
        "chart": drawn, "id": f"chart-{name}", "title": title, "note": note, "lang": lang,
        "wide": safe_drawing(drawn, lang, "wide"), "narrow": safe_drawing(drawn, lang, "narrow"),
        "table": rows_of(drawn),
        "files": [(kind, reverse("service:chart", kwargs={**ids, "kind": kind})) for kind in ("svg", "png", "csv")],
        "address": context["asked"].address(),
    }  # fmt: skip


@register.filter
def written_number(value: float | None) -> str:
    return str(number(value))


def rows_of(drawn: charts.Chart) -> list[Any]:
    """The table under a chart; of a grid only what is not empty, each with its moment in words."""
    if drawn.kind != "heat":
        return list(charts.table(drawn))[:200]
    points = [point for series in drawn.series for point in series.points if point.size]
    return [
        {"series": f"{point.y} {point.x}:00", "value": point.size, "n": point.n, "href": point.href}
        for point in sorted(points, key=lambda one: -(one.size or 0))
    ]
