"""A report as PDF: tagged (PDF/UA-1), A4, hyphenated, its fonts in it; by Typst, which needs nothing else on the
machine (no browser, no Pango) and is asked for no package of the network.

What is written reaches the template as data, never as markup: no text of a post can be a command. PDF/UA wants a glyph
for every sign: those that no font of this machine has (an emoji, a script) stand as □, and the last page says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from palabre.errors import ConfigError, PalabreError
from palabre.measure.charts import svg
from palabre.measure.charts.palette import LIGHT
from palabre.measure.report.html import Texts, cell_words, named_colours, safe_url, tlp_class
from palabre.measure.report.parts import (
    TLP,
    Document,
    Drawing,
    Figures,
    Heading,
    Part,
    Quotes,
    Table,
    Words,
)
from palabre.messages import say

Plain = dict[str, Any]
NARROW_CHARS = 28
GLYPHLESS = re.compile(r'the text `"(.+?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # no drawing may hold one
NO_GLYPH = "□"
ROUNDS = 4  # of replacing: a sign that stood inside a cluster may have none by itself either


def pdf_ready() -> bool:
    """Whether the library is there; a page says what to install where it is not."""
    return find_spec("typst") is not None


def pdf(document: Document, texts: Texts | None = None, base_url: str = "") -> bytes:
    """The file. texts, base_url: as for `html`. Raises ConfigError ``report.no_typst``, PalabreError
    ``report.no_pdf``."""
    if not pdf_ready():
        raise ConfigError("report.no_typst")
    import typst

    data = without(data_of(document, texts or {}, base_url.rstrip("/")), [])
    for _ in range(ROUNDS):
        try:
            return compiled(data)
        except typst.TypstError as error:
            missing, failed = glyphless(error.diagnostic), error
            if not missing:
                break
            data = without(data, missing) | {"unshown": say("report.unshown", document.lang, sign=NO_GLYPH)}
    raise PalabreError("report.no_pdf", reason=str(failed)[:200]) from failed


def compiled(data: Plain) -> bytes:
    """Raises TypstError."""
    import typst

    given = {"report": json.dumps(data, ensure_ascii=False)}
    made: bytes = typst.compile(template(), sys_inputs=given, format="pdf", pdf_standards=["ua-1"])
    return made


def glyphless(diagnostic: str) -> list[str]:
    """The clusters of signs that no font shows, as the compiler names them, the longest first."""
    found = {ESCAPED.sub(lambda one: chr(int(one[1], 16)) if one[1] else one[2], named)
             for named in GLYPHLESS.findall(diagnostic)}  # fmt: skip
    return sorted(found, key=lambda one: (-len(one), one))


def without(value: Any, missing: list[str]) -> Any:
    """The same data with a sign of ours in their place; what is no letter to anybody (a joiner) just goes."""
    if isinstance(value, str):
        value = CONTROL.sub("", value)
        for one in missing:
            value = value.replace(one, NO_GLYPH if one.isprintable() else "")
        return value
    if isinstance(value, list):
        return [without(one, missing) for one in value]
    if isinstance(value, dict):
        return {name: one if name == "url" else without(one, missing) for name, one in value.items()}
    return value


@cache
def template() -> bytes:
    return (files(__package__) / "report.typ").read_bytes()


def data_of(document: Document, texts: Texts, base_url: str) -> Plain:
    """What the template draws: words, addresses and drawings."""
    one, lang = document, document.lang
    under = [line for line in (one.period, one.versus, one.house, one.made) if line]
    return {
        "title": one.title, "lang": lang, "tlp": one.tlp, "tlp_colour": TLP[one.tlp], "under": under,
        "tlp_words": say(f"report.tlp.{tlp_class(one.tlp)}", lang), "methods": list(one.methods),
        "methods_title": say("report.methods", lang), "page": say("report.page", lang), "unshown": "",
        "parts": levelled([SHAPES[type(part)](part, document, texts, base_url) for part in one.parts]),
    }  # fmt: skip


def levelled(parts: list[Plain]) -> list[Plain]:
    """Each part with the level of its title: under the last section, or beside it where none has begun."""
    level = 2
    for one in parts:
        one["level"] = level
        if one["kind"] == "heading":
            level = 3
    return parts


def heading(part: Heading, *_: object) -> Plain:
    return {"kind": "heading", "text": part.text}


def words(part: Words, *_: object) -> Plain:
    return {"kind": "words", "lines": [line for line in part.text.splitlines() if line.strip()], "quiet": part.quiet}


def figures(part: Figures, _document: Document, _texts: Texts, base_url: str) -> Plain:
    cards = [
        {"label": one.label, "shown": one.shown, "small": " · ".join(text for text in (one.between, one.n) if text),
         "change": one.change, "url": linked(base_url, one.href)}
        for one in part.cards
    ]  # fmt: skip
    return {"kind": "figures", "title": part.title, "cards": cards}


def drawing(part: Drawing, document: Document, *_: object) -> Plain:
    drawn = "" if part.chart.empty else svg(part.chart, document.lang, "half")
    named = [[LIGHT[colour], name] for colour, name in named_colours(part)]
    empty = say("report.empty_chart", document.lang)
    return {"kind": "drawing", "title": part.title, "note": part.note, "alt": part.alt or part.title, "svg": drawn,
            "keys": named, "empty": empty}  # fmt: skip


def table(part: Table, document: Document, texts: Texts, base_url: str) -> Plain:
    rows = [[{"text": cell_words(cell, texts, document.lang), "url": linked(base_url, cell.href)} for cell in row]
            for row in part.rows]  # fmt: skip
    return {
        "kind": "table", "title": part.title, "head": list(part.head), "rows": rows, "numbers": list(part.numbers),
        "wide": wide(part, rows), "none": part.none, "more": part.more,
    }  # fmt: skip


def wide(part: Table, rows: list[list[Plain]]) -> list[int]:
    """Columns that share the width: the first, and those with more than a few words; the others are as wide as they
    need."""
    longest = [max((len(row[at]["text"]) for row in rows), default=0) for at in range(len(part.head))]
    return [at for at, n in enumerate(longest) if at not in part.numbers and (at == 0 or n > NARROW_CHARS)]


def quotes(part: Quotes, document: Document, texts: Texts, _base_url: str) -> Plain:
    gone = {"words": say("report.gone", document.lang), "where": "", "url": ""}
    known = [texts.get(one.post_id) for one in part.quotes]
    shown = [
        {"words": one.words, "where": " · ".join(text for text in (one.author, one.network, one.on) if text),
         "url": safe_url(one.url)} if one else gone
        for one in known
    ]  # fmt: skip
    return {"kind": "quotes", "title": part.title, "quotes": shown, "none": part.none}


def linked(base_url: str, href: str) -> str:
    return f"{base_url}{href}" if base_url and href else ""


SHAPES: Mapping[type[Part], Callable[..., Plain]] = {
    Heading: heading, Words: words, Figures: figures, Drawing: drawing, Table: table, Quotes: quotes,
}  # fmt: skip
