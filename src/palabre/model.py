"""The vocabulary of the house as frozen types, and the Arrow schemas batches travel in. No I/O.

A post comes in once: `RawItem` (as the platform gave it) → `Event` (`Heard` or `Gone`) → a row of `POSTS` in a batch
→ matched (`MENTIONS`) → read → written. Times are epoch milliseconds, UTC; 0 means "not known".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa

import palabre.lean  # noqa: F401  # before the first array of the process


class PostKind(StrEnum):
    """ActivityStreams 2.0 where it has a term."""

    NOTE = "note"
    ARTICLE = "article"
    COMMENT = "comment"
    REPLY = "reply"
    REVIEW = "review"
    RESHARE = "reshare"
    MESSAGE = "message"  # e-mail or private message
    VIDEO = "video"


class WatchKind(StrEnum):
    """What a watch looks after; the panel shows which kinds are still unwatched."""

    ORGANISATION = "organisation"
    BRAND = "brand"
    PRODUCT = "product"
    EXECUTIVE = "executive"
    SLOGAN = "slogan"
    THEME = "theme"
    COMPETITOR = "competitor"
    PARTNER = "partner"
    PROPERTY = "property"  # intellectual property: marks, own texts reused, look-alike names and domains
    CAMPAIGN = "campaign"


@dataclass(frozen=True, slots=True)
class Account:
    """An author on one network. uri: its permanent id; handle: what people type after @."""

    uri: str
    handle: str = ""
    name: str = ""
    url: str = ""
    followers: int | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Metrics:
    """What the platform counted when we heard the post; None: it does not say."""

    likes: int | None = None
    replies: int | None = None
    reshares: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Anything published. ``uri`` is its immutable id; ``text`` is plain text without the title."""

    uri: str
    network: str  # mastodon, bluesky, web, reddit, mail …
    kind: PostKind = PostKind.NOTE
    text: str = ""
    title: str = ""
    html: str = ""  # as published; sanitised at the write door, and again when shown
    url: str = ""  # where a person can read it
    lang: str = ""  # ISO 639-1 as declared by the author or the platform
    published_ms: int = 0
    edited_ms: int = 0
    account: Account | None = None
    parent: str = ""  # uri of the post this one answers
    root: str = ""  # uri of the post that opened the thread
    reshare_of: str = ""
    quote_of: str = ""
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # without '#'
    mentions: tuple[str, ...] = ()  # account uris or handles, without the leading '@'
    country: str = ""  # ISO 3166-1 alpha-2
    region: str = ""
    city: str = ""
    rating: float | None = None  # of a review, 0 to 5
    sensitive: bool = False
    media: tuple[str, ...] = ()  # urls
    metrics: Metrics = Metrics()


@dataclass(frozen=True, slots=True)
class RawItem:
    """One item as the platform gave it. body: the very bytes; media_type: theirs; note: what the page said of it."""

    body: bytes
    media_type: str = "application/json"
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """A post was published or edited."""

    post: Post


@dataclass(frozen=True, slots=True)
class Gone:
    """The author or the platform took a post back; at_ms: when, 0 if not said. account: uri is that of an account, and
    all its posts are gone."""

    uri: str
    at_ms: int = 0
    account: bool = False


Event = Heard | Gone


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an item is in quarantine. stage: map, match, read or write; where: file:line of the innermost frame."""

    stage: str
    key: str
    params: Mapping[str, str] = field(default_factory=dict)
    exception: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Why a post matched: characters (code points) of its ``text`` or its ``title``."""

    start: int
    end: int
    where: str = "text"


