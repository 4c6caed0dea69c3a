"""What a report is made of. Values; every sentence in them is in the document's language already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from palabre.measure.charts import Chart

# Traffic Light Protocol 2.0 (FIRST, 2022): label → colour of its words, always on black. Its rules: on every page, in
# its header and footer, in capitals, 12 points at least.
TLP: Mapping[str, str] = {
    "TLP:RED": "#FF2B2B",
    "TLP:AMBER+STRICT": "#FFC000",
    "TLP:AMBER": "#FFC000",
    "TLP:GREEN": "#33FF00",
    "TLP:CLEAR": "#FFFFFF",
}


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a post when the report is written. author, words: "" where it is gone."""

    author: str
    words: str
    network: str
    on: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph a line."""

    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A figure in words. between, n, change: "" where there is nothing to say; how: its method and version; href: a
    path of the desk that lists its evidence."""

    label: str
    shown: str
    between: str = ""
    n: str = ""
    how: str = ""
    change: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    cards: tuple[Card, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """alt: what the chart shows, in a sentence, for those who do not see it."""

    chart: Chart
    title: str
    note: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """post_id: the words are those of a post, filled in when it is written; 0: they are ``text``."""

    text: str
    href: str = ""
    post_id: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """head: a title a column; numbers: places (from 0) of columns of numbers; more: rows left out, in words."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...] = ()
    none: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    post_id: int


@dataclass(frozen=True, slots=True)
class Quotes:
    """Posts quoted as evidence."""

    title: str
    quotes: tuple[Quote, ...]
    none: str = ""


Part = Heading | Words | Figures | Drawing | Table | Quotes


@dataclass(frozen=True, slots=True)
class Document:
    """tlp: of TLP; period, versus, made, house: words under the title; methods: how each kind of figure is made, with
    its version; asks: what was asked, enough to ask it again (plain data)."""

    title: str
    lang: str
    tlp: str
    period: str
    versus: str = ""
    made: str = ""
    house: str = ""
    parts: tuple[Part, ...] = ()
    methods: tuple[str, ...] = ()
    asks: Mapping[str, object] | None = None
