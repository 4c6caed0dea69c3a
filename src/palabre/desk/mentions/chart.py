"""The volume chart: a Vega-Lite specification, drawn as SVG by vl-convert on this machine.

The library takes a moment to load (see docs/figures/desk.md): a served desk loads it beside its first pages, and
charts have an address of their own, so that no page waits for one. Drawn charts are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from palabre.desk.mentions.volume import Bar, Unit, Volume

SIZES = {"wide": (900, 110), "narrow": (330, 110)}
COLOURS = {"light": ("#1f5d4c", "#575c50", "#ddd5c6"), "dark": ("#8fd0b8", "#b4b5a9", "#363c36")}
Locale = Literal["fr-FR", "en-US"]
LOCALES: Mapping[str, Locale] = {"fr": "fr-FR", "en": "en-US"}
TIMES = {"hour": "%H:%M", "day": "%-d %b", "month": "%b %Y", "year": "%Y"}
HOUR_MS = 3_600_000
STEP_MS = {"hour": HOUR_MS, "day": 24 * HOUR_MS, "month": 30 * 24 * HOUR_MS, "year": 365 * 24 * HOUR_MS}
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="110" viewBox="0 0 900 110"></svg>'


def specification(volume: Volume, theme: str, size: str) -> Mapping[str, Any]:
    """Vega-Lite: one bar a step, from its start to its end, in UTC."""
    ink, soft, line = COLOURS[theme]
    width, height = SIZES[size]
    axis = {"title": None, "labelColor": soft, "domainColor": line, "tickColor": line, "gridColor": line}
    across = {
        "format": TIMES[volume.unit],
        "grid": False,
        "labelFlush": True,
        "labelOverlap": "greedy",
        "labelSeparation": 8,
        "tickCount": ticks(volume, width),
        **axis,
    }
    up = {"tickCount": 3, "domain": False, "ticks": False, "format": "~s", **axis}
    scale = {"type": "utc", "nice": False, "domain": [volume.from_ms, volume.to_ms]}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [rectangle(bar) for bar in volume.bars]},
        "width": width,
        "height": height,
        "background": "transparent",
        "mark": {"type": "rect", "color": ink},
        "encoding": {
            "x": {"field": "start", "type": "temporal", "scale": scale, "axis": across},
            "x2": {"field": "shown_end"},
            "y": {"field": "n", "type": "quantitative", "axis": up, "scale": {"zero": True}},
            "y2": {"datum": 0},
        },
        "config": {
            "aria": False,  # the page says it in words: alternative text and a table
            "padding": 2,
            "autosize": {"type": "fit", "contains": "padding"},
            "view": {"stroke": None},
            "axis": {"labelFont": "sans-serif", "labelFontSize": 11},
        },
    }


def ticks(volume: Volume, width: int) -> int | Unit:
    """How many labels; one a step where there are few steps, so that none is written twice."""
    most = 4 + width // 150
    steps = (volume.to_ms - volume.from_ms) // STEP_MS[volume.unit]
    return volume.unit if steps <= most else most


def rectangle(bar: Bar) -> dict[str, int]:
    """A bar as data; a seventh of its step stays free on the right, so that bars can be told apart."""
    return {"start": bar.start_ms, "shown_end": bar.end_ms - (bar.end_ms - bar.start_ms) // 7, "n": bar.n}


def svg(volume: Volume, theme: str, size: str, lang: str) -> str:
    """The chart as an SVG document."""
    return drawn(volume, theme, size, lang) if volume.bars else EMPTY


@lru_cache(maxsize=200)
def drawn(volume: Volume, theme: str, size: str, lang: str) -> str:
    """The drawing itself. Volumes are values: equal ones are drawn once."""
    import vl_convert

    text = json.dumps(specification(volume, theme, size))
    locale = LOCALES[lang]
    return vl_convert.vegalite_to_svg(text, format_locale=locale, time_format_locale=locale)


def warm() -> None:
    """Loads the library before somebody waits for them."""
    drawn(Volume("day", (Bar(0, STEP_MS["day"], 1),), 0, STEP_MS["day"]), "light", "wide", "fr")
