"""What goes in and out of the rooms where people are answered: closed lists of fields, as in `shapes`."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from palabre.desk.api.shapes import Closed, Id, Limit, Moment, Word

Uid = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[0-9a-zA-Z-]+$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Sentence = Annotated[str, StringConstraints(max_length=1_000)]
Key = Annotated[str, StringConstraints(max_length=80)]


class Named(Schema):
    """A person, a member or a team, by id and name."""

    id: str
    name: str


class CaseOut(Schema):
    id: str
    title: str
    state: str
    network: str
    private: bool
    urgent: bool
    labels: list[str]
    asks: dict[str, float]
    person: Named | None
    assignee: Named | None
    team: Named | None
    opened: str | None
    changed: str | None
    waiting_since: str | None
    snoozed_until: str | None
    posts: list[int]
    merged_into: str | None = None


class CasePage(Schema):
    """after: give it to the next call; "" at the end."""

    items: list[CaseOut]
    after: str


class CaseEventOut(Schema):
    kind: str
    at: str | None
    by: str
    member: Named | None
    data: dict[str, object]


class CaseEventList(Schema):
    items: list[CaseEventOut]


class CaseIn(Closed):
    """post: of the archive."""

    post: Id


class CaseAct(Closed):
    """to: the id of a member, or of a team; label: of label and unlabel; until: of snooze."""

    act: Literal[
        "assign", "unassign", "team", "label", "unlabel", "snooze", "resume", "wait", "resolve", "reopen", "urgent",
        "calm",
    ]  # fmt: skip
    to: Word = ""
    label: Annotated[str, StringConstraints(max_length=40)] = ""
    until: Moment = ""


class NoteIn(Closed):
    text: Text


class NoteOut(Schema):
    text: str
    at: str | None
    member: Named | None


class ReplyOut(Schema):
    id: str
    case: str
    state: str
    version: int
    text: str
    lang: str
    channel: Named | None
    post: int | None
    private: bool
    due: str | None
    member: Named | None
    url: str


class ReplyList(Schema):
    items: list[ReplyOut]


class ReplyIn(Closed):
    """propose: ask for approval; nothing is ever sent through the API: a human sends."""

    text: Text
    post: Id | None = None
    lang: Annotated[str, StringConstraints(max_length=2)] = ""
    propose: bool = False


class RemarkOut(Schema):
    kind: str
    message: str
    start: int
    end: int


class PromiseFound(Schema):
    words: str
    due: str


class AdviceIn(Closed):
    text: Text
    lang: Literal["fr", "en"]


class AdviceOut(Schema):
    remarks: list[RemarkOut]
    promises: list[PromiseFound]


class PromiseOut(Schema):
    id: str
    words: str
    state: str
    due: str | None
    made: str | None
    settled: str | None
    proof: str
    person: Named | None
    case: str | None
    owner: Named | None


class PromiseList(Schema):
    items: list[PromiseOut]


class PromiseSettle(Closed):
    state: Literal["kept", "broken", "withdrawn"]
    proof: Sentence = ""
    note: Sentence = ""


class HandleOut(Schema):
    network: str
    uri: str
    handle: str
    proof: str


class PersonOut(Schema):
    id: str
    name: str
    kind: str
    relation: str
    lang: str
    addressed: str
    handles: list[HandleOut]


class PersonList(Schema):
    items: list[PersonOut]


class ChannelOut(Schema):
    id: str
    name: str
    connector: str
    account: str
    state: str


class ChannelList(Schema):
    items: list[ChannelOut]


class Cases(Schema):
    """queue: of the inbox, or ``team:<id>``."""

    queue: Annotated[str, StringConstraints(max_length=40)] = "open"
    q: Word = ""
    label: Annotated[str, StringConstraints(max_length=60)] = ""
    network: Annotated[str, StringConstraints(max_length=40)] = ""
    intent: Annotated[str, StringConstraints(max_length=20)] = ""
    urgent: bool = False
    after: Key = ""
    limit: Limit = 50


class Promises(Schema):
    """state: one of the ledger's; "" for all."""

    state: Annotated[str, StringConstraints(max_length=12)] = ""
    person: Annotated[str, StringConstraints(max_length=32)] = ""
    limit: Limit = 50


class Persons(Schema):
    q: Word = ""
    limit: Limit = 50


Due = Annotated[int, Field(ge=0)]
