"""What people ask for: needs by voices, who asks, whether more ask, what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from palabre import insight
from palabre.archive import PostRow
from palabre.archive.needs import STATUSES, Need
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.insight.asked import Asked
from palabre.desk.insight.drawing import bar, told_apart
from palabre.desk.insight.excerpts import Excerpt, excerpt
from palabre.desk.insight.pages import Page, Screen
from palabre.desk.insight.scope import scope_of
from palabre.desk.workspaces.access import Seat
from palabre.insight.behind import Behind
from palabre.measure.charts import Chart, Series

SHOWN, DRAWN, NAMED = 15, 12, 4
LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Card:
    """A need as the list shows it. quotes: how people say it, a post a language at most; more: askers not named."""

    need: Need
    title: str
    seen: Behind
    quotes: tuple[tuple[str, Excerpt], ...]

    @property
    def named(self) -> list[str]:
        return [one.name for one in self.seen.who[:NAMED]]

    @property
    def more(self) -> int:
        return max(0, int(self.seen.accounts.value or 0) - NAMED)


def build(seat: Seat, asked: Asked, lang: str) -> Screen:
    status, found = asked.word("state"), insight.needs(archive(), seat.workspace.id, scope_of(asked))
    heard, seen = [need for need, _ in found], {need.need_id: who for need, who in found}
    wanted = [one for one in heard if status in ("", one.status)]
    shown = wanted[: len(wanted) if asked.word("every") else SHOWN]
    context = {
        "cards": cards(seat, shown, seen, lang),
        "state": status,
        "states": [(one, sum(need.status == one for need in heard)) for one in STATUSES],
        "total": len(heard),
        "wanted": len(wanted),
        "known": bool(heard or archive().needs.all(seat.workspace.id)),
        "work": archive().works.get(seat.workspace.id, "needs"),
    }
    return Screen(context, {"asked": Chart("ranked", bars(seat, wanted[:DRAWN], seen, lang))})


def bars(seat: Seat, found: Sequence[Need], seen: Mapping[int, Behind], lang: str) -> tuple[Series, ...]:
    """A bar a need: its voices."""
    labels = told_apart([one.title_in(lang) for one in found])
    points = (bar(seat, label, seen[one.need_id].voices) for label, one in zip(labels, found, strict=True))
    return (Series(speak("insight.in_voices", lang), tuple(points), ours=True),)


def cards(seat: Seat, found: Sequence[Need], seen: Mapping[int, Behind], lang: str) -> list[Card]:
    wanted = [post_id for one in found for post_id in examples(one)]
    rows = {row.post_id: row for row in archive().posts.many(seat.workspace.id, list(dict.fromkeys(wanted)))}
    return [Card(one, one.title_in(lang), seen[one.need_id], quotes(rows, examples(one), lang)) for one in found]


def examples(need: Need) -> tuple[int, ...]:
    """Posts that say a need best, the nearest to its middle first, then its oldest."""
    best = tuple(int(one) for one in need.facts.get("examples", ()))
    return (*best, *need.post_ids[:5])


def quotes(rows: Mapping[int, PostRow], ids: Iterable[int], lang: str) -> tuple[tuple[str, Excerpt], ...]:
    """The first post in each language of ours, the reader's first; or the first of all."""
    there = [rows[one] for one in ids if one in rows]
    spoken = sorted(LANGUAGES, key=lambda one: one != lang)
    found = [next((row for row in there if row.post.lang == one), None) for one in spoken]
    chosen = [row for row in found if row] or there[:1]
    return tuple((row.post.lang, excerpt(row)) for row in chosen)


PAGE = Page("needs", "needs_page.title", build, rank=20)
