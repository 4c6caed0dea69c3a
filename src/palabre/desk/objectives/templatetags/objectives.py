"""Measures, amounts and chains in templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from palabre.desk.config.safe import safe_drawing
from palabre.desk.design.templatetags.desk import MINUS, number, signed
from palabre.desk.design.words import dated, speak
from palabre.desk.insight.evidence import address
from palabre.desk.insight.templatetags.insight import how, keys
from palabre.desk.objectives import showing
from palabre.desk.objectives.models import Measure
from palabre.desk.workspaces.access import Seat
from palabre.measure import charts
from palabre.measure.catalogue import BY_NAME, POSTS
from palabre.measure.ranges import Range
from palabre.model import Figure

register = template.Library()


def lang_in(context: Context) -> str:
    return str(context.get("lang") or "fr")


@register.inclusion_tag("objectives/part_value.html", takes_context=True)
def value(context: Context, found: Figure, label: str = "", version: int = 0) -> dict[str, Any]:
    """A figure of the catalogue with its n, interval, method and version; its posts where it rests on posts."""
    lang, definition = lang_in(context), BY_NAME.get(found.name)
    posts = definition is None or definition.origin == POSTS
    return {
        "figure": found,
        "label": label,
        "shown": showing.value_in(found, found.value, lang),
        "low": showing.value_in(found, found.low, lang),
        "high": showing.value_in(found, found.high, lang),
        "interval": found.low is not None and found.high is not None and found.low != found.high,
        "how": how(found, lang),
        "version": version or found.version,
        "n_words": speak(f"objectives.n.{showing.n_word(found, posts)}", lang, n=found.n),
        "few_words": speak(f"objectives.few.{showing.n_word(found, posts)}", lang, n=found.n),
        "address": address(context["seat"], found.evidence) if posts else "",
        "lang": lang,
    }


@register.simple_tag(takes_context=True)
def target(context: Context, measure: Measure) -> str:
    """The target in words, with its direction."""
    lang = lang_in(context)
    if measure.target is None:
        return speak("objectives.no_target", lang)
    shown = showing.plain(measure.target, BY_NAME[measure.name].unit, lang)
    return speak(f"objectives.aim.{measure.better}", lang, target=shown)


@register.simple_tag(takes_context=True)
def money(context: Context, amount: Range) -> str:
    return showing.money(amount, lang_in(context))


@register.simple_tag(takes_context=True)
def scaled(context: Context, shown: float | None, scale: str) -> str:
    """An effect: a factor as a change in per cent, a difference as it is."""
    if shown is None:
        return "—"
    if scale == "ratio":
        return speak("experiment.percent", lang_in(context), n=signed((shown - 1) * 100, 1))
    return signed(shown, 3)


@register.simple_tag(takes_context=True)
def noted(context: Context, figure: Mapping[str, Any], edge: str) -> str:
    """The value, the low or the high of a figure that was kept as plain data, in its unit."""
    found = Figure(figure["name"], figure.get(edge), figure["n"], unit=figure.get("unit", "posts"))
    return showing.value_in(found, found.value, lang_in(context))


@register.filter
def short_number(shown: float | None) -> str:
    return "—" if shown is None else number(round(shown, 2), 2).replace("-", MINUS)


@register.filter
def short_day(on: date | None) -> str:
    return dated(on) if on else "—"


@register.filter
def hundredths(share: float | None) -> int:
    return round(100 * (share or 0.0))


@register.inclusion_tag("insight/part_chart.html", takes_context=True)
def trend(
    context: Context, name: str, title: str = "", measure: Measure | None = None, note: str = ""
) -> dict[str, Any]:
    """A chart of this page with its legend, its table and, for a measure, its files."""
    drawn: charts.Chart = context["charts"][name]
    lang = lang_in(context)
    return {
        "chart": drawn, "id": f"chart-{name}", "title": title, "note": "", "lang": lang, "address": "",
        "wide": safe_drawing(drawn, lang, "wide"), "narrow": safe_drawing(drawn, lang, "narrow"),
        "keys": keys(drawn), "table": charts.table(drawn)[:400], "heads": charts.heads(drawn, lang),
        "files": files(context["seat"], measure) if measure else [],
    }  # fmt: skip


def files(seat: Seat, measure: Measure) -> list[tuple[str, str]]:
    ids = {"workspace_slug": seat.workspace.slug, "uid": measure.uid}
    return [(kind, reverse("objectives:chart", kwargs={**ids, "kind": kind})) for kind in ("svg", "png", "csv")]
