"""What the stream's pages are made of: posts as cards, facets in words. Reads the archive; makes no response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats

from palabre.archive import PostRow
from palabre.clock import to_datetime
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.engine import archive
from palabre.desk.mentions import access, cards, facets, summary, volume
from palabre.desk.mentions.selection import DAY_MS, Selection
from palabre.desk.mentions.summary import Summary
from palabre.desk.mentions.understood import told_of
from palabre.desk.mentions.why import LIBRARY
from palabre.desk.panel.queries import fault
from palabre.desk.workspaces.access import Seat
from palabre.errors import QueryError
from palabre.search import Asked

PAGE = 25
LOOK_SECONDS = 3  # then the page shows what was found, and goes on from there
DATES = {"hour": "j M, H:i", "day": "DATE_FORMAT", "month": "F Y", "year": "Y"}


def here(seat: Seat) -> str:
    """The address of the stream; those of posts and parts begin with it. Made once a page, not once a link."""
    return reverse("mentions:stream", kwargs={"workspace_slug": seat.workspace.slug})


def selection_of(request: HttpRequest) -> Selection:
    """What the address asks."""
    return Selection.read(dict(request.GET.lists()))


def number_of(request: HttpRequest, name: str) -> int:
    """A number in the address; 0 for none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def shown(
    seat: Seat, rows: Sequence[PostRow], asked: Asked | None = None, head_chars: int = cards.HEAD_CHARS
) -> list[cards.Card]:
    """Posts as cards, marked by their watches and by the search."""
    watches = access.watches(seat)
    why = LIBRARY.reasons(archive(), rows, watches)
    searched = asked.spans(rows) if asked else [()] * len(rows)
    known = archive().posts.by_uris(seat.workspace.id, cards.others(rows))
    made = [
        cards.card(row, [*own, *(span for spans in reasons.values() for span in spans)], watches, known, head_chars)
        for row, reasons, own in zip(rows, why, searched, strict=True)
    ]
    return with_readings(seat, made)


def with_readings(seat: Seat, made: Sequence[cards.Card]) -> list[cards.Card]:
    """Cards with what the readings say of them, and whether they are folded away."""
    ids = [card.row.post_id for card in made]
    said, folds = told_of(seat, ids), archive().folds.of(seat.workspace.id, ids) if ids else {}
    away = {post_id for post_id, one in folds.items() if not one.restored_ms}
    return [replace(one, told=said.get(one.row.post_id, ()), noise=one.row.post_id in away) for one in made]


@dataclass(frozen=True, slots=True)
class Page:
    """Cards, and the id below which the next page begins; 0: there is none. reached: until when was searched, where a
    search that must look at posts one by one was stopped before it found enough; else None."""

    cards: list[cards.Card]
    before: int
    reached: datetime | None = None


def page(seat: Seat, asked: Asked, before: int) -> Page:
    """One page of the stream, newest first; one post more is asked for, to know whether there is another page."""
    found = asked.look(before or None, PAGE + 1, LOOK_SECONDS)
    kept = found.rows[:PAGE]
    made = shown(seat, kept, asked)
    if found.further:
        return Page(made, found.further, to_datetime(found.reached_ms))
    return Page(made, kept[-1].post_id if len(found.rows) > PAGE else 0)


def words_of(seat: Seat, request: HttpRequest) -> facets.Naming:
    return facets.naming(lang_of(request), access.watches(seat), access.sources(seat))


def asked_for(seat: Seat, request: HttpRequest, selection: Selection, found: Page | None = None) -> dict[str, Any]:
    """The search box, chips and periods."""
    lang = lang_of(request)
    author = author_of(selection, found)
    return {
        "here": here(seat),
        "selection": selection,
        "address": selection.address(),
        "chips": facets.chips(selection, words_of(seat, request), author, lang),
        "periods": facets.periods(selection, lang),
    }


def author_of(selection: Selection, found: Page | None) -> str:
    """How the account that is asked for calls itself, else its address."""
    if found and found.cards and selection.filters.account_uri:
        return found.cards[0].author
    return selection.filters.account_uri


def known_summary(seat: Seat, selection: Selection) -> Summary | None:
    return summary.known(archive(), seat.workspace.id, selection)


def summary_of(seat: Seat, selection: Selection) -> Summary:
    """Raises QueryError."""
    return summary.summary_of(archive(), seat.workspace.id, selection)


def summary_context(seat: Seat, request: HttpRequest, selection: Selection, found: Summary) -> dict[str, Any]:
    """Count, chart with its table, and facets."""
    made = volume_of(found, selection)
    chart = reverse("mentions:chart", kwargs={"workspace_slug": seat.workspace.slug})
    return {
        "summary": found,
        "volume": made,
        "dates": DATES[made.unit],
        "chart_base": f"{chart}?{selection.address()}&",
        "chart_words": chart_words(made, lang_of(request)),
        "days": [(bar, day_address(selection, bar)) for bar in made.newest_first],
        "groups": facets.groups(selection, found.facets, words_of(seat, request)),
    }


def day_address(selection: Selection, bar: volume.Bar) -> str:
    """What is asked, on the days of a bar alone; "" for an hour. Put together by hand: there may be four hundred."""
    rest = selection.in_last(0).address() if bar.first else ""
    return f"{rest}{'&' if rest else ''}since={bar.first}&until={bar.last}" if bar.first else ""


def volume_of(found: Summary, selection: Selection) -> volume.Volume:
    """On the period that was asked for, until now where it has no end."""
    asked = selection.filters_at(now_ms())
    end = asked.until_ms or ((now_ms() // DAY_MS + 1) * DAY_MS if asked.since_ms else 0)
    return volume.volume_of(found.buckets, found.step_ms, asked.since_ms, end)


def chart_words(made: volume.Volume, lang: str) -> str:
    """The chart for those who do not see it: between when and when, and the peak."""
    if not made.bars or made.highest is None:
        return ""
    first, last, peak = (
        formats.date_format(to_datetime(bar.start_ms), DATES[made.unit], use_l10n=True)
        for bar in (made.bars[0], made.bars[-1], made.highest)
    )
    return speak(f"mentions.volume.alt_{made.unit}", lang, first=first, last=last, peak=peak, most=made.highest.n)


def fault_of(error: QueryError, text: str, lang: str) -> Any:
    """A query that cannot be read, as a remark with its place and remedy."""
    return fault(error, text, speak(error.key, lang, **error.params))
