"""Things of the archive as the API shows them. Authors go under pseudonyms unless a manager says why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest

from palabre.archive import PostRow
from palabre.archive.types import Filters, QuarantineRow, Source, Watch
from palabre.desk.api import shapes
from palabre.desk.engine import archive
from palabre.desk.workspaces import audit
from palabre.desk.workspaces.access import Seat
from palabre.errors import InputError
from palabre.exports.columns import Shape
from palabre.exports.leaving import REASON_CHARS_MIN, shape_of
from palabre.exports.writers import iso
from palabre.health import Report, sentences
from palabre.messages import say
from palabre.model import Span
from palabre.search import Asked
from palabre.text.dates import parse_date

LOOK_SECONDS = 10  # then a page goes out with what was found


def moment(ms: int) -> str | None:
    return iso(ms) if ms else None


def filters_of(search: shapes.Search) -> Filters:
    """Raises InputError for a date that is none."""
    return Filters(
        tuple(search.watch),
        tuple(search.source),
        tuple(search.network),
        tuple(search.lang),
        tuple(search.kind),
        search.account,
        date_ms(search.since),
        date_ms(search.until),
        search.mentioned,
    )


def date_ms(text: str) -> int:
    """0 for none. Raises InputError."""
    if not text:
        return 0
    found = parse_date(text)
    if found is None:
        raise InputError("search.bad_date", text=text)
    return found


def shape(request: HttpRequest, seat: Seat, reason: str) -> Shape:
    """With names only for a manager who says why; then it is noted. Raises InputError, Http404."""
    if not reason:
        return shape_of(archive(), archive().workspaces.get(seat.workspace.id), named=False)
    if not seat.may("manager"):
        raise Http404
    if len(reason.strip()) < REASON_CHARS_MIN:
        raise InputError("exports.reason_needed", n=REASON_CHARS_MIN)
    audit.note(request, seat, "api_named", reason)
    return shape_of(archive(), archive().workspaces.get(seat.workspace.id), named=True)


def posts(rows: Sequence[PostRow], shape: Shape, asked: Asked | None = None) -> list[dict[str, Any]]:
    """Posts with the characters that say why: of the text as it is shown."""
    masked = [replace(row, post=masked_post(row, shape)) for row in rows]
    spans = asked.spans(masked) if asked else [()] * len(rows)
    return [post(row, shape, why) for row, why in zip(rows, spans, strict=True)]


def masked_post(row: PostRow, shape: Shape) -> Any:
    return replace(row.post, text=shape.words(row.post.text), title=shape.words(row.post.title))


def post(row: PostRow, shape: Shape, spans: Sequence[Span]) -> dict[str, Any]:
    """The fields of `shapes.PostOut`."""
    said: dict[str, Any] = shape.common(row) | {
        "published": moment(row.post.published_ms),
        "heard": moment(row.heard_ms),
        "tags": list(row.post.tags),
        "links": [shape.words(one) for one in row.post.links],
        "mentions": [shape.person(one) for one in row.post.mentions],
        "watches": list(row.watch_ids),
        "revisions": row.revisions,
        "spans": [{"start": one.start, "end": one.end, "where": one.where} for one in spans],
    }
    named = shape.named(row) if shape.mask is None else {}
    return said | {name: named.get(name) for name in ("url", "author_name")}


def page(request: HttpRequest, seat: Seat, asked: Asked, paged: shapes.Page) -> dict[str, Any]:
    """One page, newest first; one post more is asked for, to know whether there is another page."""
    look = asked.look(paged.before, paged.limit + 1, LOOK_SECONDS)
    kept = look.rows[: paged.limit]
    items = posts(kept, shape(request, seat, paged.reason), asked)
    return {"items": items, "before": kept[-1].post_id if len(look.rows) > paged.limit else look.further or None}


def watch(one: Watch) -> dict[str, Any]:
    return {
        "id": one.watch_id,
        "name": one.name,
        "kind": str(one.kind),
        "query": one.query,
        "version": one.version,
        "state": one.state,
        "looking_back": one.history_before > 1,
        "created": moment(one.created_ms),
        "updated": moment(one.updated_ms),
    }


def source(one: Report, kept: Source, lang: str) -> dict[str, Any]:
    """A source with its health; neither its settings nor its secrets."""
    return {
        "id": one.source_id,
        "name": one.name,
        "connector": one.connector,
        "state": str(one.state),
        "sentences": sentences(one, lang),
        "last_heard": moment(one.last_heard_ms),
        "last_run": moment(one.last_run_ms),
        "silent_since": moment(one.silent_since_ms),
        "next_due": moment(kept.next_due_ms) if kept.state == "active" else None,
        "rhythm_seconds": one.rhythm_seconds,
        "usual_gap_seconds": one.usual_gap_ms / 1000 if one.usual_gap_ms else None,
        "lag_seconds": None if one.lag_ms is None else one.lag_ms / 1000,
        "not_modified_share": one.not_modified_share,
        "quota_left": one.quota_left,
        "quarantined": one.quarantined,
        "failures": one.failures,
        "error": one.error,
        "drift": dict(one.drift),
    }


def quarantined(row: QuarantineRow, lang: str) -> dict[str, Any]:
    """Why, never what: the raw bytes stay on the desk."""
    fault = row.fault
    return {
        "id": row.quarantine_id,
        "source": row.source_id,
        "stage": fault.stage,
        "key": fault.key,
        "reason": say(fault.key, lang, **fault.params),
        "first": moment(row.first_ms),
        "last": moment(row.last_ms),
        "tries": row.tries,
        "size": row.size,
        "state": row.state,
    }