# One row a post. What is absent is "" or null, never a made-up zero.
POSTS = pa.schema(
    [
        pa.field("uri", pa.string(), nullable=False),
        pa.field("network", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("html", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("lang", pa.string(), nullable=False),
        pa.field("published_ms", pa.int64(), nullable=False),
        pa.field("edited_ms", pa.int64(), nullable=False),
        pa.field("account_uri", pa.string(), nullable=False),
        pa.field("account_handle", pa.string(), nullable=False),
        pa.field("account_name", pa.string(), nullable=False),
        pa.field("account_url", pa.string(), nullable=False),
        pa.field("followers", pa.int64()),
        pa.field("verified", pa.bool_(), nullable=False),
        pa.field("parent", pa.string(), nullable=False),
        pa.field("root", pa.string(), nullable=False),
        pa.field("reshare_of", pa.string(), nullable=False),
        pa.field("quote_of", pa.string(), nullable=False),
        pa.field("links", pa.list_(pa.string()), nullable=False),
        pa.field("tags", pa.list_(pa.string()), nullable=False),
        pa.field("mentions", pa.list_(pa.string()), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("region", pa.string(), nullable=False),
        pa.field("city", pa.string(), nullable=False),
        pa.field("rating", pa.float64()),
        pa.field("sensitive", pa.bool_(), nullable=False),
        pa.field("media", pa.list_(pa.string()), nullable=False),
        pa.field("likes", pa.int64()),
        pa.field("replies", pa.int64()),
        pa.field("reshares", pa.int64()),
        pa.field("views", pa.int64()),
    ]
)

# One row a (post, watch) pair; post is the row number in the batch.
MENTIONS = pa.schema([pa.field("post", pa.int32(), nullable=False), pa.field("watch", pa.int32(), nullable=False)])


# What the full-text index gets of a post: the folded key of each token of the text in its place, INDEX_PART, the same
# of the title, INDEX_PART, and beside them, after INDEX_ALIKE if there is one, the keys of look-alike spellings and
# whole handles. A part at the end that is empty is left out. These are signs, and no key is made of signs.
INDEX_PART = "||"
INDEX_LINK = "::"  # stands in the place of a link
LISTED_SERVED = "@@"  # in posting lists alone: stands in the place of a handle with its server
INDEX_ALIKE = "~~"  # some token of the post has a second key, which has no place


# What an index can answer of a query: a condition that every matching post fulfils (others may too).
@dataclass(frozen=True, slots=True)
class SieveTerm:
    """A folded token key; prefix: any token that begins so."""

    key: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class SievePlaces:
    """Phrases, each of terms in neighbouring places, in any order and with at most so many words between the end of the
    first and the start of the last of them. Only the last term of a phrase may be a prefix."""

    phrases: tuple[tuple[SieveTerm, ...], ...]
    words: int = 0


@dataclass(frozen=True, slots=True)
class SieveFact:
    """A fact beside the words: a field of the query language (``has``) and its value (``link``), folded; prefix: any
    value that begins so. No key of the index: posting lists know it, else posts must be looked at. Of a site the name
    is written from its end, a dot behind each label (``org.example.``), so that all below it begins so."""

    name: str
    value: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class SieveToken:
    """A token as it was written. key: folded, or what its folded key begins with, "" for nothing known; level:
    "folded", "accented" or "exact"; written: its key at that level; wild: * and ? leave that open; edits: characters
    that may be others, more or fewer, 1 at most; kind: "" any word, "#" a tag, "@" a handle."""

    key: str
    written: str
    level: str = "folded"
    kind: str = ""
    wild: bool = False
    edits: int = 0

    @property
    def open(self) -> bool:
        """Whether several keys may fit."""
        return self.wild or bool(self.edits)


@dataclass(frozen=True, slots=True)
class SieveRow:
    """Tokens in neighbouring places. part: "title" or "text"; "" either."""

    tokens: tuple[SieveToken, ...]
    part: str = ""


@dataclass(frozen=True, slots=True)
class SievePair:
    """One of some rows and one of others in the same part of a post, no token in both: with at most so many words
    between them, or within one sentence where words is None; ordered: the left one first."""

    left: tuple[SieveRow, ...]
    right: tuple[SieveRow, ...]
    words: int | None = None
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class SieveWindow:
    """Tokens in any order, with at most so many words between the first and the last. None could be two of them."""

    tokens: tuple[SieveToken, ...]
    words: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class SieveTokens:
    """asked: what posting lists know of the tokens of a post; wider: what the index knows of it."""

    wider: SieveNode
    asked: SieveNode


@dataclass(frozen=True, slots=True)
class SieveAll:
    parts: tuple[SieveNode, ...]


@dataclass(frozen=True, slots=True)
class SieveAny:
    parts: tuple[SieveNode, ...]


@dataclass(frozen=True, slots=True)
class SieveNot:
    """What does not fulfil the part, which is exact; only beside other parts, in a SieveAll."""

    part: SieveNode


@dataclass(frozen=True, slots=True)
class SieveEverything:
    """The index cannot help: every post must be looked at."""


SieveNode = (
    SieveTerm | SievePlaces | SieveFact | SieveTokens | SieveRow | SievePair | SieveWindow | SieveAll | SieveAny
    | SieveNot | SieveEverything
)  # fmt: skip


def grounded(root: SieveNode) -> bool:
    """Whether one can walk through the posts that fulfil it, by the index or by lists."""
    if isinstance(root, SieveAll):
        return any(map(grounded, root.parts))
    return not isinstance(root, SieveEverything | SieveNot)


@dataclass(frozen=True, slots=True)
class Between:
    """A column of POSTS holds a number from low to high, both included; None is open. What is unknown fits nothing."""

    column: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Contains:
    """A text of POSTS, or one of a list of texts, folded, holds one of some pieces. The index knows nothing of it."""

    column: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sieve:
    """root: the condition; numbers, contains: what must hold besides; exact: all of it is the answer itself, nothing
    needs to be verified; literals: each stands somewhere in text or title; columns: those of POSTS that who verifies
    looks at."""

    root: SieveNode
    exact: bool = False
    numbers: tuple[Between, ...] = ()
    contains: tuple[Contains, ...] = ()
    literals: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=tuple(POSTS.names), compare=False)


# What a model says of a post. The names are the labels everywhere: column, API, command, screen (translated there).
TONES = ("negative", "neutral", "positive")
EMOTIONS = ("anger", "joy", "optimism", "sadness")
INTENTS = ("complaint", "question", "purchase", "praise", "suggestion", "churn")  # none of them: "other"
AXES = ("product", "relationship", "legitimacy")  # the three ways a public judges; "" when none

ENTITY = pa.struct(
    [
        pa.field("kind", pa.string()),  # person, organisation, product, place
        pa.field("start", pa.int32()),  # characters of the text
        pa.field("end", pa.int32()),
        pa.field("name", pa.string()),  # canonical: the panel's name where one is known
        pa.field("confidence", pa.float32()),
    ]
)
ASPECT = pa.struct(
    [
        pa.field("name", pa.string()),  # price, delivery, quality …
        pa.field("tone", pa.string()),
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
    ]
)

# One row a post, in the order of the batch. Confidences and probabilities are calibrated, in [0, 1]; null: not read.
READINGS = pa.schema(
    [
        pa.field("language", pa.string()),
        pa.field("language_confidence", pa.float32()),
        pa.field("tone", pa.string()),
        *(pa.field(f"tone_{name}", pa.float32()) for name in TONES),
        pa.field("emotion", pa.string()),  # "" when the post carries none
        *(pa.field(f"emotion_{name}", pa.float32()) for name in EMOTIONS),
        pa.field("intents", pa.list_(pa.string())),
        *(pa.field(f"intent_{name}", pa.float32()) for name in INTENTS),
        pa.field("axis", pa.string()),
        *(pa.field(f"axis_{name}", pa.float32()) for name in AXES),
        pa.field("offence", pa.float32()),  # probability that the post offends
        pa.field("irony", pa.float32()),
        pa.field("entities", pa.list_(ENTITY)),
        pa.field("aspects", pa.list_(ASPECT)),
        pa.field("fingerprint", pa.int64()),  # of the folded words: equal for copies; 0 when there are too few words
    ]
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What lists the posts behind a figure: the same query the stream takes. post_ids: where no query can say it."""

    query: str = ""
    watch_ids: tuple[int, ...] = ()
    since_ms: int = 0
    until_ms: int = 0
    filters: Mapping[str, str] = field(default_factory=dict)  # tone, intent, axis, lang, network, story, account …
    post_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that can be checked. value: None when there are too few posts to say (``few`` is then true).

    n: posts it rests on; low, high: its interval (95 % unless the method says otherwise), equal to value for an exact
    count; method: the key of a sentence (``methods_…``); version: of the definition.
    """

    name: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    unit: str = "posts"
    method: str = "methods_insight.count"
    version: int = 1
    evidence: Evidence = Evidence()

    @property
    def few(self) -> bool:
        return self.value is None


def watch_set(watch_ids: Sequence[int]) -> str:
    """Watches as one word, ",3,17,", or nothing. Posts share few such words, and DuckDB looks at each once a block: to
    filter and to group by it costs a third of what the list beside it costs."""
    return f",{','.join(map(str, watch_ids))}," if watch_ids else ""


def watch_word(watch_id: int) -> str:
    """What the ``watch_set`` of each of its mentions contains."""
    return f",{watch_id},"
