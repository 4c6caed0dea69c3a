"""The editorial calendar: planning, drafting, approving, moving, the promised rhythm. What leaves is sent off by a
member, from the desk: a program schedules and publishes nothing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Schema, Status
from pydantic import Field

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import FileIn, body
from palabre.desk.api.operations import operation
from palabre.desk.api.registers import FigureOut, figure_shown
from palabre.desk.api.rooms.views import AddressOut
from palabre.desk.api.rows import Row, Thing, When, Who, Whole, listed, ms
from palabre.desk.api.screens import Values, deed, file
from palabre.desk.api.shapes import Closed, Id, Limit, Moment, Word
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.api.shown import date_ms
from palabre.desk.calendar import access, feeds, forms, results
from palabre.desk.clock import now_ms
from palabre.desk.design.language import lang_of
from palabre.desk.workspaces.access import Seat

State = Literal["", "idea", "draft", "proposed", "approved", "scheduled", "published", "failed"]
Text = Annotated[str, Field(max_length=forms.TEXT_CHARS)]
Days = Annotated[Literal[30, 90, 365], Whole]
FAR_MS = 4_102_444_800_000  # 2100


class VariantOut(Row):
    """A publication on one channel; text: "" for that of the publication."""

    channel: Thing
    text: str


class PublicationOut(Row):
    title: str
    text: str
    lang: str
    state: str
    version: int
    due: When = ms("due")
    published: When = ms("published")
    themes: list[str]
    objective: str
    objective_id: str = Field(alias="objective_uid")
    owner: Who
    writer: Who
    approved_by: Who
    remark: str
    channels: list[VariantOut]

    @staticmethod
    def resolve_channels(obj: Any) -> Any:
        return access.variants(obj)


class RhythmOut(Schema):
    """A channel with its promised rhythm and how it is kept; per_week, since: null without a promise; held: weeks that
    were kept, of those that ended; silence_days: the longest."""

    channel: Thing
    per_week: int | None
    since: When
    last: When
    published: int
    ended: int | None
    held: int | None
    streak: int | None
    silence_days: float | None


class BroughtOut(Schema):
    """What a publication brought; a figure without a value: too little was heard."""

    title: str
    publication: str
    network: str
    at: When
    replies: FigureOut | None


class CalendarFeedOut(Row):
    name: str
    what: str
    made_by: Who
    made: When = ms("made")
    used: When = ms("used")


class CalendarFeedIn(Closed):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    what: Literal["publications", "promises"] = "publications"


class DatesOut(Schema):
    """Dates of others, by the file they came with."""

    batch: str
    title: str
    start: When = ms("start")
    end: When = ms("end")


@operation("GET", "/publications", listed(PublicationOut), scope="answer")
def publications(
    request: HttpRequest, workspace_slug: str, state: State = "", since: Moment = "", until: Moment = "",
    limit: Limit = 50,
) -> Any:  # fmt: skip
    """Soonest first, those without a date before; since and until: of the moment that they are planned for."""
    found = access.publications(seat_of(request).workspace)
    if state:
        found = found.filter(state=state)
    if since or until:
        found = found.filter(due_ms__gt=0, due_ms__gte=date_ms(since), due_ms__lt=date_ms(until) or FAR_MS)
    return {"items": found[:limit]}


@operation("GET", "/publications/{uid}", PublicationOut, scope="answer")
def publication(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.publication(seat_of(request), uid)


@operation("GET", "/rhythm", listed(RhythmOut), scope="answer")
def rhythm(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": [beat_shown(one) for one in results.beats(request, seat_of(request), {})]}


def beat_shown(one: results.Beat) -> dict[str, Any]:
    kept = one.kept
    return {
        "channel": one.channel,
        "per_week": one.rhythm.per_week if one.rhythm else None,
        "since": one.rhythm.since_ms if one.rhythm else None,
        "last": one.last_ms,
        "published": one.n,
        "ended": kept.ended if kept else None,
        "held": kept.held if kept else None,
        "streak": kept.streak if kept else None,
        "silence_days": kept.silence_ms / results.DAY_MS if kept else None,
    }


@operation("GET", "/publications-brought", listed(BroughtOut), scope="answer")
def publications_brought(
    request: HttpRequest, workspace_slug: str, days: Annotated[Literal[30, 90, 365], Whole] = 90
) -> Any:
    seat, lang = seat_of(request), lang_of(request)
    return {"items": [brought_shown(one, lang) for one in results.of_period(seat, days)]}


def brought_shown(one: results.Result, lang: str) -> dict[str, Any]:
    told = figure_shown(one.brought.replies, (one.at_ms, now_ms()), lang) if one.brought.heard else None
    return {"title": one.title, "publication": one.uid, "network": one.network, "at": one.at_ms, "replies": told}


@operation("GET", "/calendar-feeds", listed(CalendarFeedOut), scope="answer")
def calendar_feeds(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": access.feeds(seat_of(request))}


@operation("POST", "/calendar-feeds", AddressOut, 201, scope="answer")
def make_calendar_feed(request: HttpRequest, workspace_slug: str, body: CalendarFeedIn) -> Any:
    """An address for another calendar: of publications, or of promises."""
    seat = seat_of(request, "agent")
    token = feeds.made(request, seat, body.name, body.what)
    return Status(201, {"address": request.build_absolute_uri(reverse("calendar:feed", args=[token]))})


@operation("GET", "/dates", listed(DatesOut), scope="answer")
def outside_dates(request: HttpRequest, workspace_slug: str, since: Moment = "", until: Moment = "") -> Any:
    seat: Seat = seat_of(request)
    return {"items": access.outside(seat, date_ms(since), date_ms(until) or FAR_MS)[:500]}


def on_channels(values: Values, said: Values) -> None:
    """channels: id → its own text, "" for the common one; said, they are all of them."""
    channels = said.pop("channels", None)
    if channels is not None:
        for name in [name for name in values if name.startswith(("on_", forms.OWN))]:
            del values[name]
        for uid, text in channels.items():
            values[f"on_{uid}"], values[forms.OWN + uid] = True, text
    values.update(said)


CHANNELS: Any = (Annotated[dict[Uid, Text], Field(max_length=50)] | None, None)
HABIT = body("HabitIn", forms.HabitForm)
MOVE = body("PublicationMove", day=(date, ...), time=(Annotated[str, Field(max_length=5)] | None, None),
            which=(Literal["first", "second"] | None, None))  # fmt: skip
ACT = body("PublicationAct", what=(Literal["propose", "return", "approve", "take_back"], ...), version=(Id, ...),
           remark=(Annotated[str, Field(max_length=500)], ""))  # fmt: skip
ONE = "/publications/{uid}"
ANSWER: Any = {"scope": "answer"}
deed("POST", "/publications", "calendar:new", "add_publication",
     body("PublicationIn", forms.PublicationForm, channels=CHANNELS), then=publication, status=201, fill=on_channels,
     begins=True, **ANSWER)  # fmt: skip
deed("PATCH", ONE, "calendar:publication", "change_publication",
     body("PublicationChange", forms.PublicationForm, part=True, channels=CHANNELS), then=publication,
     fill=on_channels, begins=True, **ANSWER)  # fmt: skip
deed("POST", f"{ONE}/move", "calendar:move", "move_publication", MOVE, then=publication, **ANSWER)
deed("POST", f"{ONE}/acts", "calendar:act", "act_on_publication", ACT, then=publication, routed=("what",), **ANSWER)
deed("DELETE", ONE, "calendar:act", "remove_publication", then=None, fixed={"what": "remove"}, **ANSWER)
deed("POST", f"{ONE}/promises", "calendar:keep_promises", "keep_publication_promises",
     body("PublicationPromises", promise=(list[Word], ...)), then=publication, **ANSWER)  # fmt: skip
deed("PUT", "/channels/{uid}/rhythm", "calendar:promise_rhythm", "promise_rhythm", body("RhythmIn", forms.RhythmForm),
     then=rhythm, **ANSWER)  # fmt: skip
deed("DELETE", "/calendar-feeds/{uid}", "calendar:revoke_feed", "revoke_calendar_feed", **ANSWER)
deed("POST", "/dates", "calendar:take_file", "take_dates", body("DatesIn", file=(FileIn, ...)), then=outside_dates,
     **ANSWER)  # fmt: skip
deed("POST", "/dates/drop", "calendar:drop_dates", "drop_dates", body("DatesDrop", batch=(Word, ...)),
     then=outside_dates, **ANSWER)  # fmt: skip
deed("PUT", "/calendar-habit", "calendar:set_habit", "set_calendar_habit", HABIT, **ANSWER)
file("/publications.csv", "calendar:export", "publications_file", media="text/csv", **ANSWER)
