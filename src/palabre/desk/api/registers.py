"""Operations of Understand and Measure: the registers of signals and needs, and figures that can be checked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import StringConstraints

from palabre.archive.needs import Need
from palabre.archive.signals import Signal
from palabre.desk.api import shapes, shown
from palabre.desk.api.auth import seat_of
from palabre.desk.api.operations import operation
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.engine import archive
from palabre.desk.insight.questions.signals import shown as plain_facts
from palabre.desk.objectives.figures import figures
from palabre.errors import InputError, NotFoundError
from palabre.measure.catalogue import BY_NAME
from palabre.messages import catalogue, say
from palabre.model import Figure

DAY_MS = 86_400_000
DAYS, DAYS_MAX = 30, 366
POSTS_MAX = 50
ASKED: Any = Query(...)  # type: ignore[type-arg]  # for a type checker ninja calls it a generic


class SignalOut(Schema):
    id: int
    kind: str
    title: str
    hypothesis: str
    score: float
    first: str | None
    last: str | None
    found: str | None
    status: str
    outcome: str
    posts: list[int]


class SignalList(Schema):
    items: list[SignalOut]


class NeedOut(Schema):
    """n: posts that ask; voices: who asks, each once."""

    id: int
    title: str
    words: list[str]
    n: int
    voices: int
    first: str | None
    last: str | None
    status: str
    posts: list[int]


class NeedList(Schema):
    items: list[NeedOut]


class FigureOut(Schema):
    """value: null where there are too few to say; low, high: its interval; method: how it is reckoned, in words."""

    name: str
    value: float | None
    n: int
    low: float | None
    high: float | None
    unit: str
    method: str
    version: int
    since: str | None
    until: str | None


class FigureAsked(Schema):
    """since, until: dates; without them the last 30 days. watch: those of our house if none is named."""

    since: shapes.Moment = ""
    until: shapes.Moment = ""
    watch: shapes.Ids = []  # noqa: RUF012  # pydantic copies it


Name = Annotated[str, StringConstraints(max_length=40)]


@operation("GET", "/signals", SignalList)
def signals(
    request: HttpRequest, workspace_slug: str, kind: Name = "",
    status: Literal["", "open", "watched", "settled", "dismissed"] = "", limit: shapes.Limit = 50,
) -> Any:  # fmt: skip
    seat = seat_of(request)
    found = archive().signals.all(seat.workspace.id, kind=kind, status=status, limit=limit)
    return {"items": [signal_shown(one, lang_of(request)) for one in found]}


@operation("GET", "/signals/{number:signal_id}", SignalOut)
def signal(request: HttpRequest, workspace_slug: str, signal_id: int) -> Any:
    return signal_shown(archive().signals.get(seat_of(request).workspace.id, signal_id), lang_of(request))


def worded(text: str, one: Signal, lang: str) -> str:
    """The sentence of a detector with its facts, or a member's own words as they are."""
    return say(text, lang, **plain_facts(one.facts)) if text in catalogue(lang) else text


def signal_shown(one: Signal, lang: str) -> dict[str, Any]:
    return {
        "id": one.signal_id,
        "kind": one.kind,
        "title": worded(one.title, one, lang),
        "hypothesis": worded(one.hypothesis, one, lang),
        "score": one.score,
        "first": shown.moment(one.first_ms),
        "last": shown.moment(one.last_ms),
        "found": shown.moment(one.detected_ms),
        "status": one.status,
        "outcome": one.outcome,
        "posts": list(one.post_ids[:POSTS_MAX]),
    }


@operation("GET", "/needs", NeedList)
def needs(request: HttpRequest, workspace_slug: str, limit: shapes.Limit = 50) -> Any:
    found = archive().needs.all(seat_of(request).workspace.id)
    return {"items": [need_shown(one, lang_of(request)) for one in found[:limit]]}


def need_shown(one: Need, lang: str) -> dict[str, Any]:
    return {
        "id": one.need_id,
        "title": one.title_in(lang),
        "words": list(one.words),
        "n": one.n,
        "voices": one.voices,
        "first": shown.moment(one.first_ms),
        "last": shown.moment(one.last_ms),
        "status": one.status,
        "posts": list(one.post_ids[:POSTS_MAX]),
    }


@operation("GET", "/figures/{name}", FigureOut)
def figure(request: HttpRequest, workspace_slug: str, name: Name, asked: FigureAsked = ASKED) -> Any:
    """One of the catalogue of Measure. Raises NotFoundError."""
    seat = seat_of(request)
    if name not in BY_NAME:
        raise NotFoundError("api.not_found")
    until = shown.date_ms(asked.until) or now_ms()
    since = shown.date_ms(asked.since) or until - DAYS * DAY_MS
    if not 0 < until - since <= DAYS_MAX * DAY_MS:
        raise InputError("api.bad_period", days=DAYS_MAX)
    found = figures(seat.workspace, name, tuple(asked.watch), [(since, until)])[0]
    return figure_shown(found, (since, until), lang_of(request))


def figure_shown(one: Figure, span: tuple[int, int], lang: str) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in ("name", "value", "n", "low", "high", "unit", "version")}
    ends = {"since": shown.moment(span[0]), "until": shown.moment(span[1])}
    return same | ends | {"method": say(one.method, lang)}
