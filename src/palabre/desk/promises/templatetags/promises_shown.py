"""Figures and the chart of the ledger: their evidence is the ledger itself."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from palabre.desk.config.safe import safe_drawing
from palabre.desk.design.templatetags.desk import percent
from palabre.desk.design.words import speak
from palabre.measure import charts
from palabre.model import Figure

register = template.Library()


@register.inclusion_tag("promises/part_figure.html", takes_context=True)
def promise_figure(context: Context, found: Figure, address: str = "") -> dict[str, Any]:
    """A share with its n, its interval, its method and version; address: of the promises behind it."""
    lang = context.get("lang") or "fr"
    ledger = reverse("promises:index", kwargs={"workspace_slug": context["seat"].workspace.slug}) + "?state=all"
    return {
        "lang": lang, "figure": found, "label": speak(f"promise_page.figure.{found.name}", lang),
        "shown": percent(found.value), "low": percent(found.low), "high": percent(found.high),
        "how": speak(found.method, lang), "address": address or ledger,
    }  # fmt: skip


@register.inclusion_tag("insight/part_chart.html", takes_context=True)
def promise_chart(context: Context, drawn: charts.Chart) -> dict[str, Any]:
    """The months, with their table and files."""
    lang, slug = context.get("lang") or "fr", context["seat"].workspace.slug
    files = [(kind, reverse("promises:chart", kwargs={"workspace_slug": slug, "kind": kind}))
             for kind in ("svg", "png", "csv")]  # fmt: skip
    return {
        "chart": drawn, "id": "chart-promises", "title": speak("promise_page.chart.title", lang),
        "note": speak("promise_page.chart.note", lang), "lang": lang,
        "wide": safe_drawing(drawn, lang, "half"), "narrow": safe_drawing(drawn, lang, "narrow"),
        "keys": [], "table": charts.table(drawn), "heads": charts.heads(drawn, lang), "files": files, "address": "",
    }  # fmt: skip
