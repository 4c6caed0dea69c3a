"""One post: where it comes from and why it is here; and the conversation around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from palabre.archive import PostRow
from palabre.archive.types import Source, Watch
from palabre.desk.engine import archive
from palabre.desk.mentions import access, conversation, facets, history, screen
from palabre.desk.mentions.selection import Selection
from palabre.desk.mentions.understood import understood
from palabre.desk.mentions.why import LIBRARY
from palabre.desk.workspaces.access import Seat, seated
from palabre.model import Span

WHOLE_CHARS = 200_000
WORDS_MAX = 12
THREAD_CHARS = 360


@dataclass(frozen=True, slots=True)
class Reason:
    """A watch that wants the post. words: what it found, each once; spans: where; more: words beyond those shown."""

    watch: Watch
    words: tuple[str, ...]
    spans: tuple[Span, ...]
    more: int


def reasons_of(row: PostRow, found: Mapping[int, Sequence[Span]], watches: Mapping[int, Watch]) -> list[Reason]:
    """In the order of the post's watches."""
    return [_reason(row, watches[one], found.get(one, ())) for one in row.watch_ids if one in watches]


def _reason(row: PostRow, watch: Watch, spans: Sequence[Span]) -> Reason:
    said = (row.post.title if span.where == "title" else row.post.text for span in spans)
    words = list(dict.fromkeys(text[span.start : span.end] for text, span in zip(said, spans, strict=True)))
    return Reason(watch, tuple(words[:WORDS_MAX]), tuple(spans), max(0, len(words) - WORDS_MAX))


@require_GET
@seated()
def provenance(request: HttpRequest, seat: Seat, post_id: int) -> HttpResponse:
    """Why it is here, who heard it and when, what changed, and what the platform gave. A part for the side panel."""
    row = access.post(seat, post_id)
    watches = access.watches(seat)
    found = LIBRARY.reasons(archive(), [row], watches)[0]
    raw = history.payloads(archive().raw(seat.workspace.id, post_id))
    context: dict[str, Any] = {
        "here": screen.here(seat),
        "card": screen.shown(seat, [row], head_chars=WHOLE_CHARS)[0],
        "reasons": reasons_of(row, found, watches),
        "heard_by": heard_by(seat, post_id),
        "changes": history.changes(row, archive().revisions(seat.workspace.id, post_id)),
        "raw": raw,
        "understood": understood(seat, row),
        "language": facets.language(row.post.lang) if row.post.lang else "",
        "declared": declared(row.post.lang, raw),
        "account_address": account_address(row),
        "drawer": bool(request.headers.get("HX-Request")),
        "level": 3 if request.headers.get("HX-Request") else 2,  # of headings: the panel stands under its own title
    }
    name = "part_provenance" if context["drawer"] else "provenance"
    return render(request, f"mentions/{name}.html", context)


def heard_by(seat: Seat, post_id: int) -> list[Source]:
    """The sources that brought a post, the first one first."""
    known = access.sources(seat)
    return [known[one] for one in dict.fromkeys(archive().posts.sources(seat.workspace.id, post_id)) if one in known]


def declared(lang: str, raw: Sequence[history.Payload]) -> bool:
    """Whether the raw item itself names the language that the post has."""
    named = re.compile(rf"""lang(uages?|s)?["']?\s*[:=]\s*\[?\s*["']?{re.escape(lang)}\b""", re.IGNORECASE)
    return bool(lang) and any(named.search(one.text) for one in raw)


def account_address(row: PostRow) -> str:
    """The address of everything heard from the same account; "" without one."""
    uri = row.post.account.uri if row.post.account else ""
    return Selection().in_scope(everything=True).with_value("account", uri).address() if uri else ""


@require_GET
@seated()
def thread(request: HttpRequest, seat: Seat, post_id: int) -> HttpResponse:
    """The conversation around a post: a tree in reading order, the post itself marked."""
    order = conversation.flat(archive().thread(seat.workspace.id, post_id))
    skip = screen.number_of(request, "skip") if "skip" in request.GET else None
    shown, start = conversation.page_of(order, post_id, skip)
    rows = [branch.row for branch in shown]
    made = screen.shown(seat, rows, head_chars=THREAD_CHARS)
    uris = [row.post.uri for row in rows]
    context = {
        "here": screen.here(seat),
        "branches": conversation.nested(shown),
        "cards": {card.row.post_id: card for card in made},
        "reshares": archive().posts.reshared(seat.workspace.id, uris),
        "post_id": post_id,
        "total": len(order),
        "voices": len({branch.row.post.account.uri for branch in order if branch.row.post.account}),
        "earlier": f"?skip={start - conversation.PAGE}" if start else "",
        "later": f"?skip={start + conversation.PAGE}" if start + conversation.PAGE < len(order) else "",
    }
    return render(request, "mentions/thread.html", context)
