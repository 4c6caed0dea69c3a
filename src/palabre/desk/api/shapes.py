"""What goes in and out: closed lists of fields. A field that is not here never leaves, whatever the archive holds."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from palabre.model import WatchKind

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Word = Annotated[str, StringConstraints(max_length=200)]
Words = Annotated[list[Word], Field(max_length=50)]
Ids = Annotated[list[Id], Field(max_length=50)]
Moment = Annotated[str, StringConstraints(max_length=40)]
QueryText = Annotated[str, StringConstraints(max_length=100_000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Reason = Annotated[str, StringConstraints(max_length=200)]
Limit = Annotated[int, Field(ge=1, le=200)]


class Closed(Schema):
    """A body with a field we do not know is refused."""

    model_config = ConfigDict(extra="forbid")
    begins_with: ClassVar[dict[str, Any]] = {}  # what holds for fields that are not said


class Refusal(Schema):
    key: str
    message: str


class SpanOut(Schema):
    """Characters (code points) of text or title."""

    start: int
    end: int
    where: str


class PostOut(Schema):
    id: int
    uri: str
    network: str
    kind: str
    lang: str
    published: str | None
    heard: str | None
    author: str
    author_name: str | None = None
    url: str | None = None
    title: str
    text: str
    parent: str
    root: str
    reshare_of: str
    quote_of: str
    tags: list[str]
    links: list[str]
    mentions: list[str]
    watches: list[int]
    likes: int | None
    replies: int | None
    reshares: int | None
    views: int | None
    rating: float | None
    country: str
    region: str
    sensitive: bool
    revisions: int
    spans: list[SpanOut]


class PostPage(Schema):
    """before: give it to the next call; null at the end."""

    items: list[PostOut]
    before: int | None


class BucketOut(Schema):
    start: str | None
    n: int


class VolumeOut(Schema):
    step: str
    total: int
    items: list[BucketOut]


class WatchOut(Schema):
    id: int
    name: str
    kind: str
    query: str
    version: int
    state: str
    looking_back: bool
    created: str | None
    updated: str | None


class WatchIn(Closed):
    name: Name
    query: QueryText
    kind: WatchKind = WatchKind.BRAND
    why: Annotated[str, StringConstraints(max_length=300)] = ""


class WatchChange(Closed):
    name: Name | None = None
    query: QueryText | None = None
    kind: WatchKind | None = None
    state: Literal["active", "paused"] | None = None
    why: Annotated[str, StringConstraints(max_length=300)] = ""


class QueryIn(Closed):
    query: QueryText


class LintOut(Schema):
    """severity: warning or advice; suggestion: what to write between start and end."""

    code: str
    severity: str
    message: str
    start: int
    end: int
    suggestion: str | None


class LintPage(Schema):
    """cost_us: microseconds of one core for a thousand posts."""

    items: list[LintOut]
    cost: str
    cost_us: float


class PreviewOut(Schema):
    """n: posts of the last 90 days; sample: at most 20 of them."""

    n: int
    days: list[BucketOut]
    sample: list[PostOut]


class SourceOut(Schema):
    id: int
    name: str
    connector: str
    state: str
    sentences: list[str]
    last_heard: str | None
    last_run: str | None
    silent_since: str | None
    next_due: str | None
    rhythm_seconds: int
    usual_gap_seconds: float | None
    lag_seconds: float | None
    not_modified_share: float | None
    quota_left: int | None
    quarantined: int
    failures: int
    error: str
    drift: dict[str, int]


class ViewOut(Schema):
    id: str
    name: str
    shared: bool
    asks: str


class QuarantineOut(Schema):
    id: int
    source: int | None
    stage: str
    key: str
    reason: str
    first: str | None
    last: str | None
    tries: int
    size: int
    state: str


class QuarantinePage(Schema):
    items: list[QuarantineOut]
    before: int | None


class WatchList(Schema):
    items: list[WatchOut]


class SourceList(Schema):
    items: list[SourceOut]


class ViewList(Schema):
    items: list[ViewOut]


class Search(Schema):
    """The filters of a search. since, until: a date or a moment (ISO 8601), of publication; mentioned: only posts that
    a watch wants."""

    q: QueryText = ""
    watch: Ids = Field([])
    source: Ids = Field([])
    network: Words = Field([])
    lang: Words = Field([])
    kind: Words = Field([])
    account: Annotated[str, StringConstraints(max_length=2_000)] = ""
    since: Moment = ""
    until: Moment = ""
    mentioned: bool = False


class Page(Schema):
    """limit: posts a page; before: from the page before; reason: why names are needed (managers; it is noted)."""

    before: Id | None = None
    limit: Limit = 50
    reason: Reason = ""


class Paged(Search, Page):
    """A search, page by page."""
