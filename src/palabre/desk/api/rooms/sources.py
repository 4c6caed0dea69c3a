"""Sources: adding, setting, asking, going back in time, feeds; and what waits in quarantine."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import FileIn, body
from palabre.desk.api.listening import quarantine_list, source, sources_list
from palabre.desk.api.operations import operation
from palabre.desk.api.refusals import Refused
from palabre.desk.api.rows import Row, When, listed, ms
from palabre.desk.api.screens import Values, deed, file
from palabre.desk.api.shapes import Closed, Word
from palabre.desk.api.shapes_answer import Uid
from palabre.desk.design.language import lang_of
from palabre.desk.design.words import speak
from palabre.desk.panel import discovery
from palabre.desk.sources import access, adding, forms, lists
from palabre.desk.sources.models import Visit
from palabre.errors import PalabreError

Value = str | int | float | bool | list[str]
Key = Annotated[str, Field(max_length=100)]


class OptionOut(Schema):
    """kind: text, url, secret, number, choice, flag, list or date."""

    name: str
    kind: str
    required: bool
    choices: list[str]


class ConnectorOut(Schema):
    """rhythm_seconds: how often it asks, if nothing else is said."""

    name: str
    rhythm_seconds: int
    price_per_item: float
    backfill: bool
    networks: list[str]
    options: list[OptionOut]


class VisitOut(Row):
    """What somebody asked of a source, and how far it is; said: the values of its result."""

    source: int = Field(alias="source_id")
    what: str
    state: str
    said: dict[str, Any]
    error: str = Field(alias="error_key")
    started: When = ms("started")
    ended: When = ms("ended")


class FeedOut(Schema):
    url: str
    title: str


class SiteIn(Closed):
    site: Annotated[str, Field(min_length=1, max_length=2_000)]


@operation("GET", "/connectors", listed(ConnectorOut))
def connectors(request: HttpRequest, workspace_slug: str) -> Any:
    seat_of(request, "manager")
    return {"items": adding.descriptions()}


@operation("GET", "/visits/{uid}", VisitOut)
def visit(request: HttpRequest, workspace_slug: str, uid: Uid) -> Any:
    return access.visit(seat_of(request), uid)


@operation("POST", "/feeds/find", listed(FeedOut))
def find_feeds(request: HttpRequest, workspace_slug: str, body: SiteIn) -> Any:
    """The feeds that a site announces; nothing is added."""
    seat_of(request, "manager")
    try:
        found = discovery.feeds_of(body.site, lists.FEEDS_MAX)
    except PalabreError as error:  # a site that does not answer is the site's matter, not ours
        raise Refused(422, fields=[("site", speak(error.key, lang_of(request), **error.params))]) from None
    return {"items": [{"url": url, "title": title} for url, title in found]}


def options(values: Values, said: Values) -> None:
    """Options of a connector as its form names them; a list is one entry a line."""
    given, cleared = said.pop("options", {}), said.pop("clear", [])
    values.update(said)
    typed = {name: "\n".join(one) if isinstance(one, list) else one for name, one in given.items()}
    values.update({forms.OPTION + name: one for name, one in typed.items()})
    values.update({forms.CLEAR + name: True for name in cleared})


def feeds(values: Values, said: Values) -> None:
    values["feed"] = [f"{one['url']} {one.get('title', '')}".strip() for one in said["feeds"]]


class FeedIn(Closed):
    url: Annotated[str, Field(min_length=1, max_length=2_000)]
    title: Word = ""


OPTIONS: Any = (dict[str, Value] | None, None)
CLEAR: Any = (list[Key] | None, None)
NAMED: Any = {
    "name": (Word | None, None),
    "rhythm": (int | None, None),
    "keep": (Literal["all", "matched"] | None, None),
}
SOURCE = "/sources/{number:source_id}"
deed("POST", "/sources", "sources:add", "add_source", body("SourceIn", connector=(Key, ...), options=OPTIONS, **NAMED),
     then=source, status=201, fill=options, routed=("connector",), begins=True)  # fmt: skip
deed("PATCH", SOURCE, "sources:settings", "change_source", body("SourceChange", options=OPTIONS, clear=CLEAR, **NAMED),
     then=source, fill=options, begins=True)  # fmt: skip
deed("POST", f"{SOURCE}/state", "sources:state", "pause_source",
     body("SourceState", state=(Literal["active", "paused"], ...)), then=source)  # fmt: skip
deed("POST", f"{SOURCE}/ask", "sources:ask", "ask_source", then=source)
deed("POST", f"{SOURCE}/check", "sources:check", "check_source", then=visit, made=Visit)
deed("POST", f"{SOURCE}/estimate", "sources:estimate", "estimate_source", then=visit, made=Visit)
deed("POST", f"{SOURCE}/backfill", "sources:backfill", "backfill_source",
     body("SourceBackfill", forms.PeriodForm, sure=(Literal[True], ...)), then=visit, made=Visit)  # fmt: skip
deed("DELETE", SOURCE, "sources:remove", "remove_source")
deed("POST", "/feeds", "sources:find", "add_feeds",
     body("FeedsIn", feeds=(Annotated[list[FeedIn], Field(min_length=1, max_length=20)], ...)),
     then=sources_list, fill=feeds)  # fmt: skip
deed("POST", "/feeds/opml", "sources:opml", "take_opml", body("OpmlIn", file=(FileIn, ...)), then=sources_list)
file("/feeds.opml", "sources:feeds", "give_opml", media="text/x-opml")

ITEM = "/quarantine/{number:quarantine_id}"
ONE_KEY: Any = (Annotated[str, Field(min_length=1, max_length=100)], ...)
deed("POST", f"{ITEM}/replay", "quarantine:replay", "replay_quarantined")
deed("POST", f"{ITEM}/drop", "quarantine:drop", "drop_quarantined")
deed("POST", "/quarantine/replay", "quarantine:replay_all", "replay_all", body("ReplayAll", key=ONE_KEY),
     then=quarantine_list)  # fmt: skip
deed("POST", "/quarantine/drop", "quarantine:drop_all", "drop_all", body("DropAll", key=ONE_KEY), then=quarantine_list)
