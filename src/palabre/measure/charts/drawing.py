"""Drawing: Vega-Lite by vl-convert, on this machine; nothing is loaded from elsewhere. Drawn charts are kept.

vl-convert takes about half a second to load: a served desk loads it beside its first pages (`warm`).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Literal

from palabre.measure.charts.palette import THEMES, as_colours, as_properties
from palabre.measure.charts.shapes import specification
from palabre.measure.charts.types import Chart

Locale = Literal["fr-FR", "en-US"]
LOCALES: dict[str, Locale] = {"fr": "fr-FR", "en": "en-US"}
WIDTHS = {"wide": 860, "half": 460, "narrow": 330}
LINK = re.compile(r'<a (?:xlink:)?href="(?:https://vega\.github\.io/vega-datasets/)?([^"]*)">(.*?)</a>', re.DOTALL)
EMPTY = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="marks" width="{0}" height="40" viewBox="0 0 {0} 40"><g></g></svg>'
)


@lru_cache(maxsize=400)
def drawn(chart: Chart, width: int, lang: str) -> str:
    """The drawing with its colours still as names (`palette`)."""
    if chart.empty:
        return EMPTY.format(width)
    import vl_convert

    locale = LOCALES.get(lang, "en-US")
    text = json.dumps(specification(chart, width))
    found: str = vl_convert.vegalite_to_svg(text, format_locale=locale, time_format_locale=locale)
    return LINK.sub(_link, found)


def _link(found: re.Match[str]) -> str:
    """Links to pages of this desk stay; a mark without an address is no link."""
    address, inside = found[1], found[2]
    return f'<a href="{address}">{inside}</a>' if address.startswith("/") and address != "/" else inside


def inline(chart: Chart, lang: str, size: str = "wide") -> str:
    """For a page: the colours are the page's, the marks are links. Trusted markup: every text in it was escaped."""
    made = as_properties(drawn(chart, WIDTHS[size], lang))
    return made.replace("<svg ", f'<svg focusable="false" data-size="{size}" ', 1)


def svg(chart: Chart, lang: str, size: str = "wide", theme: str = "light") -> str:
    """For a file: an SVG document with its own ground."""
    made = as_colours(drawn(chart, WIDTHS[size], lang), theme)
    ground = f'<rect width="100%" height="100%" fill="{THEMES[theme]["ground"]}"/>'
    return LINK.sub(lambda found: found[2], made.replace("><g", f">{ground}<g", 1))


def png(chart: Chart, lang: str, size: str = "wide", theme: str = "light") -> bytes:
    """For a document: the same at twice the size."""
    import vl_convert

    found: bytes = vl_convert.svg_to_png(svg(chart, lang, size, theme), scale=2)
    return found


def warm() -> None:
    """Loads the library before somebody waits for it."""
    from palabre.measure.charts.types import Point, Series

    drawn(Chart("lines", (Series("", (Point(0, 1.0), Point(86_400_000, 2.0))),)), WIDTHS["wide"], "fr")
