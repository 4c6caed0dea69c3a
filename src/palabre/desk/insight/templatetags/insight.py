"""Figures and charts in templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from palabre.desk.config.safe import safe_drawing
from palabre.desk.design.templatetags.desk import number, percent, signed
from palabre.desk.design.words import dated, speak
from palabre.desk.insight import evidence
from palabre.desk.workspaces.access import Seat
from palabre.desk.workspaces.names import called
from palabre.measure import charts
from palabre.messages import catalogue
from palabre.model import Evidence, Figure
from palabre.understand.figuring import FEW_POSTS
from palabre.understand.register import Card

register = template.Library()
TENFOLD = 9.0  # a growth that says more about what was listened to than about what was said


@register.inclusion_tag("insight/part_figure.html", takes_context=True)
def figure(
    context: Context, found: Figure, label: str = "", bare: bool = False, detector: str = "", judged: str = "decided"
) -> dict[str, Any]:
    """A number with its n, its interval, its method and version, and the link that lists its posts. bare: in a table,
    whose head says what it is; detector: it rests on the signals of that one which were judged so."""
    lang = context.get("lang") or "fr"
    return {
        "figure": found,
        "label": label or speak(f"figure.name.{found.name}", lang),
        "bare": bare,
        "shown": shown(found, found.value),
        "unsaid": found.few and found.n >= FEW_POSTS,  # posts enough, and not what it takes
        "low": shown(found, found.low),
        "high": shown(found, found.high),
        "interval": found.low is not None and found.low != found.high,
        "how": how(found, lang),
        "address": signals_of(context, detector, judged) if detector else link_of(context, found),
        "words": "figure.signals" if detector else "figure.posts",
        "lang": lang,
    }


def link_of(context: Context, found: Figure) -> str:
    """Of the stream with its posts; what waits in quarantine is no post yet."""
    if found.unit == "items":
        return reverse("quarantine:index", kwargs={"workspace_slug": context["seat"].workspace.slug})
    return evidence.address(context["seat"], found.evidence)


def signals_of(context: Context, detector: str, judged: str) -> str:
    """Of the register with the signals of a detector that were judged so."""
    here = reverse("insight:signals", kwargs={"workspace_slug": context["seat"].workspace.slug})
    return f"{here}?{urlencode({'state': 'all', 'detector': detector, 'judged': judged})}"


def shown(found: Figure, value: float | None) -> str:
    """A value in its unit."""
    if value is None:
        return "—"
    if found.unit == "share":
        return percent(value)
    if found.unit == "ratio":
        return f"× {number(round(value, 2), 2)}" if value < 1_000 else "∞"
    if found.unit == "score":
        return signed(value)
    whole = abs(value) >= 100 or float(value).is_integer()
    return number(round(value), 0) if whole else number(round(value, 1), 1)


def how(found: Figure, lang: str) -> str:
    """How it is measured, in a sentence: the method is the key of one."""
    return speak(found.method, lang)


@register.inclusion_tag("insight/part_chart.html", takes_context=True)
def chart(
    context: Context, name: str, title: str = "", note: str = "", half: bool = False, level: int = 3
) -> dict[str, Any]:
    """A chart with its legend, its table and its files. level: of its heading, 2 where nothing stands above it."""
    drawn: charts.Chart = context["charts"][name]
    lang, question = context.get("lang") or "fr", context["question"]
    ids = {"workspace_slug": context["seat"].workspace.slug, "chart": name}
    return {
        "chart": drawn,
        "id": f"chart-{name}",
        "title": title,
        "level": level,
        "note": note,
        "lang": lang,
        "wide": safe_drawing(drawn, lang, "half" if half else "wide"),
        "narrow": safe_drawing(drawn, lang, "narrow"),
        "keys": keys(drawn),
        "table": charts.table(drawn)[:400],
        "heads": charts.heads(drawn, lang),
        "files": [
            (kind, reverse(f"insight:{question.name}_chart", kwargs={**ids, "kind": kind}))
            for kind in ("svg", "png", "csv")
        ],
        "address": context["address"],
    }


def keys(drawn: charts.Chart) -> list[tuple[str, str]]:
    """(colour, name) of each series, where there are several."""
    from palabre.measure.charts.palette import NAME_OF
    from palabre.measure.charts.shapes import colours

    if len(drawn.series) < 2:
        return []
    scale = colours(drawn)["scale"]
    return [(NAME_OF[code], name) for name, code in zip(scale["domain"], scale["range"], strict=True)]


@register.simple_tag(takes_context=True)
def posts_of(context: Context, post_ids: Sequence[int]) -> str:
    """The address of the stream with these posts."""
    return evidence.address(context["seat"], Evidence(post_ids=tuple(post_ids)))


@register.simple_tag(takes_context=True)
def change(context: Context, ratio: float | None, then: Figure, by: float | None = None) -> str:
    """How much more or less than in the period before, in words. by: the difference, of scores."""
    lang = context.get("lang") or "fr"
    hour = speak("insight.change.hour", lang) if context.get("open") else ""  # of a period that still runs
    if by is not None:
        said = {"by": signed(by), "then": shown(then, then.value), "hour": hour}
        return conditional_escape(speak("insight.change.points", lang, **said))
    if ratio is not None and ratio > TENFOLD:
        return conditional_escape(speak("insight.change.little", lang, then=shown(then, then.value)))
    if ratio is None:
        return conditional_escape(speak("insight.change.none", lang))
    key = "more" if ratio > 0.005 else "less" if ratio < -0.005 else "same"
    return conditional_escape(
        speak(f"insight.change.{key}", lang, by=percent(abs(ratio)), then=shown(then, then.value), hour=hour)
    )


@register.simple_tag(takes_context=True)
def say_event(context: Context, status: str) -> str:
    """What happened to a rumour file: its status, its outcome, or both, in words."""
    lang = context.get("lang") or "fr"
    known = catalogue(lang)
    areas = ("rumour_page.event.", "rumour_page.state.", "rumour_page.outcomes.")
    keys = (next((area + word for area in areas if area + word in known), "") for word in status.split())
    return conditional_escape(", ".join(speak(key, lang) for key in keys if key) or status)


@register.filter
def at_said(at: str, kind: str) -> str:
    """Where a row of the table of a chart stands: a day or a moment as people write it, or its label."""
    if kind == "scatter":
        return str(number(round(float(at), 1), 1))
    if kind not in ("lines", "stacked"):
        return at
    return dated(datetime.fromisoformat(at), "DATETIME_FORMAT" if "T" in at else "DATE_FORMAT")


@register.filter
def somebody(name: str) -> str:
    """A member as the archive noted them; the owner of the installation may have neither a name nor an address."""
    return name or called(None, get_language())


@register.filter
def listed_for(found: Evidence, seat: Seat) -> str:
    """The address of the stream with the posts of an evidence."""
    return evidence.address(seat, found)


@register.filter
def bar(value: float | None, most: float | None) -> int:
    """A share of the greatest as a whole percentage, for a <meter>."""
    return round(100 * (value or 0) / most) if most else 0


@register.filter
def short_account(uri: str) -> str:
    """The end of an account's address, which people know it by."""
    return uri.rstrip("/").rpartition("/")[2] or uri


@register.filter
def detector_of(card: Card) -> str:
    """A detector and its version, as the page of signals is asked for its own."""
    return f"{card.method}.{card.version}"


@register.filter
def minus(whole: int, part: Sequence[object]) -> int:
    """How many of the whole are not in the part."""
    return whole - len(part)
