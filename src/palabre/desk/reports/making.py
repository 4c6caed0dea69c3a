"""What blocks have at hand while a report is made, and the report itself.

A block of a kind is a function of `reports.blocks`: ``(making, options) -> parts``. Figures go through `Making.card`,
so that each leaves its method, its version and what was asked in the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import translation

from palabre.archive.types import Filters
from palabre.clock import to_datetime
from palabre.desk.design.words import dated, speak
from palabre.desk.engine import archive
from palabre.desk.insight.evidence import address
from palabre.desk.insight.templatetags.insight import how
from palabre.desk.mentions.facets import naming
from palabre.desk.objectives.showing import n_word, value_in
from palabre.desk.workspaces.access import Seat
from palabre.insight import Scope
from palabre.measure.catalogue import BY_NAME, DESK, Span
from palabre.measure.report import Card, Document, Text
from palabre.measure.report.keeping import post_ids
from palabre.messages import say
from palabre.model import Figure

WORDS_CHARS = 600
ROWS = 10


@dataclass(slots=True)
class Making:
    """seat: in whose name; versus: what is compared, None without. methods, asked: filled while blocks are made."""

    seat: Seat
    lang: str
    span: Span
    versus: Span | None
    methods: dict[str, None] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def say(self, key: str, **params: object) -> str:
        return speak(key, self.lang, **params)

    def day(self, ms: int) -> str:
        with translation.override(self.lang):
            return dated(to_datetime(ms).date())

    def scope(self, watch_ids: tuple[int, ...] = ()) -> Scope:
        """What the period holds, without noise."""
        filters = Filters(mentioned=True, since_ms=self.span[0], until_ms=self.span[1], watch_ids=watch_ids)
        return Scope(filters)

    def card(self, label: str, found: Figure, then: Figure | None = None) -> Card:
        """A figure as a card; its method and its question are noted."""
        with translation.override(self.lang):
            made = self._card(label, found, then)
        self.asked.append({"label": label, **plain(found)})
        self.methods.setdefault(
            self.say("reports.method", label=label, how=how(found, self.lang), version=found.version)
        )
        return made

    def _card(self, label: str, found: Figure, then: Figure | None) -> Card:
        definition = BY_NAME.get(found.name)
        of_desk = definition is not None and definition.origin == DESK
        unit = n_word(found, not of_desk)
        if found.few:
            return Card(label, self.say("reports.few"), n=self.say(f"objectives.n.{unit}", n=found.n))
        edges = (found.low, found.high)
        between = ""
        if None not in edges and found.low != found.high:
            low, high = (value_in(found, edge, self.lang) for edge in edges)
            between = self.say("figure.between", low=low, high=high)
        change = self.say("reports.then", then=value_in(then, then.value, self.lang)) if then and not then.few else ""
        href = "" if of_desk else address(self.seat, found.evidence)
        n = self.say(f"objectives.n.{unit}", n=found.n)
        return Card(label, value_in(found, found.value, self.lang), between, n, "", change, href)


def plain(found: Figure) -> dict[str, Any]:
    """A figure with all that is needed to ask it again."""
    return {**asdict(found), "evidence": asdict(found.evidence)}


def period_words(lang: str, span: Span) -> str:
    """« 1er mars 2026 – 31 mars 2026 »."""
    with translation.override(lang):
        first, last = (dated(to_datetime(ms).date()) for ms in (span[0], span[1] - 1))
    return first if first == last else f"{first} – {last}"


def texts(seat: Seat, document: Document) -> dict[int, Text]:
    """The words of the posts that a document names, as they are now: what was erased or forgotten is not among them."""
    found = archive().posts.many(seat.workspace.id, post_ids(document))
    return {row.post_id: text_of(row, document.lang) for row in found}


def text_of(row: Any, lang: str) -> Text:
    post = row.post
    author = (post.account.name or post.account.handle) if post.account else ""
    words = " ".join(f"{post.title} {post.text}".split())
    short = words if len(words) <= WORDS_CHARS else words[:WORDS_CHARS] + "…"
    with translation.override(lang):
        on = dated(to_datetime(row.sort_ms).date())
    return Text(author, short, naming(lang, {}, {})("network", post.network), on, post.url or "")


def made_words(lang: str, now_ms: int, house: str) -> str:
    with translation.override(lang):
        on = dated(to_datetime(now_ms), "DATETIME_FORMAT")
    return say("reports.made_on", lang, on=on, house=house)


def asks_of(blocks: object, span: Span, versus: Span | None, asked: list[dict[str, Any]]) -> Mapping[str, object]:
    return {"blocks": blocks, "span": span, "versus": versus, "figures": asked}
