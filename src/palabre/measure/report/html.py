"""A report as one HTML file: its look and its drawings are in it, and it asks nothing of anybody (a policy in its head
forbids it). Every text is escaped here, once, when it enters the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from importlib.resources import files

from palabre.measure.charts.drawing import LINK, inline
from palabre.measure.charts.palette import DARK, LIGHT, NAME_OF
from palabre.measure.charts.shapes import colours
from palabre.measure.report.parts import (
    TLP,
    Card,
    Cell,
    Document,
    Drawing,
    Figures,
    Heading,
    Part,
    Quotes,
    Table,
    Text,
    Words,
)
from palabre.messages import say

Texts = Mapping[int, Text]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


class Writer:
    """Writes one document. texts: words of posts that may be shown; base_url: of the desk, "" leaves links out."""

    def __init__(self, document: Document, texts: Texts, base_url: str) -> None:
        self.document, self.texts, self.base = document, texts, base_url.rstrip("/")
        self.level = 2  # of the title of a part: no level is left out before the first section
        self.writers: Mapping[type[Part], Callable[..., str]] = {
            Heading: self.heading, Words: self.words, Figures: self.figures, Drawing: self.drawing,
            Table: self.table, Quotes: self.quotes,
        }  # fmt: skip

    def say(self, key: str, **params: object) -> str:
        return escape(say(key, self.document.lang, **params))

    def page(self) -> str:
        one = self.document
        label = f'<p class="tlp {tlp_class(one.tlp)}">{escape(one.tlp)}</p>'
        under = "".join(f"<p>{escape(line)}</p>" for line in (one.period, one.versus, one.house, one.made) if line)
        parts = "\n".join(self.writers[type(part)](part) for part in one.parts)
        return (
            f'<!doctype html>\n<html lang="{escape(one.lang)}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
            f'<meta name="viewport" content="width=device-width"><meta name="tlp" content="{escape(one.tlp)}">'
            f'<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
            f"<title>{escape(one.title)} · {escape(one.tlp)}</title><style>{style()}</style></head>\n"
            f'<body><div class="top">{label}</div><main><header><h1>{escape(one.title)}</h1>{under}</header>\n'
            f"{parts}\n{self.methods()}</main><footer>{label}<p>{self.say('report.tlp.' + tlp_class(one.tlp))}</p>"
            f"</footer></body></html>\n"
        )

    def heading(self, part: Heading) -> str:
        self.level = 3
        return f"<h2>{escape(part.text)}</h2>"

    def title(self, text: str) -> str:
        return f"<h{self.level} class='part'>{escape(text)}</h{self.level}>" if text else ""

    def words(self, part: Words) -> str:
        mark = ' class="quiet"' if part.quiet else ""
        return "".join(f"<p{mark}>{escape(line)}</p>" for line in part.text.splitlines() if line.strip())

    def figures(self, part: Figures) -> str:
        return f'{self.title(part.title)}<ul class="cards">{"".join(self.card(one) for one in part.cards)}</ul>'

    def card(self, one: Card) -> str:
        small = " · ".join(text for text in (one.between, one.n) if text)
        lines = f"<small>{escape(small)}</small>" if small else ""
        change = f"<em>{escape(one.change)}</em>" if one.change else ""
        value = self.linked(escape(one.shown), one.href)
        return f"<li><span>{escape(one.label)}</span><b>{value}</b>{lines}{change}</li>"

    def drawing(self, part: Drawing) -> str:
        note = f"<p class='quiet'>{escape(part.note)}</p>" if part.note else ""
        caption = f"<figcaption>{self.title(part.title)}{note}</figcaption>"
        if part.chart.empty:
            return f"<figure>{caption}<p class='quiet'>{self.say('report.empty_chart')}</p></figure>"
        drawn = LINK.sub(lambda found: found[2], inline(part.chart, self.document.lang))
        named = drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(part.alt or part.title)}" ', 1)
        return f"<figure tabindex='0'>{caption}{keys(part)}{named}</figure>"

    def table(self, part: Table) -> str:
        if not part.rows:
            return f"{self.title(part.title)}<p class='quiet'>{escape(part.none)}</p>"
        head = "".join(f"<th{self.numeric(part, at)}>{escape(text)}</th>" for at, text in enumerate(part.head))
        rows = "".join(
            f"<tr>{''.join(f'<td{self.numeric(part, at)}>{self.cell(cell)}</td>' for at, cell in enumerate(row))}</tr>"
            for row in part.rows
        )
        more = f"<p class='quiet'>{escape(part.more)}</p>" if part.more else ""
        table = f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{more}"
        return f"{self.title(part.title)}{table}"

    def numeric(self, part: Table, at: int) -> str:
        return ' class="n"' if at in part.numbers else ""

    def cell(self, cell: Cell) -> str:
        return self.linked(escape(cell_words(cell, self.texts, self.document.lang)), cell.href)

    def quotes(self, part: Quotes) -> str:
        shown = "".join(self.quote(self.texts.get(one.post_id)) for one in part.quotes)
        title = self.title(part.title)
        return f"{title}{shown}" if shown else f"{title}<p class='quiet'>{escape(part.none)}</p>"

    def quote(self, text: Text | None) -> str:
        if text is None:
            return f"<blockquote><p class='quiet'>{self.say('report.gone')}</p></blockquote>"
        where = " · ".join(one for one in (text.author, text.network, text.on) if one)
        cited = self.linked(escape(where), text.url, whole=True)
        return f"<blockquote><p>{escape(text.words)}</p><cite>{cited}</cite></blockquote>"

    def linked(self, shown: str, href: str, *, whole: bool = False) -> str:
        """shown: escaped. href: a path of the desk, or whole: an address of the web."""
        address = safe_url(href) if whole else f"{self.base}{href}" if self.base and href else ""
        return f'<a href="{escape(address)}" rel="noreferrer noopener">{shown}</a>' if address else shown

    def methods(self) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.document.methods)
        return (
            f"<section class='methods'><h2>{self.say('report.methods')}</h2><ul>{lines}</ul></section>" if lines else ""
        )


def html(document: Document, texts: Texts | None = None, base_url: str = "") -> str:
    """The whole page. texts: of the posts it quotes, by id; one that is missing is shown as gone."""
    return Writer(document, texts or {}, base_url).page()


def cell_words(cell: Cell, texts: Texts, lang: str) -> str:
    if not cell.post_id:
        return cell.text
    found = texts.get(cell.post_id)
    return found.words if found else say("report.gone", lang)


def safe_url(url: str) -> str:
    """An address of the web, else ""."""
    return url if url.startswith(("https://", "http://")) else ""


def tlp_class(tlp: str) -> str:
    return tlp.removeprefix("TLP:").lower().replace("+", "_")


def keys(part: Drawing) -> str:
    """The colour and the name of each series, where there are several."""
    named = named_colours(part)
    items = "".join(f'<li><i class="key k-{colour}"></i>{escape(name)}</li>' for colour, name in named)
    return f"<ul class='keys'>{items}</ul>" if items else ""


def named_colours(part: Drawing) -> list[tuple[str, str]]:
    if len(part.chart.series) < 2:
        return []
    scale = colours(part.chart)["scale"]
    return [(NAME_OF[code], name) for name, code in zip(scale["domain"], scale["range"], strict=True)]


def style() -> str:
    """The stylesheet with the colours of charts in both themes."""
    light, dark = (";".join(f"--chart-{name}:{code}" for name, code in theme.items()) for theme in (LIGHT, DARK))
    marks = "".join(f".k-{name}{{background:var(--chart-{name})}}" for name in LIGHT)
    labels = "".join(f".tlp.{tlp_class(name)}{{color:{colour}}}" for name, colour in TLP.items())
    own = (files(__package__) / "report.css").read_text("utf-8")
    theme = f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    return f":root{{{light}}}{theme}{own}{marks}{labels}"
