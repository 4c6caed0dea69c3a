"""What the archive takes and gives, as frozen types. No I/O. Times are epoch milliseconds (``*_ms``); 0: not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from palabre.model import Fault, Gone, Post, RawItem, WatchKind

Json = Mapping[str, object]
# POSTS batch -> one truth value a row (a list of bool, or a pa.BooleanArray): which rows really match.
Verify = Callable[[pa.RecordBatch], Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Workspace:
    """The tenant. slug: what people type; uid: random, never changes (suppression and secrets hang on it)."""

    workspace_id: int
    slug: str
    name: str
    uid: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class Source:
    """One configured connector. state: active or paused; cursor: only the connector reads it.

    rhythm_seconds: how often something is expected; keep: "all", or "matched" for a firehose;
    next_due_ms: do not ask before; lease_until_ms: a worker has it until then.
    """

    source_id: int
    workspace_id: int
    connector: str
    name: str
    config: Json
    keep: str
    rhythm_seconds: int
    state: str
    cursor: Json
    next_due_ms: int
    lease_until_ms: int
    created_ms: int


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source is. A dead source never looks like a quiet day.

    last_heard_ms: last new or changed post; last_ok_ms: last run without error; silent_since_ms: not 0 when nothing
    new came for three rhythms, or for twice the usual gap between its posts; lag_ms: how late the last new post came
    after it was published, None when unknown;
    not_modified_share: of the requests of the last runs, 0 to 1, None without requests; failures: runs in a row that
    failed; error_key, error_params: the sentence of the last failure; drift: fields missing or new, with counts.
    """

    source_id: int
    last_run_ms: int
    last_ok_ms: int
    last_heard_ms: int
    silent_since_ms: int
    lag_ms: int | None
    not_modified_share: float | None
    requests: int
    quota_left: int | None
    failures: int
    error_key: str
    error_params: Json
    stored: int
    quarantined: int
    drift: Mapping[str, int]
    usual_gap_ms: int = 0  # nine in ten of its last posts came sooner after the one before; 0: fewer than two


