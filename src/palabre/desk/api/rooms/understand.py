"""What a team decides about what was found: signals, needs, topics, rumours, its own beliefs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from palabre.archive import rumours as files
from palabre.archive import signals as register
from palabre.archive.needs import STATUSES as NEED_STATUSES
from palabre.desk.api.auth import seat_of
from palabre.desk.api.bodies import body
from palabre.desk.api.operations import operation
from palabre.desk.api.registers import NeedOut, need_shown, signal
from palabre.desk.api.rows import When, listed, ms
from palabre.desk.api.screens import Values, deed
from palabre.desk.api.shapes import Closed, Id, Word
from palabre.desk.design.language import lang_of
from palabre.desk.engine import archive
from palabre.desk.insight.acts import who

Text = Annotated[str, Field(max_length=2_000)]
Status = Literal[register.STATUSES]  # type: ignore[valid-type]
Outcome = Literal[register.OUTCOMES]  # type: ignore[valid-type]
RumourStatus = Literal[files.STATUSES]  # type: ignore[valid-type]
RumourOutcome = Literal[files.OUTCOMES]  # type: ignore[valid-type]


class TopicOut(Schema):
    id: int = Field(alias="topic_id")
    name: str
    words: list[str]
    n: int
    first: When = ms("first")
    last: When = ms("last")


class RumourOut(Schema):
    """reply: our post that answers, 0 for none; tags: identifiers of DISARM."""

    id: int = Field(alias="rumour_id")
    claim: str
    query: str
    story: int = Field(alias="story_id")
    signal: int = Field(alias="signal_id")
    tags: list[str]
    sources: list[str]
    reply: int = Field(alias="reply_id")
    status: str
    outcome: str
    who: str
    first: When = ms("first")


class BeliefOut(Schema):
    """need: 0 where nobody heard such a need."""

    place: int
    wish: str
    need: int = Field(alias="need_id")


class Wish(Closed):
    """A need that is known, or the team's own words."""

    need: Id | None = None
    words: Word = ""


@operation("GET", "/topics", listed(TopicOut))
def topics(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": archive().topics.all(seat_of(request).workspace.id)}


@operation("GET", "/rumours", listed(RumourOut))
def rumours(request: HttpRequest, workspace_slug: str) -> Any:
    return {"items": archive().rumours.all(seat_of(request).workspace.id)}


@operation("GET", "/rumours/{number:rumour_id}", RumourOut)
def rumour(request: HttpRequest, workspace_slug: str, rumour_id: Id) -> Any:
    return archive().rumours.get(seat_of(request).workspace.id, rumour_id)


@operation("GET", "/needs/{number:need_id}", NeedOut)
def need(request: HttpRequest, workspace_slug: str, need_id: Id) -> Any:
    return need_shown(archive().needs.get(seat_of(request).workspace.id, need_id), lang_of(request))


@operation("GET", "/beliefs", listed(BeliefOut))
def beliefs(request: HttpRequest, workspace_slug: str) -> Any:
    """What this member believes that people wish for, the most wished first."""
    seat = seat_of(request, "agent")
    return {"items": [one for one in archive().beliefs.all(seat.workspace.id) if one.member == who(seat)]}


def ranked(values: Values, said: Values) -> None:
    """A list of wishes as the numbered lines of the form."""
    for place, one in enumerate(said["wishes"], 1):
        values[f"need-{place}"], values[f"wish-{place}"] = one.get("need") or "", one.get("words", "")


def to_find(values: Values, said: Values) -> None:
    """Addresses one a line."""
    values.update(said)
    values["sources"] = "\n".join(said.get("sources", []))


SIGNAL, NEED, RUMOUR = "/signals/{number:signal_id}", "/needs/{number:need_id}", "/rumours/{number:rumour_id}"
DECIDED: Any = {"status": (Status | None, None), "outcome": (Outcome | None, None), "review": (date | None, None)}
deed("PATCH", SIGNAL, "insight:signal_change", "judge_signal",
     body("SignalChange", owner=(Word | None, None), why=(Text, ""), **DECIDED), then=signal)  # fmt: skip
deed("POST", f"{NEED}/status", "insight:need_judge", "judge_need",
     body("NeedStatus", status=(Literal[NEED_STATUSES], ...), why=(Text, "")), then=need)  # fmt: skip
deed("POST", f"{NEED}/told", "insight:need_told", "tell_need", body("NeedTold", why=(Text, "")), then=need)
deed("POST", f"{NEED}/name", "insight:need_rename", "rename_need", body("NeedName", title=(Word, ...)), then=need)
deed("POST", "/topics/{number:topic_id}/name", "insight:topic_rename", "rename_topic",
     body("TopicName", name=(Word, ...)), then=topics)  # fmt: skip
deed("POST", "/rumours", "insight:rumour_open", "open_rumour",
     body("RumourIn", claim=(Text, ...), query=(Annotated[str, Field(max_length=10_000)], ""), story=(Id | None, None),
          signal=(Id | None, None)), then=rumours, status=201)  # fmt: skip
deed("POST", RUMOUR, "insight:rumour_complete", "complete_rumour",
     body("RumourKnown", tag=(Annotated[list[Word], Field(max_length=50)], ...),
          sources=(Annotated[list[Text], Field(max_length=20)], ...), reply=(Text, "")),
     then=rumour, fill=to_find)  # fmt: skip
deed("POST", f"{RUMOUR}/outcome", "insight:rumour_judge", "judge_rumour",
     body("RumourJudge", status=(RumourStatus | None, None), outcome=(RumourOutcome | None, None), why=(Text, "")),
     then=rumour)  # fmt: skip
deed("POST", "/beliefs", "insight:perception_mine", "keep_beliefs",
     body("BeliefsIn", wishes=(Annotated[list[Wish], Field(max_length=10)], ...)), then=beliefs,
     fill=ranked)  # fmt: skip
