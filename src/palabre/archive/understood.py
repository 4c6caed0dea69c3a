"""The tables of what is understood: readings of posts, what members corrected, and what was found in many posts.

Beside `tables`, in the same schema. Nothing here holds the words of a post: rows that hang on one leave with it.
Signals, needs and topics share two tables: their posts (`register_post`) and what was done about them
(`register_event`); ``register`` says which of them a row belongs to.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, LargeBinary, SmallInteger, Table, Text

from palabre.archive.tables import Id, metadata, owner, whole, words


def post_key() -> Column[int]:
    """The post as the whole primary key: one row a post, which leaves with it."""
    return Column("post_id", Id, ForeignKey("post.post_id", ondelete="CASCADE"), primary_key=True, autoincrement=False)


def of_post(*, primary_key: bool = False) -> Column[int]:
    """The post that a row hangs on, and leaves with; primary_key: it is a part of the key."""
    key = ForeignKey("post.post_id", ondelete="CASCADE")
    return Column("post_id", BigInteger, key, primary_key=primary_key, autoincrement=False, nullable=False, index=True)


def of_workspace() -> Column[int]:
    """The workspace as (a part of) the primary key."""
    key = ForeignKey("workspace.workspace_id", ondelete="CASCADE")
    return Column("workspace_id", BigInteger, key, primary_key=True, autoincrement=False)


# Readings. version: which models and which layer of the workspace made a row.
reading_version = Table(
    "reading_version",
    metadata,
    Column("version_id", Id, primary_key=True),
    owner(),
    words("models"),
    whole("layer"),
    whole("at_ms"),
    Index("ix_reading_version_made", "workspace_id", "models", "layer", unique=True),
)

# tone: place in TONES; emotion, axis: place in EMOTIONS, AXES plus one, 0 for none; intents: a bit for each of INTENTS.
# Null: not read. corrected: a bit for each label that a member set. scores: a byte a probability (see `reading_rows`).
reading = Table(
    "reading",
    metadata,
    post_key(),
    Column("version_id", SmallInteger, nullable=False),
    words("language"),
    Column("tone", SmallInteger),
    Column("emotion", SmallInteger),
    Column("intents", SmallInteger),
    Column("axis", SmallInteger),
    Column("corrected", SmallInteger, nullable=False, server_default="0"),
    Column("scores", LargeBinary, nullable=False),
    whole("fingerprint"),
    words("entities"),
    words("aspects"),
)

# Posts with low <= post_id < before may have no reading of the present version; before 0: all are read.
unread = Table("unread", metadata, of_workspace(), whole("version_id"), whole("low"), whole("before"))

correction = Table(
    "correction",
    metadata,
    Column("correction_id", Id, primary_key=True),
    owner(index=True),
    of_post(),
    words("name"),
    words("machine"),
    words("said"),
    words("who"),
    whole("at_ms"),
    whole("undone_ms"),
    words("undone_by"),
)

# What another model than ours was asked about a post: one row a reading, from before the question, so that none is put
# twice. said: null while there is no answer of the closed list; scores: a byte a label as in `reading`, null: not told.
# machine: what our models say, "" until there is an answer.
opinion = Table(
    "opinion",
    metadata,
    Column("post_id", Id, ForeignKey("post.post_id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    words("machine"),
    Column("said", Text),
    Column("scores", LargeBinary),
    words("provider"),
    whole("at_ms"),
    Column("silent", SmallInteger, nullable=False, server_default="0"),
)

layer = Table(
    "layer",
    metadata,
    of_workspace(),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    words("facts", "{}"),
    whole("at_ms"),
)

# Random samples that members label, to say how right a figure is.
audit_sample = Table(
    "audit_sample",
    metadata,
    Column("sample_id", Id, primary_key=True),
    owner(index=True),
    words("name"),
    words("evidence", "{}"),
    whole("population"),
    whole("flagged"),
    whole("seed"),
    words("who"),
    whole("at_ms"),
)

audit_label = Table(
    "audit_label",
    metadata,
    Column("sample_id", BigInteger, ForeignKey("audit_sample.sample_id", ondelete="CASCADE"), primary_key=True,
           autoincrement=False),
    of_post(primary_key=True),
    whole("place"),
    words("machine"),
    words("said"),
    words("who"),
    whole("at_ms"),
)  # fmt: skip

fold = Table(
    "fold",
    metadata,
    post_key(),
    owner(index=True),
    Column("weight", Float(53), nullable=False, server_default="0"),
    words("reasons"),
    whole("version", "1"),
    whole("at_ms"),
    whole("restored_ms"),
    words("restored_by"),
)

# What a workspace set of it; without a row, as it comes. weights: JSON; meant, other: words separated by spaces.
noise_rule = Table(
    "noise_rule",
    metadata,
    of_workspace(),
    Column("threshold", Float(53), nullable=False),
    words("weights"),
    words("meant"),
    words("other"),
    words("who"),
    whole("at_ms"),
)

# Only posts whose story has another post; a post alone is its own story and its own voice.
story_post = Table(
    "story_post",
    metadata,
    post_key(),
    owner(),
    whole("story_id"),
    whole("voice_id"),
    Index("ix_story_post_story", "workspace_id", "story_id"),
)

signal = Table(
    "signal",
    metadata,
    Column("signal_id", Id, primary_key=True),
    owner(),
    words("kind"),
    words("mark"),
    words("title"),
    words("hypothesis"),
    words("facts", "{}"),
    words("evidence", "{}"),
    Column("score", Float(53), nullable=False, server_default="0"),
    whole("first_ms"),
    whole("last_ms"),
    whole("detected_ms"),
    words("owner"),
    whole("review_ms"),
    words("status", "open"),
    words("outcome"),
    whole("happened_ms"),
    words("detector"),
    whole("version", "1"),
    Index("ix_signal_mark", "workspace_id", "kind", "mark", unique=True),
)

need = Table(
    "need",
    metadata,
    Column("need_id", Id, primary_key=True),
    owner(index=True),
    words("title"),
    words("words"),
    words("facts", "{}"),
    Column("centroid", LargeBinary),
    whole("n"),
    whole("voices"),
    whole("first_ms"),
    whole("last_ms"),
    words("status", "heard"),
    whole("status_ms"),
    whole("told_ms"),
    whole("gone_ms"),
)

topic = Table(
    "topic",
    metadata,
    Column("topic_id", Id, primary_key=True),
    owner(index=True),
    words("name"),
    words("words"),
    words("facts", "{}"),
    Column("centroid", LargeBinary),
    whole("n"),
    whole("first_ms"),
    whole("last_ms"),
    whole("gone_ms"),
)

rumour = Table(
    "rumour",
    metadata,
    Column("rumour_id", Id, primary_key=True),
    owner(index=True),
    words("claim"),
    words("query"),
    whole("story_id"),
    whole("signal_id"),
    words("tags"),
    words("sources"),
    whole("reply_id"),
    words("status", "open"),
    words("outcome"),
    words("who"),
    whole("first_ms"),
    whole("at_ms"),
)

register_post = Table(
    "register_post",
    metadata,
    Column("register", Text, primary_key=True),
    Column("entry_id", BigInteger, primary_key=True, autoincrement=False),
    of_post(primary_key=True),
)

register_event = Table(
    "register_event",
    metadata,
    Column("event_id", Id, primary_key=True),
    owner(),
    words("register"),
    whole("entry_id"),
    whole("at_ms"),
    words("who"),
    words("status"),
    words("why"),
    Index("ix_register_event_entry", "workspace_id", "register", "entry_id"),
)

# What we say of a source: kind is account or site, name its uri or its host.
source_mark = Table(
    "source_mark",
    metadata,
    of_workspace(),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    words("mark"),
    words("who"),
    words("why"),
    whole("at_ms"),
)

# What a member believes that people want, the first wish at place 1.
belief = Table(
    "belief",
    metadata,
    of_workspace(),
    Column("member", Text, primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    words("wish"),
    whole("need_id"),
    whole("at_ms"),
)

# How far the questions that take long have come, and what they keep for the next time.
work = Table(
    "work",
    metadata,
    of_workspace(),
    Column("name", Text, primary_key=True),
    whole("place"),
    whole("done"),
    whole("total"),
    whole("started_ms"),
    whole("ended_ms"),
    words("error_key"),
    words("facts", "{}"),
    Column("body", LargeBinary),
)