@dataclass(frozen=True, slots=True)
class RunStats:
    """What one page cost. Pages with the same started_ms are one run; the archive adds them up.

    next_due_ms: when the source may be asked again, 0 leaves it; quota_left: None where the platform does not say.
    """

    started_ms: int
    requests: int = 0
    not_modified: int = 0
    quota_left: int | None = None
    next_due_ms: int = 0
    drift: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a source, added up. ended_ms: 0 while it runs."""

    source_id: int
    started_ms: int
    ended_ms: int
    pages: int
    offered: int
    stored: int
    unchanged: int
    quarantined: int
    requests: int
    not_modified: int
    error_key: str
    error_params: Json


@dataclass(frozen=True, slots=True)
class Watch:
    """A named query. version: rises with every change of the query; state: active or paused.

    history_before: posts with a smaller id have still to be looked at by the present version; 0: history is done.
    """

    watch_id: int
    workspace_id: int
    name: str
    kind: WatchKind
    query: str
    version: int
    state: str
    history_before: int
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class WatchVersion:
    """What a watch asked from at_ms on; who changed it, and why."""

    watch_id: int
    version: int
    name: str
    query: str
    who: str
    why: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class WatchTest:
    """A text that the watch must, or must not, match."""

    test_id: int
    watch_id: int
    text: str
    must_match: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """One batch for the write door: everything here is written in ONE transaction, or nothing is.

    posts: POSTS; raw, index: one entry a post (index: from ``Panel.index_texts``);
    mentions: MENTIONS (row of posts, watch_id); gone: posts taken back, applied after the posts; faults: items that
    could not be mapped, matched or read; cursor: None leaves it; keep: "matched" drops posts without a mention.
    source_id: None for what belongs to no source. panel_stamp: `watches.stamp()` of the panel that matched the batch;
    watches changed since then will look at these posts when their history is matched. readings: READINGS, one row a
    post, made by the version `archive.readings.version` numbered; None: these posts wait to be read.
    """

    workspace_id: int
    source_id: int | None
    posts: pa.RecordBatch
    raw: Sequence[RawItem | None]
    index: pa.StringArray
    mentions: pa.RecordBatch
    gone: tuple[Gone, ...] = ()
    faults: tuple[tuple[RawItem, Fault], ...] = ()
    cursor: Json | None = None
    run: RunStats | None = None
    keep: str = "all"
    panel_stamp: int | None = None
    readings: pa.RecordBatch | None = None
    reading_version: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery. Every post, Gone and fault counts in exactly one field; ``offered`` is their sum.

    stored: new posts; revised: known posts whose content changed; unchanged: known posts (metrics may be fresher),
    older versions that came late, and second copies in one batch; gone: Gone events, and posts that were taken back
    before and may not return; suppressed: by an objection; dropped: no watch wanted them and keep is "matched";
    quarantined: faults, and posts that the database refused.
    For an import, ``kept`` + ``set_aside`` + ``quarantined`` = ``offered``: its summary calls them stored, unchanged
    and quarantined. newest_id: the highest post_id given in this delivery, 0 when none.
    """

    stored: int = 0
    revised: int = 0
    unchanged: int = 0
    gone: int = 0
    suppressed: int = 0
    dropped: int = 0
    quarantined: int = 0
    newest_id: int = 0

    @property
    def kept(self) -> int:
        """Posts whose content was written: new or changed."""
        return self.stored + self.revised

    @property
    def set_aside(self) -> int:
        """Offered, and rightly nothing new to keep."""
        return self.unchanged + self.gone + self.suppressed + self.dropped

    @property
    def offered(self) -> int:
        return self.kept + self.set_aside + self.quarantined

    def __add__(self, other: Receipt) -> Receipt:
        return Receipt(
            self.stored + other.stored,
            self.revised + other.revised,
            self.unchanged + other.unchanged,
            self.gone + other.gone,
            self.suppressed + other.suppressed,
            self.dropped + other.dropped,
            self.quarantined + other.quarantined,
            max(self.newest_id, other.newest_id),
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """What SQL can decide; an empty tuple, "" or 0 asks nothing. Times are of publication, [since_ms, until_ms).

    watch_ids: mentions of at least one of them. source_ids: heard by at least one of them. mentioned: only posts that
    at least one watch wants. tones, emotions, intents, axes: one of these readings, as members corrected them;
    "none" asks for posts that were read and carry no emotion, intent or axis. story_ids, post_ids: one of them.
    folded: "no" leaves out what is folded away as noise, "yes" asks for it alone. register: behind this entry of a
    register ("need:12", "topic:3", "signal:7").
    """

    watch_ids: tuple[int, ...] = ()
    source_ids: tuple[int, ...] = ()
    networks: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    account_uri: str = ""
    since_ms: int = 0
    until_ms: int = 0
    mentioned: bool = False
    tones: tuple[str, ...] = ()
    emotions: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()
    story_ids: tuple[int, ...] = ()
    post_ids: tuple[int, ...] = ()
    folded: str = ""
    register: str = ""


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as the archive holds it. post_id rises with arrival; heard_ms: when it came; sort_ms: published, clamped
    to what is possible; revisions: how many earlier versions are kept; watch_ids: whose mention it is."""

    post_id: int
    workspace_id: int
    source_id: int | None
    heard_ms: int
    sort_ms: int
    revisions: int
    post: Post
    watch_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Posts that match, newest first. further: the limit of time was hit before there were enough of them, and the
    others are below that post_id; 0: it was not. reached_ms: when the posts there were published."""

    rows: list[PostRow]
    further: int = 0
    reached_ms: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier version of a post; at_ms: when we heard the one that replaced it."""

    number: int
    at_ms: int
    title: str
    text: str
    html: str
    edited_ms: int


@dataclass(frozen=True, slots=True)
class RawRow:
    """The bytes as the platform gave them, newest first; they go after ``raw_days``."""

    number: int
    received_ms: int
    item: RawItem


@dataclass(frozen=True, slots=True)
class Count:
    """How many; exact: False means "at least n": the time limit was hit."""

    n: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Bucket:
    """n posts published in [start_ms, next start)."""

    start_ms: int
    n: int


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """An item that could not be used. state: waiting, replayed or dropped; size: bytes of the raw item."""

    quarantine_id: int
    workspace_id: int
    source_id: int | None
    fault: Fault
    media_type: str
    sha256: str
    size: int
    first_ms: int
    last_ms: int
    tries: int
    state: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure took away, in rows. No word of the person."""

    accounts: int = 0
    posts: int = 0
    revisions: int = 0
    raw: int = 0
    mentions: int = 0
    quarantined: int = 0

    def __add__(self, other: Erasure) -> Erasure:
        return Erasure(
            self.accounts + other.accounts,
            self.posts + other.posts,
            self.revisions + other.revisions,
            self.raw + other.raw,
            self.mentions + other.mentions,
            self.quarantined + other.quarantined,
        )


@dataclass(frozen=True, slots=True)
class LakeStatus:
    """files, rows, bytes: of the segments; small: those that will be joined; unlisted: those without our posting lists;
    new: posts in no segment yet; changed: posts that a segment has wrong (edited, matched again or gone)."""

    files: int
    rows: int
    bytes: int
    small: int
    unlisted: int
    new: int
    changed: int
